"""All offers in memory, for the hot path: found by number or SKU, their figures in arrays that kernels read."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final

import numpy as np
import numpy.typing as npt

from manystores.catalogue.kits import KitLine, Part, expand
from manystores.catalogue.offer import KINDS, Offer, amount_of
from manystores.core.errors import FieldError, Problem, rule

#: Numbers of what a location can do, in place of an offer's: its orders per hour and per day are buckets too.
ORDERS_PER_HOUR: Final = 1
ORDERS_PER_DAY: Final = 2
#: The first number that an offer can have.
FIRST_OFFER_NO: Final = 16

KIND_CODES: Final[dict[str, int]] = {kind: code for code, kind in enumerate(KINDS)}

UNKNOWN_OFFER = rule("unknown_offer", 422, "There is no such offer", "商品不存在")
OFFER_DISABLED = rule("offer_disabled", 422, "The offer is not for sale", "商品已停售")

_NO_OFFERS: Final[Mapping[str, int]] = MappingProxyType({})


class Registry:
    """Every brand's offers. One thread changes it; arrays are replaced, not moved, when they grow.

    The arrays have one entry per offer number (0 where no offer has the number):
    `weight_g` int32 of one unit, `price` int64 minor units of one unit, `scale` int32 base units of one unit,
    `kind` int8 of `KIND_CODES`, `enabled` bool.
    """

    def __init__(self, offers: Iterable[Offer] = ()) -> None:
        self.weight_g: npt.NDArray[np.int32] = np.zeros(FIRST_OFFER_NO, np.int32)
        self.price: npt.NDArray[np.int64] = np.zeros(FIRST_OFFER_NO, np.int64)
        self.scale: npt.NDArray[np.int32] = np.zeros(FIRST_OFFER_NO, np.int32)
        self.kind: npt.NDArray[np.int8] = np.zeros(FIRST_OFFER_NO, np.int8)
        self.enabled: npt.NDArray[np.bool_] = np.zeros(FIRST_OFFER_NO, np.bool_)
        self._offers: list[Offer | None] = [None] * FIRST_OFFER_NO
        self._numbers: dict[int, dict[str, int]] = {}
        self._count = 0
        self.version = 0
        """Counts the changes of offers."""
        self.apply(offers)

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Offer]:
        return (offer for offer in self._offers if offer is not None)

    def apply(self, offers: Iterable[Offer]) -> None:
        """Take in offers as stored. An older revision than the one here is ignored, so that order does not matter."""
        arriving = list(offers)
        self.version += 1
        if any(offer.offer_no < FIRST_OFFER_NO for offer in arriving):
            raise ValueError(f"offers have numbers from {FIRST_OFFER_NO} on; the lower ones are reserved")
        self._grow(max((offer.offer_no for offer in arriving), default=0) + 1)
        for offer in arriving:
            no = offer.offer_no
            present = self._offers[no]
            if present is not None and present.revision > offer.revision:
                continue
            self._count += present is None
            self._offers[no] = offer
            self._numbers.setdefault(offer.party_no, {})[offer.sku] = no
            self.weight_g[no] = offer.weight_g
            self.price[no] = offer.price.amount
            self.scale[no] = offer.scale
            self.kind[no] = KIND_CODES[offer.kind]
            self.enabled[no] = offer.enabled

    def get(self, offer_no: int) -> Offer | None:
        """The offer with this number, None if no offer has it (a reserved number, say)."""
        return self._offers[offer_no] if 0 <= offer_no < len(self._offers) else None

    def find(self, party_no: int, sku: str) -> Offer | None:
        """The brand's offer with this SKU, None if it has none such."""
        offer_no = self.numbers_of(party_no).get(sku)
        return None if offer_no is None else self._offers[offer_no]

    def numbers_of(self, party_no: int) -> Mapping[str, int]:
        """Offer numbers of a brand by SKU; a live view, for lookups by the thousand."""
        return self._numbers.get(party_no, _NO_OFFERS)

    def number(self, party_no: int, sku: str, pointer: str) -> int:
        """The number of the brand's offer with this SKU; Problem(UNKNOWN_OFFER) names `pointer`.

        Another brand's offer is as unknown as one that does not exist.
        """
        offer_no = self.numbers_of(party_no).get(sku)
        if offer_no is None:
            raise unknown_offer(sku, pointer)
        return offer_no

    def for_sale(self, party_no: int, sku: str, pointer: str) -> Offer:
        """The brand's offer with this SKU; Problem UNKNOWN_OFFER or OFFER_DISABLED names `pointer`."""
        offer = self.find(party_no, sku)
        if offer is None:
            raise unknown_offer(sku, pointer)
        if not offer.enabled:
            raise Problem(
                OFFER_DISABLED,
                fields=(
                    FieldError(
                        pointer,
                        "offer_disabled",
                        f"{sku} is disabled; enable it, or leave it out",
                        f"商品 {sku} 已停售，请启用或移除",
                    ),
                ),
            )
        return offer

    def parts(self, party_no: int, lines: Iterable[KitLine]) -> list[Part]:
        """`kits.expand` with this brand's offers."""
        return expand(lines, lambda sku: self.find(party_no, sku))

    def list_amount(self, offer_no: int, quantity: int) -> int:
        """Minor units of the list price of a quantity in base units; KeyError for a number without an offer."""
        offer = self.get(offer_no)
        if offer is None:
            raise KeyError(offer_no)
        return amount_of(offer, quantity)

    def _grow(self, size: int) -> None:
        """Make room for offer numbers below `size`, twice as much as there was at least."""
        present = len(self._offers)
        if size <= present:
            return
        more = max(size, 2 * present) - present
        self._offers += [None] * more
        self.weight_g = np.pad(self.weight_g, (0, more))
        self.price = np.pad(self.price, (0, more))
        self.scale = np.pad(self.scale, (0, more))
        self.kind = np.pad(self.kind, (0, more))
        self.enabled = np.pad(self.enabled, (0, more))


def unknown_offer(sku: str, pointer: str) -> Problem:
    """The problem of a SKU that the brand does not have."""
    wrong = FieldError(
        pointer,
        "unknown_offer",
        f"There is no offer {sku}; create it with POST /v1/offers, or check the SKU",
        f"商品 {sku} 不存在，请先通过 POST /v1/offers 创建，或核对 SKU",
    )
    return Problem(UNKNOWN_OFFER, fields=(wrong,))
