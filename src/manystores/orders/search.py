"""Searching the order book: filters and cursors, as parameters of the named statements."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Final
from uuid import UUID

from msgspec import Struct

from manystores.core.clock import HOUR_US, to_datetime
from manystores.core.errors import FieldError
from manystores.core.ids import first_uuid7
from manystores.network.location import KINDS as LOCATION_KINDS
from manystores.orders.order import CHANNELS, KINDS, STATES, WORK_STATES, Order
from manystores.orders.patience import RISKS, UNKEPT, Limits, Patience, Risk, before
from manystores.orders.reach import DESTINATIONS, HALVES, Destination
from manystores.orders.rules import choice, field, invalid
from manystores.orders.work import WAITS

MAX_PAGE = 200
MAX_MINUTES: Final = 10 * 366 * 24 * 60
LIVE: Final = ("open", "in_progress", "on_hold")
_QUEUED_US: Final = HOUR_US  # an order's id is made before it waits for its turn; far longer than it can wait


class OrderFilter(Struct, frozen=True):
    """Which orders; times in microseconds, `placed_to_us` excluded; `text` is a part of the channel order id;
    `unserved`: only those of which some units are served by no location."""

    state: str | None = None
    channel: str | None = None
    location_no: int | None = None
    placed_from_us: int | None = None
    placed_to_us: int | None = None
    text: str | None = None
    unserved: bool = False


class WorkFilter(Struct, frozen=True):
    """Which fulfilment orders, besides their location and state.

    `older_than` and `younger_than` are minutes since it came to its location; `late` is what waits too long;
    `placed_from_us` is when its order was placed, `updated_from_us` when its last step was; `promised_us` is the span
    in which its promise ends; `kept` is what was done by then; `places` are numbers of locations.
    """

    waits_for: tuple[str, ...] = ()
    late: bool = False
    risk: Risk | None = None
    older_than: int | None = None
    younger_than: int | None = None
    kind: str | None = None
    location_kinds: tuple[str, ...] = ()
    destination: Destination | None = None
    placed_from_us: int | None = None
    updated_from_us: int | None = None
    promised_us: tuple[int | None, int | None] = (None, None)
    kept: bool = False
    places: tuple[int, ...] | None = None

    @property
    def urgent(self) -> bool:
        """Whether it asks for what is to be done now, which is told most urgent first."""
        ages = (self.older_than, self.younger_than)
        return bool(self.waits_for or self.late or self.risk or ages != (None, None))


def order_search(
    partition_id: int, party_no: int, wanted: OrderFilter, *, limit: int = 50, cursor: str | None = None
) -> dict[str, object]:
    """Parameters of `search_orders`; Problem `invalid` for an unknown state or channel, or a broken cursor."""
    errors = []
    if wanted.state is not None and wanted.state not in STATES:
        errors.append(choice("/state", wanted.state, STATES))
    if wanted.channel is not None and wanted.channel not in CHANNELS:
        errors.append(choice("/channel", wanted.channel, CHANNELS))
    if errors:
        raise invalid(errors)
    after = parse_cursor(cursor)
    return {
        "partition_id": partition_id,
        "party_no": party_no,
        "state": wanted.state,
        "channel": wanted.channel,
        "location_no": wanted.location_no,
        "placed_from": None if wanted.placed_from_us is None else to_datetime(wanted.placed_from_us),
        "placed_to": None if wanted.placed_to_us is None else to_datetime(wanted.placed_to_us),
        "text": wanted.text or None,
        "after_placed": None if after is None else to_datetime(after[0]),
        "after_order": None if after is None else after[1],
        "limit": _limit(limit),
    }


def order_cursor(last: Order) -> str:
    """The cursor of the page after an order."""
    return _cursor(last.placed_at_us, last.order_id, 0)


def order_statement(wanted: OrderFilter) -> str:
    """The named statement that finds them."""
    return "search_unserved_orders" if wanted.unserved else "search_orders"


def work_statement(location_no: int, states: tuple[str, ...], wanted: WorkFilter) -> str:
    """The named statement that finds work, by the index that serves it."""
    if location_no:
        return "work_of_location"
    return "live_work_of_party" if wanted.urgent and set(states) <= set(LIVE) else "work_of_party"


def counted(statement: str, *sums: str) -> str:
    """The statement that counts all that another one finds page by page, and sums columns of it; documents are not
    read for that, and nothing is sorted."""
    found, _, _ = statement.rpartition("\nORDER BY")
    return f"SELECT {', '.join(('count(*)', *sums))} FROM ({found}) AS found"


def work_search(
    partition_id: int,
    party_no: int,
    location_no: int = 0,
    states: tuple[str, ...] = LIVE,
    wanted: WorkFilter | None = None,
    *,
    patience: Patience | None = None,
    limits: Limits | None = None,
    now_us: int = 0,
    limit: int = 50,
    cursor: str | None = None,
) -> dict[str, object]:
    """Parameters of `work_statement`; to find what waits too long, it needs the `limits`."""
    wanted, patience = wanted or WorkFilter(), patience or Patience()
    if wrong := _wrong(states, wanted):
        raise invalid(wrong)
    after = parse_cursor(cursor)
    waits_for = wanted.waits_for or (UNKEPT if wanted.risk else None)
    promised = patience.promised(wanted.risk, now_us) if wanted.risk else wanted.promised_us
    placed_from_us = wanted.placed_from_us
    return {
        "partition_id": partition_id,
        "party_no": party_no,
        "location_no": location_no,
        "states": list(states),
        "waits_for": None if waits_for is None else list(waits_for),
        **late_values(limits if wanted.late else None),
        "promised_from": _at(promised[0]),
        "promised_to": _at(promised[1]),
        "created_from": None if wanted.younger_than is None else to_datetime(before(now_us, wanted.younger_than)),
        "created_to": None if wanted.older_than is None else to_datetime(before(now_us, wanted.older_than)),
        "kind": wanted.kind,
        "location_kinds": list(wanted.location_kinds) or None,
        "half": None if wanted.destination is None else HALVES[wanted.destination],
        "placed_from": _at(placed_from_us),
        "updated_from": _at(wanted.updated_from_us),
        "kept": wanted.kept,
        "places": None if wanted.places is None else list(wanted.places),
        "from_order": None if placed_from_us is None else first_uuid7(max(0, placed_from_us - _QUEUED_US)),
        "after_promised": None if after is None else to_datetime(after[0]),
        "after_order": None if after is None else after[1],
        "after_number": None if after is None else after[2],
        "limit": _limit(limit),
    }


def late_values(limits: Limits | None) -> dict[str, object]:
    """Parameters by which statements know what waits too long."""
    if limits is None:
        return {"late_for": None, "late_before": None, "rhythms": None}
    return {"late_for": list(WAITS), "late_before": limits.before, "rhythms": limits.rhythms}


def _wrong(states: tuple[str, ...], wanted: WorkFilter) -> list[FieldError]:
    """The fields that name what there is not."""
    named = [("/state", state, WORK_STATES) for state in states]
    named += [("/waits_for", step, WAITS) for step in wanted.waits_for]
    named += [("/location_kind", kind, LOCATION_KINDS) for kind in wanted.location_kinds]
    named += [("/kind", wanted.kind, KINDS)] if wanted.kind is not None else []
    named += [("/risk", wanted.risk, RISKS)] if wanted.risk is not None else []
    named += [("/destination", wanted.destination, DESTINATIONS)] if wanted.destination is not None else []
    wrong = [choice(pointer, value, choices) for pointer, value, choices in named if value not in choices]
    for name in ("older_than", "younger_than"):
        minutes = getattr(wanted, name)
        if minutes is not None and not 0 <= minutes <= MAX_MINUTES:
            en, zh = f"must be from 0 to {MAX_MINUTES} minutes", f"必须在 0 到 {MAX_MINUTES} 分钟之间"
            wrong.append(FieldError(f"/{name}", "out_of_range", en, zh))
    return wrong


def _at(at_us: int | None) -> datetime | None:
    return None if at_us is None else to_datetime(at_us)


def work_cursor(last: Order, number: int) -> str:
    """The cursor of the page after a fulfilment order."""
    return _cursor(last.fulfilments[number - 1].promised_to_us, last.order_id, number)


def parse_cursor(cursor: str | None) -> tuple[int, UUID, int] | None:
    """(time in microseconds, order_id, number) of a cursor; Problem `invalid` for what is none."""
    if cursor is None:
        return None
    try:
        at, order_id, number = urlsafe_b64decode(cursor.encode("ascii")).decode("ascii").split("/")
        parsed = int(at), UUID(order_id), int(number)
        to_datetime(parsed[0])
        if parsed[0] >= 0 and 0 <= parsed[2] <= 32_767:
            return parsed
    except (ValueError, OverflowError, OSError):
        pass
    raise field("/cursor", "bad_cursor", "take next_cursor from the page before", "请使用上一页返回的 next_cursor")


def _cursor(at_us: int, order_id: UUID, number: int) -> str:
    return urlsafe_b64encode(f"{at_us}/{order_id}/{number}".encode()).decode()


def _limit(limit: int) -> int:
    if not 1 <= limit <= MAX_PAGE:
        raise field("/limit", "out_of_range", f"must be from 1 to {MAX_PAGE}", f"必须在 1 到 {MAX_PAGE} 之间")
    return limit
