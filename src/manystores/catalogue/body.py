"""Offers as JSON-like bodies: every rule that a body breaks is told at once, with the way out."""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from manystores.catalogue.gtin import BrokenGtin, gtin14
from manystores.catalogue.offer import KINDS, PRICE_MAX, QUANTITY_MAX, UNDETERMINED, UNITS, Component, Offer
from manystores.core.currency import DECIMALS
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.core.fields import MISSING, Fields
from manystores.core.money import Money

#: What a body may hold, in the order in which it is shown.
FIELDS: Final = (
    "sku",
    "name",
    "kind",
    "price",
    "gtin",
    "tax_rate_ppm",
    "unit",
    "scale",
    "weight_g",
    "size_mm",
    "shelf_life_days",
    "variant_of",
    "options",
    "components",
    "attributes",
    "enabled",
    "revision",
)

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_SKU_CHARS_MAX = 100
_NAME_CHARS_MAX = 500
_COMPONENTS_MAX = 100
_OPTIONS_MAX = 10
_ATTRIBUTES_MAX = 100
_ATTRIBUTES_BYTES_MAX = 16_384
_WEIGHT_G_MAX = 100_000_000
_SIZE_MM_MAX = 100_000
_SHELF_LIFE_DAYS_MAX = 36_500
_SCALE_MAX = 1_000_000


def offer_of(body: Mapping[str, Any], party_no: int, at: str = "") -> Offer:
    """The offer that a body describes, not yet numbered; `revision` is the one the sender has seen, 0 if none.

    `at` is the JSON pointer of the body in its request, e.g. /offers/3. Raises Problem(INVALID) with every FieldError.
    """
    fields = Fields(body, at)
    fields.known(FIELDS)
    sku = fields.text("sku", _SKU_CHARS_MAX, required=True)
    unit = fields.choice("unit", tuple(UNITS), "piece")
    offer = Offer(
        sku=sku,
        party_no=party_no,
        kind=fields.choice("kind", KINDS),  # type: ignore[arg-type]
        names=_names(fields),
        gtin=_gtin(fields),
        price=_price(fields),
        tax_rate_ppm=fields.integer("tax_rate_ppm", 0, 0, 1_000_000),
        unit=unit,
        scale=fields.integer("scale", UNITS[unit], 1, _SCALE_MAX),
        weight_g=fields.integer("weight_g", 0, 0, _WEIGHT_G_MAX),
        size_mm=_size(fields),
        shelf_life_days=fields.integer_or_none("shelf_life_days", 1, _SHELF_LIFE_DAYS_MAX),
        variant_of=fields.text("variant_of", _SKU_CHARS_MAX) or None,
        options=_options(fields),
        components=_components(fields, sku),
        attributes=_attributes(fields),
        enabled=fields.flag("enabled", True),
        revision=fields.integer("revision", 0, 0, 2**31 - 1),
    )
    _check_kit(fields, offer)
    fields.raise_if_wrong()
    return offer


def patched(offer: Offer, body: Mapping[str, Any], at: str = "") -> Offer:
    """The offer with the fields of `body` in place of its own (RFC 7396: null takes a field away).

    Number and brand stay. The SKU cannot change: orders and stock know the offer by it.
    """
    if body.get("sku", offer.sku) != offer.sku:
        wrong = FieldError(
            f"{at}/sku",
            "immutable",
            "An SKU can't change; create another offer and disable this one",
            "SKU 不可更改，请新建商品并停用当前商品",
        )
        raise Problem(INVALID, fields=(wrong,))
    merged = body_of(offer) | {"revision": 0} | dict(body)
    # A fixed scale follows from the old unit; a new unit brings its own.
    if "unit" in body and "scale" not in body:
        del merged["scale"]
    kept = {key: value for key, value in merged.items() if value is not None}
    return msgspec.structs.replace(offer_of(kept, offer.party_no, at), offer_no=offer.offer_no)


def body_of(offer: Offer) -> dict[str, Any]:
    """The body that describes the offer; `offer_of` reads it back."""
    only = offer.names.get(UNDETERMINED) if len(offer.names) == 1 else None
    return {
        "sku": offer.sku,
        "name": only if only is not None else dict(offer.names),
        "kind": offer.kind,
        "price": {"amount": offer.price.amount, "currency": offer.price.currency},
        "gtin": offer.gtin,
        "tax_rate_ppm": offer.tax_rate_ppm,
        "unit": offer.unit,
        "scale": offer.scale,
        "weight_g": offer.weight_g,
        "size_mm": None if offer.size_mm is None else list(offer.size_mm),
        "shelf_life_days": offer.shelf_life_days,
        "variant_of": offer.variant_of,
        "options": dict(offer.options),
        "components": [{"sku": c.sku, "quantity": c.quantity} for c in offer.components],
        "attributes": dict(offer.attributes),
        "enabled": offer.enabled,
        "revision": offer.revision,
    }


def _names(fields: Fields) -> dict[str, str]:
    value = fields.get("name")
    if not isinstance(value, Mapping):
        name = fields.text("name", _NAME_CHARS_MAX, required=True)
        return {UNDETERMINED: name} if name else {}
    if not value:
        fields.wrong("name", "empty", "An offer needs a name in one language at least", "至少需要一种语言的名称")
    inner = fields.object("name")
    names: dict[str, str] = {}
    for language in value:
        if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
            inner.wrong(str(language), "unknown_language", "Use a code such as zh or en", "请使用 zh、en 等语言代码")
        elif name := inner.text(language, _NAME_CHARS_MAX, required=True):
            names[language] = name
    return names


def _price(fields: Fields) -> Money:
    value = fields.get("price")
    if value is not MISSING and not isinstance(value, Mapping):
        fields.wrong(
            "price",
            "not_money",
            'A price is {"amount": minor units, "currency": "CNY"}',
            '价格的格式为 {"amount": 最小货币单位的整数, "currency": "CNY"}',
        )
        return Money(0)
    if value is MISSING:
        fields.wrong("price", "required", "price is needed", "缺少必填字段 price")
        return Money(0)
    inner = fields.object("price")
    currency = inner.text("currency", 100, required=True, default="CNY")
    if currency not in DECIMALS:
        meant = "CNY" if currency.upper() in ("RMB", "CNH", "YUAN") else currency.upper()
        way_en, way_zh = (f"write {meant}", f"请写 {meant}") if meant in DECIMALS else ("such as CNY", "例如 CNY")
        inner.wrong(
            "currency",
            "unknown_currency",
            f"{currency!r} is no ISO 4217 code; {way_en}",
            f"{currency!r} 不是 ISO 4217 货币代码；{way_zh}",
        )
    return Money(inner.integer("amount", 0, 0, PRICE_MAX, required=True), currency)


def _gtin(fields: Fields) -> str | None:
    text = fields.text("gtin", 100)
    try:
        return gtin14(text) if text else None
    except BrokenGtin as e:
        fields.wrong("gtin", "broken_gtin", e.en, e.zh)
        return None


def _size(fields: Fields) -> tuple[int, int, int] | None:
    value = fields.get("size_mm")
    if value is MISSING:
        return None
    if not isinstance(value, list | tuple) or len(value) != 3:
        fields.wrong(
            "size_mm",
            "not_a_size",
            "A size is [length, width, height] in millimetres",
            "尺寸格式为 [长, 宽, 高]，单位毫米",
        )
        return None
    sides = Fields({str(i): side for i, side in enumerate(value)}, f"{fields.at}/size_mm", fields.errors)
    length, width, height = (sides.integer(str(i), 0, 0, _SIZE_MM_MAX, required=True) for i in range(3))
    return length, width, height


def _options(fields: Fields) -> dict[str, str]:
    inner = fields.object("options") if (keys := fields.entries("options", _OPTIONS_MAX)) else fields
    return {key: inner.text(key, 100, required=True) for key in keys}


def _attributes(fields: Fields) -> dict[str, object]:
    value = fields.entries("attributes", _ATTRIBUTES_MAX)
    try:
        encoded = msgspec.json.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        encoded = b"\\u0000"
    if b"\\u0000" in encoded:
        fields.wrong(
            "attributes", "not_json", "Attributes are JSON without NUL characters", "属性须为不含空字符的 JSON"
        )
    elif len(encoded) > _ATTRIBUTES_BYTES_MAX:
        fields.wrong(
            "attributes",
            "too_large",
            f"At most {_ATTRIBUTES_BYTES_MAX} bytes of attributes",
            f"属性最多 {_ATTRIBUTES_BYTES_MAX} 字节",
        )
    else:
        return value
    return {}


def _components(fields: Fields, sku: str) -> tuple[Component, ...]:
    components: list[Component] = []
    for inner in fields.objects("components", _COMPONENTS_MAX):
        inner.known(("sku", "quantity"))
        part = inner.text("sku", _SKU_CHARS_MAX, required=True)
        quantity = inner.integer("quantity", 1, 1, QUANTITY_MAX, required=True)
        if part and part == sku:
            inner.wrong("sku", "kit_cycle", f"{part} can't contain itself", f"{part} 不能包含自身")
        elif any(part == earlier.sku for earlier in components):
            en, zh = f"{part} stands here twice; add the quantities up", f"{part} 重复出现，请合并数量"
            inner.wrong("sku", "doubled", en, zh)
        elif part:
            components.append(Component(part, quantity))
    return tuple(components)


def _check_kit(fields: Fields, offer: Offer) -> None:
    if offer.components and offer.kind == "quota":
        fields.wrong("components", "quota_kit", "A quota has no components", "配额类商品不能包含组件")
    if offer.components and offer.scale != 1:
        fields.wrong("scale", "kit_scale", "A kit is sold by the piece: its scale is 1", "套装按件销售，scale 应为 1")
