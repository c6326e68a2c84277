"""Events over HTTP, from the official clients and by hand: durable, once, and the good of a batch is kept."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.journeys.conftest import running_api

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

LARGE = b'{"batch":[]}' + b" " * 500 * 1024
CLIENTS = Path(sys.prefix) / "clients"
SEND = Path(__file__).parents[1] / "clients" / "send.py"


def basic(key: str) -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


def facts(api: Api, brand: str, name: str = "event.%") -> list[tuple[str, dict[str, Any]]]:
    """A brand's facts of the person graph, in order."""
    with psycopg.connect(api.database_url) as connection:
        rows = connection.execute(
            "SELECT journal.name, body FROM journal JOIN parties USING (party_no)"
            " WHERE journal.partition_id = 0 AND code = %s AND journal.name LIKE %s ORDER BY seq, n",
            (brand, name),
        ).fetchall()
    return [(name, json.loads(body)) for name, body in rows]


def test_the_official_clients_send_everything(api: Api, client: str, compressed: bool) -> None:
    """Complaint 26: they raise on any answer but exactly 200."""
    brand = api.new_brand()
    ids = {"user_id": "u-1", "anonymous_id": "b-1"}
    calls = [
        ["identify", ids | {"traits": {"phone": "139 1234 5678", "name": "王小明"}}],
        *[["track", {"user_id": "u-1", "event": "Product Viewed", "properties": {"sku": n}}] for n in range(250)],
        ["page", ids | {"name": "Home"}],
        ["screen", ids | {"name": "Cart"}],
        ["group", {"user_id": "u-1", "group_id": "g-1"}],
        ["alias", {"previous_id": "b-0", "user_id": "u-1"}],
    ]
    asked = {"client": client, "host": api.url, "gzip": compressed, "calls": calls}
    asked["key"] = api.key(brand, scopes=["events:write"])
    command = [sys.executable, str(SEND)]
    paths = {"PYTHONPATH": str(CLIENTS), "PATH": ""}
    done = subprocess.run(
        command, input=json.dumps(asked), capture_output=True, text=True, timeout=60, check=False, env=paths
    )
    assert done.returncode == 0, done.stderr
    kept = facts(api, brand)
    kinds = [name.removeprefix("event.") for name, _ in kept]
    assert kinds == ["identify", *["track"] * 250, "page", "screen", "group", "alias"]
    assert {body["event"] for name, body in kept if name == "event.track"} == {"Product Viewed"}
    assert "13912345678" not in json.dumps(kept)
    assert "王小明" not in json.dumps(kept, ensure_ascii=False)
    assert [body["rule"] for _, body in facts(api, brand, "identity.linked")] == ["signed_in", "identified", "aliased"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "client" in metafunc.fixturenames:
        names = ("segment.analytics", "rudderstack.analytics")
        metafunc.parametrize(("client", "compressed"), [(name, gz) for name in names for gz in (False, True)])


@pytest.fixture
def source(api: Api) -> tuple[str, httpx.Client]:
    """A new brand's code, and a client with its write key."""
    brand = api.new_brand()
    return brand, api.anonymous(basic(api.key(brand, scopes=["events:write"])))


def event(message_id: str, **changes: Any) -> dict[str, Any]:
    return {"type": "track", "event": "Seen", "userId": "u-1", "messageId": message_id} | changes


def test_an_event_is_heard_once_however_often_it_is_sent(api: Api, source: tuple[str, httpx.Client]) -> None:
    brand, client = source
    batch = {"batch": [event("m-1"), event("m-2"), event("m-1")]}
    for _ in range(3):
        answer = client.post("/v1/batch", json=batch)
        assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert client.post("/v1/track", json=event("m-2")).status_code == 200
    assert [body["messageId"] for _, body in facts(api, brand)] == ["m-1", "m-2"]


def test_what_was_heard_before_a_restart_is_not_heard_again(
    new_database: Callable[[], AbstractContextManager[str]], tmp_path: Path
) -> None:
    """An application that another one has replaced says so, and never writes."""
    with new_database() as url, running_api(url, tmp_path) as api:
        brand = api.new_brand()
        client = api.anonymous(basic(api.key(brand, scopes=["events:write"])))
        first = event("m-1", context={"device": {"id": "d"}})
        assert client.post("/v1/batch", json={"batch": [first]}).status_code == 200
        with api.another() as restarted:
            again = restarted.anonymous(dict(client.headers))
            assert again.post("/v1/batch", json={"batch": [first, event("m-2")]}).status_code == 200
            assert client.post("/v1/batch", json={"batch": [event("m-3")]}).status_code == 503
            assert client.post("/v1/batch", json={"batch": [event("m-3")]}).status_code == 503
        assert [body["messageId"] for _, body in facts(api, brand)] == ["m-1", "m-2"]


def test_of_a_batch_what_is_good_is_kept(api: Api, source: tuple[str, httpx.Client]) -> None:
    brand, client = source
    large = event("m-4", properties={"text": "x" * 33_000})
    batch = [
        event("m-1"),
        {"type": "track", "userId": "u-1"},
        event("m-2", type="sing"),
        event("m-3", userId=None),
        large,
    ]
    answer = client.post("/v1/batch", json={"batch": batch})
    assert answer.status_code == 200
    told = answer.json()
    assert told["accepted"] == 1
    assert [(one["index"], [error["pointer"] for error in one["errors"]]) for one in told["rejected"]] == [
        (1, ["/event"]),
        (2, ["/type"]),
        (3, ["/userId"]),
        (4, [""]),
    ]
    assert [body["messageId"] for _, body in facts(api, brand)] == ["m-1"]
    nothing = client.post("/v1/batch", json={"batch": batch[1:3]})
    assert nothing.status_code == 400
    assert [error["pointer"] for error in nothing.json()["errors"]] == ["/batch/0/event", "/batch/1/type"]


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (b'{"batch":', {}, 400, "malformed"),
        (b'{"batch":7}', {}, 422, "invalid"),
        (LARGE, {}, 400, "event_too_large"),
        (
            gzip.compress(b'{"batch":[]}' + b" " * 500 * 1024, mtime=0),
            {"content-encoding": "gzip"},
            400,
            "event_too_large",
        ),
        (gzip.compress(b'{"batch":[]}', mtime=0)[:-9], {"content-encoding": "gzip"}, 400, "malformed"),
        (b"no gzip", {"content-encoding": "gzip"}, 400, "malformed"),
        (b"{}", {"content-encoding": "br"}, 400, "malformed"),
    ],
)
def test_bad_bodies_are_refused(
    source: tuple[str, httpx.Client], body: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    answer = source[1].post("/v1/batch", content=body, headers=headers)
    assert answer.status_code == status
    assert answer.json()["type"].endswith(f":{code}")


def test_the_write_key_may_stand_in_the_body_and_nowhere_else_is_it_good(api: Api) -> None:
    brand = api.new_brand()
    key = api.key(brand, scopes=["events:write"])
    nobody = api.anonymous()
    assert nobody.post("/v1/batch", json={"batch": [event("m-1")], "writeKey": key}).status_code == 200
    assert nobody.post("/v1/track", json=event("m-2") | {"writeKey": key}).status_code == 200
    assert nobody.post("/v1/track", json=event("m-3")).status_code == 401
    assert api.anonymous(basic("ms_wrong")).post("/v1/track", json=event("m-3")).status_code == 401
    assert api.anonymous({"authorization": f"Bearer {key}"}).get("/v1/orders").status_code == 403
    reader = api.key(brand, scopes=["orders:read"])
    assert api.anonymous(basic(reader)).post("/v1/track", json=event("m-3")).status_code == 403


def test_a_wrong_clock_is_set_right_and_late_events_keep_their_time(api: Api, source: tuple[str, httpx.Client]) -> None:
    brand, client = source
    fast = event("m-1", timestamp="2031-01-01T00:00:00Z", sentAt="2031-01-01T00:00:10Z")
    late = event("m-2", timestamp="2026-01-02T03:04:05.678Z")
    assert client.post("/v1/batch", json={"batch": [fast, late]}).status_code == 200
    at = [body["at"] for _, body in facts(api, brand)]
    assert at[0] < "2031"
    assert at[1] == "2026-01-02T03:04:05.678000Z"


TEXTS = st.one_of(st.text(max_size=20), st.sampled_from(["\0", "null", "\ud7ff", "a\0b", "x" * 600, "🦆", "1e999", ""]))
TIMES = st.sampled_from(
    [
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59-23:59",
        "2026-11-11T00:00:00",
        "1969-12-31T23:59:59Z",
        "soon",
        5,
        None,
    ]
)
VALUES = st.one_of(TEXTS, st.integers(-(2**70), 2**70), st.booleans(), st.none(), st.lists(TEXTS, max_size=2))
EVENTS = st.fixed_dictionaries(
    {"type": st.sampled_from(["identify", "track", "page", "screen", "group", "alias"])},
    optional={
        **dict.fromkeys(("userId", "anonymousId", "previousId", "groupId", "event", "messageId", "name"), VALUES),
        **dict.fromkeys(("timestamp", "sentAt", "originalTimestamp"), TIMES),
        "traits": st.fixed_dictionaries({}, optional={"phone": VALUES, "email": VALUES, "name": TEXTS}),
        "properties": st.fixed_dictionaries({}, optional={"orderId": VALUES}),
        "context": st.fixed_dictionaries(
            {},
            optional={
                "externalIds": st.lists(st.fixed_dictionaries({"id": VALUES, "type": TEXTS}), max_size=2),
                "device": st.fixed_dictionaries({}, optional={"id": VALUES}),
                "consent": st.fixed_dictionaries(
                    {"categoryPreferences": st.dictionaries(st.sampled_from(["link", "marketing", "x"]), st.booleans())}
                ),
            },
        ),
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EVENTS, min_size=1, max_size=5))
def test_no_event_however_odd_keeps_others_from_being_heard(
    api: Api, source: tuple[str, httpx.Client], events: list[dict[str, Any]]
) -> None:
    _, client = source
    body = json.dumps({"batch": events}).encode()
    assert client.post("/v1/batch", content=body).status_code in (200, 400)
    good = f"good-{uuid4()}"
    assert client.post("/v1/batch", json={"batch": [event(good)]}).json() == {"success": True}


@pytest.mark.parametrize("field", ["version", "channel", "proof"])
@pytest.mark.parametrize("text", ["a\0b", "", "x" * 201])
def test_odd_words_of_consent_are_refused(api: Api, field: str, text: str) -> None:
    client = api.client(api.new_brand())
    body = {"identifier": {"type": "account", "value": "u"}, "purposes": {"link": True}}
    answer = client.post("/v1/consents", json=body | {"version": "1", "channel": "a", "proof": "p"} | {field: text})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [f"/{field}"]
