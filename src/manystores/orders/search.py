"""Searching the order book: filters and cursors, as parameters of the named statements."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from msgspec import Struct

from manystores.core.clock import to_datetime
from manystores.orders.order import CHANNELS, STATES, WORK_STATES, Order
from manystores.orders.rules import choice, field, invalid

MAX_PAGE = 200


class OrderFilter(Struct, frozen=True):
    """Which orders; times in microseconds, `placed_to_us` excluded; `text` is a part of the channel order id."""

    state: str | None = None
    channel: str | None = None
    location_no: int | None = None
    placed_from_us: int | None = None
    placed_to_us: int | None = None
    text: str | None = None


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


def work_search(
    partition_id: int,
    party_no: int,
    location_no: int = 0,
    states: tuple[str, ...] = ("open", "in_progress", "on_hold"),
    *,
    limit: int = 50,
    cursor: str | None = None,
) -> dict[str, object]:
    """Parameters of `work_of_location`, or, without a location, of `work_of_party`."""
    if wrong := [choice("/state", state, WORK_STATES) for state in states if state not in WORK_STATES]:
        raise invalid(wrong)
    after = parse_cursor(cursor)
    return {
        "partition_id": partition_id,
        "party_no": party_no,
        "location_no": location_no,
        "states": list(states),
        "after_promised": None if after is None else to_datetime(after[0]),
        "after_order": None if after is None else after[1],
        "after_number": None if after is None else after[2],
        "limit": _limit(limit),
    }


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
