"""Named SQL: each context's queries.sql holds statements under `-- name: such_a_name`, a sentence above each.

What several statements have in common stands once, under `-- part: such_a_part`; a line `-- with: such_a_part` in a
statement stands for it.
"""

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_SENTENCE_ABOVE_THE_NEXT = re.compile(r"(\n--[^\n]*)+\Z")
_NAME = re.compile(r"^-- (name|part): (\w+)\s*$", re.MULTILINE)
_WITH = re.compile(r"-- with: (\w+)$", re.MULTILINE)


@cache
def queries(package: str, file: str = "queries.sql") -> dict[str, str]:
    """The named statements of a package's SQL file, e.g. queries('manystores.network')['insert_location'].

    The package is found, not imported: a process that needs its statements only stays small and quick to start.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"there is no package {package}")
    text = Path(spec.submodule_search_locations[0]).joinpath(file).read_text(encoding="utf-8")
    _, *found = _NAME.split(text)
    kept: dict[str, dict[str, str]] = {"name": {}, "part": {}}
    for kind, name, body in zip(found[::3], found[1::3], found[2::3], strict=True):
        kept[kind][name] = _SENTENCE_ABOVE_THE_NEXT.sub("", body.strip()).strip()
    return {name: _WITH.sub(lambda one: kept["part"][one[1]], body) for name, body in kept["name"].items()}
