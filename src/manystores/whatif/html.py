"""A report as one page of HTML that needs nothing else: for mail, and for the folder of the month."""

from collections.abc import Sequence
from html import escape
from typing import Final

from manystores.whatif.report import Report
from manystores.whatif.words import notes, rows_of

PLACES: Final = 30
CHANGES: Final = 50
_COLOURS: Final = ("#2f6fde", "#d9822b", "#3d9970", "#8e5ea2", "#b5493f", "#5f6b7a")

_STYLE: Final = """
body { font: 14px/1.5 system-ui, "Noto Sans SC", sans-serif; margin: 2rem auto; max-width: 68rem; padding: 0 1rem;
  color: #1c2530; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { padding: 4px 8px; border-bottom: 1px solid #dfe4ea; text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
.wide { overflow-x: auto; } .key { display: inline-block; width: 10px; height: 10px; margin: 0 6px 0 16px; }
text { font-size: 11px; fill: #5f6b7a; }
@media (prefers-color-scheme: dark) { body { color: #e3e8ee; background: #14181d; } th, td { border-color: #303841; }
  text { fill: #9aa5b1; } }
"""


def page(found: Report) -> str:
    """The whole page."""
    names = [one.name for one in found.policies]
    kind = "real" if found.real_orders else "made-up"
    parts = [
        f"<h1>What would {found.orders:,} orders have cost?</h1>",
        f"<p>{found.orders:,} {kind} orders of {found.units:,} units, decided under each policy; seed {found.seed}. "
        "Differences are to the first policy; the interval holds 95 of 100 redraws of the orders, and * marks those "
        "that are no chance.</p>",
        *(f"<p>{escape(note)}</p>" for note in notes(found)),
        _table(rows_of(found)),
        f"<h2>When locations work</h2><p>Shipments by hour of the day.</p>{_keys(names)}",
        _bars([one.by_hour for one in found.policies], [str(hour) for hour in range(24)]),
        f"<h2>How far deliveries go</h2><p>Deliveries by kilometres, from each figure on.</p>{_keys(names)}",
        _bars([one.km_histogram for one in found.policies], [str(edge) for edge in found.km_edges]),
        "<h2>Who serves more, who less</h2>",
        _table(
            [
                ["location", "name", *names, *(f"{name}: hours full" for name in names)],
                *(
                    [one.code, one.name, *map(str, one.orders), *map(str, one.full_hours)]
                    for one in found.locations[:PLACES]
                ),
            ]
        ),
        "<h2>Orders whose costs change most</h2>",
        _table(
            [
                ["order", *(f"{name}: from" for name in names), *(f"{name}: cost" for name in names)],
                *(
                    [
                        one.order,
                        *(", ".join(f"{part.units} × {part.name}" for part in parts) or "-" for parts in one.served),
                        *(f"{cost / 100:,.2f}" for cost in one.cost),
                    ]
                    for one in found.changes[:CHANGES]
                ),
            ]
        ),
    ]
    title = "What if"
    return f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>{_STYLE}</style>' + (
        "".join(parts)
    )


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    told = "".join(f"<th scope=col>{escape(cell)}</th>" for cell in head)
    lines = "".join("<tr>" + "".join(f"<td>{escape(cell.strip())}</td>" for cell in row) + "</tr>" for row in body)
    return f'<div class="wide"><table><thead><tr>{told}</tr></thead><tbody>{lines}</tbody></table></div>'


def _keys(names: Sequence[str]) -> str:
    told = [
        f'<span class="key" style="background:{_COLOURS[i % len(_COLOURS)]}"></span>{escape(name)}'
        for i, name in enumerate(names)
    ]
    return f"<p>{''.join(told)}</p>"


def _bars(series: Sequence[Sequence[int]], labels: Sequence[str]) -> str:
    """A bar of each series side by side, for each label."""
    most = max((max(one, default=0) for one in series), default=0) or 1
    slot, high = 960 / len(labels), 160
    wide = slot * 0.8 / len(series)
    parts = []
    for n, label in enumerate(labels):
        for i, one in enumerate(series):
            tall = high * one[n] / most
            parts.append(
                f'<rect x="{n * slot + i * wide:.1f}" y="{high - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}" '
                f'fill="{_COLOURS[i % len(_COLOURS)]}"><title>{one[n]:,}</title></rect>'
            )
        parts.append(f'<text x="{n * slot:.1f}" y="{high + 14}">{label}</text>')
    return f'<svg viewBox="0 0 960 {high + 20}" width="100%" role="img">{"".join(parts)}</svg>'
