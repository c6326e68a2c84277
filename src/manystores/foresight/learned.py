"""What was learned for a brand, kept as a file: written whole, told its version, read by whoever promises."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Generic, TypeVar
from uuid import uuid4

import msgspec
import numpy as np
from msgspec import Struct

from manystores.foresight.durations import Durations
from manystores.foresight.ladder import Table, Vocabulary
from manystores.foresight.margins import Margins

VERSION: Final = 1
FOLDER: Final = "foresight"
T = TypeVar("T")


class Learned(Struct, frozen=True):
    """A brand's durations and margins, as of a time. `transit` is None where no parcel was seen to arrive."""

    party_no: int
    at_us: int
    since_us: int
    """When something was first learned: promises from then on are its own, and judged."""
    preparation: Durations
    transit: Durations | None
    margins: Margins


class ToldTable(Struct):
    """A table as a file has it."""

    by: tuple[str, ...]
    keys: list[int]
    values: list[Any]
    support: list[float]


class _Durations(Struct):
    vocabulary: dict[str, list[str | int]]
    levels: list[ToldTable]
    shapes: list[tuple[ToldTable, float]]


class _Margin(Struct):
    by: tuple[str, ...]
    key: tuple[str | int, ...]
    low: float
    high: float


class _Document(Struct):
    version: int
    party_no: int
    at_us: int
    since_us: int
    preparation: _Durations
    transit: _Durations | None
    margins: list[_Margin]


def path_of(data_dir: Path, party_no: int) -> Path:
    """Where a brand's is kept."""
    return data_dir / FOLDER / f"{party_no}.json"


def save(path: Path, learned: Learned) -> None:
    """Readers see the old one or the new one, whole."""
    document = _Document(
        VERSION,
        learned.party_no,
        learned.at_us,
        learned.since_us,
        _told(learned.preparation),
        None if learned.transit is None else _told(learned.transit),
        [
            _Margin(by, key, round(low, 5), round(high, 5))
            for by, known in learned.margins.learned.items()
            for key, (low, high) in known.items()
        ],
    )
    write_whole(path, msgspec.json.encode(document))


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the name, flush, rename."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def load(path: Path) -> Learned | None:
    """What was learned; None where nothing was, or by a version with another shape: it is learned anew then."""
    if not path.exists():
        return None
    try:
        document = msgspec.json.decode(path.read_bytes(), type=_Document)
    except msgspec.DecodeError:
        return None
    if document.version != VERSION:
        return None
    margins: dict[tuple[str, ...], dict[tuple[Any, ...], tuple[float, float]]] = {}
    for margin in document.margins:
        margins.setdefault(margin.by, {})[margin.key] = (margin.low, margin.high)
    transit = None if document.transit is None else _durations(document.transit)
    preparation = _durations(document.preparation)
    return Learned(document.party_no, document.at_us, document.since_us, preparation, transit, Margins(margins))


class Shelf(Generic[T]):
    """What was learned of all brands in a folder, read when it changes."""

    def __init__(self, folder: Path, load: Callable[[Path], T | None]) -> None:
        self._folder, self._load = folder, load
        self._read: dict[Path, int] = {}

    def news(self) -> list[T]:
        """What was written since the last time."""
        found = []
        for path in sorted(self._folder.glob("[0-9]*.json")):
            written_ns = path.stat().st_mtime_ns
            if self._read.get(path) != written_ns:
                self._read[path] = written_ns
                learned = self._load(path)
                if learned is not None:
                    found.append(learned)
        return found


def _told(durations: Durations) -> _Durations:
    return _Durations(
        {name: values.tolist() for name, values in durations.vocabulary.values.items()},
        [table_told(table) for table in durations.levels],
        [(table_told(table), strength) for table, strength in durations.shapes],
    )


def table_told(table: Table) -> ToldTable:
    """A table to be written."""
    return ToldTable(table.by, table.keys.tolist(), table.values.round(5).tolist(), table.support.round(2).tolist())


def _durations(told: _Durations) -> Durations:
    vocabulary = Vocabulary({name: np.array(values) for name, values in told.vocabulary.items()})
    return Durations(
        vocabulary,
        [table_of(rows) for rows in told.levels],
        [(table_of(rows), strength) for rows, strength in told.shapes],
    )


def table_of(rows: ToldTable) -> Table:
    """A table that was read."""
    return Table(rows.by, np.array(rows.keys, np.int64), np.array(rows.values, np.float64), np.array(rows.support))
