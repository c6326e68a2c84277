"""What the routes of master data share: entity tags, pages with cursors, bodies as objects, documented problems."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import quote

import msgspec
from fastapi import Header, Query
from fastapi.responses import Response

from manystores.api.bodies import Asked
from manystores.api.http import decode
from manystores.core.errors import INVALID, FieldError, Problem, rule
from manystores.network.store import REVISION_PASSED

T = TypeVar("T")

EXISTS = rule("exists", 409, "There is one of this code already", "该编码已存在")
_ANYTHING = msgspec.json.Decoder(Any)

Limit = Annotated[int, Query(ge=1, le=1000, description="Most items on the page.")]
Cursor = Annotated[
    str | None, Query(max_length=1000, description="`next` of the page before; leave it out for the first page.")
]
IfMatch = Annotated[
    str | None,
    Header(description="The ETag that you have seen; 412 when it was changed meanwhile.", examples=['"3"']),
]
IfNoneMatch = Annotated[
    str | None, Header(description="An ETag that you have; 304 when it is still the present one.", examples=['"3"'])
]


# -- bodies


def object_body(ask: Asked) -> dict[str, Any]:
    """The body, which must be a JSON object; its fields are read by the context that knows them."""
    body = decode(_ANYTHING, ask.raw)
    if not isinstance(body, dict):
        raise Problem(INVALID, fields=(FieldError("", "not_an_object", "Send a JSON object.", "请发送 JSON 对象。"),))
    return body


def items_body(ask: Asked, name: str, most: int) -> list[Any]:
    """The items of a batch: `{name: [...]}` with 1 to `most` of them, and nothing else."""
    body = object_body(ask)
    errors = [
        FieldError(f"/{field}", "unknown_field", f"A batch has only {name}.", f"批量请求只有 {name} 字段。")
        for field in body
        if field != name
    ]
    items = body.get(name)
    if not isinstance(items, list):
        errors.append(FieldError(f"/{name}", "not_a_list", f"{name} is a list.", f"{name} 应为列表。"))
    elif not 1 <= len(items) <= most:
        en, zh = f"Send 1 to {most} at once; these are {len(items)}.", f"每次 1 至 {most} 项，当前 {len(items)} 项。"
        errors.append(FieldError(f"/{name}", "wrong_length", en, zh))
    if errors or not isinstance(items, list):
        raise Problem(INVALID, fields=tuple(errors))
    return items


# -- entity tags


def tag(revision: int) -> str:
    """The strong ETag of a revision."""
    return f'"{revision}"'


def check_match(if_match: str | None, present: str) -> None:
    """412 unless the client has seen the present ETag, or names none (RFC 9110, 13.1.1)."""
    if if_match is None or present in _tags(if_match) or if_match.strip() == "*":
        return
    raise Problem(
        REVISION_PASSED,
        f"You have seen {if_match[:40]}, it is {present} now; GET it again, then change it.",
        f"你读取的版本是 {if_match[:40]}，当前为 {present}；请重新读取后再修改。",
        extra={"etag": present},
    )


def check_revision(seen: int, present: int) -> None:
    """412 unless the `revision` of a body, if it has one, is the present one."""
    if seen not in (0, present):
        en, zh = f"You have seen {seen}, it is {present} now", f"你读取的版本是 {seen}，当前为 {present}"
        error = FieldError("/revision", "passed", f"{en}; read it again.", f"{zh}；请重新读取。")
        raise Problem(REVISION_PASSED, fields=(error,), extra={"etag": tag(present)})


def write_headers(path: str, code: str, revision: str, status: int) -> dict[str, str]:
    """The headers of an answer to a write: the ETag, and where what was created is."""
    return {"etag": revision} | ({"location": f"{path}/{quote(code, safe='')}"} if status == 201 else {})


def already(path: str, code: str, field: str = "code") -> Problem:
    """409: there is another one of this code."""
    en_name, zh_name = ("code", "编码") if field == "code" else (field.upper(), f" {field.upper()}")
    en = f"{code} exists; change it with PATCH {path}/{code}, or choose another {en_name}."
    zh = f"{code} 已存在；请使用 PATCH {path}/{code} 修改，或换一个{zh_name}。"
    return Problem(EXISTS, en, zh, fields=(FieldError(f"/{field}", "exists", en, zh),))


def entity(body: object, present: str, if_none_match: str | None = None) -> Response:
    """One thing with its ETag; 304 when the client has it already."""
    headers = {"etag": present}
    seen = (if_none_match or "").replace("W/", "")
    if present in _tags(seen) or seen.strip() == "*":
        return Response(status_code=304, headers=headers)
    return Response(msgspec.json.encode(body), 200, headers, "application/json")


def _tags(header: str) -> list[str]:
    return [part.strip() for part in header.split(",")]


# -- pages


def page(name: str, items: Sequence[T], limit: int, told: Callable[[T], object], key: Callable[[T], str]) -> Response:
    """A page of at most `limit` of the items, which are one more when there is a next page."""
    following = cursor_of(key(items[limit - 1])) if len(items) > limit else None
    body = {name: [told(item) for item in items[:limit]], "next": following}
    return Response(msgspec.json.encode(body), media_type="application/json")


def cursor_of(key: str) -> str:
    """A cursor that stands in an address as it is."""
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def after(cursor: str | None) -> str:
    """The key behind which the page begins; '' for the first."""
    try:
        text = (cursor or "").encode("ascii")
        key = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise bad_cursor() from None
    if not key.isprintable():
        raise bad_cursor()
    return key


def bad_cursor() -> Problem:
    """The problem of a cursor that no page gave."""
    en, zh = "Send `next` of the page before as it came, or nothing.", "请原样传回上一页的 next，或留空。"
    return Problem(INVALID, fields=(FieldError("/cursor", "not_a_cursor", en, zh),))


# -- the OpenAPI document

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Problem details (RFC 9457), texts in the language of Accept-Language: en or zh.",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable name of the rule that was broken."},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer of the field (RFC 6901)."},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

_PROBLEMS: Final = {
    400: ("The body is not JSON in UTF-8.", "malformed", "The body can't be read", None),
    401: ("Nobody is signed in, or the key does not work.", "unauthorized", "Sign in, or send a valid API key", None),
    403: ("The key or the role lacks the scope.", "forbidden", "You may not do that", None),
    404: ("There is none, or it is somebody else's.", "not_found", "There is no such thing here", None),
    409: ("It exists already, or its twin is being answered now.", "exists", "There is one of this code already", None),
    410: ("It was there, and is no more.", "link_expired", "This link has expired", None),
    412: ("It was changed since you read it.", "revision_passed", "It was changed meanwhile; read it again", None),
    413: ("The body is too large.", "body_too_large", "The body is too large", None),
    422: (
        "A field breaks a rule; every one that does is named.",
        "invalid",
        "The request breaks a rule of its fields",
        [{"pointer": "/lat", "code": "too_large", "detail": "At most 90.0"}],
    ),
    429: ("Too often; see Retry-After.", "too_often", "Asked too often", None),
    503: ("The service or its database is away; see Retry-After.", "unavailable", "The service can't answer now", None),
}

Responses = dict[int | str, dict[str, Any]]


def problems(*statuses: int) -> Responses:
    """Documentation of the problems that an operation may answer, beside those that each may: 401, 403, 503."""
    found: Responses = {}
    for status in sorted({*statuses, 401, 403, 503}):
        description, code, title, errors = _PROBLEMS[status]
        example: dict[str, Any] = {"type": f"urn:manystores:problem:{code}", "title": title, "status": status}
        example |= {"code": code} | ({"errors": errors} if errors else {})
        content = {"application/problem+json": {"schema": PROBLEM, "example": example}}
        found[status] = {"description": description, "content": content}
    return found


READ: Final = problems(422)
READ_ONE: Final = problems(404, 422)
WRITE: Final = problems(400, 409, 413, 422)
CHANGE: Final = problems(400, 404, 409, 412, 413, 422)

_ETAG = {"ETag": {"description": "The revision, for If-Match.", "schema": {"type": "string"}, "example": '"3"'}}


def answers(description: str, schema: Mapping[str, Any], example: object, *, tagged: bool = False) -> dict[str, Any]:
    """Documentation of one successful answer."""
    found: dict[str, Any] = {"description": description}
    found["content"] = {"application/json": {"schema": dict(schema), "example": example}}
    return found | ({"headers": _ETAG} if tagged else {})


def page_schema(name: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """Schema of a page."""
    return {
        "type": "object",
        "required": [name, "next"],
        "properties": {
            name: {"type": "array", "items": dict(item)},
            "next": {"type": ["string", "null"], "description": "Cursor of the next page; null on the last."},
        },
    }


IDEMPOTENCY_KEY: Final = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "maxLength": 255},
    "description": "Any text that stands for this one request; sent again within 24 h, it gets the same answer.",
    "example": "import-2026-11-11-0001",
}


def takes(schema: Mapping[str, Any], example: object) -> dict[str, Any]:
    """`openapi_extra` of a write with a JSON body."""
    content = {"application/json": {"schema": dict(schema), "example": example}}
    return {"parameters": [IDEMPOTENCY_KEY], "requestBody": {"required": True, "content": content}}


BODILESS: Final = {"parameters": [IDEMPOTENCY_KEY]}


def batch_schema(name: str, item: Mapping[str, Any], most: int) -> dict[str, Any]:
    """Schema of a batch's body."""
    items = {"type": "array", "minItems": 1, "maxItems": most, "items": dict(item)}
    return {"type": "object", "required": [name], "properties": {name: items}, "additionalProperties": False}


def results_schema(name: str, item: Mapping[str, Any]) -> dict[str, Any]:
    """Schema of a batch's answer: one result an item, in order."""
    result = {
        "type": "object",
        "required": ["status"],
        "properties": {
            "status": {"type": "integer", "description": "201 created, 200 changed or as it was, else a problem's."},
            name: dict(item),
            "problem": PROBLEM,
        },
    }
    return {"type": "object", "required": ["results"], "properties": {"results": {"type": "array", "items": result}}}
