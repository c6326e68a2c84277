"""Bodies are read field by field, and all that is wrong is told at once, each at its place."""

from typing import Any

import pytest

from manystores.core.errors import Problem
from manystores.core.fields import Fields


def faults(fields: Fields) -> dict[str, str]:
    return {error.pointer: error.code for error in fields.errors}


def test_every_fault_is_told_at_its_place_with_those_of_the_objects_inside() -> None:
    fields = Fields(
        {"name": " A", "colour": 1, "box": {"width": -1}, "tags": ["x", ""], "parts": [{"n": "1"}, 2]}, "/7"
    )
    fields.known(("name", "size", "box", "tags", "parts", "color"))
    assert fields.text("name", 10, default="?") == "?"
    assert fields.integer("size", 3, 0, 9, required=True) == 3
    assert fields.object("box").integer("width", 0, 0, 9) == 0
    assert fields.texts("tags", 5, 10) == ("x",)
    assert [part.integer("n", 0, 0, 9) for part in fields.objects("parts", 5)] == [0]
    assert faults(fields) == {
        "/7/colour": "unknown_field",
        "/7/name": "unseen_characters",
        "/7/size": "required",
        "/7/box/width": "too_small",
        "/7/tags/1": "empty",
        "/7/parts/0/n": "not_an_integer",
        "/7/parts/1": "not_an_object",
    }
    with pytest.raises(Problem) as caught:
        fields.raise_if_wrong()
    assert caught.value.fields == tuple(fields.errors)


@pytest.mark.parametrize(
    ("value", "code"),
    [([], "not_an_object"), ({"": 1}, "bad_key"), ({"k" * 101: 1}, "bad_key"), ({"a": 1, "b": 2}, "too_many")],
)
def test_an_object_of_ones_own_keys_has_limits_too(value: Any, code: str) -> None:
    fields = Fields({"options": value})
    assert (fields.entries("options", 1), faults(fields)) == ({}, {"/options": code})


def test_absent_and_null_read_as_the_default_and_a_good_body_has_no_faults() -> None:
    fields = Fields({"a": None})
    assert (fields.text("a", 5, default="x"), fields.integer_or_none("b", 0, 9), fields.flag("c", True)) == (
        "x",
        None,
        True,
    )
    assert (fields.entries("d", 1), fields.choice("e", ("u", "v"), "u"), fields.clock_time("f")) == ({}, "u", "")
    fields.raise_if_wrong()
