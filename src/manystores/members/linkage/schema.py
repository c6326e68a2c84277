"""What the columns of records mean: a file that names the id and a type for each column to compare by."""

from typing import Any, Final, Literal, get_args

from msgspec import Struct

from manystores.core.errors import INVALID, FieldError, Problem

ColumnType = Literal[
    "name", "given_name", "surname", "birth_date", "phone", "email", "address", "postcode", "region", "gender", "other"
]
TYPES: Final[tuple[ColumnType, ...]] = get_args(ColumnType)


class Schema(Struct, frozen=True):
    """The id's column, and the columns to compare by with their types."""

    id: str
    columns: dict[str, ColumnType]


def schema_of(document: Any, at: str = "") -> Schema:
    """A schema from its document; raises Problem with all that is wrong. `at` begins the pointers."""
    errors: list[FieldError] = []

    def wrong(pointer: str, code: str, en: str, zh: str) -> None:
        errors.append(FieldError(f"{at}{pointer}", code, en, zh))

    if not isinstance(document, dict):
        wrong("", "not_an_object", "Give `id: column` and `columns: {column: type}`", "请给出 id 与 columns")
        raise Problem(INVALID, fields=tuple(errors))
    for name in document.keys() - {"id", "columns"}:
        wrong(f"/{name}", "unknown_field", "There are only `id` and `columns`", "只支持 id 与 columns")
    own, columns = document.get("id"), document.get("columns")
    if isinstance(own, bool):
        wrong("/id", "not_text", "YAML takes yes and no for truth values; put the name in quotes", "请给该名称加引号")
    elif not isinstance(own, str) or not own:
        wrong("/id", "required", "Name the column that has the id", "请指定 id 所在的列")
    if not isinstance(columns, dict) or not columns:
        wrong("/columns", "required", "Name at least one column and its type", "请至少给出一列及其类型")
        columns = {}
    for name, kind in columns.items():
        if kind not in TYPES:
            told = ", ".join(TYPES)
            wrong(f"/columns/{name}", "unknown_type", f"{kind!r} is no type; take one of {told}", f"类型须为：{told}")
        if name == own:
            wrong(
                f"/columns/{name}", "is_the_id", "The id tells nothing of the person; leave it out", "id 列不能参与比对"
            )
    if errors:
        raise Problem(INVALID, fields=tuple(errors))
    return Schema(str(own), {str(name): kind for name, kind in columns.items()})
