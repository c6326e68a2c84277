"""Offers as JSON-like bodies: every rule that a body breaks is told at once, with the way out."""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any, Final

import msgspec

from manystores.catalogue.gtin import BrokenGtin, gtin14
from manystores.catalogue.offer import KINDS, PRICE_MAX, QUANTITY_MAX, UNDETERMINED, UNITS, Component, Kind, Offer
from manystores.core.currency import DECIMALS
from manystores.core.errors import INVALID, FieldError, Problem
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
_UNSEEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
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
_MISSING: Final = object()


def offer_of(body: Mapping[str, Any], party_no: int, at: str = "") -> Offer:
    """The offer that a body describes, not yet numbered; `revision` is the one the sender has seen, 0 if none.

    `at` is the JSON pointer of the body in its request, e.g. /offers/3. Raises Problem(INVALID) with every FieldError.
    """
    return _Reading(body, at).offer(party_no)


def offers_of(bodies: Iterable[object], party_no: int, at: str = "/offers") -> list[Offer]:
    """The offers of a batch; raises Problem(INVALID) with the errors of all of them, doubled SKUs included."""
    offers: list[Offer] = []
    errors: list[FieldError] = []
    first_at: dict[str, str] = {}
    for i, body in enumerate(bodies):
        place = f"{at}/{i}"
        if not isinstance(body, Mapping):
            errors.append(FieldError(place, "not_an_object", "An offer is an object", "商品应为对象"))
            continue
        try:
            offer = offer_of(body, party_no, place)
        except Problem as problem:
            errors.extend(problem.fields)
            continue
        earlier = first_at.setdefault(offer.sku, place)
        if earlier != place:
            errors.append(
                FieldError(
                    f"{place}/sku",
                    "doubled",
                    f"{offer.sku} stands at {earlier} already; send each offer once",
                    f"{offer.sku} 已出现在 {earlier}，每个商品只需提交一次",
                )
            )
        offers.append(offer)
    if errors:
        raise Problem(INVALID, fields=tuple(errors))
    return offers


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


class _Reading:
    """Reads one body field by field and remembers what was wrong; a wrong field reads as its default."""

    def __init__(self, body: Mapping[str, Any], at: str) -> None:
        self._body = body
        self._at = at
        self._errors: list[FieldError] = []

    def offer(self, party_no: int) -> Offer:
        self._unknown_fields()
        sku = self._text("sku", _SKU_CHARS_MAX, required=True)
        kind = self._kind()
        unit = self._unit()
        offer = Offer(
            sku=sku or "",
            party_no=party_no,
            kind=kind,
            names=self._names(),
            gtin=self._gtin(),
            price=self._price(),
            tax_rate_ppm=self._integer("tax_rate_ppm", 0, 0, 1_000_000),
            unit=unit,
            scale=self._integer("scale", UNITS.get(unit, 1), 1, _SCALE_MAX),
            weight_g=self._integer("weight_g", 0, 0, _WEIGHT_G_MAX),
            size_mm=self._size(),
            shelf_life_days=self._integer("shelf_life_days", 0, 1, _SHELF_LIFE_DAYS_MAX) or None,
            variant_of=self._text("variant_of", _SKU_CHARS_MAX),
            options=self._options(),
            components=self._components(sku or ""),
            attributes=self._attributes(),
            enabled=self._flag("enabled", True),
            revision=self._integer("revision", 0, 0, 2**31 - 1),
        )
        self._kit_rules(offer)
        if self._errors:
            raise Problem(INVALID, fields=tuple(self._errors))
        return offer

    def _wrong(self, field: str, code: str, en: str, zh: str) -> None:
        self._errors.append(FieldError(f"{self._at}/{field}", code, en, zh))

    def _get(self, field: str) -> object:
        """The field's value; an absent or null one is `_MISSING`."""
        value = self._body.get(field)
        return _MISSING if value is None else value

    def _unknown_fields(self) -> None:
        for field in self._body:
            if field in FIELDS:
                continue
            close = get_close_matches(str(field), FIELDS, n=1)
            hint_en, hint_zh = (f"; did you mean {close[0]}?", f"；是否想写 {close[0]}？") if close else ("", "")
            name = str(field).replace("~", "~0").replace("/", "~1")
            self._wrong(name, "unknown_field", f"An offer has no such field{hint_en}", f"商品没有该字段{hint_zh}")

    def _text(self, field: str, chars_max: int, *, required: bool = False) -> str | None:
        value = self._get(field)
        if value is _MISSING:
            if required:
                self._wrong(field, "required", f"An offer needs its {field}", f"缺少必填字段 {field}")
            return None
        if not isinstance(value, str):
            self._wrong(field, "not_text", "This should be text", "此处应为文本")
        elif not value.strip():
            self._wrong(field, "empty", "This can't be empty", "不能为空")
        elif len(value) > chars_max:
            self._wrong(field, "too_long", f"At most {chars_max} characters", f"最多 {chars_max} 个字符")
        elif value != value.strip() or _UNSEEN.search(value):
            self._wrong(
                field,
                "unseen_characters",
                "No spaces around it, no control characters",
                "首尾不能有空格，也不能包含控制字符",
            )
        else:
            return value
        return None

    def _integer(self, field: str, default: int, low: int, high: int) -> int:
        value = self._get(field)
        if value is _MISSING:
            return default
        if not isinstance(value, int) or isinstance(value, bool):
            self._wrong(field, "not_an_integer", "This should be a whole number", "此处应为整数")
        elif value < low:
            self._wrong(field, "too_small", f"At least {low}", f"不能小于 {low}")
        elif value > high:
            self._wrong(field, "too_large", f"At most {high}", f"不能大于 {high}")
        else:
            return value
        return default

    def _flag(self, field: str, default: bool) -> bool:
        value = self._get(field)
        if value is _MISSING:
            return default
        if not isinstance(value, bool):
            self._wrong(field, "not_a_boolean", "This should be true or false", "此处应为 true 或 false")
            return default
        return value

    def _kind(self) -> Kind:
        kind = self._text("kind", 100, required=True)
        if kind is not None and kind not in KINDS:
            choices = ", ".join(KINDS)
            self._wrong("kind", "unknown_kind", f"{kind!r} is none of: {choices}", f"{kind!r} 无效，可选值：{choices}")
        return kind if kind in KINDS else "good"

    def _unit(self) -> str:
        unit = self._text("unit", 100) or "piece"
        if unit not in UNITS and self._get("unit") is not _MISSING:
            choices = ", ".join(UNITS)
            self._wrong("unit", "unknown_unit", f"{unit!r} is none of: {choices}", f"{unit!r} 无效，可选值：{choices}")
        return unit

    def _names(self) -> dict[str, str]:
        value = self._get("name")
        if not isinstance(value, Mapping):
            name = self._text("name", _NAME_CHARS_MAX, required=True)
            return {UNDETERMINED: name} if name else {}
        if not value:
            self._wrong("name", "empty", "An offer needs a name in one language at least", "至少需要一种语言的名称")
        inner = _Reading(value, f"{self._at}/name")
        names: dict[str, str] = {}
        for language in value:
            if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
                inner._wrong(
                    str(language), "unknown_language", "Use a code such as zh or en", "请使用 zh、en 等语言代码"
                )
            elif name := inner._text(language, _NAME_CHARS_MAX, required=True):
                names[language] = name
        self._errors += inner._errors
        return names

    def _price(self) -> Money:
        value = self._get("price")
        if value is _MISSING:
            self._wrong("price", "required", "An offer needs its price", "缺少必填字段 price")
            return Money(0)
        if not isinstance(value, Mapping):
            self._wrong(
                "price",
                "not_money",
                'A price is {"amount": minor units, "currency": "CNY"}',
                '价格的格式为 {"amount": 最小货币单位的整数, "currency": "CNY"}',
            )
            return Money(0)
        inner = _Reading(value, f"{self._at}/price")
        for field in ("amount", "currency"):
            if inner._get(field) is _MISSING:
                inner._wrong(field, "required", f"A price needs its {field}", f"价格缺少 {field}")
        currency = inner._text("currency", 100) or "CNY"
        if currency not in DECIMALS:
            meant = "CNY" if currency.upper() in ("RMB", "CNH", "YUAN") else currency.upper()
            way_en, way_zh = (f"write {meant}", f"请写 {meant}") if meant in DECIMALS else ("such as CNY", "例如 CNY")
            inner._wrong(
                "currency",
                "unknown_currency",
                f"{currency!r} is no ISO 4217 code; {way_en}",
                f"{currency!r} 不是 ISO 4217 货币代码；{way_zh}",
            )
            currency = "CNY"
        amount = inner._integer("amount", 0, 0, PRICE_MAX)
        self._errors += inner._errors
        return Money(amount, currency)

    def _gtin(self) -> str | None:
        text = self._text("gtin", 100)
        if text is None:
            return None
        try:
            return gtin14(text)
        except BrokenGtin as e:
            self._wrong("gtin", "broken_gtin", e.en, e.zh)
            return None

    def _size(self) -> tuple[int, int, int] | None:
        value = self._get("size_mm")
        if value is _MISSING:
            return None
        if not isinstance(value, list | tuple) or len(value) != 3:
            self._wrong(
                "size_mm",
                "not_a_size",
                "A size is [length, width, height] in millimetres",
                "尺寸格式为 [长, 宽, 高]，单位毫米",
            )
            return None
        inner = _Reading({str(i): side for i, side in enumerate(value)}, f"{self._at}/size_mm")
        for i, side in enumerate(value):
            if side is None:
                inner._wrong(str(i), "required", "This side is missing", "缺少该边的长度")
        length, width, height = (inner._integer(str(i), 0, 0, _SIZE_MM_MAX) for i in range(3))
        self._errors += inner._errors
        return length, width, height

    def _options(self) -> dict[str, str]:
        value = self._object("options", _OPTIONS_MAX)
        inner = _Reading(value, f"{self._at}/options")
        options = {key: inner._text(key, 100, required=True) or "" for key in value}
        self._errors += inner._errors
        return options

    def _attributes(self) -> dict[str, object]:
        value = self._object("attributes", _ATTRIBUTES_MAX)
        try:
            encoded = msgspec.json.encode(value)
        except (TypeError, ValueError, OverflowError, RecursionError):
            encoded = b"\\u0000"
        if b"\\u0000" in encoded:
            self._wrong(
                "attributes", "not_json", "Attributes are JSON without NUL characters", "属性须为不含空字符的 JSON"
            )
        elif len(encoded) > _ATTRIBUTES_BYTES_MAX:
            self._wrong(
                "attributes",
                "too_large",
                f"At most {_ATTRIBUTES_BYTES_MAX} bytes of attributes",
                f"属性最多 {_ATTRIBUTES_BYTES_MAX} 字节",
            )
        else:
            return value
        return {}

    def _object(self, field: str, keys_max: int) -> dict[str, object]:
        value = self._get(field)
        if value is _MISSING:
            return {}
        if not isinstance(value, Mapping):
            self._wrong(field, "not_an_object", "This should be an object", "此处应为对象")
        elif len(value) > keys_max:
            self._wrong(field, "too_many", f"At most {keys_max} entries", f"最多 {keys_max} 项")
        elif any(not isinstance(k, str) or not k.strip() or len(k) > 100 or _UNSEEN.search(k) for k in value):
            self._wrong(field, "bad_key", "Keys are text of 1 to 100 characters", "键应为 1 到 100 个字符的文本")
        else:
            return dict(value)
        return {}

    def _components(self, sku: str) -> tuple[Component, ...]:
        value = self._get("components")
        if value is _MISSING:
            return ()
        if not isinstance(value, list | tuple) or len(value) > _COMPONENTS_MAX:
            self._wrong(
                "components",
                "not_components",
                f'Components are a list of at most {_COMPONENTS_MAX} {{"sku": …, "quantity": …}}',
                f'组件应为列表，每项为 {{"sku": …, "quantity": …}}，最多 {_COMPONENTS_MAX} 项',
            )
            return ()
        components: list[Component] = []
        for i, item in enumerate(value):
            components += self._component(f"components/{i}", item, {sku, *(c.sku for c in components)})
        return tuple(components)

    def _component(self, field: str, item: object, taken: set[str]) -> list[Component]:
        if not isinstance(item, Mapping):
            self._wrong(field, "not_a_component", "A component has sku and quantity", "组件须包含 sku 与 quantity")
            return []
        inner = _Reading(item, f"{self._at}/{field}")
        sku = inner._text("sku", _SKU_CHARS_MAX, required=True)
        if inner._get("quantity") is _MISSING:
            inner._wrong("quantity", "required", "A component needs its quantity", "组件缺少 quantity")
        quantity = inner._integer("quantity", 1, 1, QUANTITY_MAX)
        for key in item:
            if key not in ("sku", "quantity"):
                inner._wrong(str(key), "unknown_field", "A component has sku and quantity", "组件只有 sku 与 quantity")
        if sku is not None and sku in taken:
            own = sku == self._get("sku")
            code, en, zh = (
                ("kit_cycle", f"{sku} can't contain itself", f"{sku} 不能包含自身")
                if own
                else ("doubled", f"{sku} stands here twice; add the quantities up", f"{sku} 重复出现，请合并数量")
            )
            inner._wrong("sku", code, en, zh)
        self._errors += inner._errors
        return [Component(sku, quantity)] if sku is not None and sku not in taken else []

    def _kit_rules(self, offer: Offer) -> None:
        if offer.components and offer.kind == "quota":
            self._wrong("components", "quota_kit", "A quota has no components", "配额类商品不能包含组件")
        if offer.components and offer.scale != 1:
            self._wrong(
                "scale", "kit_scale", "A kit is sold by the piece: its scale is 1", "套装按件销售，scale 应为 1"
            )
