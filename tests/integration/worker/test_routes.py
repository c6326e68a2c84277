"""Webhooks over HTTP: made, changed, tested, replayed by their brand, and unknown to every other."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from standardwebhooks import Webhook

from manystores.api.app import Application
from manystores.api.routes import webhooks
from manystores.core import auth, database, settings
from manystores.core.clock import SystemClock, rfc3339
from manystores.core.crypto import open_vault
from manystores.core.events import SECRET_PURPOSE

HOOK = {"url": "https://shop.example/hooks", "events": ["order.*"]}


@pytest.fixture
def options() -> dict[str, object]:
    """Settings beside the defaults; a test module's class may override them."""
    return {"webhook_allow_private_addresses": True}


@pytest.fixture
def config(tmp_path: Path, options: dict[str, object]) -> settings.Settings:
    return settings.load({"data_dir": tmp_path, **options}, environment={})


@pytest.fixture
async def clients(installation: Any, config: settings.Settings) -> AsyncIterator[dict[str, httpx.AsyncClient]]:
    """A client for each of two brands, and one for the device of a store."""
    clock = SystemClock()
    tokens = {}
    with database.connect(installation.url) as connection:
        for code in ("wan", "dian"):
            auth.create_party(connection, code, clock=clock)
            tokens[code] = auth.create_key(connection, code, clock=clock)
        tokens["device"] = auth.create_key(connection, "wan", location_no=7, clock=clock)
        tokens["reader"] = auth.create_key(connection, "wan", ["webhooks:read"], clock=clock)
    app = Application(config, installation.url)
    if not any(getattr(route, "path", "") == "/v1/webhooks" for route in app.api.routes):
        app.api.include_router(webhooks.router)
    async with app.api.router.lifespan_context(app.api):
        transport = httpx.ASGITransport(app)
        opened = {
            name: httpx.AsyncClient(
                transport=transport, base_url="http://test", headers={"authorization": f"Bearer {token}"}
            )
            for name, token in tokens.items()
        }
        yield opened
        for client in opened.values():
            await client.aclose()
    installation.seq = installation.execute("SELECT seq FROM lease WHERE partition_id = 1")[0][0]


@pytest.fixture
def wan(clients: dict[str, httpx.AsyncClient]) -> httpx.AsyncClient:
    return clients["wan"]


@pytest.fixture
def courier_here(new_courier: Any, config: settings.Settings) -> Any:
    """A courier with the installation's vault and the real clock."""
    vault = open_vault(config)
    return lambda: new_courier(clock=SystemClock(), unseal=lambda sealed: vault.open(sealed, SECRET_PURPOSE))


async def make(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/v1/webhooks", json=HOOK | body)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_a_webhook_is_made_and_its_secret_shown_once(wan: httpx.AsyncClient, installation: Any) -> None:
    made = await make(wan, description="ERP")
    assert made["secret"].startswith("whsec_")
    assert {name: made[name] for name in ("url", "events", "state", "location", "description")} == {
        **HOOK,
        "state": "active",
        "location": None,
        "description": "ERP",
    }
    [(sealed,)] = installation.execute("SELECT secret FROM webhooks")
    assert Webhook(made["secret"])._whsecret not in bytes(sealed)
    got = (await wan.get(f"/v1/webhooks/{made['id']}")).json()
    assert "secret" not in got
    assert got["deliveries"] == {"pending": 0, "failed": 0}
    assert [p["behind"] for p in got["partitions"]] == [0]


async def test_facts_after_its_making_arrive_signed_with_the_secret_that_was_shown(
    wan: httpx.AsyncClient, installation: Any, receiver: Any, courier_here: Any
) -> None:
    party_no = installation.execute("SELECT party_no FROM parties WHERE code = 'wan'")[0][0]
    made = await make(wan, url=receiver.url())
    installation.seq = installation.execute("SELECT seq FROM lease WHERE partition_id = 1")[0][0]
    ids = installation.publish({"party_no": party_no}, {"party_no": party_no, "name": "stock.counted"})
    async with courier_here() as courier:
        await courier.settle()
    assert receiver.event_ids == ids[:1]
    assert Webhook(made["secret"]).verify(receiver.requests[0].body, receiver.requests[0].headers)["id"] == ids[0]


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"url": "ftp://shop.example/x"}, "/url", "not_a_url"),
    ({"url": "shop.example"}, "/url", "not_a_url"),
    ({"url": "https://"}, "/url", "not_a_url"),
    ({"url": "https://shop.example:0/"}, "/url", "not_a_url"),
    ({"url": "https://shop.example:99999/"}, "/url", "not_a_url"),
    ({"url": "https://shop.example/a b"}, "/url", "not_a_url"),
    ({"url": "https://商店.example/"}, "/url", "not_a_url"),
    ({"url": "https://[::1/"}, "/url", "not_a_url"),
    ({"url": "https://shop.example\\@10.0.0.1/"}, "/url", "not_a_url"),
    ({"url": "https://user:pass@shop.example/"}, "/url", "no_credentials"),
    ({"url": "https://shop.example/#part"}, "/url", "no_fragment"),
    ({"events": []}, "/events", "out_of_range"),
    ({"events": ["order.*", "nothing"]}, "/events/1", "not_an_event"),
    ({"location": "S404"}, "/location", "unknown_location"),
]


async def test_a_broken_field_is_named_with_its_rule(wan: httpx.AsyncClient) -> None:
    for change, pointer, code in BROKEN:
        answer = await wan.post("/v1/webhooks", json=HOOK | change)
        assert answer.status_code == 422, (change, answer.text)
        assert [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]] == [(pointer, code)], change
    assert (await wan.get("/v1/webhooks")).json() == {"webhooks": [], "next": None}


async def test_an_unknown_field_and_no_json_are_told(wan: httpx.AsyncClient) -> None:
    assert (await wan.post("/v1/webhooks", json=HOOK | {"colour": "red"})).status_code == 422
    assert (await wan.post("/v1/webhooks", content=b"{")).status_code == 400
    assert (await wan.post("/v1/webhooks", content=b'{"url": "\xff"}')).status_code == 400


class TestPublicOnly:
    """An installation as it comes: https and public hosts only."""

    @pytest.fixture
    def options(self) -> dict[str, object]:
        return {}

    async def test_private_hosts_and_plain_http_are_refused_when_they_can_be_seen(
        self, clients: dict[str, httpx.AsyncClient]
    ) -> None:
        wan = clients["wan"]
        for url, code in (
            ("http://shop.example/", "https_required"),
            ("https://localhost/", "private_address"),
            ("https://a.localhost./", "private_address"),
            ("https://127.0.0.1/", "private_address"),
            ("https://2130706433/", "private_address"),
            ("https://0x7f.1/", "private_address"),
            ("https://[::ffff:10.0.0.1]/", "private_address"),
            ("https://169.254.169.254/latest/meta-data", "private_address"),
            ("https://metadata.google.internal/", "private_address"),
        ):
            answer = await wan.post("/v1/webhooks", json=HOOK | {"url": url}, headers={"accept-language": "zh-CN"})
            assert answer.status_code == 422, url
            assert [fault["code"] for fault in answer.json()["errors"]] == [code], url


async def test_a_repeated_creation_with_its_key_gets_the_same_webhook_and_secret(
    wan: httpx.AsyncClient, installation: Any
) -> None:
    headers = {"idempotency-key": "k1"}
    first = await wan.post("/v1/webhooks", json=HOOK, headers=headers)
    again = await wan.post("/v1/webhooks", json=HOOK, headers=headers)
    other = await wan.post("/v1/webhooks", json=HOOK | {"description": "other"}, headers=headers)
    assert (again.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert len((await wan.get("/v1/webhooks")).json()["webhooks"]) == 1
    [(kept,)] = installation.execute("SELECT body FROM http_results")
    assert first.json()["secret"].encode() not in bytes(kept)


async def test_lists_are_paged(wan: httpx.AsyncClient) -> None:
    made = [(await make(wan))["id"] for _ in range(3)]
    first = (await wan.get("/v1/webhooks", params={"limit": 2})).json()
    rest = (await wan.get("/v1/webhooks", params={"limit": 2, "cursor": first["next"]})).json()
    assert sorted(hook["id"] for hook in first["webhooks"] + rest["webhooks"]) == sorted(made)
    assert rest["next"] is None


async def test_it_is_paused_changed_and_goes_on(wan: httpx.AsyncClient) -> None:
    path = f"/v1/webhooks/{(await make(wan))['id']}"
    assert (await wan.patch(path, json={"state": "paused"})).json()["state"] == "paused"
    assert (await wan.post(f"{path}/test")).json()["code"] == "webhook_not_active"
    changed = (await wan.patch(path, json={"events": ["*", "*"], "url": "https://new.example/"})).json()
    assert (changed["events"], changed["url"], changed["state"]) == (["*"], "https://new.example/", "paused")
    assert (await wan.patch(path, json={"state": "active"})).json()["state"] == "active"
    assert (await wan.patch(path, json={"state": "disabled"})).status_code == 422
    assert (await wan.delete(path)).status_code == 204
    assert (await wan.get(path)).status_code == 404


async def test_a_test_event_is_sent_and_its_delivery_tells_what_came_of_it(
    wan: httpx.AsyncClient, receiver: Any, courier_here: Any
) -> None:
    made = await make(wan, url=receiver.url())
    path = f"/v1/webhooks/{made['id']}"
    event_id = (await wan.post(f"{path}/test")).json()["event_id"]
    receiver.always(418, body=b"short and stout")
    async with courier_here() as courier:
        await courier.settle()
    event = Webhook(made["secret"]).verify(receiver.requests[0].body, receiver.requests[0].headers)
    assert (event["id"], event["type"]) == (event_id, "manystores.webhook.test.v1")
    page = (await wan.get(f"{path}/deliveries", params={"state": "pending"})).json()
    assert page["next"] is None
    (told,) = page["deliveries"]
    assert {name: told[name] for name in ("event_id", "state", "attempts", "status", "error")} == {
        "event_id": event_id,
        "state": "pending",
        "attempts": 1,
        "status": 418,
        "error": "short and stout",
    }
    assert told["next_attempt_at"]
    assert (await wan.get(f"{path}/deliveries", params={"state": "failed"})).json()["deliveries"] == []
    assert (await wan.get(f"{path}/deliveries", params={"cursor": "x"})).status_code == 422


async def test_facts_are_replayed_from_a_sequence_a_time_one_by_one_or_what_was_not_delivered(
    wan: httpx.AsyncClient, installation: Any, receiver: Any, courier_here: Any
) -> None:
    [(party_no,)] = installation.execute("SELECT party_no FROM parties WHERE code = 'wan'")
    made = await make(wan, url=receiver.url(), events=["*"])
    path = f"/v1/webhooks/{made['id']}/replay"
    installation.seq = installation.execute("SELECT seq FROM lease WHERE partition_id = 1")[0][0]
    now_us = SystemClock().now_us()
    hour_us = 3_600_000_000
    ids = [
        *installation.publish({"party_no": party_no}, at_us=now_us - 3 * hour_us),
        *installation.publish({"party_no": party_no}, at_us=now_us - hour_us),
        *installation.publish({"party_no": party_no}, {"party_no": party_no + 1}, at_us=now_us)[:1],
    ]
    theirs = f"1-{installation.seq}-1"

    async def replayed(body: dict[str, Any]) -> list[str]:
        answer = await wan.post(path, json=body)
        assert answer.status_code == 202, answer.text
        receiver.requests.clear()
        async with courier_here() as courier:
            await courier.settle()
        return sorted(receiver.event_ids)

    receiver.always(500)
    assert await replayed({"event_id": ids[0]}) == sorted([ids[0], *ids])  # the first delivery of all fails too
    receiver.always(200)
    assert await replayed({"undelivered": True}) == ids
    assert await replayed({"sequence": installation.seq - 1}) == ids[1:]
    assert await replayed({"since": rfc3339(now_us - 2 * hour_us)}) == ids[1:]
    assert await replayed({"since": rfc3339(now_us + hour_us)}) == []
    assert await replayed({"event_id": ids[1]}) == [ids[1]]
    for body, status, code in (
        ({}, 422, "exactly_one"),
        ({"sequence": 1, "undelivered": True}, 422, "exactly_one"),
        ({"partition": 1, "undelivered": True}, 422, "exactly_one"),
        ({"sequence": 10**6}, 422, "too_far"),
        ({"sequence": 1, "partition": 77}, 422, "unknown_partition"),
        ({"event_id": "1-x"}, 422, "not_an_event_id"),
        ({"since": "yesterday"}, 422, "not_a_time"),
        ({"event_id": theirs}, 404, "not_found"),
        ({"event_id": "1-999-0"}, 404, "not_found"),
    ):
        answer = await wan.post(path, json=body)
        told = answer.json()
        assert (answer.status_code, told["errors"][0]["code"] if "errors" in told else told["code"]) == (status, code)


async def test_a_rotated_secret_signs_beside_the_old_one_until_the_overlap_ends(
    wan: httpx.AsyncClient, receiver: Any, courier_here: Any
) -> None:
    made = await make(wan, url=receiver.url())
    path = f"/v1/webhooks/{made['id']}"
    rotated = (await wan.post(f"{path}/rotate-secret", json={"overlap_hours": 1})).json()
    assert rotated["secret"] != made["secret"]
    assert rotated["previous_secret_until"]
    await wan.post(f"{path}/test")
    async with courier_here() as courier:
        await courier.settle()
        for secret in (made["secret"], rotated["secret"]):
            Webhook(secret).verify(receiver.requests[0].body, receiver.requests[0].headers)
        last = (await wan.post(f"{path}/rotate-secret", json={"overlap_hours": 0})).json()
        await wan.post(f"{path}/test")
        await courier.settle()
    assert len(receiver.requests[1].headers["webhook-signature"].split(" ")) == 1
    Webhook(last["secret"]).verify(receiver.requests[1].body, receiver.requests[1].headers)


async def test_another_brands_webhook_is_not_found_on_any_route(clients: dict[str, httpx.AsyncClient]) -> None:
    mine = await make(clients["wan"])
    other, path = clients["dian"], f"/v1/webhooks/{mine['id']}"
    nowhere = f"/v1/webhooks/{uuid4()}"
    for there in (path, nowhere):
        answers = [
            await other.get(there),
            await other.patch(there, json={"state": "paused"}),
            await other.delete(there),
            await other.post(f"{there}/test"),
            await other.post(f"{there}/replay", json={"undelivered": True}),
            await other.get(f"{there}/deliveries"),
            await other.post(f"{there}/rotate-secret"),
        ]
        assert [answer.status_code for answer in answers] == [404] * 7
        assert {json.dumps(answer.json()).replace(there[-36:], "") for answer in answers} == {
            json.dumps(answers[0].json()).replace(there[-36:], "")
        }  # nothing tells somebody else's from nothing
    assert (await other.get("/v1/webhooks")).json()["webhooks"] == []
    assert (await clients["wan"].get(path)).json()["state"] == "active"


async def test_a_stores_device_and_a_key_without_the_scope_may_not(clients: dict[str, httpx.AsyncClient]) -> None:
    assert (await clients["device"].get("/v1/webhooks")).status_code == 403
    assert (await clients["reader"].post("/v1/webhooks", json=HOOK)).status_code == 403
    assert (await clients["reader"].get("/v1/webhooks")).status_code == 200
    clients["reader"].headers["authorization"] = "Bearer ms_nonsense"
    assert (await clients["reader"].get("/v1/webhooks")).status_code == 401
