"""Values as they are compared: without case, accents of writing and fillers, dates and phones in one form, names in
Chinese script by their sound too."""

import re
from typing import Final

import polars as pl

from manystores.members.linkage.schema import ColumnType, Schema

ID: Final = "unique_id"
_NOTHING: Final = (
    "", "null", "none", "nan", "n/a", "na", "nil", "unknown", "unk", "undefined", "test", "-", "--", ".", "?",
    "无", "未知", "不详",
)  # fmt: skip
_HAN: Final = r"[\x{3400}-\x{9fff}]"
_DATE_PARTS: Final = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")


def column(n: int) -> str:
    """The standard name of the n-th column of a schema."""
    return f"c{n}"


def standard(records: pl.DataFrame, schema: Schema) -> pl.DataFrame:
    """The records with the columns `unique_id`, c0, c1, … in the schema's order, and what is derived from them:
    c0_sound of names, c0_year, c0_month and c0_day of dates, c0_local of e-mails, c0_area of postcodes."""
    frame = records.select(
        pl.col(schema.id).cast(pl.String).alias(ID),
        *(_plain(pl.col(name)).alias(column(n)) for n, name in enumerate(schema.columns)),
    )
    for n, kind in enumerate(schema.columns.values()):
        frame = _typed(frame, column(n), kind)
    return frame


def _plain(values: pl.Expr) -> pl.Expr:
    """Lower case, compatible characters, single blanks; null for what says nothing."""
    text = (
        values.cast(pl.String).str.normalize("NFKC").str.to_lowercase()
        .str.replace_all(r"\s+", " ").str.strip_chars(" '\"`,;")
    )  # fmt: skip
    return pl.when(text.is_in(_NOTHING) | text.str.contains(r"^0+$")).then(None).otherwise(text)


def _typed(frame: pl.DataFrame, name: str, kind: ColumnType) -> pl.DataFrame:
    value = pl.col(name)
    if kind in ("name", "given_name", "surname"):
        letters = value.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.replace_all(r"[^\p{L}\p{N} ]", "")
        frame = frame.with_columns(_or_null(letters.str.strip_chars()).alias(name))
        return frame.with_columns(_sound(frame[name]).alias(f"{name}_sound"))
    if kind == "birth_date":
        frame = frame.with_columns(_date(frame[name]).alias(name))
        return frame.with_columns(
            value.str.slice(0, 4).alias(f"{name}_year"),
            value.str.slice(5, 2).alias(f"{name}_month"),
            value.str.slice(8, 2).alias(f"{name}_day"),
        )
    if kind == "phone":
        digits = (
            value.str.replace_all(r"[^0-9]", "").str.replace(r"^(00)?86(1\d{10})$", "$2").str.strip_chars_start("0")
        )
        return frame.with_columns(pl.when(digits.str.len_chars() >= 5).then(digits).alias(name))
    if kind == "email":
        return frame.with_columns(
            pl.when(value.str.contains("@")).then(value).alias(name),
            _or_null(value.str.extract(r"^([^@+]+)")).alias(f"{name}_local"),
        )
    if kind == "postcode":
        tight = value.str.to_uppercase().str.replace_all(r"[^A-Z0-9]", "")
        frame = frame.with_columns(_or_null(tight).alias(name))
        return frame.with_columns(value.str.slice(0, 3).alias(f"{name}_area"))
    if kind in ("address", "region"):
        words = value.str.replace_all(r"[^\p{L}\p{N} ]", " ").str.replace_all(r"\s+", " ").str.strip_chars()
        return frame.with_columns(_or_null(words).alias(name))
    return frame


def _or_null(text: pl.Expr) -> pl.Expr:
    return pl.when(text.str.len_chars() > 0).then(text)


def _sound(names: pl.Series) -> pl.Series:
    """How names are read: Han in pinyin without tones, Latin script as it is; null where there is no name."""
    known = names.unique()
    han = known.filter(known.str.contains(_HAN).fill_null(value=False))
    if not len(han):
        return names
    from pypinyin import lazy_pinyin

    read = {name: "".join(lazy_pinyin(name)).replace(" ", "") for name in han.to_list()}
    return names.replace(list(read), list(read.values()))


def _date(values: pl.Series) -> pl.Series:
    """yyyy-mm-dd; what is no date stays as its digits, so that a slip of the pen can still be near."""
    known = values.unique().drop_nulls()
    return values.replace(known.to_list(), [_iso(one) for one in known.to_list()])


def _iso(text: str) -> str | None:
    found = _DATE_PARTS.match(text)
    if found:
        first, second, year = found.groups()
        day, month = (first, second) if int(second) <= 12 else (second, first)
        return f"{year}-{int(month):02}-{int(day):02}"
    digits = re.sub(r"\D", "", re.split(r"[t ]\d\d:", text)[0])
    if len(digits) == 8:
        return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
    parts = re.findall(r"\d+", text)
    if len(parts) >= 3 and len(parts[0]) == 4:
        return f"{parts[0]}-{int(parts[1]):02}-{int(parts[2]):02}"
    return digits or None
