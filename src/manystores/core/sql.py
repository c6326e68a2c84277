"""Named SQL: each context's queries.sql holds statements under `-- name: such_a_name`, a sentence above each."""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_SENTENCE_ABOVE_THE_NEXT = re.compile(r"(\n--[^\n]*)+\Z")
_NAME = re.compile(r"^-- name: (\w+)\s*$", re.MULTILINE)


@cache
def queries(package: str, file: str = "queries.sql") -> dict[str, str]:
    """The named statements of a package's SQL file, e.g. queries('manystores.network')['insert_location'].

    The package is found, not imported: a process that needs its statements only stays small and quick to start.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"there is no package {package}")
    text = Path(spec.submodule_search_locations[0]).joinpath(file).read_text(encoding="utf-8")
    parts = _NAME.split(text)
    return {
        name: _SENTENCE_ABOVE_THE_NEXT.sub("", body.strip()).strip()
        for name, body in zip(parts[1::2], parts[2::2], strict=True)
    }
