"""Facts reach the webhooks that want them: signed, in order, at least once, and nobody else's."""

import asyncio
import json
import threading
import time
from itertools import pairwise
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
import pytest
from standardwebhooks import Webhook

from manystores.core import database
from manystores.core.clock import SystemClock
from manystores.worker.retry import DELAYS_S
from manystores.worker.webhooks import AWAY_AFTER_FAILURES, CLAIM, IN_FLIGHT_PER_LANE

SECRET = b"s" * 32


async def test_facts_arrive_signed_and_in_order_and_leave_no_row_behind(
    installation: Any, receiver: Any, new_courier: Any
) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url())
    order = uuid4()
    ids = installation.publish({"subject": order, "body": {"number": "A-1", "note": "生日"}}, {"name": "order.paid"})
    ids += installation.publish({"name": "stock.counted"})
    async with new_courier(clock=SystemClock()) as courier:
        await courier.settle()
    assert sorted(receiver.event_ids) == ids
    first = receiver.requests[receiver.event_ids.index(ids[0])]
    event = Webhook(SECRET).verify(first.body, first.headers)
    assert (event["id"], event["type"], event["subject"]) == (ids[0], "manystores.order.placed.v1", str(order))
    assert event["data"] == {"number": "A-1", "note": "生日"}
    assert first.headers["content-type"].startswith("application/cloudevents+json")
    assert installation.deliveries(webhook_id) == []


async def test_deliveries_start_in_the_order_of_the_sequence(installation: Any, receiver: Any, courier: Any) -> None:
    installation.publish()
    installation.subscribe(receiver.url())
    receiver.always(204, wait_s=0.01)
    ids = [event_id for _ in range(15) for event_id in installation.publish({}, {})]
    await courier.settle()
    assert sorted(receiver.event_ids) == sorted(ids)
    places = [ids.index(event_id) for event_id in receiver.event_ids]
    # with several in flight a fact may overtake those it flies with, and no others
    assert all(abs(place - i) <= IN_FLIGHT_PER_LANE for i, place in enumerate(places))


async def test_a_new_webhook_hears_nothing_of_the_past(installation: Any, receiver: Any, courier: Any) -> None:
    installation.publish({}, {})
    installation.subscribe(receiver.url())
    await courier.settle()
    assert receiver.requests == []
    ids = installation.publish({})
    await courier.settle()
    assert receiver.event_ids == ids


async def test_brands_hear_their_own_facts_only_and_a_stores_webhook_its_stores(
    installation: Any, receiver: Any, second_receiver: Any, courier: Any
) -> None:
    installation.publish()
    installation.subscribe(receiver.url("/brand1"), party_no=1)
    installation.subscribe(receiver.url("/brand1-store7"), party_no=1, location_no=7)
    installation.subscribe(second_receiver.url("/brand2"), party_no=2)
    mine = installation.publish({"party_no": 1}, {"party_no": 2}, {"party_no": 1, "location_no": 7}, {"party_no": 3})
    other_store = installation.publish({"party_no": 1, "location_no": 8}, {"party_no": 2, "location_no": 7})
    await courier.settle()
    heard: dict[str, set[str]] = {}
    for request in receiver.requests + second_receiver.requests:
        heard.setdefault(request.path, set()).add(request.event_id)
    assert heard == {
        "/brand1": {mine[0], mine[2], other_store[0]},
        "/brand1-store7": {mine[2]},
        "/brand2": {mine[1], other_store[1]},
    }


async def test_only_the_events_asked_for_are_sent(installation: Any, receiver: Any, courier: Any) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url(), events=["order.*", "stock.counted"])
    names = ["order.placed", "stock.received", "stock.counted", "reservation.held", "reorder.placed"]
    ids = installation.publish(*({"name": name} for name in names))
    await courier.settle()
    assert sorted(receiver.event_ids) == [ids[0], ids[2]]
    assert installation.cursor(webhook_id)[0] == installation.seq  # what is not wanted is passed over for good


async def test_a_failed_delivery_is_retried_on_schedule_with_the_same_id_and_body(
    installation: Any, receiver: Any, courier: Any, clock: Any
) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url())
    [event_id] = installation.publish({})
    receiver.statuses(lambda _: 500 if len(receiver.requests) <= 3 else 200)
    await courier.settle()
    assert installation.deliveries(webhook_id) == [(event_id, 1, "pending", 500)]
    for attempts, delay_s in ((2, 5), (3, 300), (4, 1800)):
        clock.advance(delay_s - 1)
        await courier.settle()
        assert len(receiver.requests) == attempts - 1  # not before its time
        clock.advance(1)
        await courier.settle()
        assert len(receiver.requests) == attempts
    assert installation.deliveries(webhook_id) == [(event_id, 4, "delivered", 200)]
    assert {(r.event_id, r.body) for r in receiver.requests} == {(event_id, receiver.requests[0].body)}
    stamps = [int(r.headers["webhook-timestamp"]) for r in receiver.requests]
    assert [b - a for a, b in pairwise(stamps)] == [5, 300, 1800]


async def test_one_event_that_the_endpoint_chokes_on_does_not_hold_up_the_others(
    installation: Any, receiver: Any, courier: Any
) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url())
    ids = installation.publish({}, {"body": {"poison": True}}, {}, {})
    receiver.statuses(lambda request: 500 if b"poison" in request.body else 200)
    later = installation.publish({})
    await courier.settle()
    assert sorted(receiver.event_ids) == sorted(ids + later)
    assert installation.deliveries(webhook_id) == [(ids[1], 1, "pending", 500)]


async def test_after_ten_attempts_over_days_a_dead_endpoint_is_disabled_and_loses_nothing(
    installation: Any, receiver: Any, courier: Any, clock: Any
) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url())
    [event_id] = installation.publish({})
    receiver.always(500)
    await courier.settle()
    for delay_s in DELAYS_S[1:]:
        clock.advance(delay_s)
        await courier.settle()
    assert len(receiver.requests) == 10
    assert installation.deliveries(webhook_id) == [(event_id, 10, "failed", 500)]
    assert installation.webhook(webhook_id, "disabled_reason") == "exhausted"
    later = installation.publish({})
    clock.advance(86_400)
    await courier.settle()
    assert len(receiver.requests) == 10
    receiver.always(200)
    installation.execute("UPDATE webhooks SET state = 'active', disabled_reason = NULL, failures = 0")
    await courier.settle()
    assert receiver.event_ids[10:] == later


async def test_an_endpoint_that_takes_other_events_stays_active_when_one_is_given_up(
    installation: Any, receiver: Any, courier: Any, clock: Any
) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url())
    installation.publish({"body": {"poison": True}})
    receiver.statuses(lambda request: 500 if b"poison" in request.body else 200)
    await courier.settle()
    for delay_s in DELAYS_S[1:]:
        clock.advance(delay_s)
        installation.publish({})
        await courier.settle()
    assert [state for _, _, state, _ in installation.deliveries(webhook_id)] == ["failed"]
    assert installation.webhook(webhook_id, "state") == "active"


async def test_410_disables_the_webhook_and_its_cursor_stays(installation: Any, receiver: Any, courier: Any) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url())
    receiver.always(410)
    installation.publish({})
    await courier.settle()
    assert installation.webhook(webhook_id, "disabled_reason") == "gone"
    installation.publish({})
    await courier.settle()
    assert len(receiver.requests) == 1
    assert installation.cursor(webhook_id)[0] == installation.seq - 1


@pytest.mark.parametrize("status", [429, 503])
async def test_an_endpoint_that_asks_for_peace_is_left_alone_until_then(
    installation: Any, receiver: Any, courier: Any, clock: Any, status: int
) -> None:
    installation.publish()
    installation.subscribe(receiver.url())
    receiver.always(status, {"retry-after": "120"})
    first = installation.publish({})
    await courier.settle()
    second = installation.publish({})
    clock.advance(119)
    receiver.always(200)
    await courier.settle()
    assert receiver.event_ids == first
    clock.advance(1)
    await courier.settle()
    assert sorted(receiver.event_ids[1:]) == sorted(first + second)


async def test_a_redirect_is_not_followed(installation: Any, receiver: Any, second_receiver: Any, courier: Any) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url())
    receiver.always(307, {"location": second_receiver.url()})
    [event_id] = installation.publish({})
    await courier.settle()
    assert second_receiver.requests == []
    assert installation.deliveries(webhook_id) == [(event_id, 1, "pending", 307)]


async def test_a_private_address_gets_nothing_unless_the_installation_allows_it(
    installation: Any, receiver: Any, new_courier: Any
) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url(host="localhost"))
    [event_id] = installation.publish({})
    async with new_courier(allow_private=False) as careful:
        await careful.settle()
    assert receiver.requests == []
    assert installation.deliveries(webhook_id) == [(event_id, 1, "pending", None)]
    [(error,)] = installation.execute("SELECT error FROM webhook_deliveries")
    assert error == "localhost resolves to an address that is not public"


async def test_a_hanging_endpoint_does_not_delay_the_others(
    installation: Any, receiver: Any, second_receiver: Any, new_courier: Any
) -> None:
    installation.publish()
    installation.subscribe(receiver.url())
    installation.subscribe(second_receiver.url())
    receiver.always(200, wait_s=60)
    ids = [event_id for _ in range(20) for event_id in installation.publish({}, {})]
    async with new_courier(timeout_s=3.0) as courier:
        await courier.tick()
        began = time.monotonic()
        while len(second_receiver.requests) < len(ids) and time.monotonic() - began < 2.5:
            await asyncio.sleep(0.02)
            await courier.tick()
        assert sorted(second_receiver.event_ids) == sorted(ids)
        assert 0 < len(receiver.requests) <= IN_FLIGHT_PER_LANE
        receiver.closing.set()
        await courier.stop(grace_s=4)


async def test_while_an_endpoint_is_away_facts_wait_in_the_journal_and_all_come_when_it_is_back(
    installation: Any, receiver: Any, courier: Any, clock: Any
) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url())
    receiver.always(500)
    ids = [event_id for _ in range(30) for event_id in installation.publish({}, {}, {})]
    await courier.settle()
    assert len(receiver.requests) < AWAY_AFTER_FAILURES + IN_FLIGHT_PER_LANE
    clock.advance(1)
    await courier.settle()
    tried = len(receiver.requests)
    clock.advance(1)
    await courier.settle()
    assert len(receiver.requests) == tried  # nothing new is tried for a minute
    receiver.always(200)
    clock.advance(60)
    await courier.settle()
    clock.advance(86_400)
    await courier.settle()
    assert set(receiver.event_ids) == set(ids)
    assert {state for _, _, state, _ in installation.deliveries(webhook_id)} == {"delivered"}


async def test_what_was_sent_but_not_recorded_is_sent_again_under_the_same_id(
    installation: Any, receiver: Any, new_courier: Any
) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url())
    ids = installation.publish({}, {}, {})
    receiver.statuses(lambda _: 200)
    reply = receiver.reply
    receiver.always(200, wait_s=60)
    async with new_courier() as killed:
        await killed.tick()
        while len(receiver.requests) < 3:
            await asyncio.sleep(0.01)
        await killed.stop(grace_s=0)
    assert installation.cursor(webhook_id)[0] == installation.seq - 1
    receiver.closing.set()
    receiver.reply = reply
    async with new_courier() as next_one:
        await next_one.settle()
    assert sorted(receiver.event_ids) == sorted(ids * 2)
    assert installation.cursor(webhook_id)[0] == installation.seq


async def test_the_database_away_for_seconds_after_a_send_nothing_is_sent_twice(
    installation: Any, receiver: Any, courier: Any, server_url: str
) -> None:
    """Given a database that shuts out everybody while a fact is under way, then it is recorded when it is back."""
    name = urlsplit(installation.url).path.strip("/")

    def admit(whether: bool) -> None:
        with psycopg.connect(server_url, autocommit=True) as admin:
            admin.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {whether}".encode())
            if not whether:
                admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    def shut_out(_: Any) -> int:
        admit(False)
        threading.Timer(database.CHECKOUT_TIMEOUT_S + 0.3, admit, (True,)).start()
        return 200

    installation.publish()
    webhook_id = installation.subscribe(receiver.url())
    receiver.statuses(shut_out)
    ids = installation.publish({})
    await courier.settle()
    assert receiver.event_ids == ids
    assert installation.cursor(webhook_id)[0] == installation.seq


async def test_a_cursor_that_was_set_back_meanwhile_is_not_overwritten(
    installation: Any, receiver: Any, courier: Any
) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url())
    first = installation.publish({})
    await courier.settle()
    second = installation.publish({})

    def set_back_during_the_first_send(_: Any) -> int:
        if len(receiver.requests) == 2:
            installation.execute("UPDATE consumers SET seq = 1, n = 0")
        return 200

    receiver.statuses(set_back_during_the_first_send)
    await courier.settle()
    assert sorted(receiver.event_ids) == sorted((first + second) * 2)
    assert installation.cursor(webhook_id)[0] == installation.seq


async def test_a_paused_webhook_gets_all_it_missed_when_it_goes_on(
    installation: Any, receiver: Any, courier: Any
) -> None:
    installation.publish()
    installation.subscribe(receiver.url(), state="paused")
    ids = installation.publish({}, {})
    await courier.settle()
    assert receiver.requests == []
    installation.execute("UPDATE webhooks SET state = 'active'")
    await courier.settle()
    assert sorted(receiver.event_ids) == ids


async def test_a_test_delivery_is_a_signed_event_of_its_own_kind(
    installation: Any, receiver: Any, courier: Any, clock: Any
) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url(), events=["order.placed"])
    installation.execute(
        "INSERT INTO webhook_deliveries (partition_id, webhook_id, seq, n, day, attempt, state, next_at, created_at, "
        "updated_at) VALUES (1, %s, 0, 42, DATE '1970-01-01', 0, 'pending', now() - interval '1 h', now(), now())",
        (webhook_id,),
    )
    await courier.settle()
    assert receiver.event_ids == ["1-0-42"]
    assert json.loads(receiver.requests[0].body)["type"] == "manystores.webhook.test.v1"
    assert installation.deliveries(webhook_id) == [("1-0-42", 1, "delivered", 204)]


async def test_a_delivery_of_somebody_elses_fact_is_refused_even_if_a_row_asks_for_it(
    installation: Any, receiver: Any, courier: Any
) -> None:
    installation.publish()
    webhook_id = installation.subscribe(receiver.url(), party_no=1)
    installation.publish({"party_no": 2})
    installation.execute(
        "INSERT INTO webhook_deliveries (partition_id, webhook_id, seq, n, day, attempt, state, next_at, created_at, "
        "updated_at) SELECT partition_id, %s, seq, n, day, 0, 'pending', now() - interval '1 h', now(), now() "
        "FROM journal",
        (webhook_id,),
    )
    await courier.settle()
    assert receiver.requests == []
    assert installation.deliveries(webhook_id) == [("1-2-0", 1, "failed", None)]


async def test_a_secret_that_can_not_be_opened_stops_its_own_webhook_only(
    installation: Any, receiver: Any, new_courier: Any
) -> None:
    def unseal(sealed: bytes) -> bytes:
        if sealed == b"broken":
            raise ValueError("sealed with another key")
        return sealed

    installation.publish()
    installation.subscribe(receiver.url("/broken"), secret=b"broken")
    installation.subscribe(receiver.url("/fine"))
    installation.publish({})
    async with new_courier(unseal=unseal) as courier:
        with pytest.raises(ValueError, match="another key"):
            await courier.settle()
    assert [request.path for request in receiver.requests] == ["/fine"]


async def test_events_speak_in_codes_and_times_not_in_numbers(installation: Any, receiver: Any, courier: Any) -> None:
    installation.publish()
    installation.subscribe(receiver.url())
    installation.execute("INSERT INTO parties VALUES (1, 'demo', 'Demo', 'brand', 1, now())")
    installation.execute(
        "INSERT INTO locations VALUES (7, 1, 'S7', 'S7', 'store', 1, 39.9, 116.4, '', '', 'Asia/Shanghai', '', '', "
        "'{}', NULL, NULL, '[]', 0, 0, 0, true, 1)"
    )
    installation.execute(
        "INSERT INTO offers VALUES (20, 1, 'X1', 'good', NULL, NULL, 100, 'CNY', true, '{}', 1, now(), now())"
    )
    body = {
        "order_id": "o1",
        "party_no": 1,
        "fulfilments": [{"location_no": 7, "promised_to_us": 1_763_000_000_000_000, "lines": [[1, 2]]}],
        "from_location_no": 99,
        "source_no": 7,
        "lot_no": 0,
        "offer_no": 20,
        "window_us": 0,
        "location": "kept",
    }
    installation.publish({"location_no": 7, "body": body})
    await courier.settle()
    event = json.loads(receiver.requests[0].body)
    assert event["location"] == "S7"
    assert event["data"] == {
        "order_id": "o1",
        "fulfilments": [{"location": "S7", "promised_to": "2025-11-13T02:13:20Z", "lines": [[1, 2]]}],
        "from_location": None,
        "source": "S7",
        "offer": "X1",
        "window": None,
        "location": "kept",
    }


async def test_past_orders_put_in_the_book_are_no_news(installation: Any, receiver: Any, courier: Any) -> None:
    installation.publish()
    installation.subscribe(receiver.url())
    ids = installation.publish({"name": "order.backfilled"}, {"name": "order.placed"})
    await courier.settle()
    assert receiver.event_ids == ids[1:]


async def test_two_workers_on_one_database_deliver_everything_once(
    installation: Any, receiver: Any, second_receiver: Any, new_courier: Any
) -> None:
    """Whoever claimed a webhook delivers it; when that one stops, the other goes on where it stood."""
    installation.publish()
    installation.subscribe(receiver.url())
    receiver.always(204, wait_s=0.002)
    async with new_courier() as one, new_courier() as other:
        first = installation.publish(*({} for _ in range(30)))
        await asyncio.gather(one.settle(), other.settle())
        assert sorted(receiver.event_ids) == sorted(first)
        installation.subscribe(second_receiver.url())  # new: whoever looks first
        await other.settle()
        second = installation.publish(*({} for _ in range(30)))
        await asyncio.gather(one.settle(), other.settle())
        assert sorted(receiver.event_ids) == sorted(first + second)
        assert sorted(second_receiver.event_ids) == sorted(second)
        await one.stop(grace_s=1)
        third = installation.publish({})
        await other.settle()
    assert sorted(receiver.event_ids) == sorted(first + second + third)
    assert sorted(second_receiver.event_ids) == sorted(second + third)


async def test_the_claim_of_a_killed_worker_runs_out(installation: Any, receiver: Any, new_courier: Any) -> None:
    installation.publish()
    installation.subscribe(receiver.url())
    ids = installation.publish({})
    async with new_courier() as killed, new_courier() as next_one:
        await killed.tick()
        await asyncio.gather(*killed._lanes.values())
        more = installation.publish({})
        await next_one.settle()
        assert receiver.event_ids == ids
        installation.execute("UPDATE webhooks SET claimed_until = claimed_until - %s", (CLAIM,))
        await next_one.settle()
        assert receiver.event_ids == ids + more
        installation.publish({})
        await killed.settle()  # not dead, but paused for long: the webhook is somebody else's now
        assert receiver.event_ids == ids + more


async def test_a_claim_is_kept_up_while_its_worker_lives(installation: Any, courier: Any, receiver: Any) -> None:
    webhook_id = installation.subscribe(receiver.url())
    await courier.tick()
    until = installation.webhook(webhook_id, "claimed_until")
    await courier.tick()
    assert installation.webhook(webhook_id, "claimed_until") == until  # not at every look
    installation.execute("UPDATE webhooks SET claimed_until = claimed_until - %s", (CLAIM * 0.6,))
    await courier.tick()
    assert installation.webhook(webhook_id, "claimed_until") > until - CLAIM / 2
