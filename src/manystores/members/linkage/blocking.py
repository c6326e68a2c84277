"""Which pairs are looked at: those that agree in something that few share. Rules are chosen by what they cost."""

from itertools import combinations
from typing import Final

import polars as pl
from msgspec import Struct

from manystores.members.linkage.schema import ColumnType, Schema
from manystores.members.linkage.standard import column

PAIRS_A_RECORD: Final = 150
"""How many pairs are looked at for each record, all rules together."""
PAIRS_LEAST: Final = 3_000_000


class Key(Struct, frozen=True):
    """Something to agree in."""

    columns: frozenset[int]
    """Numbers of the schema's columns that it reads."""
    parts: tuple[str, ...]
    """SQL of one record, as polars and DuckDB understand it; each has to be equal."""
    pairs: int = 0
    """That agree in it."""


def keys_of(schema: Schema) -> list[Key]:
    """All that could be agreed in: each column, and two columns, or parts of them, together."""
    whole = {n: _wholes(column(n), kind) for n, kind in enumerate(schema.columns.values())}
    part = {n: _parts(column(n), kind) for n, kind in enumerate(schema.columns.values())}
    found = [Key(frozenset({n}), (one,)) for n, ones in whole.items() for one in ones]
    for a, b in combinations(whole, 2):
        sides = [[*whole[n], *part[n]] for n in (a, b)]
        found += [Key(frozenset({a, b}), (one, two)) for one in sides[0] for two in sides[1]]
    for a, b, c in combinations(part, 3):
        found += [
            Key(frozenset({a, b, c}), (one, two, three))
            for one in part[a][:1] for two in part[b][:1] for three in part[c][:1]
        ]  # fmt: skip
    return found


def _wholes(name: str, kind: ColumnType) -> list[str]:
    if kind in ("name", "given_name", "surname"):
        return [f"{name}_sound"]
    if kind == "email":
        return [name, f"{name}_local"]
    return [name]


def _parts(name: str, kind: ColumnType) -> list[str]:
    if kind in ("name", "given_name", "surname"):
        return [f"substr({name}_sound, 1, 3)"]
    if kind == "birth_date":
        return [f"{name}_year", f"substr({name}, 6)"]
    if kind == "phone":
        return [f"right({name}, 6)"]
    if kind == "email":
        return [f"substr({name}, 1, 4)"]
    if kind == "address":
        return [f"substr({name}, 1, 6)"]
    if kind == "postcode":
        return [f"{name}_area"]
    if kind == "other":
        return [f"substr({name}, 1, 4)"]
    return []


def chosen(sides: list[pl.DataFrame], schema: Schema) -> list[Key]:
    """The keys to block on, cheapest first, as many as the records' number allows. One table: pairs within it; two:
    pairs between them."""
    records = sum(map(len, sides))
    most = max(PAIRS_LEAST, PAIRS_A_RECORD * records)
    counted = sorted((key for key in (_counted(sides, key) for key in keys_of(schema)) if key.pairs), key=_cost)
    taken: list[Key] = []
    total = 0
    for key in counted:
        if total + key.pairs > most:
            break
        if any(set(known.parts) <= set(key.parts) for known in taken):
            continue  # all its pairs are there already
        # whoever agrees in both of another key agrees in this one, which costs no less
        beneath = [known for known in taken if set(key.parts) < set(known.parts)]
        total += key.pairs - sum(known.pairs for known in beneath)
        taken = [known for known in taken if known not in beneath] + [key]
    return taken


def _cost(key: Key) -> tuple[int, int, tuple[str, ...]]:
    return key.pairs, len(key.parts), key.parts


def _counted(sides: list[pl.DataFrame], key: Key) -> Key:
    """The key with its number of pairs."""
    counts = [
        side.lazy().select([pl.sql_expr(part).alias(f"k{n}") for n, part in enumerate(key.parts)])
        .drop_nulls().group_by(pl.all()).len().collect()
        for side in sides
    ]  # fmt: skip
    names = [f"k{n}" for n in range(len(key.parts))]
    if len(sides) == 1:
        sizes = counts[0]["len"].cast(pl.Int64)
        return Key(key.columns, key.parts, int((sizes * (sizes - 1)).sum()) // 2)
    joined = counts[0].join(counts[1], on=names)
    return Key(key.columns, key.parts, int((joined["len"].cast(pl.Int64) * joined["len_right"].cast(pl.Int64)).sum()))


def rule_of(key: Key) -> str:
    """The key as a rule for pairs in DuckDB's SQL."""
    return " and ".join(f"{_of(part, 'l')} = {_of(part, 'r')}" for part in key.parts)


def _of(part: str, side: str) -> str:
    head, sep, rest = part.partition("(")
    return f"{head}({side}.{rest}" if sep else f"{side}.{part}"
