"""manystores sourcing simulate: what orders would have cost under another policy."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from manystores.cli.common import EXIT_OK, emit, json_flag, open_database, progress_bar, setting_flags
from manystores.cli.sourcing import sourcing
from manystores.core.settings import Settings

if TYPE_CHECKING:
    from manystores.flows.what_if_run import Ask, Choice
    from manystores.whatif.report import Report

CURRENT = "current"
_ZONE = "Asia/Shanghai"


@sourcing.command()
@click.option(
    "--policy",
    "policies",
    multiple=True,
    metavar="current|VERSION|FILE",
    help="In force now, a published version's number, or a file (YAML or JSON). The first is what others are compared "
    "with.  [default: current]",
)
@click.option("--from", "from_day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="First day of the orders.")
@click.option("--to", "to_day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Last day of the orders.")
@click.option("--generate", type=click.IntRange(1, 5_000_000), metavar="N", help="So many generated orders instead.")
@click.option("--days", type=click.IntRange(1, 60), default=3, show_default=True, help="Over which they come.")
@click.option(
    "--instance",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    metavar="DIR",
    help="The orders, network and stock of an instance's files instead; its rates hold for all policies.",
)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Same seed, same answer.")
@click.option("--threads", type=click.IntRange(1, 64), default=2, show_default=True, help="Policies at a time.")
@click.option("--brand", help="Code of the brand; may be left out where there is one.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Also as a page of HTML.")
@setting_flags("data_dir", "database_url", "postgres_bin", "time_zone")
@json_flag
def simulate(
    settings: Settings,
    policies: tuple[str, ...],
    from_day: datetime | None,
    to_day: datetime | None,
    generate: int | None,
    days: int,
    instance: Path | None,
    seed: int,
    threads: int,
    brand: str | None,
    out: Path | None,
    as_json: bool,
) -> int:
    """What would orders have cost under another policy? Nothing is changed.

    Orders are decided one after the other under each policy, from the same stock, which they use up, in the hours in
    which they came, by what decides real orders. Days are those of China.

    \b
    manystores sourcing simulate --policy current --policy new.yaml --from 2026-11-01 --to 2026-11-30
    manystores sourcing simulate --policy current --policy new.yaml --generate 100000 --seed 7 --out what-if.html
    manystores sourcing simulate --policy current --policy new.yaml --instance inst/S1 --json
    """
    from manystores.whatif.words import table

    given = [
        name for name, value in (("--from", from_day), ("--generate", generate), ("--instance", instance)) if value
    ]
    if len(given) != 1:
        raise click.UsageError("say where the orders come from: --from and --to, or --generate, or --instance")
    ask = _asked(policies or (CURRENT,), from_day, to_day, generate, days, seed, threads)
    with progress_bar() as told:
        if instance is not None:
            from manystores.flows.what_if_run import run_instance

            found = run_instance(instance, ask, told)
        else:
            found = _of_brand(settings, brand, ask, told)
    if out is not None:
        from manystores.whatif.html import page

        out.write_text(page(found), encoding="utf-8")
    emit(as_json, found, table(found))
    return EXIT_OK


def _asked(
    policies: tuple[str, ...],
    from_day: datetime | None,
    to_day: datetime | None,
    generate: int | None,
    days: int,
    seed: int,
    threads: int,
) -> "Ask":
    from manystores.core.clock import SystemClock
    from manystores.flows.what_if_generated import usual_start
    from manystores.flows.what_if_run import Ask, check

    choices = tuple(map(_choice, policies))
    if generate:
        ask = Ask(
            choices=choices, seed=seed, generate=generate, days=days, from_us=usual_start(SystemClock().now_us()),
            threads=threads,
        )  # fmt: skip
    else:
        first = from_day.date() if from_day else date(1970, 1, 2)
        last = to_day.date() if to_day else first
        ask = Ask(
            choices=choices, seed=seed, from_us=_midnight(first), to_us=_midnight(last + timedelta(days=1)),
            threads=threads,
        )  # fmt: skip
    check(ask)
    return ask


def _midnight(day: date) -> int:
    from zoneinfo import ZoneInfo

    from manystores.core.clock import from_datetime

    return from_datetime(datetime.combine(day, time(), ZoneInfo(_ZONE)))


def _choice(text: str) -> "Choice":
    """A policy by what was given for it; each file names its own errors."""
    from manystores.core.errors import INVALID, FieldError, Problem
    from manystores.flows.what_if_run import Choice
    from manystores.sourcing.policy_body import policy_of

    if text == CURRENT:
        return Choice(CURRENT, None)
    if text.isdigit():
        return Choice(f"version {text}", None, int(text))
    path = Path(text)
    if not path.is_file():
        raise click.BadParameter(
            f"{text!r} is neither `current`, a version's number, nor a file", param_hint="--policy"
        )
    at = path.name
    try:
        policy = policy_of(_read(path), at=at)
    except Problem as problem:
        if problem.rule is INVALID:
            raise
        raise Problem(INVALID, fields=(FieldError(at, "unreadable", str(problem), str(problem)),)) from problem
    return Choice(path.stem, policy)


def _read(path: Path) -> Any:
    import msgspec

    try:
        return msgspec.yaml.decode(path.read_bytes())
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise click.BadParameter(f"{path} is neither YAML nor JSON: {error}", param_hint="--policy") from error


def _of_brand(settings: Settings, brand: str | None, ask: "Ask", told: Any) -> "Report":
    import asyncio

    from manystores.core.database import connect
    from manystores.flows.what_if_run import run_brand

    with open_database(settings) as url:
        told("reading", 0.0)
        partition_id, house, chosen = asyncio.run(_loaded(url, brand, ask))
        with connect(url) as connection:
            return run_brand(connection, house, partition_id, chosen, ask, settings.data_dir, settings.time_zone, told)


async def _loaded(url: str, brand: str | None, ask: "Ask") -> Any:
    from psycopg import AsyncConnection

    from manystores.flows.what_if_reading import find_brand
    from manystores.flows.what_if_run import load_brand

    async with await AsyncConnection.connect(url) as connection:
        party_no, partition_id, _ = await find_brand(connection, brand)
        house, chosen = await load_brand(connection, party_no, ask)
    return partition_id, house, chosen
