"""A report for the terminal."""

from collections.abc import Sequence
from typing import Final

from manystores.whatif.measures import MEASURES, Difference
from manystores.whatif.report import Column, Report

MONEY: Final = frozenset({"cost", "carriage", "handling", "penalty", "unserved_value", "cost_per_order"})
SHARES: Final = frozenset({"fill_rate", "refused", "same_day", "split", "kept", "from_north"})
NAMES: Final = {
    "cost": "cost",
    "cost_per_order": "cost of an order",
    "carriage": "  carriage",
    "handling": "  handling",
    "penalty": "  penalty",
    "fill_rate": "units served",
    "refused": "orders refused",
    "unserved_value": "value not served",
    "km": "km of a delivery",
    "same_day": "promised for today",
    "split": "orders split",
    "kept": "promises kept",
    "from_north": "sent from the North",
}


def table(found: Report) -> str:
    """The figures side by side, differences with the interval of 95 of 100 redraws; a star where it excludes none."""
    first, *others = found.policies
    lines = [f"{found.orders:,} orders, {found.units:,} units, seed {found.seed}", *_aligned(rows_of(found))]
    for other, changed in zip(others, found.changed[1:], strict=True):
        lines.append(f"{other.name} serves {changed:,} orders in another way than {first.name}.")
    return "\n".join([*lines, *notes(found)])


def notes(found: Report) -> list[str]:
    """What to know before costs are compared."""
    first = found.policies[0].name
    lines = []
    for one in found.policies:
        if one.looked_ahead:
            others = found.orders - one.looked_ahead
            rest = f"; {others:,} orders, of which nothing was foreseen, went by what was cheapest" if others else ""
            lines.append(f"{one.name} looked ahead to the demand to come{rest}.")
        if one.service != "same":
            lines.append(f"{one.name} serves {one.service} units than {first}: their costs are not of the same "
                         "service; compare the cost of an order.")  # fmt: skip
    return lines


def rows_of(found: Report) -> list[list[str]]:
    """The table's cells, the head first."""
    first, *others = found.policies
    head = ["", first.name]
    for other in others:
        head += [other.name, "difference", "95 % interval"]
    rows = [head]
    for measure in MEASURES:
        if measure.name in ("penalty", "unserved_value") and not any(p.figures[measure.name] for p in found.policies):
            continue
        rows.append(_row(NAMES[measure.name], measure.name, first, others))
    for half in ("north", "south"):
        rows += [
            _row(f"{half}: {NAMES[name].strip()}", name, first, others, half)
            for name in ("cost_per_order", "fill_rate", "same_day", "kept")
        ]
    for label, field in (
        ("km, median", "km_median"),
        ("km, 9 of 10 below", "km_p90"),
        ("locations serving", "locations_serving"),
        ("locations emptied", "locations_emptied"),
        ("shelves emptied", "shelves_emptied"),
        ("location-hours full", "full_hours"),
    ):
        row = [label, _plain(getattr(first, field))]
        for other in others:
            row += [_plain(getattr(other, field)), _apart(getattr(first, field), getattr(other, field)), ""]
        rows.append(row)
    return rows


def _row(label: str, name: str, first: Column, others: Sequence[Column], half: str = "") -> list[str]:
    def of(column: Column) -> tuple[float | None, Difference | None]:
        part = getattr(column, half) if half else column
        return part.figures[name], part.differences.get(name)

    row = [label, _shown(name, of(first)[0])]
    for other in others:
        value, apart = of(other)
        row += [_shown(name, value), *_difference(name, apart)]
    return row


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    if name in MONEY:
        return f"{value / 100:,.2f}"
    return f"{value:.2%}" if name in SHARES else f"{value:,.1f}"


def _difference(name: str, apart: Difference | None) -> list[str]:
    if apart is None:
        return ["", ""]
    scale, unit = (0.01, "") if name in MONEY else (100.0, " pp") if name in SHARES else (1.0, "")
    value, low, high = (f"{one * scale:+,.2f}" for one in (apart.value, apart.low, apart.high))
    return [f"{value}{unit}{' *' if apart.sure else '  '}", f"{low} … {high}"]


def _plain(value: float | None) -> str:
    return "-" if value is None else f"{value:,}"


def _apart(first: float | None, other: float | None) -> str:
    return "" if first is None or other is None else f"{other - first:+,.6g}  "


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    wide = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return [
        "  ".join([row[0].ljust(wide[0]), *(cell.rjust(w) for cell, w in zip(row[1:], wide[1:], strict=True))]).rstrip()
        for row in rows
    ]
