"""Reads a routing policy from a JSON-like body, and tells everything that is wrong with it at once."""

import math
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

import msgspec

from manystores.core.errors import INVALID, FieldError, Problem
from manystores.sourcing.policy import (
    AHEAD_DAYS_MAX,
    DEFAULT_POLICY,
    EVERY,
    KINDS,
    LINE_SPLITS,
    LOCATION_KINDS,
    MINUTES_MAX,
    MOVES_MAX,
    REJECTION_COST,
    SHIPMENTS_MAX,
    SHORTAGES,
    ChannelRule,
    CostModel,
    ImproveRule,
    Kind,
    KindRule,
    RankRule,
    RoutingPolicy,
    SplitRule,
    Threshold,
)

_T = TypeVar("_T", bound=str)
_COST_MAX = 1e9
_UNITS_MAX = 1_000_000_000
_KM_MAX = 20_100.0  # half the earth's circumference
_ITEMS_MAX = 10_000
_CHARS_MAX = 100
_FIELDS = frozenset(RoutingPolicy.__struct_fields__)


class _Reader:
    """One object of the body. A wrong field is remembered and reads as its default."""

    def __init__(self, body: object, at: str, errors: list[FieldError]) -> None:
        self._at, self._errors = at, errors
        self._body: Mapping[str, object] = body if isinstance(body, Mapping) else {}
        if not isinstance(body, Mapping):
            self.wrong("", "not_object", "This should be an object", "此处应为对象")

    def wrong(self, field: str, code: str, en: str, zh: str) -> None:
        pointer = self._at + "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in (field,) if part)
        self._errors.append(FieldError(pointer, code, en, zh))

    def known(self, fields: Collection[str]) -> None:
        for field in self._body:
            if field not in fields:
                close = get_close_matches(str(field), fields, n=1)
                en, zh = (f"; did you mean {close[0]}?", f"；是否想写 {close[0]}？") if close else ("", "")
                self.wrong(str(field), "unknown_field", f"There is no such field{en}", f"没有该字段{zh}")

    def number(self, field: str, default: float, low: float, high: float) -> float:
        value = self._body.get(field)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.wrong(field, "not_number", "This should be a number", "此处应为数字")
        elif not low <= value <= high:
            self.wrong(field, "out_of_range", f"Between {low:g} and {high:g}", f"应在 {low:g} 与 {high:g} 之间")
        else:
            return float(value)
        return default

    def limit(self, field: str, default: float | None, low: float, high: float) -> float | None:
        """A number, or null for no limit; an absent one is the default."""
        if field not in self._body:
            return default
        return None if self._body[field] is None else self.number(field, low, low, high)

    def integer(self, field: str, default: int | None, low: int, high: int) -> int:
        value = self._body.get(field)
        if value is None:
            if default is None:
                self.wrong(field, "required", "This is needed", "此项必填")
            return default or 0
        if isinstance(value, bool) or not isinstance(value, int):
            self.wrong(field, "not_integer", "This should be a whole number", "此处应为整数")
        elif not low <= value <= high:
            self.wrong(field, "out_of_range", f"Between {low} and {high}", f"应在 {low} 与 {high} 之间")
        else:
            return value
        return default or 0

    def flag(self, field: str, default: bool) -> bool:
        value = self._body.get(field)
        if value is not None and not isinstance(value, bool):
            self.wrong(field, "not_boolean", "This should be true or false", "此处应为 true 或 false")
        return value if isinstance(value, bool) else default

    def text(self, field: str, default: str) -> str:
        value = self._body.get(field)
        return default if value is None or value == default else self._text(field, value, default)

    def choice(self, field: str, default: _T, choices: Sequence[_T]) -> _T:
        value = self._body.get(field)
        return default if value is None else self._choice(field, value, default, choices)

    def texts(self, field: str) -> tuple[str, ...]:
        return tuple(self._text(f"{field}/{i}", item, "") for i, item in enumerate(self._items(field)))

    def choices(self, field: str, choices: Sequence[_T]) -> tuple[_T, ...]:
        items = enumerate(self._items(field))
        return tuple(dict.fromkeys(self._choice(f"{field}/{i}", item, choices[0], choices) for i, item in items))

    def objects(self, field: str) -> list["_Reader"]:
        return [_Reader(item, f"{self._at}/{field}/{i}", self._errors) for i, item in enumerate(self._items(field))]

    def inner(self, field: str) -> "_Reader | None":
        value = self._body.get(field)
        return None if value is None else _Reader(value, f"{self._at}/{field}", self._errors)

    def members(self) -> list[tuple[str, "_Reader"]]:
        found = []
        for name in self._body:
            escaped = str(name).replace("~", "~0").replace("/", "~1")
            found.append((str(name), _Reader(self._body[name], f"{self._at}/{escaped}", self._errors)))
        return found

    def _items(self, field: str) -> Sequence[object]:
        value = self._body.get(field)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.wrong(field, "not_list", "This should be a list", "此处应为列表")
        elif len(value) > _ITEMS_MAX:
            self.wrong(field, "too_many", f"At most {_ITEMS_MAX} items", f"最多 {_ITEMS_MAX} 项")
        else:
            return value
        return ()

    def _text(self, field: str, value: object, default: str) -> str:
        at = self._at + "/" + field
        if not isinstance(value, str):
            self._errors.append(FieldError(at, "not_text", "This should be text", "此处应为文本"))
        elif not value.strip() or value != value.strip() or not value.isprintable():
            en, zh = "Text without space around it or control characters", "不能为空，首尾不能有空格，不能含控制字符"
            self._errors.append(FieldError(at, "bad_text", en, zh))
        elif len(value) > _CHARS_MAX:
            en, zh = f"At most {_CHARS_MAX} characters", f"最多 {_CHARS_MAX} 个字符"
            self._errors.append(FieldError(at, "too_long", en, zh))
        else:
            return value
        return default

    def _choice(self, field: str, value: object, default: _T, choices: Sequence[_T]) -> _T:
        for choice in choices:
            if value == choice:
                return choice
        names = ", ".join(choices)
        error = FieldError(f"{self._at}/{field}", "not_a_choice", f"One of: {names}", f"只能是：{names}")
        self._errors.append(error)
        return default


def policy_of(body: object, *, at: str = "", version: int = 0) -> RoutingPolicy:
    """The policy that a body describes; what it leaves out is as in `DEFAULT_POLICY`. `version` is the storer's count.

    Raises Problem(INVALID) with every FieldError; `at` is the body's own JSON pointer.
    """
    errors: list[FieldError] = []
    reader = _Reader(body, at, errors)
    reader.known(_FIELDS)
    reader.integer("version", 0, 0, 2**31)  # a body read back may carry it; it isn't the sender's to choose
    kinds = reader.inner("kinds")
    channels = reader.inner("channels")
    split = reader.inner("split")
    improve = reader.inner("improve")
    policy = RoutingPolicy(
        version=version,
        currency=_currency(reader),
        kinds=DEFAULT_POLICY.kinds if kinds is None else _kinds(kinds),
        channels={} if channels is None else {name: _channel(rule) for name, rule in channels.members()},
        excluded_locations=reader.texts("excluded_locations"),
        safety_stock=reader.integer("safety_stock", 0, 0, _UNITS_MAX),
        thresholds=tuple(_threshold(item) for item in reader.objects("thresholds")),
        respect_capacity=reader.flag("respect_capacity", True),
        rejection_cost=reader.integer("rejection_cost", REJECTION_COST, 0, int(_COST_MAX)),
        look_ahead_days=reader.integer("look_ahead_days", DEFAULT_POLICY.look_ahead_days, 0, AHEAD_DAYS_MAX),
        split=SplitRule() if split is None else _split(split),
        rank=tuple(_rank(item) for item in reader.objects("rank")),
        on_shortage=reader.choice("on_shortage", "reject", SHORTAGES),
        improve=ImproveRule() if improve is None else _improve(improve),
    )
    if errors:
        raise Problem(INVALID, fields=tuple(errors))
    return policy


def body_of(policy: RoutingPolicy) -> dict[str, Any]:
    """The body that reads back as this policy."""
    body: dict[str, Any] = msgspec.to_builtins(policy)
    return body


def _currency(reader: _Reader) -> str:
    code = reader.text("currency", "CNY")
    if len(code) != 3 or not (code.isascii() and code.isalpha() and code.isupper()):
        reader.wrong("currency", "bad_currency", "An ISO 4217 code such as CNY", "应为 ISO 4217 货币代码，如 CNY")
    return code


def _kinds(reader: _Reader) -> dict[Kind, KindRule]:
    reader.known(KINDS)
    rules = {name: rule for name, rule in reader.members() if name in KINDS}
    if not rules:
        en, zh = "At least one way of fulfilment, else nothing can be sold", "至少要有一种履约方式，否则什么都卖不了"
        reader.wrong("", "required", en, zh)
    return {kind: _kind(kind, rules[kind]) for kind in KINDS if kind in rules}


def _kind(kind: Kind, reader: _Reader) -> KindRule:
    reader.known(KindRule.__struct_fields__)
    usual = DEFAULT_POLICY.kinds[kind]
    costs = reader.inner("costs")
    return KindRule(
        km_max=reader.limit("km_max", usual.km_max, 0.1, _KM_MAX),
        must_be_open=reader.flag("must_be_open", usual.must_be_open),
        within_cut_off=reader.flag("within_cut_off", usual.within_cut_off),
        costs=usual.costs if costs is None else _costs(costs, usual.costs),
    )


def _costs(reader: _Reader, usual: CostModel) -> CostModel:
    reader.known(CostModel.__struct_fields__)
    return CostModel(
        base=reader.number("base", usual.base, 0, _COST_MAX),
        per_km=reader.number("per_km", usual.per_km, 0, _COST_MAX),
        per_kg=reader.number("per_kg", usual.per_kg, 0, _COST_MAX),
        per_kg_km=reader.number("per_kg_km", usual.per_kg_km, 0, _COST_MAX),
    )


def _channel(reader: _Reader) -> ChannelRule:
    reader.known(ChannelRule.__struct_fields__)
    return ChannelRule(
        groups=reader.texts("groups"),
        excluded_groups=reader.texts("excluded_groups"),
        location_kinds=reader.choices("location_kinds", LOCATION_KINDS),
        kinds=reader.choices("kinds", KINDS),
    )


def _threshold(reader: _Reader) -> Threshold:
    reader.known(Threshold.__struct_fields__)
    sku, offer_class = reader.text("sku", ""), reader.text("offer_class", "")
    if sku and offer_class:
        en, zh = "Name an offer or a class, not both", "SKU 与品类只能填一个"
        reader.wrong("offer_class", "conflicting", en, zh)
    return Threshold(
        units=reader.integer("units", None, 0, _UNITS_MAX),
        channel=reader.text("channel", EVERY),
        group=reader.text("group", EVERY),
        sku=sku,
        offer_class=offer_class,
    )


def _rank(reader: _Reader) -> RankRule:
    reader.known(RankRule.__struct_fields__)
    kind = reader.text("location_kind", "")
    return RankRule(
        cost=reader.integer("cost", None, -int(_COST_MAX), int(_COST_MAX)),
        group=reader.text("group", EVERY),
        location_kind=reader.choice("location_kind", "store", LOCATION_KINDS) if kind else None,
    )


def _improve(reader: _Reader) -> ImproveRule:
    reader.known(ImproveRule.__struct_fields__)
    usual = ImproveRule()
    return ImproveRule(
        enabled=reader.flag("enabled", usual.enabled),
        every_minutes=reader.integer("every_minutes", usual.every_minutes, 1, MINUTES_MAX),
        min_gain=reader.integer("min_gain", usual.min_gain, 1, int(_COST_MAX)),
        min_gain_percent=reader.number("min_gain_percent", usual.min_gain_percent, 0, 100),
        max_moves=reader.integer("max_moves", usual.max_moves, 1, MOVES_MAX),
    )


def _split(reader: _Reader) -> SplitRule:
    reader.known(SplitRule.__struct_fields__)
    return SplitRule(
        allow_split=reader.flag("allow_split", True),
        max_shipments=reader.integer("max_shipments", 3, 1, SHIPMENTS_MAX),
        line_split=reader.choice("line_split", "if_needed", LINE_SPLITS),
    )
