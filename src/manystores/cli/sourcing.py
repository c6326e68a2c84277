"""manystores sourcing: policies on instances, which are sourcing problems as files."""

from pathlib import Path
from typing import Any

import click
import msgspec

from manystores.cli.common import EXIT_FAILED, EXIT_OK, emit, json_flag

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


def table(figures: dict[str, Any]) -> str:
    """Figures for people, a line each; those that are not known are left out."""
    lines = []
    for name, value in figures.items():
        if isinstance(value, list | tuple):
            lines += [f"{name:>20}  {each}" for each in value]
        elif value is not None:
            shown = f"{value:,}" if isinstance(value, int | float) and not isinstance(value, bool) else value
            lines.append(f"{name.replace('_', ' '):>20}  {shown}")
    return "\n".join(lines)
