"""Measure everything: each benchmark in a process of its own, results as JSON, one table at the end.

python -m benchmarks                       all but the soak (`make bench`)
python -m benchmarks soak                  the long ones: scale, and kills under load (`make soak`)
python -m benchmarks --quick               does everything work? seconds each, figures mean little
python -m benchmarks --only engine_hot     one of them, or several
python -m benchmarks --write docs/benchmarks.md
                                           and write the page from all results there are
"""

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec

from benchmarks.harness import Report, table
from benchmarks.page import page

OVER_HTTP = ("http_reservations", "http_reservations_batch", "http_orders_batch", "http_orders", "availability")
BOARD = ("board_watched", "board_frames")
BENCH = ("engine_hot", "engine_orders", "startup", *OVER_HTTP, "startup_loaded", *BOARD)
OF_A_WORLD = ("startup", *OVER_HTTP, "startup_loaded", *BOARD)
SOAK = ("scale",)
PROGRAMS = {
    "bench": ("bench_sourcing_decisions", "bench_orders_looking_ahead", "bench_console_map", "bench_policy_dry_run"),
    "soak": ("bench_promise_dates", "bench_rejections", "bench_rounds", "bench_look_ahead", "soak_kill"),
}
"""Programs that print a report of their own and answer with their exit code."""

RESULTS = Path("build/benchmarks")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", nargs="?", choices=("bench", "soak"), default="bench")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these benchmarks only")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--data", type=Path, help="where to make the databases; a directory on a real disk")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where the JSON reports are kept")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="write this page from the reports")
    parser.add_argument("--no-run", action="store_true", help="with --write: write the page and measure nothing")
    given = parser.parse_args()
    failed: list[str] = []
    if not given.no_run:
        failed = measure_all(given.suite, given.only, given.quick, given.data, given.results)
    reports = load(given.results, [*BENCH, *SOAK])
    print(table(reports))
    if given.write:
        given.write.write_text(page(reports, load_texts(given.results)))
        print(f"\nwritten: {given.write}")
    if failed:
        print(f"\nfailed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def measure_all(suite: str, only: list[str] | None, quick: bool, data: Path | None, results: Path) -> list[str]:
    """Run the benchmarks of a suite; returns the names of those that failed."""
    results.mkdir(parents=True, exist_ok=True)
    measuring = BENCH if suite == "bench" else SOAK
    wanted = only or [*measuring, *PROGRAMS[suite]]
    failed = []
    flags = ["--quick"] if quick else []
    flags += ["--data", str(data)] if data else []
    with tempfile.TemporaryDirectory(prefix="manystores-bench-world-", dir=data) as world:
        for name in wanted:
            started = time.monotonic()
            print(f"{name} …", file=sys.stderr, flush=True)
            if name in BENCH or name in SOAK:
                out = results / f"{name}.json"
                at = ["--world", f"{world}/world"] if name in OF_A_WORLD else []
                command = [sys.executable, "-m", f"benchmarks.{name}", "--json", str(out), *flags, *at]
                code = subprocess.run(command, check=False).returncode
            else:
                code = program(name, results / f"{name}.txt", quick)
            if code:
                failed.append(name)
            print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
    return failed


def program(name: str, out: Path, quick: bool) -> int:
    """Run a benchmark that reports in its own words, and keep them; its exit code."""
    small = {
        "bench_sourcing_decisions": ["--orders", "400", "--rounds", "2"],
        "bench_console_map": ["--locations", "8000", "--seconds", "1"],
        "bench_promise_dates": ["--seeds", "11", "--orders", "500"],
        "bench_rejections": ["--seeds", "31", "--orders", "1000"],
        "bench_rounds": ["--size", "XS", "--seeds", "41"],
        "soak_kill": ["--kills", "10"],
    }
    command = [sys.executable, "-m", f"benchmarks.{name}", *(small[name] if quick and name in small else [])]
    ran = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    print(ran.stdout)
    out.write_text(f"{' '.join(['python', *command[1:]])}\n{ran.stdout}")
    return ran.returncode


def load(results: Path, names: list[str]) -> list[Report]:
    """The reports there are, in this order."""
    files = [results / f"{name}.json" for name in names]
    return [msgspec.json.decode(file.read_bytes(), type=Report) for file in files if file.exists()]


def load_texts(results: Path) -> dict[str, str]:
    """What the programs said, by name."""
    names = [name for suite in PROGRAMS.values() for name in suite]
    return {name: (results / f"{name}.txt").read_text() for name in names if (results / f"{name}.txt").exists()}


if __name__ == "__main__":
    sys.exit(main())
