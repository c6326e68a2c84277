"""What users of other systems complain about, against the real HTTP API, with everybody asking at once.

Each test is named after what it protects. The numbers in the docstrings are issues of the systems where it went wrong.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from threading import Barrier
from typing import Any

import httpx
import pytest
from tests.journeys.conftest import Api, running_api
from tests.journeys.shop import Shop, bucket, ok, refused

from manystores.core.database import connect
from manystores.promise.verify import verify_partition

CROWD = 12
Ask = Callable[[], httpx.Response]


@pytest.fixture(scope="module")
def api(
    new_database: Callable[[], AbstractContextManager[str]], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Api]:
    """The application over a socket."""
    with new_database() as database_url, running_api(database_url, tmp_path_factory.mktemp("data")) as running:
        yield running


@pytest.fixture
def shop(api: Api) -> Iterator[Shop]:
    """A brand of its own with stores in Beijing; whatever the test did, the books are sound afterwards."""
    yield Shop(api).open().sell("SCARF", "MUG")
    with connect(api.database_url, autocommit=True) as connection:
        assert verify_partition(connection, 1).sound


def at_once(asks: Sequence[Ask]) -> list[httpx.Response]:
    """Everybody asks at the same moment, as far as a machine can."""
    ready = Barrier(min(CROWD, len(asks)))

    def ask(i: int) -> httpx.Response:
        if i < ready.parties:
            ready.wait()
        return asks[i]()

    with ThreadPoolExecutor(CROWD) as crowd:
        return list(crowd.map(ask, range(len(asks))))


def statuses(answers: Sequence[httpx.Response]) -> dict[int, int]:
    """How many answers of which status."""
    return dict(Counter(answer.status_code for answer in answers))


def hold_of(shop: Shop, location: str, sku: str, quantity: int = 1, **more: Any) -> Ask:
    """Somebody who holds."""
    body = {"lines": [{"location": location, "offer": sku, "quantity": quantity}], **more}
    return lambda: shop.client.post("/v1/reservations", json=body)


def order_of(shop: Shop, *lines: tuple[str, int], **more: Any) -> Ask:
    """Somebody who orders."""
    body = shop.order(*lines, **more)
    return lambda: shop.client.post("/v1/orders", json=body)


def test_the_last_unit_is_sold_once_and_no_unit_stays_unsold(shop: Shop) -> None:
    """magento2#25653, vendure#3508, saleor#543, medusa#16569: 100 of 50 sold; or 3.5 % refused with stock left."""
    shop.receive(SCARF={"XIDAN": 10})
    answers = at_once([order_of(shop, ("SCARF", 1)) for _ in range(20)] + [hold_of(shop, "XIDAN", "SCARF")] * 20)
    assert statuses(answers) == {201: 10, 409: 30}
    assert shop.stock("SCARF") == {"XIDAN": bucket(10, 10)}


def test_the_last_unit_is_not_sold_by_two_lines_of_one_order(shop: Shop) -> None:
    """medusa#16502."""
    shop.receive(SCARF={"XIDAN": 1})
    refused(shop.client.post("/v1/orders", json=shop.order(("SCARF", 1), ("SCARF", 1))), 409, "cannot_serve")
    lines = [{"location": "XIDAN", "offer": "SCARF", "quantity": 1}] * 2
    told = refused(shop.client.post("/v1/reservations", json={"lines": lines}), 409, "short")
    assert [short["line"] for short in told["short"]] == [1]
    assert shop.stock("SCARF") == {"XIDAN": bucket(1)}


def test_channels_share_the_units_and_never_copies_of_them(shop: Shop) -> None:
    """inventory#2727: one source shared by two stocks oversells."""
    shop.receive(SCARF={"XIDAN": 6})
    channels = ["app", "web", "marketplace"]
    answers = at_once([order_of(shop, ("SCARF", 1), channel=channels[i % 3]) for i in range(24)])
    assert statuses(answers) == {201: 6, 409: 18}


def test_an_order_to_be_sent_does_not_take_the_unit_that_somebody_will_collect(shop: Shop) -> None:
    """inventory#2032: a ship order steals the pick-up order's unit."""
    shop.receive(SCARF={"XIDAN": 1, "SANLITUN": 1})
    collected = shop.place(("SCARF", 1), pick_up_at="XIDAN")
    sent = shop.place(("SCARF", 1))
    assert [work["location"] for work in sent["fulfilment_orders"]] == ["SANLITUN"]
    refused(shop.client.post("/v1/orders", json=shop.order(("SCARF", 1))), 409, "cannot_serve")
    (work,) = shop.works(collected)
    shop.steps(work, "accept", "pick", "ready")
    assert shop.stock("SCARF") == {"XIDAN": bucket(1, 1), "SANLITUN": bucket(1, 1)}


def test_a_count_by_the_till_system_keeps_what_is_promised_and_a_shortage_is_seen(shop: Shop) -> None:
    """inventory#2269, magento2#25696: an external stock update ignores open reservations."""
    shop.receive(SCARF={"XIDAN": 5})
    order = shop.place(("SCARF", 4))
    assert shop.count("XIDAN", "SCARF", 6)["stock"]["available"] == 2
    assert shop.count("XIDAN", "SCARF", 2)["stock"]["available"] == -2
    assert shop.exceptions() == {("XIDAN", "SCARF"): -2}
    refused(shop.client.post("/v1/orders", json=shop.order(("SCARF", 1))), 409, "cannot_serve")
    ok(shop.client.post(f"/v1/orders/{order['id']}/cancel", json={}))
    assert shop.exceptions() == {}
    assert shop.stock("SCARF") == {"XIDAN": bucket(2)}


def test_a_call_that_comes_twice_gives_back_once(shop: Shop) -> None:
    """inventory#2420, #2872: a duplicate API call compensates twice."""
    shop.receive(SCARF={"XIDAN": 5})
    order = shop.place(("SCARF", 2))
    address = f"/v1/orders/{order['id']}/cancel"

    def cancel(key: str) -> Ask:
        return lambda: shop.client.post(address, json={"reason": "twice"}, headers={"idempotency-key": key})

    answers = at_once([cancel("one")] * 6 + [cancel(f"other-{i}") for i in range(6)])
    assert statuses(answers[:6]) in ({200: 6}, {409: 6}), "one key has one answer"
    assert sum(answer.status_code == 200 for answer in answers[6:]) == (0 if answers[0].status_code == 200 else 1)
    assert len({str(answer.json()) for answer in answers[:6]}) == 1
    assert shop.stock("SCARF") == {"XIDAN": bucket(5)}


def test_the_same_key_at_once_makes_one_order(shop: Shop) -> None:
    """A client that hears nothing and repeats: one order, told to each of its calls."""
    shop.receive(SCARF={"XIDAN": 5})
    body = shop.order(("SCARF", 1))

    def place() -> httpx.Response:
        return shop.client.post("/v1/orders", json=body, headers={"idempotency-key": "k"})

    answers = at_once([place] * CROWD)
    assert statuses(answers) == {201: CROWD}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert shop.stock("SCARF") == {"XIDAN": bucket(5, 1)}


def test_counters_never_drift_from_their_journal(api: Api, shop: Shop) -> None:
    """inventory#2311, #3373, #2046: reservation tables drift and are truncated by hand."""
    shop.receive(SCARF={"XIDAN": 8, "SANLITUN": 4}, MUG={"XIDAN": 4})

    def shopper(i: int) -> httpx.Response:
        if i % 3:
            placed = shop.client.post("/v1/orders", json=shop.order(("SCARF", 1 + i % 2), ("MUG", 1)))
            if placed.status_code == 201 and i % 2:
                return shop.client.post(f"/v1/orders/{placed.json()['id']}/cancel", json={})
            return placed
        held = hold_of(shop, "XIDAN", "SCARF", cart=f"cart-{i % 4}")()
        if held.status_code == 201 and i % 2:
            return shop.client.post(f"/v1/reservations/{held.json()['id']}/release")
        return held

    answers = at_once([lambda i=i: shopper(i) for i in range(60)])  # type: ignore[misc]
    assert set(statuses(answers)) <= {200, 201, 409}
    with connect(api.database_url, autocommit=True) as connection:
        verdict = verify_partition(connection, 1)
    assert (verdict.sound, verdict.mismatches, verdict.reserved_mismatches) == (True, 0, 0)


def test_availability_asks_no_database(api: Api, shop: Shop) -> None:
    """magento2#34949, #22027: 400 ms for a page, as every product is a query over all reservations."""
    shop.receive(SCARF={"XIDAN": 5})
    params: dict[str, str | float] = {"offer": "SCARF", "lat": 39.9, "lon": 116.4}
    ok(shop.client.get("/v1/availability", params=params))
    with connect(api.database_url) as locking:
        for table in ("journal", "movements", "buckets", "reservations", "reservation_lines", "orders", "offers"):
            locking.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")  # type: ignore[arg-type]
        answers = at_once([lambda: shop.client.get("/v1/availability", params=params, timeout=10)] * 40)
        locking.rollback()
    assert statuses(answers) == {200: 40}
    assert all(answer.json()["options"] for answer in answers)


def test_a_store_that_has_none_is_not_offered_for_collection(shop: Shop) -> None:
    """magento2#37992: pick-up lists stores without stock."""
    shop.receive(SCARF={"XIDAN": 1, "SANLITUN": 1})
    shop.place(("SCARF", 1), pick_up_at="XIDAN")
    params: dict[str, str | float] = {"offer": "SCARF", "lat": 39.9, "lon": 116.4}
    options = ok(shop.client.get("/v1/availability", params=params))["options"]
    assert [option["locations"] for option in options if option["kind"] == "pick_up"] == [["SANLITUN"]]
    refused(shop.client.post("/v1/orders", json=shop.order(("SCARF", 1), pick_up_at="XIDAN")), 409, "cannot_serve")


def test_when_a_store_rejects_its_units_are_never_free_in_between(shop: Shop) -> None:
    """medusa#16338, bopis#251: fulfilled from another place than reserved; a rejected order loses to newcomers."""
    shop.receive(SCARF={"WANGFUJING": 1, "XIDAN": 1})
    order = shop.place(("SCARF", 1))
    (work,) = order["fulfilment_orders"]

    def reject() -> httpx.Response:
        return shop.client.post(f"/v1/fulfilment-orders/{work['id']}/reject", json={"reason": "damaged"})

    rivals = at_once([reject] + [order_of(shop, ("SCARF", 1)) for _ in range(11)])
    assert rivals[0].status_code == 200
    taken = sum(answer.status_code == 201 for answer in rivals[1:])
    works = shop.works(order)
    rerouted = [one for one in works if one["state"] == "open"]
    assert taken + len(rerouted) == 1, "XIDAN's unit went to one of them"
    assert shop.stock("SCARF") == {"WANGFUJING": bucket(1, 0, 1), "XIDAN": bucket(1, 1)}


def test_a_slot_is_booked_once_and_blocks_nobody_elsewhere(shop: Shop) -> None:
    """cal.diy#5820, #13360: a slot is booked twice at once. #24519: one hold blocks every host."""
    slot = "2031-05-01T10:00:00+08:00"
    for store in ("XIDAN", "SANLITUN"):
        line = {"location": store, "offer": "SCARF", "change": "receive", "quantity": 1, "window": slot}
        ok(shop.client.post("/v1/stock/adjustments", json={"adjustments": [line]}))

    def book(store: str) -> Ask:
        line = {"location": store, "offer": "SCARF", "quantity": 1, "window": slot}
        return lambda: shop.client.post("/v1/reservations", json={"lines": [line]})

    answers = at_once([book("XIDAN")] * 8 + [book("SANLITUN")] * 4)
    assert statuses(answers[:8]) == {201: 1, 409: 7}
    assert statuses(answers[8:]) == {201: 1, 409: 3}


def test_a_shopper_is_not_blocked_by_her_own_hold(shop: Shop) -> None:
    """woocommerce#67354: she reloads the checkout, and the last unit is in her own other cart."""
    shop.receive(SCARF={"XIDAN": 2})
    first = shop.hold("XIDAN", "SCARF", 2, cart="ada")
    answers = at_once([hold_of(shop, "XIDAN", "SCARF", 2, cart="ada")] * 6)
    assert statuses(answers) == {201: 6}
    assert shop.stock("SCARF") == {"XIDAN": bucket(2, 2)}
    assert ok(shop.client.get(f"/v1/reservations/{first['id']}"))["state"] == "released"
    refused(hold_of(shop, "XIDAN", "SCARF", 1, cart="bo")(), 409, "short")


def test_a_crowd_at_one_shelf_sees_answers_and_no_database_conflicts(api: Api, shop: Shop) -> None:
    """odoo PR#32857: serialization failures surface to users; PR#272560: SKIP LOCKED made duplicate rows."""
    shop.receive(SCARF={"XIDAN": 30})

    def key_of(i: int) -> dict[str, str]:
        return {"idempotency-key": f"{shop.brand}-{i // 2}"}

    line = {"location": "XIDAN", "offer": "SCARF", "quantity": 1}
    asks = [
        lambda i=i: shop.client.post("/v1/reservations", json={"lines": [line]}, headers=key_of(i))  # type: ignore[misc]
        for i in range(100)
    ]
    answers = at_once(asks)
    assert set(statuses(answers)) == {201, 409}
    assert len({answer.json()["id"] for answer in answers if answer.status_code == 201}) == 30
    with connect(api.database_url) as connection:
        twice = connection.execute(
            "SELECT request_key FROM journal WHERE request_key IS NOT NULL GROUP BY request_key HAVING count(*) > 1"
        )
        assert twice.fetchall() == []


def test_one_clients_nonsense_is_its_own(shop: Shop) -> None:
    """A cart that PostgreSQL can't store, a count of the year 1: refused alone, while the others are served."""
    shop.receive(SCARF={"XIDAN": 12})
    nonsense: list[Ask] = [
        hold_of(shop, "XIDAN", "SCARF", cart="\0"),
        lambda: shop.client.post(
            "/v1/stock/counts",
            json={
                "counts": [
                    {"location": "XIDAN", "offer": "MUG", "on_hand": 1, "counted_at": "0001-01-01T00:00:00+08:00"}
                ]
            },
        ),
    ]
    answers = at_once([*nonsense * 3, *[hold_of(shop, "XIDAN", "SCARF")] * 6])
    assert statuses(answers[6:]) == {201: 6}
    assert {answers[i].status_code for i in (0, 2, 4)} == {422}
