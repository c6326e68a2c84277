"""What is wrong with a schema is told all at once, with the way out."""

import pytest

from manystores.core.errors import Problem
from manystores.members.linkage.schema import schema_of


def test_a_schema_names_an_id_and_types() -> None:
    found = schema_of({"id": "rec", "columns": {"first": "given_name", "born": "birth_date"}})
    assert (found.id, found.columns) == ("rec", {"first": "given_name", "born": "birth_date"})


@pytest.mark.parametrize(
    ("document", "pointers"),
    [
        (["id"], {"s.yaml"}),
        ({}, {"s.yaml/id", "s.yaml/columns"}),
        ({"id": "rec", "columns": {}}, {"s.yaml/columns"}),
        ({"id": "rec", "columns": {"a": "colour", "rec": "other"}, "more": 1},
         {"s.yaml/columns/a", "s.yaml/columns/rec", "s.yaml/more"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_place(document: object, pointers: set[str]) -> None:
    with pytest.raises(Problem) as caught:
        schema_of(document, at="s.yaml")
    assert {field.pointer for field in caught.value.fields} == pointers
