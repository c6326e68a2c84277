"""manystores import: a brand's own files, or Shopify's, through the API of its installation."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

import click
import httpx
import msgspec

from manystores.cli.common import EXIT_FAILED, EXIT_OK, json_flag, setting_flags
from manystores.core.clock import SystemClock, rfc3339
from manystores.core.settings import Settings

if TYPE_CHECKING:
    from manystores.adapters.files import Record, Reject
    from manystores.core.errors import Problem

Kind = Literal["locations", "offers", "stock", "orders"]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
Format = Literal["own", "shopify"]

SHOPIFY_HEADINGS: Final[Mapping[Kind, frozenset[str]]] = {
    "offers": frozenset({"handle", "variantsku"}),
    "stock": frozenset({"handle", "sku", "location"}),
    "orders": frozenset({"lineitemsku", "createdat"}),
}
"""Headings (folded) that only Shopify's files have."""
TIMEOUT_S: Final = 300
MESSAGES_SHOWN: Final = 5


class Target(NamedTuple):
    """Where the records of a kind go: the batch route, its member, and how many go in one request."""

    path: str
    member: str
    size: int


TARGETS: Final[Mapping[Kind, Target]] = {
    "locations": Target("/v1/locations/batch", "locations", 1_000),
    "offers": Target("/v1/offers/batch", "offers", 1_000),
    "stock": Target("/v1/stock/counts", "counts", 2_000),
    "orders": Target("/v1/orders/batch", "orders", 200),
}

COLUMNS: Final[Mapping[Kind, Mapping[str, str]]] = {
    "locations": {},
    "offers": {"/price": "price", "/tax_rate_ppm": "tax_percent"},
    "stock": {"/offer": "sku"},
    "orders": {"/lines/offer": "sku", "/lines/quantity": "quantity", "/lines": "sku", "/deliver_to": "lat"},
}
"""The column behind a part of a body, where their names differ."""


class Counts(msgspec.Struct):
    """What became of the rows of all files."""

    files: int = 0
    records: int = 0
    created: int = 0
    refused_records: int = 0
    rejects: int = 0
    notes: int = 0
    """Columns that nobody reads; no row was refused for them."""


@click.command("import")
@click.argument("kind", type=click.Choice(KINDS))
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--brand", required=True, help="Code of the brand; made if there is none.")
@click.option(
    "--format",
    "wanted",
    type=click.Choice(["auto", "own", "shopify"]),
    default="auto",
    show_default=True,
    help="Whose columns; auto tells by the headings.",
)
@click.option("--currency", default="CNY", show_default=True, help="Of Shopify's product file, which names none.")
@click.option("--time-zone", default="Asia/Shanghai", show_default=True, help="Of times without an offset.")
@click.option("--rejects", type=click.Path(path_type=Path, dir_okay=False), help="Write what was refused here, as CSV.")
@setting_flags("data_dir", "database_url", "postgres_bin", "host")
@json_flag
def import_(
    kind: Kind,
    files: tuple[Path, ...],
    brand: str,
    wanted: Literal["auto", "own", "shopify"],
    currency: str,
    time_zone: str,
    rejects: Path | None,
    settings: Settings,
    as_json: bool,
) -> int:
    """Import KIND (locations, offers, stock or orders) from CSV or Parquet FILES; again does no harm.

    Rows that break a rule are left out and told, the others are taken; then the exit code is 1.

    \b
    manystores import locations stores.csv --brand demo --rejects rejected.csv
    """
    from manystores.adapters.files import write_rejects
    from manystores.cli.connect import serving, temporary_key

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    options = _Options(kind, wanted, currency, _zone(time_zone))
    refused: list[Reject] = []
    counts = Counts(files=len(files))
    with ExitStack() as stack:
        url, database_url = stack.enter_context(serving(settings))
        key = temporary_key(database_url, brand, f"import {kind}", make_brand=True)
        to = stack.enter_context(_client(url, stack.enter_context(key)))
        for file in files:
            _File(file, options, to, counts).send(refused)
    counts.notes = sum(reject.rule == "unknown_column" for reject in refused)
    counts.rejects = len(refused) - counts.notes
    if rejects is not None:
        write_rejects(rejects, refused)
    _report(counts, refused, rejects, as_json)
    return EXIT_FAILED if counts.rejects else EXIT_OK


class _Options(NamedTuple):
    kind: Kind
    format: Literal["auto", "own", "shopify"]
    currency: str
    zone: ZoneInfo


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise click.UsageError(f"{name} is no IANA time zone, such as Asia/Shanghai") from None


@contextmanager
def _client(url: str, token: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, headers={"authorization": f"Bearer {token}"}, timeout=TIMEOUT_S) as client:
        yield client


class _File:
    """One file on its way into the installation."""

    def __init__(self, path: Path, options: _Options, to: httpx.Client, counts: Counts) -> None:
        self._path, self._options, self._to, self._counts = path, options, to, counts
        self._target = TARGETS[options.kind]

    def send(self, refused: "list[Reject]") -> None:
        """Post every good record in batches; what was refused, by the reader or by the API, is added to `refused`."""
        from rich.console import Console
        from rich.progress import track

        found = _read(self._path, self._options)
        shown = track(found, f"{self._options.kind}: {self._path.name}", console=Console(stderr=True))
        records = _good(shown, refused)
        if self._options.kind == "stock":
            records = map(partial(_counted, at=self._written_at()), records)
        while batch := list(islice(records, self._target.size)):
            self._post(batch, refused)

    def _written_at(self) -> str:
        """When the file was written, RFC 3339: what counts without a time of their own were true at."""
        now_us = SystemClock().now_us()
        return rfc3339(min(self._path.stat().st_mtime_ns // 1000, now_us))

    def _post(self, batch: "list[Record]", refused: "list[Reject]") -> None:
        results = self._ask(batch, "en")
        self._counts.records += len(batch)
        bad = []
        for record, result in zip(batch, results, strict=True):
            if result["status"] < 300 or _counted_before(record, result):
                self._counts.created += result["status"] == 201
            else:
                bad.append((record, result["problem"]))
        if not bad:
            return
        self._counts.refused_records += len(bad)
        in_chinese = self._ask([record for record, _ in bad], "zh")
        for (record, problem), result in zip(bad, in_chinese, strict=True):
            refused += _rejects(record, _problem(problem, result.get("problem", problem)), self._options.kind)

    def _ask(self, batch: "list[Record]", tongue: str) -> list[dict[str, Any]]:
        """The results of a batch. It carries no idempotency key: known locations and offers are changed in what the
        file says, past orders are known by their channel's id, and counts by their time; again changes nothing."""
        path, member, _ = self._target
        body = msgspec.json.encode({member: [record.body for record in batch]})
        headers = {"content-type": "application/json", "accept-language": tongue}
        answer = self._to.post(path, content=body, headers=headers)
        if answer.status_code != 200:
            raise click.ClickException(f"{path} answered {answer.status_code}: {answer.text[:500]}")
        results: list[dict[str, Any]] = answer.json()["results"]
        return results


def _counted(record: "Record", at: str) -> "Record":
    return msgspec.structs.replace(record, body={"counted_at": at} | record.body)


def _counted_before(record: "Record", result: dict[str, Any]) -> bool:
    """Whether it is the very count that was sent last time: nothing to tell."""
    sequence = record.body.get("sequence")
    return sequence is not None and result["problem"].get("last_sequence") == sequence


_ITEM: Final = re.compile(r"^/(locations|offers|counts|orders)/\d+(?=/|$)")


def _problem(en: dict[str, Any], zh: dict[str, Any]) -> "Problem":
    """The problem documents of an item of a batch as a Problem whose pointers begin at the item."""
    from manystores.core.errors import FieldError, Problem, Rule

    texts = {each["pointer"]: each["detail"] for each in _fields(zh)}
    fields = tuple(
        FieldError(each["pointer"], each["code"], each["detail"], texts.get(each["pointer"], ""))
        for each in _fields(en)
    )
    rule = Rule(en["code"], en["status"], en["title"], zh["title"])
    return Problem(rule, en.get("detail", ""), zh.get("detail", ""), fields)


def _fields(document: dict[str, Any]) -> list[dict[str, str]]:
    return [each | {"pointer": _ITEM.sub("", each["pointer"])} for each in document.get("errors", [])]


def _rejects(record: "Record", problem: "Problem", kind: Kind) -> "list[Reject]":
    from manystores.adapters.files import rejects_of

    return [
        msgspec.structs.replace(reject, field=reject.field.strip("/"))
        for reject in rejects_of(record, problem, COLUMNS[kind])
    ]


def _good(found: "Iterable[Record | Reject]", refused: "list[Reject]") -> "Iterator[Record]":
    from manystores.adapters.files import Record

    for each in found:
        if isinstance(each, Record):
            yield each
        else:
            refused.append(each)


def _format(path: Path, options: _Options) -> Format:
    """Whose columns the file has."""
    from manystores.adapters.files import folded, read_table

    if options.format != "auto":
        return options.format
    headings = {folded(column) for column in read_table(path).columns}
    shopify = SHOPIFY_HEADINGS.get(options.kind)
    return "shopify" if shopify is not None and shopify <= headings else "own"


def _read(path: Path, options: _Options) -> "Iterator[Record | Reject]":
    """The file's records and rejects."""
    from manystores.adapters import locations_file, offers_file, orders_file, shopify, shopify_orders, stock_file

    whose = _format(path, options)
    readers: dict[tuple[Kind, Format], Callable[[], Iterator[Record | Reject]]] = {
        ("locations", "own"): lambda: locations_file.read_locations(path),
        ("offers", "own"): lambda: offers_file.read_offers(path),
        ("offers", "shopify"): lambda: shopify.read_products(path, options.currency),
        ("stock", "own"): lambda: stock_file.read_counts(path, options.zone),
        ("stock", "shopify"): lambda: shopify.read_inventory(path),
        ("orders", "own"): lambda: orders_file.read_orders(path, options.zone),
        ("orders", "shopify"): lambda: shopify_orders.read_orders(path, _locate),
    }
    reader = readers.get((options.kind, whose))
    if reader is None:
        raise click.UsageError(f"Shopify has no file of {options.kind}; leave --format out")
    return reader()


def _locate(where: Any) -> dict[str, Any] | None:
    """The middle of a Chinese city or county that an address names; None for others."""
    from manystores.data import city_code
    from manystores.network.regions import find

    try:
        region = find(city_code(where.city)) if where.country in ("CN", "") and where.city else None
    except StopIteration:
        return None
    if region is None or region.lat is None:
        return None
    return {"lat": region.lat, "lon": region.lon, "region": region.code}


def _report(counts: Counts, refused: "list[Reject]", rejects: Path | None, as_json: bool) -> None:
    for reject in refused[:MESSAGES_SHOWN]:
        click.echo(f"row {reject.row}, {reject.field or 'the row'}: {reject.en} [{reject.rule}]", err=True)
    if len(refused) > MESSAGES_SHOWN:
        more = f"; {rejects} has all" if rejects else "; --rejects FILE writes all of them"
        click.echo(f"and {len(refused) - MESSAGES_SHOWN} more{more}", err=True)
    if as_json:
        click.echo(msgspec.json.encode(counts).decode())
    else:
        taken = counts.records - counts.refused_records
        click.echo(f"{taken} taken ({counts.created} new), {counts.rejects} refused")
