"""An offer: what a brand sells or gives away, be it a good, a service or the quota of a campaign."""

from typing import Final, Literal, get_args

import msgspec

from manystores.core.money import Money, amount_for

Kind = Literal["good", "service", "quota"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)

#: Units of sale and how many base units one of them has. Base units: piece, gram, millilitre, millimetre, cm², minute.
UNITS: Final[dict[str, int]] = {
    "piece": 1,
    "pair": 1,
    "box": 1,
    "gram": 1,
    "kilogram": 1000,
    "millilitre": 1,
    "litre": 1000,
    "millimetre": 1,
    "centimetre": 10,
    "metre": 1000,
    "square_metre": 10_000,
    "minute": 1,
    "hour": 60,
}

#: No stock, order or component counts more base units than this; more is a slip of the hand.
QUANTITY_MAX: Final = 1_000_000_000
#: No unit costs more minor units than this (ten billion yuan).
PRICE_MAX: Final = 1_000_000_000_000

#: Language of a name that came without one (BCP 47: undetermined).
UNDETERMINED: Final = "und"


class Component(msgspec.Struct, frozen=True):
    """What one kit contains of another offer of the same brand: its SKU and a quantity in its base units."""

    sku: str
    quantity: int


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """An offer of a brand.

    Quantities of an offer are integers in base units; `scale` of them make one `unit` (a metre of cloth: 1000 mm).
    Price, weight and size are those of one unit. A kit has components and no stock of its own: orders for it reserve
    its components.
    """

    offer_no: int = 0
    """Dense number, never reused; 0 until stored."""
    sku: str
    party_no: int
    """The brand; the SKU is unique within it."""
    kind: Kind
    names: dict[str, str]
    """Name by BCP 47 language; `und` when it came without one."""
    gtin: str | None = None
    """GTIN as 14 digits."""
    price: Money
    tax_rate_ppm: int = 0
    """Tax in parts per million of the price (13 % is 130000)."""
    unit: str = "piece"
    scale: int = 1
    weight_g: int = 0
    size_mm: tuple[int, int, int] | None = None
    """Length, width, height in millimetres."""
    shelf_life_days: int | None = None
    variant_of: str | None = None
    """Code of the style that variants share; it need not be an offer itself."""
    options: dict[str, str] = {}
    """What tells this variant from its siblings, e.g. {"size": "M"}."""
    components: tuple[Component, ...] = ()
    attributes: dict[str, object] = {}
    enabled: bool = True
    revision: int = 0
    """Counts changes, 1 when first stored; 0 in a body means: whatever is stored."""


def name_in(offer: Offer, language: str) -> str:
    """The offer's name in a language, else in its base language, else undetermined, else the first there is.

    >>> name_in(Offer(sku="A", party_no=1, kind="good", price=Money(1), names={"en": "Tea", "zh": "茶"}), "zh-CN")
    '茶'
    """
    for wanted in (language, language.split("-")[0], UNDETERMINED):
        if wanted in offer.names:
            return offer.names[wanted]
    return next(iter(offer.names.values()))


def class_of(offer: Offer) -> str:
    """The class that policies and what is learned know an offer by: its attribute `class`; '' without one."""
    return str(offer.attributes.get("class", ""))


def amount_of(offer: Offer, quantity: int) -> int:
    """Minor units of the list price of a quantity in base units, halves rounded up."""
    return amount_for(offer.price.amount, quantity, offer.scale)


def weight_of(offer: Offer, quantity: int) -> int:
    """Grams of a quantity in base units, rounded up: a carrier charges what it has begun."""
    return -(-offer.weight_g * quantity // offer.scale)
