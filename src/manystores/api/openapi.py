"""The OpenAPI 3.1 document: FastAPI's own, the hot routes that FastAPI does not know, and what every operation shares.

Examples are answers that the application really gave; a test holds each against its schema.

python -m manystores.api.openapi    prints it, without a database: clients are generated from it
"""

import sys
from importlib.resources import files
from typing import Any, Final, NamedTuple

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from manystores.api import (
    event_intake,
    network_shapes,
    people_shapes,
    policy_shapes,
    recognitions,
    schemas,
    shapes,
    stock_shapes,
    tracking_shapes,
)
from manystores.api.bodies import described
from manystores.api.reservations import BatchBody as HoldsBody
from manystores.api.reservations import HoldBody
from manystores.api.resources import IDEMPOTENCY_KEY, PROBLEM, problems
from manystores.api.routes import ROUTERS, board, payment_accounts
from manystores.api.routes.search import FOUND
from manystores.api.routes.views import VIEW
from manystores.api.shapes import Schema
from manystores.orders.draft import BatchBody as OrdersBody
from manystores.orders.draft import OrderBody
from manystores.orders.order import CHANNELS
from manystores.people.sessions import COOKIE

DESCRIPTION: Final = """One stock, one order book, for every channel and every store.

Send `Authorization: Bearer ms_…`. Times are RFC 3339 with an offset, amounts integer minor units, quantities integer
base units, coordinates WGS-84. Errors are problem details (RFC 9457) with stable codes, in English or, when
`Accept-Language` begins with `zh`, in Chinese. Every write takes an `Idempotency-Key`: sent again within 24 hours with
the same body, it gets the same answer, and nothing is done twice.
"""

NAMED: Final[dict[str, Schema]] = {
    "Problem": PROBLEM,
    "Order": shapes.ORDER,
    "FulfilmentOrder": shapes.WORK,
    "Article": shapes.ARTICLE,
    "Label": shapes.LABEL,
    "Return": shapes.RETURN,
    "Bucket": shapes.BUCKET,
    "StockChange": shapes.MOVED,
    "Transfer": shapes.TRANSFER,
    "StockTotal": stock_shapes.TOTAL,
    "Movement": stock_shapes.MOVEMENT,
    "StockClaim": stock_shapes.CLAIM,
    "StockException": stock_shapes.EXCEPTION,
    "Reservation": shapes.RESERVATION,
    "Availability": shapes.AVAILABILITY,
    "Decisions": shapes.DECISIONS,
    "Tracking": tracking_shapes.TRACKING,
    "Found": FOUND,
    "SavedView": VIEW,
    "Webhook": shapes.WEBHOOK,
    "Delivery": shapes.DELIVERY,
    "Location": schemas.LOCATION,
    "LocationNow": network_shapes.NOW,
    "LocationRejections": network_shapes.REJECTIONS,
    "NetworkPoints": network_shapes.POINTS,
    "NetworkLoad": network_shapes.LOAD,
    "Offer": schemas.OFFER,
    "Carrier": schemas.CARRIER,
    "Key": schemas.KEY,
    "PaymentAccount": payment_accounts.ACCOUNT,
    "Me": people_shapes.ME,
    "Person": people_shapes.PERSON,
    "AuditEntry": people_shapes.ENTRY,
    "Brand": people_shapes.BRAND,
    "BoardFigures": board.FIGURES,
    "BoardEntry": board.ENTRY,
    "Board": board.BOARD,
    "SoldOut": board.SOLD_OUT,
}
"""Schemas that have a name in the document: generated clients have a type of that name."""

_EXAMPLES: Final[dict[str, Any]] = {
    operation: example
    for file in files(__package__).joinpath("examples").iterdir()
    for operation, example in msgspec.json.decode(file.read_bytes()).items()
}
"""'post /v1/orders' → what was sent and answered; a file a group of routes."""
_OPEN: Final = {
    "/healthz", "/readyz", "/metrics", "/status.json", "/v1/track/{token}", "/v1/notifications/alipay",
    "/v1/notifications/wechat-pay",
}  # fmt: skip
_ORDER_ID: Final = "0192f0c1-2345-7abc-8def-0123456789ab"
_NAMES: Final[dict[str, object]] = {
    "order_id": _ORDER_ID,
    "fulfilment_id": f"{_ORDER_ID}-1",
    "transfer_id": _ORDER_ID,
    "webhook_id": _ORDER_ID,
    "key_id": _ORDER_ID,
    "account_id": _ORDER_ID,
    "view_id": _ORDER_ID,
    "simulation_id": _ORDER_ID,
    "person_id": _ORDER_ID,
    "id": _ORDER_ID,
    "number": 1,
    "code": "S1",
    "sku": "X1",
    "region": "110105",
    "token": "AQEBogY-4Tl9WKbK6j6fNwFOAGtSv5mNwVzGgkk9Qba2qm7y1T0AC4yszg",
    "level": "province",
    "kind": "account",
    "erasure_id": "0192f0c1-2345-7abc-8def-0123456789ab",
    "value": "u-1001",
    "version": 4,
}
"""What an example names, by parameter of the path."""


class Hot(NamedTuple):
    """What the document says of a hot route."""

    summary: str
    description: str
    status: int
    answer: Schema
    body: type | None = None
    refusals: tuple[int, ...] = ()
    repeated: int = 0  # the status of an answer that is not new


_BODY: Final = (400, 413, 422)
HOT: Final[dict[tuple[str, str], Hot]] = {
    ("post", "/v1/batch"): Hot(
        "Take events",
        "Segment's tracking API: up to 500 KB, each event up to 32 KB, gzip or plain; the write key as the user of "
        "Basic authentication or in the body. Answered once they are durable; an event is heard once by its messageId. "
        "Of a batch, what is good is kept, and the rest told by its place.",
        200,
        shapes.EVENTS_TAKEN,
        event_intake.BatchBody,
        (*_BODY, 429),
    ),
    **{
        ("post", f"/v1/{kind}"): Hot(
            f"Take an event: {kind}",
            "Segment's tracking API; see /v1/batch.",
            200,
            shapes.EVENTS_TAKEN,
            event_intake.EventBody,
            (*_BODY, 429),
        )
        for kind in event_intake.SINGLES
    },
    ("post", "/v1/recognitions"): Hot(
        "Recognise who is at the till",
        "By what is presented: a wallet's id, a card, a phone. A brand learns of its own members only, and only under "
        "consent; nobody, and somebody whom it may not know, are answered alike.",
        200,
        shapes.RECOGNITION,
        recognitions.RecogniseBody,
        _BODY,
    ),
    ("post", "/v1/reservations"): Hot(
        "Hold units for a cart",
        "Claims several buckets together or not at all, for a while. The same cart's next hold replaces this one.",
        201,
        shapes.RESERVATION,
        HoldBody,
        (*_BODY, 409),
    ),
    ("post", "/v1/reservations/batch"): Hot(
        "Hold for many carts",
        "Each is decided for itself, in order; one result an item.",
        200,
        shapes.results_of("reservation", shapes.RESERVATION),
        HoldsBody,
        _BODY,
    ),
    ("get", "/v1/reservations/{id}"): Hot(
        "Get a reservation", "What it claims, or how it ended.", 200, shapes.RESERVATION, None, (404,)
    ),
    ("post", "/v1/reservations/{id}/confirm"): Hot(
        "Confirm a reservation",
        "It no longer expires. Confirming twice changes nothing.",
        200,
        shapes.RESERVATION,
        None,
        (404, 409, 413, 422),
    ),
    ("post", "/v1/reservations/{id}/release"): Hot(
        "Release a reservation",
        "All that it claims is free again.",
        200,
        shapes.RESERVATION,
        None,
        (404, 409, 413, 422),
    ),
    ("post", "/v1/orders"): Hot(
        "Place an order",
        "Sourced, claimed and booked in one step, or refused as a whole. The same channel order id with the same lines"
        " is answered with the order as it is.",
        201,
        shapes.ORDER,
        OrderBody,
        (*_BODY, 404, 409),
        200,
    ),
    ("post", "/v1/orders/batch"): Hot(
        "Place many orders",
        "At most 1,000; each is decided for itself, in order.",
        200,
        shapes.results_of("order", shapes.ORDER),
        OrdersBody,
        _BODY,
    ),
    ("get", "/v1/availability"): Hot(
        "Where near me is it, and when can I have it?",
        "The best ways to have so much of an offer at a place: sent, brought today, or collected.",
        200,
        shapes.AVAILABILITY,
        None,
        (422,),
    ),
}

ANSWERS: Final[dict[str, Schema]] = {
    "post /v1/policy/dry-run": policy_shapes.DRY_RUN_TOLD,
    "get /v1/network/points": network_shapes.POINTS,
    "get /v1/network/load": network_shapes.LOAD,
    "get /v1/locations/{code}/now": network_shapes.NOW,
    "get /v1/locations/{code}/rejections": network_shapes.REJECTIONS,
    "get /v1/network/regions/{level}": network_shapes.REGIONS,
    "post /v1/stock/counts": shapes.results_of("stock", shapes.MOVED),
    "post /v1/stock/adjustments": shapes.results_of("stock", shapes.MOVED),
    "post /v1/stock/transfers": shapes.TRANSFER,
    "post /v1/stock/transfers/{transfer_id}/receive": shapes.TRANSFER,
    "get /v1/stock": stock_shapes.STOCK,
    "get /v1/stock/totals": stock_shapes.TOTALS,
    "get /v1/stock/movements": stock_shapes.MOVEMENTS,
    "get /v1/stock/claims": stock_shapes.CLAIMS,
    "get /v1/stock/exceptions": stock_shapes.EXCEPTIONS,
    "get /v1/stock/exceptions/{id}": stock_shapes.EXCEPTION_WHOLE,
    "patch /v1/stock/exceptions/{id}": stock_shapes.EXCEPTION_WHOLE,
    "get /v1/stock/transfers": stock_shapes.TRANSFERS,
    "get /v1/stock/transfers/{transfer_id}": shapes.TRANSFER,
    "get /v1/orders": shapes.page_of("orders", shapes.ORDER),
    "get /v1/orders/count": shapes.shape({"count": shapes.UNITS}),
    "get /v1/orders/{order_id}": shapes.ORDER_WITH_NAMES,
    "patch /v1/orders/{order_id}": shapes.ORDER,
    "get /v1/orders/{order_id}/decision": shapes.DECISIONS,
    "post /v1/orders/{order_id}/cancel": shapes.ORDER,
    "post /v1/orders/{order_id}/payments": shapes.ORDER,
    "get /v1/fulfilment-orders": shapes.WORK_PAGE,
    "get /v1/fulfilment-orders/count": shapes.shape({"count": shapes.UNITS, "units": shapes.UNITS}),
    "get /v1/fulfilment-orders/choices": shapes.CHOICES,
    "get /v1/fulfilment-orders/{fulfilment_id}": shapes.WORK_WITH_OFFERS,
    "get /v1/fulfilment-orders/{fulfilment_id}/label": shapes.LABEL,
    "get /v1/scan": shapes.SCANNED,
    "post /v1/orders/{order_id}/link": tracking_shapes.LINK,
    "get /v1/track/{token}": tracking_shapes.TRACKING,
    "get /v1/fulfilment-orders/{fulfilment_id}/code": shapes.shape({"code": shapes.TEXT_OR_NULL}),
    "post /v1/returns": shapes.RETURN_TAKEN,
    "post /v1/webhooks": shapes.WEBHOOK,
    "get /v1/webhooks": shapes.shape({"webhooks": shapes.items(shapes.WEBHOOK), "next": shapes.CURSOR}),
    "get /v1/webhooks/{webhook_id}": shapes.WEBHOOK,
    "patch /v1/webhooks/{webhook_id}": shapes.WEBHOOK,
    "post /v1/webhooks/{webhook_id}/test": shapes.shape({"event_id": shapes.TEXT}),
    "post /v1/webhooks/{webhook_id}/replay": {"type": "object"},
    "get /v1/webhooks/{webhook_id}/deliveries": shapes.shape(
        {"deliveries": shapes.items(shapes.DELIVERY), "next": shapes.CURSOR}
    ),
    "post /v1/webhooks/{webhook_id}/rotate-secret": shapes.WEBHOOK,
    "get /v1/board": board.BOARD,
    "get /v1/board/sold-out": board.SOLD_OUT,
    "get /healthz": shapes.STATUS,
    "get /readyz": shapes.STATUS,
}
"""Schemas of answers, for routes that don't name their own; the steps of work and returns have one shape each."""


def document(api: FastAPI) -> dict[str, Any]:
    """The whole document, made anew."""
    made: dict[str, Any] = get_openapi(
        title="manystores",
        version=api.version,
        description=DESCRIPTION,
        routes=api.routes,
    )
    paths = made["paths"]
    _restore_examples(paths)
    for (method, path), hot in HOT.items():
        paths.setdefault(path, {})[method] = _hot(method, path, hot)
    for path, operations in paths.items():
        for method, operation in operations.items():
            _complete(method, path, operation)
    components = made.setdefault("components", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        components.get("schemas", {}).pop(unused, None)
    made["paths"] = _named(paths)
    components["schemas"] = components.get("schemas", {}) | {
        name: {key: _named(value) for key, value in schema.items()} for name, schema in NAMED.items()
    }
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key: ms_<id>_<secret>."}
    }
    made["components"]["securitySchemes"]["session"] = {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "Of who signed in at /sign-in; what changes something needs the header X-CSRF-Token too.",
    }
    made["security"] = [{"bearer": []}, {"session": []}]
    return made


def _restore_examples(paths: dict[str, Any]) -> None:
    """FastAPI leaves out every null of the document, also where an example shows one."""
    for route in (route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)):
        operations = paths.get(route.path_format, {})
        for method in route.methods or ():
            operation = operations.get(method.lower())
            if operation is None:
                continue
            places = [((route.openapi_extra or {}).get("requestBody", {}), operation.get("requestBody", {}))]
            places += [(told, operation["responses"][str(status)]) for status, told in route.responses.items()]
            for original, copy in places:
                for media_type, media in original.get("content", {}).items():
                    if "example" in media:
                        copy["content"][media_type]["example"] = media["example"]


def _hot(method: str, path: str, hot: Hot) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "tags": [path.split("/")[2]],
        "summary": hot.summary,
        "description": hot.description,
        "operationId": f"{method}_{path.strip('/').translate(str.maketrans('/', '_', '{}'))}",
        "parameters": [],
        "responses": {str(hot.status): _answer("As asked.", hot.answer, f"{method} {path}")}
        | {str(status): told for status, told in problems(*hot.refusals).items()},
    }
    if hot.repeated:
        again = _answer("It was placed before.", hot.answer, f"{method} {path}")
        operation["responses"][str(hot.repeated)] = again
    if "{id}" in path:
        schema = {"type": "string", "format": "uuid"}
        operation["parameters"].append({"name": "id", "in": "path", "required": True, "schema": schema})
    if path == "/v1/availability":
        operation["parameters"] += _availability_parameters()
    if hot.body is not None:
        operation |= described(hot.body, _EXAMPLES[f"{method} {path}"]["request"])
    return operation


def _availability_parameters() -> list[dict[str, Any]]:
    def parameter(name: str, schema: Schema, example: object, required: bool = True) -> dict[str, Any]:
        return {"name": name, "in": "query", "required": required, "schema": schema, "example": example}

    return [
        parameter("offer", {"type": "string", "minLength": 1, "maxLength": 128}, "X1"),
        parameter("quantity", {"type": "integer", "minimum": 1, "maximum": 100_000, "default": 1}, 1, False),
        parameter("lat", {"type": "number", "minimum": -90, "maximum": 90}, 39.9055),
        parameter("lon", {"type": "number", "minimum": -180, "maximum": 180}, 116.3976),
        parameter("region", {"type": "string", "maxLength": 16}, "110101", False),
        parameter("channel", {"enum": list(CHANNELS), "default": "web"}, "web", False),
    ]


def _answer(description: str, schema: Schema, key: str) -> dict[str, Any]:
    example = _EXAMPLES[key]["response"]
    return {"description": description, "content": {"application/json": {"schema": schema, "example": example}}}


def _complete(method: str, path: str, operation: dict[str, Any]) -> None:
    """What every operation has: problems, an example of its answer, names in its path, an idempotency key."""
    key = f"{method} {path}"
    if path in _OPEN:
        operation["security"] = []
    _complete_parameters(method, operation)
    responses = operation["responses"]
    success = next(code for code in responses if code.startswith("2"))
    schema = _schema_of(key)
    if schema is not None and (method, path) not in HOT:
        responses[success] = _answer(responses[success]["description"], schema, key)
    if path == "/metrics":
        example = "# TYPE manystores_owner_buckets gauge\nmanystores_owner_buckets 14418000.0\n"
        responses[success]["content"] = {"text/plain": {"schema": {"type": "string"}, "example": example}}
    if path == "/v1/board/stream":
        example = 'event: tick\ndata: {"sequence":17,"figures":{},"newest":[],"left_out":0}\n\n'
        responses[success]["content"] = {"text/event-stream": {"schema": {"type": "string"}, "example": example}}
    if path == "/v1/stream":
        example = 'id: 17-0\nevent: order.placed\ndata: {"name":"order.placed","sequence":"17-0","data":{}}\n\n'
        responses[success]["content"] = {"text/event-stream": {"schema": {"type": "string"}, "example": example}}
    if "422" in responses and "application/json" in responses["422"].get("content", {}):
        del responses["422"]  # FastAPI's own, which is never sent
    for status, told in problems(*_refusals(method, path, operation)).items():
        if path not in _OPEN or (path, status) == ("/readyz", 503):
            responses.setdefault(str(status), told)


def _complete_parameters(method: str, operation: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    for parameter in parameters:
        if parameter["in"] == "path" and "example" not in parameter:
            parameter["example"] = _NAMES[parameter["name"]]
    has_key = any(parameter["name"] == IDEMPOTENCY_KEY["name"] for parameter in parameters)
    if method != "get" and not has_key:
        parameters.append(dict(IDEMPOTENCY_KEY))


def _schema_of(key: str) -> Schema | None:
    """The schema of an operation's answer, if it does not name its own."""
    if key in ANSWERS:
        return ANSWERS[key]
    if key.startswith("post /v1/fulfilment-orders/"):
        return shapes.STEP_TAKEN
    return shapes.RETURN_TAKEN if key.startswith("post /v1/returns/") else None


def _refusals(method: str, path: str, operation: dict[str, Any]) -> set[int]:
    found = set()
    if operation.get("parameters") or "requestBody" in operation:
        found.add(422)
    if "{" in path:
        found.add(404)
    if method != "get":
        found |= {400, 404, 409, 413, 422}
    if any(parameter["name"].lower() == "if-match" for parameter in operation["parameters"]):
        found.add(412)
    return found


def _named(node: Any) -> Any:
    """The same with a reference wherever a schema stands that has a name."""
    if isinstance(node, dict):
        for name, schema in NAMED.items():
            if node == schema:
                return {"$ref": f"#/components/schemas/{name}"}
        return {key: value if key in ("example", "examples") else _named(value) for key, value in node.items()}
    return [_named(item) for item in node] if isinstance(node, list) else node


def main() -> None:
    """Print the document of this version."""
    api = FastAPI(title="manystores", version="1")
    for router in ROUTERS:
        api.include_router(router)
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document(api)), indent=2) + b"\n")


if __name__ == "__main__":
    main()
