"""manystores foresight: learn from the lake how long things take, and tell which promises were kept."""

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
    """Learn how long things take; tell which promises were kept."""


@foresight.command()
@click.option("--days", type=click.IntRange(1, 400), default=_DAYS, show_default=True, help="How far back to look.")
@setting_flags("data_dir", "database_url", "postgres_bin")
@json_flag
def learn(settings: Settings, days: int, as_json: bool) -> int:
    """Learn from the lake how long preparation and transit take; run it every night.

    What is learned is kept in the data directory, a file for each brand, and a running server takes it in within half a
    minute. Promises are made by it wherever enough was seen, by configured lead times elsewhere. Exit code 1 where
    nothing was there to learn from.

    \b
    manystores foresight learn --json --data ~/manystores
    """
    from manystores.core.clock import SystemClock, rfc3339
    from manystores.flows.foreseen import places_of
    from manystores.foresight import learned as shelf
    from manystores.foresight.learning import learn as lesson
    from manystores.foresight.spans import with_factors

    now_us = SystemClock().now_us()
    with open_database(settings) as url:
        network = asyncio.run(_network(url))
    spans = with_factors(_spans(settings, days, now_us), places_of(network, now_us), now_us)
    brands: list[dict[str, Any]] = []
    for party_no in sorted(spans["party_no"].unique().to_list()):
        path = shelf.path_of(settings.data_dir, party_no)
        found = lesson(spans, party_no, now_us, shelf.load(path))
        if found is not None:
            shelf.save(path, found)
            own = spans.filter(spans["party_no"] == party_no)
            ready, arrived = own["ready_us"].count(), own.filter(own["kind"] != "pick_up")["done_us"].count()
            brands.append({"party_no": party_no, "orders": len(own), "ready": ready, "arrived": arrived})
    document = {"at": rfc3339(now_us), "days": days, "version": shelf.VERSION, "brands": brands}
    words = [
        f"brand {one['party_no']}: {one['orders']:,} fulfilment orders, {one['ready']:,} were ready, "
        f"{one['arrived']:,} arrived"
        for one in brands
    ]
    emit(as_json, document, "\n".join(words) or "Nothing to learn from: no fulfilment order was ready.")
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


async def _network(url: str) -> "Registry":
    from psycopg import AsyncConnection

    from manystores.network.registry import Registry
    from manystores.network.store import load_locations

    async with await AsyncConnection.connect(url) as connection:
        return Registry(await load_locations(connection))
