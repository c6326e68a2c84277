"""How values of each type are compared: from the same down to nothing in common, by steps that each tell something."""

from typing import Any, Final

import splink.comparison_level_library as levels
from splink.comparison_library import CustomComparison

from manystores.members.linkage.schema import ColumnType, Schema
from manystores.members.linkage.standard import column

_NAMES: Final = ("given_name", "surname")


def comparisons(schema: Schema) -> list[Any]:
    """One for each column; of one given name and one surname, both together: they may stand in each other's place."""
    kinds = list(schema.columns.values())
    both = {kind: column(kinds.index(kind)) for kind in _NAMES if kinds.count(kind) == 1}
    found = []
    for n, kind in enumerate(kinds):
        other = both.get(_NAMES[1 - _NAMES.index(kind)]) if kind in _NAMES and kind in both else None
        found.append(_compared(column(n), kind, other))
    return found


def _compared(name: str, kind: ColumnType, other: str | None) -> Any:
    steps = [levels.NullLevel(name), levels.ExactMatchLevel(name, term_frequency_adjustments=True)]
    if kind in ("name", "given_name", "surname"):
        steps += _named(name, whole=kind == "name")
        if other is not None:
            swapped = f"{name}_l = {other}_r or {name}_r = {other}_l"
            steps.append(levels.CustomLevel(swapped, label_for_charts="in each other's place"))
        steps.append(levels.JaroWinklerLevel(name, 0.7))
    elif kind == "birth_date":
        steps += _dated(name)
    elif kind == "phone":
        steps.append(levels.DamerauLevenshteinLevel(name, 1))
        steps.append(
            levels.CustomLevel(f"right({name}_l, 7) = right({name}_r, 7)", label_for_charts="same last 7 digits")
        )
    elif kind == "email":
        steps.append(levels.ExactMatchLevel(f"{name}_local"))
        steps += [levels.JaroWinklerLevel(name, 0.92), levels.JaroWinklerLevel(f"{name}_local", 0.88)]
    elif kind == "address":
        steps += [levels.JaroWinklerLevel(name, 0.92), levels.DamerauLevenshteinLevel(name, 3)]
        steps.append(levels.CustomLevel(_common_words(name, 0.5), label_for_charts="half of the words"))
        steps.append(levels.JaroWinklerLevel(name, 0.8))
    elif kind == "postcode":
        steps.append(levels.DamerauLevenshteinLevel(name, 1))
        steps.append(levels.ExactMatchLevel(f"{name}_area"))
        steps.append(levels.DamerauLevenshteinLevel(name, 2))
    elif kind == "region":
        steps.append(levels.JaroWinklerLevel(name, 0.88))
    elif kind == "other":
        steps += [levels.DamerauLevenshteinLevel(name, 1), levels.JaroWinklerLevel(name, 0.88)]
    return CustomComparison(output_column_name=name, comparison_levels=[*steps, levels.ElseLevel()])


def _named(name: str, *, whole: bool) -> list[Any]:
    sound = f"{name}_sound"
    steps: list[Any] = [levels.CustomLevel(f"{sound}_l = {sound}_r", label_for_charts="sounds the same")]
    if whole:
        words = f"list_sort(string_split({name}_l, ' ')) = list_sort(string_split({name}_r, ' '))"
        steps.append(levels.CustomLevel(words, label_for_charts="same words"))
    steps.append(levels.JaroWinklerLevel(sound, 0.92))
    steps.append(levels.JaroWinklerLevel(sound, 0.85))
    return steps


def _dated(name: str) -> list[Any]:
    left, right = f"{name}_l", f"{name}_r"
    swapped = f"{name}_year_l = {name}_year_r and {name}_month_l = {name}_day_r and {name}_day_l = {name}_month_r"
    two_parts = (
        f"(({name}_year_l = {name}_year_r)::int + ({name}_month_l = {name}_month_r)::int + "
        f"({name}_day_l = {name}_day_r)::int) >= 2"
    )
    return [
        levels.CustomLevel(f"damerau_levenshtein({left}, {right}) <= 1 or ({swapped})", label_for_charts="one slip"),
        levels.CustomLevel(two_parts, label_for_charts="two of year, month and day"),
        levels.CustomLevel(f"damerau_levenshtein({left}, {right}) <= 2", label_for_charts="two slips"),
        levels.CustomLevel(f"{name}_year_l = {name}_year_r", label_for_charts="same year"),
    ]


def _common_words(name: str, share: float) -> str:
    left, right = f"string_split({name}_l, ' ')", f"string_split({name}_r, ' ')"
    common, fewer = f"len(list_intersect({left}, {right}))", f"least(len({left}), len({right}))"
    return f"{common} >= {share} * {fewer} and {common} >= 1 and {fewer} >= 2"
