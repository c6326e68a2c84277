"""From two files of records, or one, to who is probably the same."""

import logging
from collections.abc import Callable
from typing import Any, Final

import polars as pl
from msgspec import Struct

from manystores.members.linkage.blocking import Key, chosen, rule_of
from manystores.members.linkage.clusters import clusters
from manystores.members.linkage.comparisons import comparisons
from manystores.members.linkage.refine import Level, refine
from manystores.members.linkage.report import Report, expected
from manystores.members.linkage.schema import Schema
from manystores.members.linkage.standard import ID, column, standard

LINK_THRESHOLD: Final = 0.5
CLUSTER_THRESHOLD: Final = 0.5
SEED: Final = 7
_RANDOM_PAIRS: Final = 2_000_000
_TRAINING_PAIRS: Final = 3_000_000
_ROUNDS: Final = 40
_FREE: Final = 3
"""So many trainings leave each column free."""
_TRAININGS_MOST: Final = 8
_LEAST_U: Final = 1e-6
"""Of random pairs, for a level that none of them reached."""
_TOLD_TO_CLUSTERS: Final = 0.001
"""Pairs below it say no more than those that weren't looked at."""

Progress = Callable[[str, float], None]


class Linked(Struct, frozen=True, eq=False):
    """left_id, right_id, probability, the most probable first; and what is to be thought of it."""

    links: pl.DataFrame
    report: Report


class Deduped(Struct, frozen=True, eq=False):
    """id, cluster, in the records' order; and what is to be thought of it."""

    clusters: pl.DataFrame
    report: Report


class _Scored(Struct, frozen=True, eq=False):
    pairs: pl.DataFrame
    """id_l, id_r, probability, ways."""
    rules: int


def quiet(what: str, share: float) -> None:
    """Progress that nobody watches."""


def link(
    left: pl.DataFrame, right: pl.DataFrame, schema: Schema, threshold: float = LINK_THRESHOLD, told: Progress = quiet
) -> Linked:
    """Pairs of a record on the left and one on the right that are the same person's with a probability of `threshold`
    or more. The same records give the same answer."""
    scored = _score([standard(left, schema), standard(right, schema)], schema, told)
    likely = scored.pairs["probability"] >= threshold
    found = scored.pairs.filter(likely).sort("probability", "id_l", "id_r", descending=[True, False, False])
    report = expected(scored.pairs, likely, len(found), len(left) + len(right), scored.rules, threshold)
    return Linked(found.select(left_id="id_l", right_id="id_r", probability="probability"), report)


def dedupe(
    records: pl.DataFrame, schema: Schema, threshold: float = CLUSTER_THRESHOLD, told: Progress = quiet
) -> Deduped:
    """Clusters of records of the same person; see `clusters`."""
    frame = standard(records, schema)
    pairs = (scored := _score([frame], schema, told)).pairs
    told("clustering", 0.95)
    found = clusters(frame[ID], pairs.filter(pl.col("probability") >= _TOLD_TO_CLUSTERS), threshold)
    sizes = found["cluster"].value_counts()["count"].cast(pl.Int64)
    of_left, of_right = (
        pairs[side].replace_strict(found["id"], found["cluster"], return_dtype=pl.String) for side in ("id_l", "id_r")
    )
    together = of_left == of_right
    within = int((sizes * (sizes - 1)).sum()) // 2
    return Deduped(found, expected(pairs, together, within, len(frame), scored.rules, threshold, len(sizes)))


def _score(sides: list[pl.DataFrame], schema: Schema, told: Progress) -> _Scored:
    """All pairs that are worth looking at, with their probabilities."""
    import duckdb
    from splink import DuckDBAPI, Linker, SettingsCreator

    logging.getLogger("splink").setLevel(logging.ERROR)  # what it warns of is mended by `refine`
    told("blocking", 0.0)
    keys = chosen(sides, schema)
    two = len(sides) == 2
    with duckdb.connect(":memory:") as connection:
        api = DuckDBAPI(connection)
        names = ("l", "r")[: len(sides)]
        for name, side in zip(names, sides, strict=True):
            connection.register(f"{name}_side", side.to_arrow())
        tables = [
            api.register(side.to_arrow(), dataset_display_name=name) for name, side in zip(names, sides, strict=True)
        ]
        settings = SettingsCreator(
            link_type="link_only" if two else "dedupe_only",
            unique_id_column_name=ID,
            comparisons=comparisons(schema),
            blocking_rules_to_generate_predictions=[],
            max_iterations=_ROUNDS,
            retain_intermediate_calculation_columns=True,
        )
        linker = Linker(tables if two else tables[0], settings, log_level=None)
        told("learning", 0.05)
        _train(linker, keys, schema, sum(map(len, sides)))
        told("comparing", 0.5)
        blocked = api.register(connection.sql(_blocked(keys, two=two)).to_arrow_table())
        linker.table_management.register_blocked_pairs_for_predict(blocked)
        scored = linker.inference.predict(warning_mode="never")
        told("weighing", 0.85)
        pairs, levels = _pairs(connection, scored, schema), _levels(connection, linker, scored)
    total = len(sides[0]) * len(sides[1]) if two else len(sides[0]) * (len(sides[0]) - 1) // 2
    refined = refine(pairs, levels, total)
    return _Scored(
        pairs.select("id_l", "id_r", "ways").with_columns(probability=pl.Series(refined.probability)), len(keys)
    )


def _blocked(keys: list[Key], *, two: bool) -> str:
    """SQL of the pairs that agree by any of the keys, each once, with the number of keys as Splink's `match_key`."""
    right, order = ("r_side", "") if two else ("l_side", f" and l.{ID} < r.{ID}")
    marks = ("'l-__-' || ", "'r-__-' || ") if two else ("", "")
    each = [f"select l.{ID} a, r.{ID} b from l_side l join {right} r on {rule_of(key)}{order}" for key in keys]
    every = " union all ".join(each) or f"select {ID} a, {ID} b from l_side where false"
    return (
        f"select count(*)::varchar match_key, {marks[0]}a join_key_l, {marks[1]}b join_key_r "
        f"from ({every}) group by a, b order by a, b"
    )


def _train(linker: Any, keys: list[Key], schema: Schema, records: int) -> None:
    """What agreement is worth: u from random pairs, m from pairs that agree in something else."""
    from splink.internals.exceptions import EMTrainingException

    linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=SEED, min_count_per_level=None)
    for key in _training_keys(keys, len(schema.columns), records):
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(
                rule_of(key), estimate_without_term_frequencies=True, max_pairs=_TRAINING_PAIRS
            )
        except EMTrainingException:
            continue  # these pairs tell nothing; others will


def _training_keys(keys: list[Key], columns: int, records: int) -> list[Key]:
    """Keys that leave each column free several times; those that read few columns and are selective come first."""
    useful = [key for key in keys if key.pairs >= records // 20]
    taken: list[Key] = []
    free = [0] * columns
    for key in sorted(useful, key=lambda key: (len(key.columns), key.pairs, key.parts)):
        if len(taken) == _TRAININGS_MOST or min(free) >= _FREE:
            break
        known = any(key.columns == one.columns for one in taken)
        if not known and any(free[n] < _FREE for n in range(columns) if n not in key.columns):
            taken.append(key)
            for n in range(columns):
                free[n] += n not in key.columns
    return taken


def _levels(connection: Any, linker: Any, scored: Any) -> list[Level]:
    """The levels of all comparisons that pairs reach, the best with the highest number; 0 is everything else. A level
    that training never met counts as it did in the weights."""
    found = []
    for comparison in linker.misc.save_model_to_json()["comparisons"]:
        name = comparison["output_column_name"]
        steps = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        of_random = [round(level.get("u_probability") or _LEAST_U, 15) for level in reversed(steps)]
        of_levels = f"select distinct gamma_{name}, round(mw_{name}, 9) from {scored.physical_name}"
        rows = connection.sql(of_levels).fetchall()
        found += [
            Level(name, value, of_random[value] * 2.0**weight, of_random[value]) for value, weight in rows if value >= 0
        ]
    return sorted(found, key=lambda level: (level.comparison, level.value))


def _pairs(connection: Any, scored: Any, schema: Schema) -> pl.DataFrame:
    """id_l, id_r, ways, weight (base 2, without the prior) of each pair, and the level of each comparison."""
    names = [column(n) for n in range(len(schema.columns))]
    gammas = ", ".join(f"gamma_{name}::tinyint as {name}" for name in names)
    # training adds floats in the order its threads come by; rounded, its last bits don't reach the answer
    parts = " + ".join(f"round(mw_{name}, 9) + round(mw_tf_adj_{name}, 9)" for name in names)
    told = (
        f"select {ID}_l as id_l, {ID}_r as id_r, match_key::int as ways, {parts} as weight, {gammas} "
        f"from {scored.physical_name} order by id_l, id_r"
    )
    frame = pl.from_arrow(connection.sql(told).to_arrow_table())
    assert isinstance(frame, pl.DataFrame)
    return frame
