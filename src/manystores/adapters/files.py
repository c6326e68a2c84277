"""Tables in files: CSV and Parquet rows as text cells, and the file of what was rejected.

Row numbers are those a spreadsheet shows: the header is row 1, an empty line counts, and a cell with line breaks in it
is still one row.
"""

import codecs
import csv
import datetime as dt
import itertools
import os
import re
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from manystores.core.errors import Problem, rule

FilePath = str | os.PathLike[str]

UNREADABLE_FILE = rule("unreadable_file", 422, "The file can't be read as a table", "无法将该文件读取为表格")

#: Key of what stands under no heading: cells beyond the header, or below an empty one.
STRAY = ""

_PARQUET_ROWS_PER_SLICE = 50_000
_CELL_CHARS_MAX = 1 << 20
_DELIMITERS = ",\t;|"
_SEP_LINE = re.compile(r'^"?sep=(.)"?\s*$', re.IGNORECASE)
_FORMULA = re.compile(r"^[=@\t\r]|^[+-](?![\d.]+$)")


class Reject(msgspec.Struct, frozen=True):
    """A cell that broke a rule: spreadsheet row, column, rule, the value as it stood, and the way out.

    On row 1 it tells of a column that nobody reads (`unknown_column`); its rows are still taken.
    """

    row: int
    field: str
    rule: str
    value: str
    en: str
    zh: str


class Record(msgspec.Struct, frozen=True):
    """A request body made of one row, or of several (an order of several lines: one row each, in order)."""

    rows: tuple[int, ...]
    body: dict[str, Any]


class Table(msgspec.Struct, frozen=True):
    """A table's column names, what is wrong with its header, and its rows as (row number, cells by column)."""

    columns: tuple[str, ...]
    header_rejects: tuple[Reject, ...]
    rows: Iterator[tuple[int, dict[str, str]]]


def read_rows(path: FilePath) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (row number, {column: text}) of a CSV or Parquet file; wholly empty rows are left out.

    CSV may be UTF-8 (with or without BOM), UTF-16 with BOM, or GB18030 (GBK); the delimiter is found in the header.
    Cells that a short row lacks are empty; what stands under no heading is kept under the key `STRAY`.
    Raises Problem(UNREADABLE_FILE) at once for a file that is no table, later for a row with broken quotes.
    """
    return read_table(path).rows


def read_table(
    path: FilePath,
    known: Collection[str] = (),
    required: Collection[str] = (),
    aliases: Mapping[str, str] | None = None,
) -> Table:
    """Open a CSV or Parquet file as text cells.

    With `known` columns the file's names are matched to them whatever their case, spaces, hyphens or underscores
    ("On Hand" is on_hand), and by `aliases` (other name: known name); others are reported on row 1 as unknown.
    A `required` column that is missing is a Problem.
    """
    names = {folded(name): name for name in known} | {folded(other): name for other, name in (aliases or {}).items()}
    place = Path(path)
    head = _first_bytes(place)
    if head[:4] == b"PAR1":
        return _parquet_table(place, names, required)
    _refuse_other_formats(place, head)
    return _csv_table(place, names, required)


def write_rejects(path: FilePath, rejects: Iterable[Reject]) -> int:
    """Write rejects as CSV (UTF-8 with BOM, so that Excel shows Chinese) and return how many there were.

    The file is written even when there are none: an earlier run's rejects must not look like this one's. Values that
    a spreadsheet would run as a formula are preceded by an apostrophe.
    """
    count = 0
    with open(path, "w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(Reject.__struct_fields__)
        for reject in rejects:
            writer.writerow([_inert(str(cell)) for cell in msgspec.structs.astuple(reject)])
            count += 1
    return count


def rejects_of(record: Record, problem: Problem, columns: Mapping[str, str] | None = None) -> list[Reject]:
    """The rejects of a record whose body was refused; an error in /lines/n points to that line's own row.

    `columns` names the column behind a part of the body by its pointer without indices, e.g. {"/lines/offer": "sku"};
    a pointer that is not in it goes by what it is part of, else by itself.
    """
    if not problem.fields:
        title = problem.rule
        return [Reject(record.rows[0], "", title.code, "", problem.en or title.en, problem.zh or title.zh)]
    return [
        Reject(
            _row_of(record, f.pointer),
            _column_of(f.pointer, columns or {}),
            f.code,
            _value_at(record.body, f.pointer),
            f.en,
            f.zh,
        )
        for f in problem.fields
    ]


def checked(
    record: Record,
    check: Callable[[dict[str, Any]], object],
    columns: Mapping[str, str],
    row: Mapping[str, str] | None = None,
) -> list[Record | Reject]:
    """The record if `check` takes its body, else the rejects of the Problem that it raises.

    With `row`, the row that the body was made of, rejects tell the value as it stands there.
    """
    try:
        check(record.body)
    except Problem as problem:
        rejects = rejects_of(record, problem, columns)
        return [msgspec.structs.replace(r, value=(row or {}).get(r.field, r.value)) for r in rejects]
    return [record]


def scattered(keys: Iterable[Hashable]) -> set[Hashable]:
    """Keys whose rows do not all stand together."""
    apart: set[Hashable] = set()
    seen: set[Hashable] = set()
    for key, _ in itertools.groupby(keys):
        if key in seen:
            apart.add(key)
        seen.add(key)
    return apart


def stray_cells(row_no: int, row: dict[str, str]) -> list[Reject]:
    """A reject when cells stand under no heading: most often an unquoted comma that shifted the row."""
    if STRAY not in row:
        return []
    return [
        Reject(
            row_no,
            "",
            "stray_cell",
            row[STRAY],
            "This row has more cells than the header; put quotes around text that contains the delimiter",
            "本行的单元格多于表头；若文本中含有分隔符，请用双引号括起来",
        )
    ]


def folded(name: str) -> str:
    """A column name without case, spaces, hyphens and underscores, for comparison."""
    return re.sub(r"[\s_\-]+", "", name).lower()


# --- reading -------------------------------------------------------------------------------------------------------


def _first_bytes(path: Path) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read(1 << 16)
    except OSError as e:
        reason = e.strerror or str(e)
        raise _unreadable(path, f"it can't be opened: {reason}", f"无法打开：{reason}") from e


def _refuse_other_formats(path: Path, head: bytes) -> None:
    if head[:4] == b"PK\x03\x04":
        raise _unreadable(
            path,
            "it is a zip or Excel file; save the sheet as “CSV UTF-8” first",
            "这是 Excel 或压缩文件，请先另存为“CSV UTF-8”格式",
        )
    if head[:4] == b"\xd0\xcf\x11\xe0":
        raise _unreadable(
            path,
            "it is an old Excel file; save the sheet as “CSV UTF-8” first",
            "这是旧版 Excel 文件，请先另存为“CSV UTF-8”格式",
        )
    if head[:2] == b"\x1f\x8b":
        raise _unreadable(path, "it is compressed (gzip); unpack it first", "文件已用 gzip 压缩，请先解压")
    if b"\0" in head and not head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise _unreadable(path, "it is a binary file, neither CSV nor Parquet", "这是二进制文件，既非 CSV 也非 Parquet")


def _csv_table(path: Path, known: Mapping[str, str], required: Collection[str]) -> Table:
    encoding = _encoding(path)
    records = _records(path, encoding)
    header = next((cells for _, cells in records), None)
    if header is None:
        raise _unreadable(path, "it is empty: the first row must name the columns", "文件为空：首行必须是列名")
    columns, rejects = _match(path, header, known, required)
    return Table(tuple(c for c in columns if c), rejects, _csv_rows(columns, records))


def _csv_rows(columns: Sequence[str], records: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, dict[str, str]]]:
    for row_no, cells in records:
        if not any(cells):
            continue
        row = dict.fromkeys(columns, "")
        row.update(zip(columns, cells, strict=False))
        unnamed = [c for name, c in zip(columns, cells, strict=False) if not name] + cells[len(columns) :]
        stray = " ".join(c for c in unnamed if c)
        row.pop(STRAY, None)
        yield row_no, row | {STRAY: stray} if stray else row


def _encoding(path: Path) -> str:
    """The first encoding in which every byte of the file is text; decides before any row is handed out."""
    head = _first_bytes(path)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with open(path, "rb") as file:
                while chunk := file.read(1 << 20):
                    decoder.decode(chunk)
                decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise _unreadable(
        path,
        "its text is neither UTF-8 nor GB18030 (GBK); save it as “CSV UTF-8”",
        "文本编码既非 UTF-8 也非 GB18030（GBK），请另存为“CSV UTF-8”格式",
    )


def _records(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered records of trimmed cells. The module's own limit on a cell's size is raised to 1 MiB of text."""
    csv.field_size_limit(max(csv.field_size_limit(), _CELL_CHARS_MAX))
    with open(path, encoding=encoding, newline="") as file:
        first = file.readline()
        if not first:
            return
        if not first.strip():
            raise _unreadable(path, "its first row is empty; it must name the columns", "首行为空，首行必须是列名")
        sep = _SEP_LINE.match(first)
        delimiter = sep.group(1) if sep else _delimiter(first)
        lines: Iterable[str] = file if sep else itertools.chain([first], file)
        reader = csv.reader(lines, delimiter=delimiter, strict=True)
        for row_no in itertools.count(1):
            try:
                cells = next(reader)
            except StopIteration:
                return
            except (csv.Error, UnicodeDecodeError) as e:
                raise _unreadable(
                    path,
                    f"row {row_no}: {e}; quotes inside a quoted cell must be doubled, and every quote closed",
                    f"第 {row_no} 行：{e}；带引号的单元格内的双引号须写成两个，且引号必须成对",
                ) from e
            yield row_no, [cell.strip() for cell in cells]


def _delimiter(header: str) -> str:
    """The delimiter that cuts the header into most cells, quotes respected; a comma when nothing does."""
    outside = re.sub(r'"[^"]*"?', "", header)
    return max(_DELIMITERS, key=lambda d: (outside.count(d), -_DELIMITERS.index(d)))


def _parquet_table(path: Path, known: Mapping[str, str], required: Collection[str]) -> Table:
    try:
        frame = pl.scan_parquet(path)
        names = frame.collect_schema().names()
        height = int(frame.select(pl.len()).collect().item())
    except (pl.exceptions.PolarsError, OSError) as e:
        raise _unreadable(path, f"its Parquet is broken: {e}", f"Parquet 文件已损坏：{e}") from e
    columns, rejects = _match(path, names, known, required)
    return Table(tuple(columns), rejects, _parquet_rows(frame, height, columns))


def _parquet_rows(frame: pl.LazyFrame, height: int, columns: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    for offset in range(0, height, _PARQUET_ROWS_PER_SLICE):
        part = frame.slice(offset, _PARQUET_ROWS_PER_SLICE).collect()
        for row_no, values in enumerate(part.iter_rows(), start=offset + 2):
            cells = [_text(v) for v in values]
            if any(cells):
                yield row_no, dict(zip(columns, cells, strict=True))


def _text(value: object) -> str:
    """A Parquet value as its cell: whole floats without .0 (pandas makes floats of integers with gaps), NaN empty."""
    if value is None or value != value:
        return ""
    for kind, show in _SHOWN:
        if isinstance(value, kind):
            return show(value)
    return str(value).strip()


_SHOWN: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (bool, lambda v: "true" if v else "false"),
    (float, lambda v: str(int(v)) if v.is_integer() else format(v, ".15g")),
    ((dt.datetime, dt.date, dt.time), lambda v: v.isoformat()),
    (bytes, lambda v: v.decode("utf-8", "replace").strip()),
    ((list, dict), lambda v: msgspec.json.encode(v).decode()),
)


def _match(
    path: Path, header: Sequence[str], known: Mapping[str, str], required: Collection[str]
) -> tuple[list[str], tuple[Reject, ...]]:
    """The header under its known names, and a reject per column that nobody reads."""
    columns = [known.get(folded(name), name) if name else STRAY for name in header]
    named = [c for c in columns if c]
    if not named:
        raise _unreadable(path, "its first row names no column", "首行没有任何列名")
    twice = sorted({c for c in named if named.count(c) > 1})
    if any(not known or c in known.values() for c in twice):
        raise _unreadable(path, f"column {', '.join(twice)} stands there twice", f"列名重复：{'、'.join(twice)}")
    missing = [c for c in required if c not in named]
    if missing:
        raise _unreadable(
            path,
            f"column {', '.join(missing)} is missing; the file has: {', '.join(named)}",
            f"缺少列：{'、'.join(missing)}；文件现有列：{'、'.join(named)}",
        )
    if not known:
        return columns, ()
    return columns, tuple(_unknown_column(c, known) for c in dict.fromkeys(named) if c not in known.values())


def _unknown_column(name: str, known: Mapping[str, str]) -> Reject:
    close = [known[fold] for fold in get_close_matches(folded(name), list(known), n=1)]
    hint_en = f"; did you mean {close[0]}?" if close else ""
    hint_zh = f"；是否想写 {close[0]}？" if close else ""
    return Reject(
        1,
        name,
        "unknown_column",
        name,
        f"This column is not read{hint_en}",
        f"该列不会被读取{hint_zh}",
    )


def _unreadable(path: Path, en: str, zh: str) -> Problem:
    return Problem(UNREADABLE_FILE, en=f"{path.name}: {en}", zh=f"{path.name}：{zh}")


# --- rejects -------------------------------------------------------------------------------------------------------


def _inert(cell: str) -> str:
    return "'" + cell if _FORMULA.match(cell) else cell


def _column_of(pointer: str, columns: Mapping[str, str]) -> str:
    parts = [part for part in pointer.split("/")[1:] if not part.isdigit()]
    for length in range(len(parts), 0, -1):
        if column := columns.get("/" + "/".join(parts[:length])):
            return column
    return pointer


def _row_of(record: Record, pointer: str) -> int:
    parts = pointer.split("/")
    if parts[1:2] == ["lines"] and len(parts) > 2 and parts[2].isdigit() and int(parts[2]) < len(record.rows):
        return record.rows[int(parts[2])]
    return record.rows[0]


def _value_at(body: object, pointer: str) -> str:
    """What stands at a JSON pointer, as text; empty when nothing does."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(body, dict) and key in body:
            body = body[key]
        elif isinstance(body, list) and key.isdigit() and int(key) < len(body):
            body = body[int(key)]
        else:
            return ""
    return body if isinstance(body, str) else msgspec.json.encode(body).decode()
