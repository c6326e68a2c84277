"""docs/benchmarks.md, made from the reports."""

from collections.abc import Mapping, Sequence

from benchmarks.harness import Measure, Report, limit, table, told

DISTURBED_AT = 0.25
"""Processors busy with other work."""

HEAD = """# Benchmarks

<!-- written by `python -m benchmarks --write docs/benchmarks.md`; edit benchmarks/page.py instead -->

Everything here is measured by programs in `benchmarks/`, on the machine named below. `make bench` repeats it (some 20
minutes), `make soak` the long ones.

## How we measure

- **Full records.** Whatever is acknowledged is on disk: fsync and synchronous commit are on, on both sides of a ratio.
  A reservation is its fact with the whole JSON answer, its movements, and its idempotency key; an order over HTTP also
  has its row in the order book, its fulfilment orders, and the decision with every candidate's costs.
- **Ratios come from one run.** Both sides take turns on databases of the same server, with the same number of requests
  in flight; who begins changes from round to round. We tell the median of the rounds and the median of their ratios.
- **Baselines are made as good as we can**: one statement and one round trip per request with prepared statements, a
  conditional update as the guard, rows locked in order, half-full pages for updates in place; the set-based settle
  copies all that waits into a staging table and decides it with window sums in one statement. They are spared the
  tables of open reservations that ours fills later, from the journal; we are spared that work while we are measured.
  In `manystores serve`, where the other figures come from, the worker does it meanwhile on the same two cores.
- **Sets and singles.** What is in flight comes to the engine in four sets, as batches over HTTP do; "one by one" is the
  same load from as many callers, each woken by its own answer. Both are told, the limit is for sets.
- **The database's log files are there before** (orders on the engine): a new server makes each of them, 16 MB of zeros,
  when it is first needed, and both sides would wait for that.
- **A side begins when the server cleans up after nobody** (engine): it waits until no autovacuum is at work, so that no
  side pays for another one's dead rows.
- **The machine is shared.** What a million additions take is told beside each report, before and after; between quiet
  and busy minutes of this machine it was 12 to 22 ms, and all figures move with it.
- **What an order of 1 to 3 lines is in the engine's table**: 1 to 3 buckets claimed together or not at all, with the
  same records on all sides. Routing and the order book are in the figures over HTTP.
- **Over HTTP** the load generator (wrk with a Lua script; ready-made bytes from Python for batches) runs on the same
  two cores as server, worker and database. Latencies of batches are those of whole batches.
- **The live board's frames** are counted by requestAnimationFrame in Debian's Chromium, without a graphics processor,
  on the same two cores as server, worker, database and load; memory and nodes of the document are told by the browser
  after it collected its garbage. What watching costs orders is measured in turns on one server: with somebody
  listening to the board's stream, and with nobody.
- **An independent check** follows each run: `manystores stock verify` computes every counter from the journal in SQL
  and looks for claims that took more than there was; what was acknowledged is counted in the journal. Baselines are
  checked by sums over their tables.
- **fsync** is the time that the disk took for 8 KB beside the run. How many processors other programs kept busy in the
  second before it is told with each run.
"""


def page(reports: Sequence[Report], texts: Mapping[str, str]) -> str:
    """The whole page."""
    if not reports:
        return HEAD + "\nNothing is measured yet.\n"
    parts = [HEAD, "## The machine", _machine(reports), "## Figures", *_warnings(reports), table(reports)]
    parts += ["`reached`: the line of the two limits that the figure reaches. A p99 limit belongs to the aim."]
    parts += ["## Round by round", *[_report(report) for report in reports]]
    for name, text in texts.items():
        command, _, said = text.partition("\n")
        parts += [f"## {name.removeprefix('bench_').replace('_', ' ').capitalize()}", f"`{command}`"]
        parts += [f"```\n{said.strip()}\n```"]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _speed(report: Report) -> str:
    if not report.loop_ms:
        return ""
    before, after = report.loop_ms
    return f"; a million additions took {before:g} ms before and {after:g} ms after"


def _warnings(reports: Sequence[Report]) -> list[str]:
    """What makes figures worth less, said above them."""
    quick = [report.name for report in reports if report.command.endswith("--quick")]
    disturbed = [report.name for report in reports if report.busy_before >= DISTURBED_AT]
    said = []
    if quick:
        said.append(f"**Quick runs, on small data, which prove only that the program works:** {', '.join(quick)}.")
    if disturbed:
        said.append(f"**Other programs were at work on the machine, so figures are too low:** {', '.join(disturbed)}.")
    return said


def _machine(reports: Sequence[Report]) -> str:
    seen: dict[str, list[str]] = {}
    for report in reports:
        for name, value in report.machine.items():
            if value not in seen.setdefault(name, []):
                seen[name].append(value)
    return "| | |\n|---|---|\n" + "\n".join(f"| {name} | {'; '.join(values)} |" for name, values in seen.items())


def _report(report: Report) -> str:
    lines = [
        f"### {report.name}",
        "",
        f"`{report.command}`, {report.at}, {report.seconds:,.0f} s; "
        f"processors busy with other work before: {report.busy_before:g}{_speed(report)}",
        "",
    ]
    lines += [_measure(each) for each in report.measures]
    return "\n".join(lines)


def _measure(measure: Measure) -> str:
    rounds = ", ".join(told(each) for each in measure.rounds)
    facts = [f"rounds {rounds} {measure.unit}"] if rounds else []
    if measure.ratio is not None:
        facts.append(f"{told(measure.ratio)} × {measure.baseline_name} (must {limit(measure.must, measure.judged)})")
    facts += [f"{name.replace('_', ' ')} {_value(value)}" for name, value in measure.detail.items()]
    return f"- {measure.work}: " + "; ".join(facts)


def _value(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_value(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_value(each) for each in value)
    return told(value) if isinstance(value, int | float) and not isinstance(value, bool) else str(value)
