"""manystores foresight: learn from the lake how long things take, who rejects what and what will be ordered; tell which
promises were kept."""

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from manystores.cli.common import EXIT_FAILED, EXIT_OK, emit, json_flag, open_database, setting_flags
from manystores.core.settings import Settings

if TYPE_CHECKING:
    import polars as pl

    from manystores.network.registry import Registry

_DAYS = 60
_BY = ("location", "carrier", "region", "kind")


@click.group()
def foresight() -> None:
    """Learn how long things take, who rejects what and what will be ordered; tell which promises were kept."""


@foresight.command()
@click.option("--days", type=click.IntRange(1, 400), default=_DAYS, show_default=True, help="How far back to look.")
@setting_flags("data_dir", "database_url", "postgres_bin", "time_zone")
@json_flag
def learn(settings: Settings, days: int, as_json: bool) -> int:
    """Learn from the lake how long preparation and transit take, which locations reject what, and what will be ordered.

    The worker runs it every night at `learn_at_hour`. What is learned is kept in the data directory, files for each
    brand, and a running server takes it in within half a minute. Promises are made by it wherever enough was seen, by
    configured lead times elsewhere; routing charges each location for the rejections that are to be expected there,
    and for stock and room that would be worth more to orders to come.
    Exit code 1 where nothing was there to learn from.

    \b
    manystores foresight learn --json --data ~/manystores
    """
    import msgspec

    from manystores.core.clock import SystemClock, rfc3339
    from manystores.flows.lessons import learn_all
    from manystores.foresight.learned import VERSION

    now_us = SystemClock().now_us()
    with open_database(settings) as url:
        network, classes = asyncio.run(_known(url))
    brands = learn_all(settings.data_dir, network, classes, now_us, days, settings.time_zone)
    told = msgspec.to_builtins(brands)
    document = {"at": rfc3339(now_us), "days": days, "version": VERSION, "brands": told}
    words = [
        f"brand {one.party_no}: {one.orders:,} fulfilment orders, {one.ready:,} were ready, {one.arrived:,} arrived; "
        f"{one.refused:,} of {one.assigned:,} were refused; {one.lines:,} lines tell what will be ordered"
        for one in brands
    ]
    emit(as_json, document, "\n".join(words) or "Nothing to learn from: no fulfilment order was ready or refused.")
    return EXIT_OK if brands else EXIT_FAILED


@foresight.command()
@click.option("--by", type=click.Choice(_BY), multiple=True, default=("location",), show_default=True)
@click.option("--days", type=click.IntRange(1, 400), default=_DAYS, show_default=True, help="How far back to look.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many rows.")
@setting_flags("data_dir")
@json_flag
def kept(settings: Settings, by: tuple[Any, ...], days: int, limit: int, as_json: bool) -> None:
    """Tell the share of promises that was kept, by location, carrier, region (province) or kind.

    What is due and has not come counts as broken.

    \b
    manystores foresight kept --by carrier --by region
    manystores foresight kept --by location --days 7 --json
    """
    from manystores.core.clock import SystemClock
    from manystores.foresight.kept import promises_kept

    now_us = SystemClock().now_us()
    table = promises_kept(_spans(settings, days, now_us), now_us, tuple(dict.fromkeys(by))).head(limit)
    rows = table.to_dicts()
    words = [
        f"{' '.join(str(row[name] or '-') for name in by):30} {row['due']:8,} due  {row['kept']:6.1%} kept"
        for row in rows
    ]
    emit(as_json, {"days": days, "by": list(by), "rows": rows}, "\n".join(words) or "No promise was due.")


def _spans(settings: Settings, days: int, now_us: int) -> "pl.DataFrame":
    from manystores.core.clock import to_datetime
    from manystores.foresight.spans import read_spans

    return read_spans(settings.data_dir / "lake", to_datetime(now_us).date() - timedelta(days=days))


async def _known(url: str) -> "tuple[Registry, dict[tuple[int, str], str]]":
    """The network, and the classes of offers that have one, by brand and SKU."""
    from psycopg import AsyncConnection

    from manystores.catalogue.offer import class_of
    from manystores.catalogue.store import load_all
    from manystores.network.registry import Registry
    from manystores.network.store import load_locations

    classes: dict[tuple[int, str], str] = {}
    async with await AsyncConnection.connect(url) as connection:
        network = Registry(await load_locations(connection))
        async for offers in load_all(connection):
            classes |= {(offer.party_no, offer.sku): found for offer in offers if (found := class_of(offer))}
    return network, classes
