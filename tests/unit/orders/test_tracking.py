"""What a shopper sees of an order by a link: how far it is, and nothing personal."""

from collections.abc import Callable

import msgspec
import pytest

from manystores import orders
from manystores.orders import Allocation, Back, Order, Received
from manystores.orders.pick_up import read_ticket
from manystores.orders.tracking import PART_STATES, SHOPPER_STATES, Public, Store, Tracking, tracking, words_of

Make = Callable[..., Order]
SECRET = b"secret of the installation"
PERSON = {
    "deliver_to": {
        "lat": 39.9,
        "lon": 116.4,
        "region": "110101",
        "address": "东城区王府井大街 1 号 3 单元",
        "name": "李小明",
        "phone": "+8613812345678",
    },
    "buyer": {"phone": "+8613812345678", "member": "M-4711"},
    "notes": "门禁 2580#，找小明",
    "gift": {"message": "生日快乐，妈妈"},
}


def store(location_no: int) -> Store:
    """The store of this number."""
    return Store(f"店{location_no}", "王府井大街 255 号", 39.9, 116.4, "Asia/Shanghai", "24/7", True, None, None)


PUBLIC = Public(lambda _no, sku: (f"商品 {sku}", "piece"), store, lambda code: code.upper())


def seen(order: Order, secret: bytes | None = SECRET, language: str = "en") -> Tracking:
    """What its shopper sees."""
    return tracking(order, "Demo", PUBLIC, language, 2_000_000_000_000_000, secret)


def test_a_shipment_goes_from_placed_to_delivered(placed: Make, at: int) -> None:
    order = placed()
    states = [(seen(order).state, seen(order).parts[0].state)]
    for step in ("accept", "pick", "pack"):
        order = getattr(orders, step)(order, 1, at, "store").order
        states.append((seen(order).state, seen(order).parts[0].state))
    order = orders.ship(order, 1, at + 1, "store", carrier="sf", tracking="SF1").order
    states.append((seen(order).state, seen(order).parts[0].state))
    order = orders.deliver(order, 1, at + 2, "carrier").order
    states.append((seen(order).state, seen(order).parts[0].state))
    way = ["placed", "preparing", "preparing", "preparing", "on_the_way", "delivered"]
    assert states == [(state, state) for state in way]
    (parcel,) = seen(order).parts[0].parcels
    assert (parcel.carrier, parcel.tracking, parcel.delivered_at is None) == ("SF", "SF1", False)
    assert [one.state for one in seen(order).milestones] == ["placed", "preparing", "on_the_way", "delivered"]


def test_a_pick_up_shows_store_and_code_only_while_it_waits(picked: Make, at: int) -> None:
    order = picked(pick_up_at=5)
    assert (seen(order).state, seen(order).parts[0].code) == ("preparing", None)
    order = orders.ready(order, 1, at, "store", secret=SECRET, collect_by_us=at + 10).order
    (part,) = seen(order).parts
    assert (part.state, part.store) == ("ready", store(5))
    assert part.code == orders.code_of(SECRET, order, 1)
    assert part.collect_by is not None
    assert part.ticket is not None
    assert read_ticket(part.ticket) == (f"{order.order_id}-1", part.code)
    assert (seen(order, None).parts[0].code, seen(order, None).parts[0].ticket) == (None, None)
    order = orders.hand_over(order, 1, part.code, at + 1, "store", secret=SECRET).order
    assert (seen(order).state, seen(order).parts[0].code) == ("collected", None)


def test_a_store_that_sends_is_not_told_nor_one_that_refused(
    placed: Make, serve: Callable[..., list[Allocation]], at: int
) -> None:
    order = placed()
    assert seen(order).parts[0].store is None
    order = orders.reject(order, 1, "closed", at, "store").order
    assert (seen(order).state, seen(order).parts) == ("placed", [])
    order = orders.allocate(order, serve({6: {1: 2, 2: 1}}), at, "app").order
    assert [part.state for part in seen(order).parts] == ["placed"]
    assert "closed" not in msgspec.json.encode(seen(order)).decode()


def test_two_parcels_stand_for_themselves(placed: Make, at: int) -> None:
    order = orders.accept(placed({5: {1: 2}, 6: {2: 1}}), 1, at, "store").order
    for step in ("pick", "pack", "ship"):
        order = getattr(orders, step)(order, 1, at, "store").order
    told = seen(order)
    assert [part.state for part in told.parts] == ["on_the_way", "placed"]
    assert told.state == "preparing"


def test_part_of_it_cancelled_and_all_of_it(placed: Make, at: int) -> None:
    order = orders.cancel(placed(), at, "app", lines=[(1, 1)]).order
    assert (seen(order).state, seen(order).partly_cancelled) == ("placed", True)
    assert [(line.quantity, line.cancelled) for line in seen(order).lines] == [(2, 1), (1, 0)]
    order = orders.cancel(order, at, "app").order
    told = seen(order, language="zh")
    assert (told.state, told.words, told.partly_cancelled, told.parts) == ("cancelled", "已取消", False, [])


def test_not_collected_in_time(picked: Make, at: int) -> None:
    order = orders.ready(picked(pick_up_at=5), 1, at, "store", secret=SECRET, collect_by_us=at + 10).order
    order = orders.expire_pick_up(order, 1, at + 11, "store").order
    assert (seen(order).state, [part.state for part in seen(order).parts]) == ("cancelled", ["not_collected"])


def test_given_back_in_part_and_whole(shipped: Make, at: int) -> None:
    order, whole = shipped(), False
    for number, (line_no, quantity) in enumerate([(1, 2), (2, 1)], 1):
        order = orders.request_return(order, 5, [Back(line_no, quantity)], at, "app").order
        order = orders.accept_return(order, number, at, "store").order
        order = orders.receive_return(order, number, at, "store", [Received(line_no, quantity)]).order
        told = seen(order)
        assert (told.state == "returned", told.partly_returned) == (whole, not whole)
        whole = True


def test_before_it_is_paid_for(placed: Make) -> None:
    told = seen(placed(unpaid_ttl_s=600))
    assert (told.state, told.pay_by is None) == ("awaiting_payment", False)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_nothing_personal_is_told(picked: Make, at: int, language: str) -> None:
    """The order knows a person; what the page is given holds no piece of it, nor the channel's number or a price."""
    order = picked(**PERSON, channel_order_id="WX-20261111-0001")
    order = orders.ship(orders.pack(order, 1, at, "s").order, 1, at, "s", carrier="sf", tracking="SF1").order
    told = msgspec.json.encode(seen(order, SECRET, language)).decode()
    for piece in ("小明", "李", "138", "5678", "王府井", "2580", "M-4711", "110101", "39.9", "生日", "WX-", "price"):
        assert piece not in told, piece
    assert str(order.order_id) not in told


def test_every_state_has_words() -> None:
    for state in (*PART_STATES, *SHOPPER_STATES):
        assert words_of(state, "en") != words_of(state, "zh")
