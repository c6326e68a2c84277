"""A small brand for journeys: stores in Beijing, a warehouse far in the South, and words for what journeys do often."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count
from socket import SHUT_RDWR
from threading import Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

Json = dict[str, Any]

TIANANMEN = {"lat": 39.9055, "lon": 116.3976, "region": "110101"}
#: code: (kind, latitude, longitude); from near Tiananmen to far away from it
PLACES: dict[str, tuple[str, float, float]] = {
    "WANGFUJING": ("store", 39.9139, 116.4109),
    "XIDAN": ("store", 39.9096, 116.3732),
    "SANLITUN": ("store", 39.9366, 116.4553),
    "GUANGZHOU-DC": ("warehouse", 23.1291, 113.2644),
}
WAIT_S = 15.0
_numbers = count(1)


def public_pem(key: RSAPrivateKey) -> str:
    """The public half of a key, as wallets give it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


class Counters(NamedTuple):
    """A bucket's counters, in base units."""

    on_hand: int = 0
    reserved: int = 0
    unavailable: int = 0
    available: int = 0


def bucket(on_hand: int, reserved: int = 0, unavailable: int = 0) -> Counters:
    """The counters of a bucket that is not short."""
    return Counters(on_hand, reserved, unavailable, on_hand - reserved - unavailable)


class Shop:
    """A brand of its own: `shop.place("SCARF", 2)`, `shop.stock("SCARF")`, `shop.step(work, "accept")`."""

    def __init__(self, api: Api, brand: str | None = None) -> None:
        self.api = api
        self.brand = brand or api.new_brand()
        self.client = api.client(self.brand)
        self.zh = api.client(self.brand, language="zh-CN")

    # -- what the brand has ----------------------------------------------------------------------------------------

    def open(self, *codes: str, **changes: Any) -> Shop:
        """Open these stores (all of PLACES by default)."""
        for code in codes or PLACES:
            kind, lat, lon = PLACES[code]
            body = {"code": code, "name": f"店{code}", "kind": kind, "lat": lat, "lon": lon} | changes
            ok(self.client.post("/v1/locations", json=body), 201)
        return self

    def sell(self, *skus: str, **changes: Any) -> Shop:
        """List offers at ¥19.90."""
        for sku in skus:
            body = {"sku": sku, "name": sku.title(), "kind": "good", "price": {"amount": 1990, "currency": "CNY"}}
            ok(self.client.post("/v1/offers", json=body | changes), 201)
        return self

    def receive(self, **units: dict[str, int]) -> Shop:
        """Receive goods: `receive(SCARF={"XIDAN": 3})`."""
        adjustments = [
            {"location": location, "offer": sku, "change": "receive", "quantity": quantity}
            for sku, places in units.items()
            for location, quantity in places.items()
        ]
        told = ok(self.client.post("/v1/stock/adjustments", json={"adjustments": adjustments}))
        assert [result["status"] for result in told["results"]] == [200] * len(adjustments)
        return self

    def count(self, location: str, sku: str, on_hand: int, **more: Any) -> Json:
        """Count a bucket; the result of the one count."""
        body = {"counts": [{"location": location, "offer": sku, "on_hand": on_hand, **more}]}
        result: Json = ok(self.client.post("/v1/stock/counts", json=body))["results"][0]
        return result

    def stock(self, sku: str) -> dict[str, Counters]:
        """The counters of every bucket of an offer, by location."""
        found = ok(self.client.get("/v1/stock", params={"offer": sku}))["stock"]
        return {b["location"]: Counters(*(b[name] for name in Counters._fields)) for b in found}

    def exceptions(self) -> dict[tuple[str, str], int]:
        """What is available, by (location, offer), where more was promised than there is."""
        found = ok(self.client.get("/v1/stock/exceptions"))["exceptions"]
        return {(b["location"], b["offer"]): b["available"] for b in found}

    # -- what shoppers do ------------------------------------------------------------------------------------------

    def order(self, *lines: tuple[str, int], **more: Any) -> Json:
        """The body of an order, to be sent to Tiananmen unless it says otherwise."""
        body: Json = {
            "channel": "app",
            "channel_order_id": f"A-{next(_numbers)}",
            "lines": [{"offer": sku, "quantity": quantity} for sku, quantity in lines],
        }
        if "pick_up_at" not in more:
            body["deliver_to"] = TIANANMEN
        return body | more

    def place(self, *lines: tuple[str, int], **more: Any) -> Json:
        """Place an order; the order as told."""
        return ok(self.client.post("/v1/orders", json=self.order(*lines, **more)), 201)

    def get(self, order: Json) -> Json:
        """The order as it is now."""
        return ok(self.client.get(f"/v1/orders/{order['id']}"))

    def hold(self, location: str, sku: str, quantity: int, **more: Any) -> Json:
        """Hold units for a cart."""
        line = {"location": location, "offer": sku, "quantity": quantity}
        return ok(self.client.post("/v1/reservations", json={"lines": [line], **more}), 201)

    # -- what stores do --------------------------------------------------------------------------------------------

    def works(self, order: Json) -> list[Json]:
        """The fulfilment orders, as they are now."""
        works: list[Json] = self.get(order)["fulfilment_orders"]
        return works

    def step(self, work: Json, name: str, client: httpx.Client | None = None, **body: Any) -> Json:
        """Take a step; the order afterwards."""
        answer = (client or self.client).post(f"/v1/fulfilment-orders/{work['id']}/{name}", json=body)
        order: Json = ok(answer)["order"]
        return order

    def steps(self, work: Json, *names: str) -> Json:
        """Take several steps that need no body."""
        order: Json = {}
        for name in names:
            order = self.step(work, name)
        return order


def ok(answer: httpx.Response, status: int = 200) -> Json:
    """The JSON of an answer that must have this status."""
    assert answer.status_code == status, (
        f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    )
    told: Json = answer.json() if answer.content else {}
    return told


def refused(answer: httpx.Response, status: int, code: str, *pointers: str) -> Json:
    """The problem document of an answer that must be this problem, with errors at these places."""
    assert answer.status_code == status, f"{answer.status_code} {answer.text}"
    assert answer.headers["content-type"] == "application/problem+json"
    problem: Json = answer.json()
    assert (problem["code"], problem["status"]) == (code, status), problem
    assert problem["type"] == f"urn:manystores:problem:{code}"
    assert {error["pointer"] for error in problem.get("errors", [])} >= set(pointers), problem
    return problem


def eventually(holds: Any) -> None:
    """Wait until `holds()` is true, which takes the owner's next look at the clock at most."""
    until = monotonic() + WAIT_S
    while not holds():
        assert monotonic() < until, "it did not come to be"
        sleep(0.02)


@contextmanager
def listening(client: httpx.Client) -> Iterator[list[Json]]:
    """The events of the live stream while the block runs: dictionaries with name, at, sequence and data."""
    events: list[Json] = []
    with client.stream("GET", "/v1/stream", timeout=httpx.Timeout(30, read=None)) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines) == ": connected"

        def read() -> None:
            try:
                events.extend(msgspec.json.decode(line[6:]) for line in lines if line.startswith("data: "))
            except (httpx.HTTPError, httpx.StreamError):
                return

        reader = Thread(target=read, daemon=True)
        reader.start()
        try:
            yield events
        finally:  # closing alone would not wake the reader
            with suppress(OSError):
                answer.extensions["network_stream"].get_extra_info("socket").shutdown(SHUT_RDWR)
            reader.join(5)
