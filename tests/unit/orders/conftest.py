"""Orders to start from: X1 and X2 at 100 fen each, in stores 5, 6 and 7."""

from base64 import b64encode
from collections.abc import Callable
from uuid import UUID

import msgspec
import pytest

from manystores import orders
from manystores.orders import Allocation, Order, Sealer, Share

AT = 1_763_000_000_000_000
ORDER_ID = UUID("019a7f3c-0000-7000-8000-000000000001")


@pytest.fixture
def at() -> int:
    """Now, in microseconds."""
    return AT


@pytest.fixture
def sealer() -> Sealer:
    """Shows what was sealed and hashed, so that a test can look into it."""
    return Sealer(lambda plain: b64encode(plain).decode(), lambda namespace, value: f"hash({namespace},{value})")


@pytest.fixture
def new_order(sealer: Sealer) -> Callable[..., Order]:
    """new_order((2, 1), pick_up_at=5, …): a draft of 2 X1 and 1 X2; keywords are fields of the body."""

    def make(quantities: tuple[int, ...] = (2, 1), pick_up_at: int = 0, **fields: object) -> Order:
        lines = fields.pop("lines", None) or [
            {"offer": f"X{i + 1}", "quantity": quantity, "unit_price": 100} for i, quantity in enumerate(quantities)
        ]
        way = {"pick_up_at": f"S{pick_up_at}"} if pick_up_at else {"deliver_to": {"lat": 39.9, "lon": 116.4}}
        body = {"channel": "app", "channel_order_id": "A-1", "lines": lines, **way, **fields}
        draft = orders.draft(msgspec.json.encode(body))
        return orders.place(
            draft,
            [orders.line_draft(line, i + 1, 100) for i, line in enumerate(draft.lines)],
            order_id=ORDER_ID,
            party_no=1,
            at_us=AT,
            pick_up_at=pick_up_at,
            sealer=sealer,
        )

    return make


@pytest.fixture
def serve() -> Callable[..., list[Allocation]]:
    """serve({5: {1: 2}, 6: {2: 1}}): store 5 serves 2 of line 1, store 6 serves 1 of line 2, each for one hour's
    capacity (offer 900, window 1)."""

    def make(plan: dict[int, dict[int, int]], kind: str = "ship", **fields: object) -> list[Allocation]:
        return [
            Allocation(
                location_no,
                kind,  # type: ignore[arg-type]
                tuple(Share(line_no, quantity) for line_no, quantity in lines.items()),
                capacity=((900, 1),),
                **fields,  # type: ignore[arg-type]
            )
            for location_no, lines in plan.items()
        ]

    return make


@pytest.fixture
def placed(new_order: Callable[..., Order], serve: Callable[..., list[Allocation]]) -> Callable[..., Order]:
    """placed({5: {1: 2, 2: 1}}): an order in the book, with fulfilment orders by this plan."""

    def make(plan: dict[int, dict[int, int]] | None = None, pick_up_at: int = 0, **fields: object) -> Order:
        plan = {pick_up_at or 5: {1: 2, 2: 1}} if plan is None else plan
        kind = "pick_up" if pick_up_at else "ship"
        return orders.allocate(new_order(pick_up_at=pick_up_at, **fields), serve(plan, kind), AT, "app").order

    return make


@pytest.fixture
def picked(placed: Callable[..., Order]) -> Callable[..., Order]:
    """The same, accepted and picked by the first location."""

    def make(*args: object, **fields: object) -> Order:
        order = orders.accept(placed(*args, **fields), 1, AT, "store").order
        return orders.pick(order, 1, AT, "store").order

    return make


@pytest.fixture
def shipped(picked: Callable[..., Order]) -> Callable[..., Order]:
    """The same, packed and shipped by the first location."""

    def make(*args: object, **fields: object) -> Order:
        order = orders.pack(picked(*args, **fields), 1, AT, "store").order
        return orders.ship(order, 1, AT, "store", carrier="sf", tracking="SF1").order

    return make
