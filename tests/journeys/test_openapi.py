"""The OpenAPI document: every route is in it with an example, examples and answers are as it says, and whatever it
allows to be sent is answered without a server error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import checks
from tests.journeys.shop import Json, Shop, ok

from manystores.api import hot
from manystores.api.openapi import ANSWERS, HOT
from manystores.api.routes import ROUTERS

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

#: What only wallets send, who are answered in their own words.
WALLETS = {"post /v1/notifications/alipay", "post /v1/notifications/wechat-pay"}
METHODS = {"get", "put", "post", "patch", "delete"}
BODILESS = {"204", "304"}


@pytest.fixture(scope="module")
def document(api: Api) -> Json:
    """As anybody can read it."""
    return ok(api.anonymous().get("/openapi.json"))


def operations(document: Json) -> Iterator[tuple[str, Json]]:
    """'get /v1/stock' and what the document says of it."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            assert method in METHODS
            yield f"{method} {path}", operation


def served() -> set[str]:
    """What the application serves: FastAPI's routes, and the hot ones."""
    found = {f"{method.lower()} {path}" for method, path in hot.ROUTES}
    found |= {f"{method.lower()} /v1/reservations/{{id}}/{action}".rstrip("/") for method, action in hot._RESERVATION}
    for router in ROUTERS:
        for route in router.routes:
            if getattr(route, "include_in_schema", True):
                path = route.path.replace(":path}", "}")  # type: ignore[attr-defined]
                found |= {f"{method.lower()} {path}" for method in route.methods}  # type: ignore[attr-defined]
    return found


def check(document: Json, schema: Json, value: Any) -> None:
    """The value is as the schema of this document says."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "components": document["components"], **schema}
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(value)


def test_every_route_is_documented_and_nothing_else(document: Json) -> None:
    """A new route can't be forgotten."""
    assert {key for key, _ in operations(document)} == served()
    assert document["openapi"].startswith("3.1")
    stale = {f"{method} {path}" for method, path in HOT} | set(ANSWERS)
    assert stale <= served()


def test_every_operation_has_an_example_that_is_as_its_schema_says(document: Json) -> None:
    """Of the body that it takes, of each good answer with a body, and of what its path names."""
    for key, operation in operations(document):
        if "requestBody" in operation:
            for media in operation["requestBody"]["content"].values():
                check(document, media["schema"], media["example"])
        good = {status: told for status, told in operation["responses"].items() if status.startswith("2")}
        assert good, key
        for status, told in good.items():
            assert ("content" not in told) == (status in BODILESS), (key, status)
            for media in told.get("content", {}).values():
                check(document, media["schema"], media["example"])
        for parameter in operation["parameters"]:
            if "example" in parameter:
                check(document, parameter["schema"], parameter["example"])
            else:
                assert parameter["in"] != "path", (key, parameter["name"])


def test_every_operation_tells_its_problems_and_its_key(document: Json) -> None:
    """Problems are application/problem+json with an example; all but the signs of life need a bearer key."""
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    open_to_all = {"get /healthz", "get /readyz", "get /metrics", "get /status.json", "get /v1/track/{token}"} | WALLETS
    assert document["security"] == [{"bearer": []}, {"session": []}]
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(ids)) == len(ids)
    for key, operation in operations(document):
        assert (operation.get("security") == []) == (key in open_to_all), key
        assert operation["summary"], key
        problems = {status: told for status, told in operation["responses"].items() if status[0] in "45"}
        assert key in open_to_all or {"401", "403", "503"} <= problems.keys(), key
        for told in problems.values():
            assert key in WALLETS or "application/problem+json" in told["content"], key
            for media in told["content"].values():
                check(document, media["schema"], media["example"])
        if not key.startswith("get "):
            assert "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}, key


def test_types_have_names_for_generated_clients(document: Json) -> None:
    """An order is `Order` wherever it is answered, so that a client has one type of it."""
    schemas = document["components"]["schemas"]
    assert {"Order", "FulfilmentOrder", "Reservation", "Problem", "Location", "Offer"} <= schemas.keys()
    told = document["paths"]["/v1/orders"]["post"]["responses"]["201"]["content"]["application/json"]["schema"]
    assert told == {"$ref": "#/components/schemas/Order"}
    assert "HTTPValidationError" not in schemas


# -- whatever may be sent is answered


@pytest.fixture(scope="module")
def shop(api: Api) -> Shop:
    """What the examples speak of: stores S1 to S3 and W1, offers X1 and X2, with stock."""
    shop = Shop(api, "demo")
    for i, code in enumerate(("S1", "S2", "S3", "W1")):
        place = {"kind": "warehouse" if code == "W1" else "store", "lat": 39.9 + i / 100, "lon": 116.4}
        ok(shop.client.post("/v1/locations", json={"code": code, "name": code, **place}), 201)
    shop.sell("X1", "X2")
    return shop.receive(X1={"S1": 1000, "S2": 1000, "W1": 1000}, X2={"S1": 1000})


def fuzz(api: Api, shop: Shop, document: Json, examples: int) -> int:
    """Send to every operation what the document allows, and what it forbids; how many requests that were.

    The same requests each time. The answers must be as the document says, and none of them a server error.
    """
    sent = 0
    headers = {"authorization": shop.client.headers["authorization"]}
    conform = [
        checks.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_schema_conformance,
    ]
    schema = schemathesis.openapi.from_dict(document)
    for result in schema.exclude(path_regex="/stream$").get_all_operations():  # a stream has no end
        operation = result.ok()
        for mode in (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE):

            @settings(
                max_examples=examples,
                derandomize=True,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def send(case: schemathesis.Case) -> None:
                nonlocal sent
                sent += 1
                answer = case.call(base_url=api.url, headers=headers, timeout=30)
                case.validate_response(answer, checks=conform, headers=headers)

            with suppress(Unsatisfiable):  # what takes nothing can't be sent anything wrong
                send()
    return sent


def test_nothing_that_may_be_sent_is_a_server_error(api: Api, shop: Shop, document: Json) -> None:
    """A short look at every operation."""
    assert fuzz(api, shop, document, 2) > 150


@pytest.mark.slow
def test_nothing_that_may_be_sent_is_a_server_error_for_long(api: Api, shop: Shop, document: Json) -> None:
    """A minute of it."""
    assert fuzz(api, shop, document, 30) > 2000
