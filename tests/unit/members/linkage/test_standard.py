"""Values that mean the same look the same."""

import polars as pl
import pytest

from manystores.members.linkage.schema import Schema
from manystores.members.linkage.standard import standard


def one(kind: str, value: str | None, column: str = "c0") -> str | None:
    frame = pl.DataFrame({"id": ["1"], "x": [value]}, schema={"id": pl.String, "x": pl.String})
    found = standard(frame, Schema("id", {"x": kind}))[column][0]  # type: ignore[dict-item]
    assert found is None or isinstance(found, str)
    return found


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("given_name", "  José-María ", "josemaria"),
        ("name", "O'Brien,  Pat", "obrien pat"),
        ("surname", "ＷＡＮＧ", "wang"),
        ("surname", "N/A", None),
        ("other", "0000", None),
        ("birth_date", "1984-03-07", "1984-03-07"),
        ("birth_date", "19840307", "1984-03-07"),
        ("birth_date", "7/3/1984", "1984-03-07"),
        ("birth_date", "3/27/1984", "1984-03-27"),
        ("birth_date", "1984年3月7日", "1984-03-07"),
        ("birth_date", "1984-03-07T00:00:00Z", "1984-03-07"),
        ("phone", "+86 138-0013-8000", "13800138000"),
        ("phone", "0086 13800138000", "13800138000"),
        ("phone", "138 0013 8000", "13800138000"),
        ("phone", "12", None),
        ("email", "Ann.Lee@Example.COM", "ann.lee@example.com"),
        ("email", "nobody", None),
        ("postcode", "sw1a 1aa", "SW1A1AA"),
        ("address", "12, High-Street", "12 high street"),
        ("gender", None, None),
    ],
)
def test_values_in_one_form(kind: str, value: str | None, expected: str | None) -> None:
    assert one(kind, value) == expected


def test_names_in_chinese_script_are_known_by_their_sound() -> None:
    assert one("name", "张伟", "c0_sound") == one("name", "zhangwei", "c0_sound") == "zhangwei"
    assert one("name", "张伟") == "张伟"
