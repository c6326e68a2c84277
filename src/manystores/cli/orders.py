"""manystores orders: look orders up, list them, and read in words why they are served from where."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import click
import httpx

from manystores.cli.common import emit, json_flag, setting_flags
from manystores.core.errors import CONFLICT, NOT_FOUND, Problem, Rule
from manystores.core.settings import Settings

TIMEOUT_S: Final = 30
_SCOPES: Final = ("orders:read",)

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def orders() -> None:
    """Look orders up, and why they are served from where."""


def _asks(command: Command) -> Command:
    """The options of a command that asks the API as a brand."""
    brand: Command = click.option("--brand", required=True, help="Code of the brand whose orders they are.")(
        setting_flags("data_dir", "database_url", "postgres_bin", "host")(json_flag(command))
    )
    return brand


@orders.command()
@click.argument("order")
@_asks
def get(order: str, brand: str, settings: Settings, as_json: bool) -> None:
    """Show ORDER (its id, or the channel's own order id), with its work and history."""
    with _api(settings, brand) as api:
        found = _find(api, order)
    emit(as_json, found, _words(found))


@orders.command(name="list")
@click.option("--state", help="placed, approved, completed or cancelled.")
@click.option("--channel", help="Of this channel only.")
@click.option("--location", help="Served, sold or collected there.")
@click.option("--limit", type=click.IntRange(1, 100), default=20, show_default=True)
@_asks
def list_(
    state: str | None,
    channel: str | None,
    location: str | None,
    limit: int,
    brand: str,
    settings: Settings,
    as_json: bool,
) -> None:
    """List orders, newest first."""
    asked = {"state": state, "channel": channel, "location": location, "limit": limit}
    with _api(settings, brand) as api:
        page = _ask(api, "/v1/orders", {name: value for name, value in asked.items() if value is not None})
    emit(as_json, page, "\n".join(_line(order) for order in page["orders"]) or "no orders")


@orders.command()
@click.argument("order")
@click.option("--lang", type=click.Choice(["en", "zh"]), default="en", show_default=True)
@_asks
def explain(order: str, lang: str, brand: str, settings: Settings, as_json: bool) -> None:
    """Say why ORDER is served from where it is: who could have, at what cost, and who could not and why."""
    with _api(settings, brand, lang) as api:
        found = _ask(api, f"/v1/orders/{_find(api, order)['id']}/decision")
    told = ["\n".join(one["words"]) if isinstance(one["words"], list) else one["words"] for one in found["decisions"]]
    emit(as_json, found, "\n\n".join(told) or "no decision: nobody had to choose")


@contextmanager
def _api(settings: Settings, brand: str, language: str = "en") -> Iterator[httpx.Client]:
    """The API as the brand sees it, by a key that lasts as long as the command."""
    from manystores.cli.connect import serving, temporary_key

    with serving(settings) as (url, database_url), temporary_key(database_url, brand, "orders", _SCOPES) as token:
        headers = {"authorization": f"Bearer {token}", "accept-language": language}
        with httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_S) as api:
            yield api


def _ask(api: httpx.Client, path: str, values: dict[str, Any] | None = None) -> Any:
    """An answer, or the Problem that the API tells."""
    answer = api.get(path, params=values or {})
    document = answer.json()
    if answer.status_code != 200:
        told = Rule(document["code"], document["status"], document["title"], document["title"])
        places = "; ".join(f"{each['pointer']}: {each['detail']}" for each in document.get("errors", []))
        raise Problem(told, " ".join(part for part in (document.get("detail", ""), places) if part))
    return document


def _find(api: httpx.Client, order: str) -> Any:
    """The order of an id, or of a channel's order id."""
    if len(order) == 36 and order.count("-") == 4:
        return _ask(api, f"/v1/orders/{order}")
    page = _ask(api, "/v1/orders", {"text": order, "limit": 100})
    found = [one for one in page["orders"] if one["channel_order_id"] == order]
    if not found:
        raise Problem(NOT_FOUND, f"There is no order {order}.", f"没有订单 {order}。")
    if len(found) > 1:
        names = ", ".join(f"{one['id']} ({one['channel']})" for one in found)
        raise Problem(CONFLICT, f"Several channels have an order {order}: {names}", f"多个渠道有订单 {order}：{names}")
    return found[0]


def _line(order: dict[str, Any]) -> str:
    units = sum(line["ordered"] for line in order["lines"])
    places = ", ".join(dict.fromkeys(work["location"] for work in order["fulfilment_orders"]))
    name = f"{order['channel']} {order['channel_order_id']}"
    return f"{order['id']}  {order['placed_at']:27}  {order['state']:9}  {name:28}  {units:3} units  {places}"


def _words(order: dict[str, Any]) -> str:
    """An order for people."""
    lines = [_line(order)]
    for line in order["lines"]:
        done = ", ".join(f"{what} {line[what]}" for what in ("allocated", "shipped", "cancelled", "returned"))
        lines += [f"  line {line['line']}: {line['ordered']} × {line['offer']}, {line['state']}; {done}"]
    for work in order["fulfilment_orders"]:
        parts = ", ".join(f"{part['quantity']} × {part['offer']}" for part in work["lines"])
        lines.append(f"  {work['location']}: {parts}; {work['kind']}, {work['state']}, promised {work['promised_to']}")
    lines += [f"  {step['at']}  {step['kind']}  {step['actor']}" for step in order["history"]]
    return "\n".join(lines)
