"""Named SQL: each context's queries.sql holds statements under `-- name: such_a_name`, a sentence above each."""

import re
from functools import cache
from importlib.resources import files

_SENTENCE_ABOVE_THE_NEXT = re.compile(r"(\n--[^\n]*)+\Z")
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def queries(package: str, file: str = "queries.sql") -> dict[str, str]:
    """The named statements of a package's SQL file, e.g. queries('manystores.network')['insert_location']."""
    text = files(package).joinpath(file).read_text(encoding="utf-8")
    parts = _NAME.split(text)
    return {
        name: _SENTENCE_ABOVE_THE_NEXT.sub("", body.strip()).strip()
        for name, body in zip(parts[1::2], parts[2::2], strict=True)
    }
