"""What the benchmarks share: rounds, medians, the machine, the disk's fsync beside each run, results as JSON and text.

A benchmark is a module with a `run(Options) -> list[Measure]`; `main` makes a program of it:

    python -m benchmarks.engine_hot [--quick] [--rounds 3] [--seconds 4] [--data DIR] [--json FILE]
"""

import argparse
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import msgspec

FSYNC_WRITES = 40
FSYNC_BYTES = 8192  # a page of the write-ahead log


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How long and how often to measure. `data` is an empty directory on a real disk; `world` a seeded one, or None."""

    data: Path
    world: Path | None = None
    quick: bool = False
    rounds: int = 3
    seconds: float = 4.0


class Fsync(msgspec.Struct, frozen=True):
    """Milliseconds that the disk took to make 8 KB durable, measured beside a run."""

    p50_ms: float
    p99_ms: float


class Measure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure: the median of its rounds, and its ratio to a baseline that ran in turns with it, if there is one.

    `ratio` is the median of the rounds' ratios. `must` and `aim` are limits of `judged` ("figure" or "ratio"); a
    negative limit means at most. `sound` is the verdict of the independent check, and `check` says what it was.
    """

    work: str
    figure: float
    unit: str
    rounds: list[float] = []
    baseline: float | None = None
    baseline_name: str = ""
    ratio: float | None = None
    judged: str = "figure"
    must: float | None = None
    aim: float | None = None
    p50_ms: float | None = None
    p99_ms: float | None = None
    p99_aim_ms: float | None = None
    fsync: Fsync | None = None
    sound: bool | None = None
    check: str = ""
    detail: dict[str, object] = {}

    @property
    def verdict(self) -> str:
        """'aim', 'must', 'below', or '' where nothing is asked of it."""
        value = self.ratio if self.judged == "ratio" else self.figure
        if value is None or (self.must is None and self.aim is None):
            return ""
        in_time = self.p99_aim_ms is None or (self.p99_ms is not None and self.p99_ms <= self.p99_aim_ms)
        if self.aim is not None and _reaches(value, self.aim) and in_time:
            return "aim"
        return "must" if self.must is None or _reaches(value, self.must) else "below"


class Report(msgspec.Struct, frozen=True):
    """What a benchmark found, where and when."""

    name: str
    command: str
    at: str
    machine: dict[str, str]
    busy_before: float  # processors that other programs kept busy in the second before it began
    seconds: float
    measures: list[Measure]
    loop_ms: list[float] = []  # what a fixed loop took before and after: a shared machine is not always as fast


def _reaches(value: float, limit: float) -> bool:
    return value >= limit if limit >= 0 else value <= -limit


def fsync_latency(directory: Path) -> Fsync:
    """How long the disk takes to make 8 KB durable."""
    took = []
    with tempfile.NamedTemporaryFile(dir=directory, prefix="fsync-") as file:
        block = os.urandom(FSYNC_BYTES)
        for _ in range(FSYNC_WRITES):
            file.seek(0)
            file.write(block)
            file.flush()
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - start) * 1000)
    return Fsync(round(statistics.median(took), 3), round(percentile(took, 99), 3))


def median_fsync(probes: Sequence[Fsync]) -> Fsync:
    """The medians of several probes."""
    middle = statistics.median
    return Fsync(round(middle(p.p50_ms for p in probes), 3), round(middle(p.p99_ms for p in probes), 3))


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else float("nan")


def machine(directory: Path) -> dict[str, str]:
    """Processor, memory, disk and versions, as people name them."""
    return {
        "processor": f"{os.cpu_count()} × {_processor()}",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "disk": f"{_filesystem(directory)}",
        "system": f"{platform.system()} {platform.release()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "postgresql": _postgres(),
        "manystores": _revision(),
    }


def loop_ms() -> float:
    """Milliseconds that a processor takes to add a million numbers: the median of five times."""
    took = []
    for _ in range(5):
        start = time.perf_counter()
        sum(range(1_000_000))
        took.append((time.perf_counter() - start) * 1000)
    return round(statistics.median(took), 2)


def processors_busy(seconds: float = 1.0) -> float:
    """How many processors are at work for others, while we do nothing."""
    before = _ticks()
    time.sleep(seconds)
    busy, everything = (after - earlier for after, earlier in zip(_ticks(), before, strict=True))
    return round(busy / everything * (os.cpu_count() or 1), 2) if everything else 0.0


def _ticks() -> tuple[int, int]:
    """(busy, all) ticks of all processors since the machine started."""
    first = (_lines("/proc/stat") or ["cpu 0 0 0 0 0"])[0].split()
    ticks = [int(value) for value in first[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def _processor() -> str:
    for line in _lines("/proc/cpuinfo"):
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def _filesystem(directory: Path) -> str:
    found = ("", "unknown")
    for line in _lines("/proc/mounts"):
        _device, mount, kind, *_ = line.split()
        if directory.resolve().is_relative_to(mount) and len(mount) > len(found[0]):
            found = mount, kind
    return found[1]


def _postgres() -> str:
    from manystores.core.programs import bundled_binaries

    version = subprocess.run([bundled_binaries() / "postgres", "--version"], capture_output=True, text=True, check=True)
    return version.stdout.split()[-1] + ", fsync on, synchronous_commit on"


def _revision() -> str:
    from manystores import __version__

    git = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--exclude", "*"]
    try:
        return f"{__version__} ({subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()})"
    except (OSError, subprocess.CalledProcessError):
        return __version__


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []


@contextmanager
def workplace(wanted: Path | None) -> Iterator[Path]:
    """A directory for databases on a real disk, gone afterwards; in memory, fsync would cost nothing."""
    base = wanted or Path(tempfile.gettempdir())
    if _filesystem(base) in ("tmpfs", "ramfs"):
        raise SystemExit(
            f"{base} is in memory: name a directory on a disk with --data, fsync is part of what we measure"
        )
    base.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="manystores-bench-", dir=base))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def flags(description: str | None) -> argparse.ArgumentParser:
    """The flags of every benchmark."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes: does it work at all?")
    parser.add_argument("--rounds", type=int, help="how often each side runs")
    parser.add_argument("--seconds", type=float, help="how long a side runs in a round")
    parser.add_argument("--data", type=Path, help="where to make the databases; a directory on a real disk")
    parser.add_argument("--world", type=Path, help="a data directory to seed, or seeded before (benchmarks over HTTP)")
    parser.add_argument("--json", type=Path, help="write the report here")
    return parser


def main(name: str, run: Callable[[Options], list[Measure]], description: str | None, *, seconds: float = 4.0) -> None:
    """A benchmark as a program: measure, print a table, write the report."""
    given = flags(description).parse_args()
    busy, loop, started = processors_busy(), loop_ms(), time.monotonic()
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    with workplace(given.data) as directory:
        options = Options(
            data=directory,
            world=given.world,
            quick=given.quick,
            rounds=given.rounds or (1 if given.quick else 3),
            seconds=given.seconds or (1.0 if given.quick else seconds),
        )
        described = machine(directory)
        measures = run(options)
    command = f"python -m benchmarks.{name}"
    command += "".join([f" --{each} {getattr(given, each)}" for each in ("rounds", "seconds") if getattr(given, each)])
    command += " --quick" if given.quick else ""
    report = Report(
        name, command, at, described, busy, round(time.monotonic() - started, 1), measures, [loop, loop_ms()]
    )
    print(table([report]))
    if given.json:
        given.json.parent.mkdir(parents=True, exist_ok=True)
        given.json.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1))
    if any(measure.sound is False for measure in measures):
        sys.exit("the independent check found the books broken")


def told(value: float | None, unit: str = "") -> str:
    """A figure with as many digits as it deserves.

    >>> told(12345.6), told(3.14159), told(None)
    ('12,346', '3.14', '–')
    """
    if value is None:
        return "–"
    text = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{text} {unit}".strip()


def limit(value: float | None, judged: str) -> str:
    """A limit as the table tells it: '≥ 40 ×', '≤ 5'."""
    if value is None:
        return "–"
    return f"{'≥' if value >= 0 else '≤'} {told(abs(value))}{' ×' if judged == 'ratio' else ''}"


def table(reports: Sequence[Report]) -> str:
    """The measures as a Markdown table."""
    head = "| work | figure | baseline | ratio | p50 · p99 ms | must | aim | reached | fsync p50 · p99 ms | check |"
    lines = [head, "|" + "---|" * head.count(" |")]
    for report in reports:
        for m in report.measures:
            latency = f"{told(m.p50_ms)} · {told(m.p99_ms)}" if m.p99_ms is not None else "–"
            disk = f"{told(m.fsync.p50_ms)} · {told(m.fsync.p99_ms)}" if m.fsync else "–"
            aim = limit(m.aim, m.judged) + (f", p99 ≤ {told(m.p99_aim_ms)} ms" if m.p99_aim_ms else "")
            baseline = f"{told(m.baseline, m.unit)} {m.baseline_name}" if m.baseline is not None else "–"
            sound = "–" if m.sound is None else f"{'sound' if m.sound else '**broken**'}: {m.check}"
            ratio = "–" if m.ratio is None else f"{told(m.ratio)} ×"
            reached = m.verdict or "–"
            lines.append(
                f"| {m.work} | {told(m.figure, m.unit)} | {baseline} | {ratio} | {latency} | {limit(m.must, m.judged)} "
                f"| {aim} | {reached} | {disk} | {sound} |"
            )
    return "\n".join(lines)
