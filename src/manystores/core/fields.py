"""Reads JSON-like bodies field by field and remembers all that was wrong, to tell a caller everything at once."""

import re
from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, Self

from manystores.core.errors import INVALID, FieldError, Problem

_UNSEEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_CLOCK_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_CODE = re.compile(r"[^\s/?#%\\]+")
MISSING: Final = object()
Body = Mapping[str, object]
Entries = dict[str, object]


class Fields:
    """One object of a body; a wrong field reads as its default. Call `raise_if_wrong` when all is read.

    `at` is the object's JSON pointer in its request, e.g. /locations/3; the objects inside it share its errors.
    """

    def __init__(self, body: Mapping[str, object], at: str = "", errors: list[FieldError] | None = None) -> None:
        self._body = body
        self.at = at
        self.errors: list[FieldError] = [] if errors is None else errors

    def raise_if_wrong(self) -> None:
        """Raise Problem(INVALID) with every error found so far."""
        if self.errors:
            raise Problem(INVALID, fields=tuple(self.errors))

    def wrong(self, field: str, code: str, en: str, zh: str) -> None:
        """Remember that a field broke a rule."""
        pointer = f"{self.at}/{field}" if field else self.at
        self.errors.append(FieldError(pointer, code, en, zh))

    def get(self, field: str) -> object:
        """The field's value; an absent or null one is MISSING."""
        value = self._body.get(field)
        return MISSING if value is None else value

    def known(self, fields: Collection[str]) -> None:
        """Complain of fields that nobody reads, with the nearest name that somebody does."""
        for field in self._body:
            if field in fields:
                continue
            close = get_close_matches(str(field), fields, n=1)
            hint_en, hint_zh = (f"; did you mean {close[0]}?", f"；是否想写 {close[0]}？") if close else ("", "")
            name = str(field).replace("~", "~0").replace("/", "~1")
            self.wrong(name, "unknown_field", f"There is no such field{hint_en}", f"没有该字段{hint_zh}")

    def text(self, field: str, chars_max: int, *, required: bool = False, default: str = "") -> str:
        """Text without control characters or space around it; an absent one is the default."""
        value = self.get(field)
        if value is MISSING:
            if required:
                self._required(field)
        elif not isinstance(value, str):
            self.wrong(field, "not_text", "This should be text", "此处应为文本")
        elif not value.strip():
            if required:
                self.wrong(field, "empty", "This can't be empty", "不能为空")
        elif len(value) > chars_max:
            self.wrong(field, "too_long", f"At most {chars_max} characters", f"最多 {chars_max} 个字符")
        elif value != value.strip() or _UNSEEN.search(value):
            self.wrong(
                field,
                "unseen_characters",
                "No spaces around it, no control characters",
                "首尾不能有空格，也不能包含控制字符",
            )
        else:
            return value
        return default

    def code(self, field: str) -> str:
        """A code, fit to stand in an address: GET /v1/locations/{code}."""
        code = self.text(field, 64, required=True)
        if code and (not _CODE.fullmatch(code) or code in (".", "..")):
            self.wrong(
                field,
                "bad_code",
                "A code stands in web addresses: no spaces and none of / ? # % \\",
                "编码会出现在网址中，不能包含空格及 / ? # % \\ 等字符",
            )
        return code

    def integer(self, field: str, default: int, low: int, high: int, *, required: bool = False) -> int:
        """A whole number within bounds."""
        value = self.get(field)
        if value is MISSING:
            if required:
                self._required(field)
        elif not isinstance(value, int) or isinstance(value, bool):
            self.wrong(field, "not_an_integer", "This should be a whole number", "此处应为整数")
        elif self._within(field, value, low, high):
            return value
        return default

    def integer_or_none(self, field: str, low: int, high: int) -> int | None:
        """A whole number within bounds; None when it is absent."""
        return None if self.get(field) is MISSING else self.integer(field, low, low, high)

    def number(self, field: str, default: float, low: float, high: float, *, required: bool = False) -> float:
        """A number within bounds, of which NaN is none."""
        value = self.get(field)
        if value is MISSING:
            if required:
                self._required(field)
        elif not isinstance(value, int | float) or isinstance(value, bool) or value != value:
            self.wrong(field, "not_a_number", "This should be a number", "此处应为数字")
        elif self._within(field, value, low, high):
            return float(value)
        return default

    def flag(self, field: str, default: bool) -> bool:
        """True or false."""
        value = self.get(field)
        if value is MISSING:
            return default
        if not isinstance(value, bool):
            self.wrong(field, "not_a_boolean", "This should be true or false", "此处应为 true 或 false")
            return default
        return value

    def choice(self, field: str, choices: Sequence[str], default: str = "") -> str:
        """One of some words; required when there is no default."""
        value = self.text(field, 100, required=not default)
        if not value:
            return default
        if value in choices:
            return value
        self._no_choice(field, value, choices)
        return default

    def choices(self, field: str, choices: Sequence[str], default: tuple[str, ...]) -> tuple[str, ...]:
        """Some of some words, in the order of `choices`; an empty list is none of them."""
        if self.get(field) is MISSING:
            return default
        given = self.texts(field, len(choices) + 10, 100)
        for i, value in enumerate(given):
            if value not in choices:
                self._no_choice(f"{field}/{i}", value, choices)
        return tuple(c for c in choices if c in given)

    def texts(self, field: str, count_max: int, chars_max: int) -> tuple[str, ...]:
        """A list of texts without doubles."""
        inner = self._inside(field, {str(i): v for i, v in enumerate(self.items(field, count_max))})
        return tuple(dict.fromkeys(t for i in inner._body if (t := inner.text(i, chars_max, required=True))))

    def clock_time(self, field: str) -> str:
        """A time of day, HH:MM; '' when absent."""
        value = self.text(field, 5)
        if value and not _CLOCK_TIME.fullmatch(value):
            self.wrong(
                field, "not_a_time", f"{value!r} is no time of day such as 16:30", f"{value!r} 不是有效时刻，例如 16:30"
            )
            return ""
        return value

    def items(self, field: str, count_max: int) -> Sequence[object]:
        """The items of a list, whatever they are."""
        value = self.get(field)
        if value is MISSING:
            return ()
        if not isinstance(value, list | tuple):
            self.wrong(field, "not_a_list", "This should be a list", "此处应为列表")
        elif len(value) > count_max:
            self.wrong(field, "too_many", f"At most {count_max} entries", f"最多 {count_max} 项")
        else:
            return value
        return ()

    def objects(self, field: str, count_max: int) -> list[Self]:
        """The objects of a list, each to be read by itself."""
        inner = [(i, item) for i, item in enumerate(self.items(field, count_max))]
        for i, item in inner:
            if not isinstance(item, Mapping):
                self.wrong(f"{field}/{i}", "not_an_object", "This should be an object", "此处应为对象")
        return [self._inside(f"{field}/{i}", item) for i, item in inner if isinstance(item, Mapping)]

    def object(self, field: str) -> Self:
        """An object inside this one; an absent one is empty."""
        value = self.get(field)
        if value is not MISSING and not isinstance(value, Mapping):
            self.wrong(field, "not_an_object", "This should be an object", "此处应为对象")
        return self._inside(field, value if isinstance(value, Mapping) else {})

    def entries(self, field: str, count_max: int) -> Entries:
        """An object whose keys the sender chose; an absent one is empty."""
        value = self.get(field)
        if value is MISSING:
            return {}
        if not isinstance(value, Mapping):
            self.wrong(field, "not_an_object", "This should be an object", "此处应为对象")
        elif len(value) > count_max:
            self.wrong(field, "too_many", f"At most {count_max} entries", f"最多 {count_max} 项")
        elif any(not isinstance(k, str) or not k.strip() or len(k) > 100 or _UNSEEN.search(k) for k in value):
            self.wrong(field, "bad_key", "Keys are text of 1 to 100 characters", "键应为 1 到 100 个字符的文本")
        else:
            return dict(value)
        return {}

    def _inside(self, field: str, body: Body) -> Self:
        return type(self)(body, f"{self.at}/{field}", self.errors)

    def _required(self, field: str) -> None:
        self.wrong(field, "required", f"{field} is needed", f"缺少必填字段 {field}")

    def _within(self, field: str, value: float, low: float, high: float) -> bool:
        if value < low:
            self.wrong(field, "too_small", f"At least {low}", f"不能小于 {low}")
        elif value > high:
            self.wrong(field, "too_large", f"At most {high}", f"不能大于 {high}")
        return low <= value <= high

    def _no_choice(self, field: str, value: str, choices: Sequence[str]) -> None:
        listed = ", ".join(choices)
        self.wrong(field, "unknown_choice", f"{value!r} is none of: {listed}", f"{value!r} 无效，可选值：{listed}")
