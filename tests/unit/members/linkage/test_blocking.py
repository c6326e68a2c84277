"""Pairs are found by what few share, at a bounded cost."""

import polars as pl

from manystores.members.linkage.blocking import Key, chosen, keys_of, rule_of
from manystores.members.linkage.schema import Schema
from manystores.members.linkage.standard import standard

SCHEMA = Schema("id", {"first": "given_name", "born": "birth_date", "sex": "gender"})


def records(count: int) -> pl.DataFrame:
    """Everybody has another name; all but a few are of one sex; a hundred birth dates."""
    numbers = range(count)
    table = {
        "id": [str(n) for n in numbers],
        "first": [f"name{n:06}" for n in numbers],
        "born": [f"19{n % 100:02}-01-02" for n in numbers],
        "sex": ["f" if n % 500 else "m" for n in numbers],
    }
    return standard(pl.DataFrame(table), SCHEMA)


def test_what_everybody_shares_is_no_key() -> None:
    taken = chosen([records(5_000)], SCHEMA)
    assert ("c2",) not in [key.parts for key in taken]
    assert ("c1",) in [key.parts for key in taken]
    assert sum(key.pairs for key in taken) <= 3_000_000


def test_a_key_replaces_those_that_ask_for_more() -> None:
    taken = [set(key.parts) for key in chosen([records(3_000)], SCHEMA)]
    assert not any(one < other for one in taken for other in taken)


def test_pairs_are_counted_within_one_table_and_between_two() -> None:
    side = records(300)
    within = next(key for key in chosen([side], SCHEMA) if key.parts == ("c1",))
    between = next(key for key in chosen([side, side], SCHEMA) if key.parts == ("c1",))
    assert (within.pairs, between.pairs) == (100 * 3, 100 * 9)


def test_rules_are_sql_for_pairs() -> None:
    key = Key(frozenset({0, 1}), ("substr(c0_sound, 1, 3)", "c1_year"))
    assert rule_of(key) == "substr(l.c0_sound, 1, 3) = substr(r.c0_sound, 1, 3) and l.c1_year = r.c1_year"
    assert len(keys_of(SCHEMA)) > 5
