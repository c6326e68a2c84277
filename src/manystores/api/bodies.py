"""Bodies of FastAPI's routes as msgspec types: decoded with our field errors, described in the OpenAPI document."""

from typing import Any, TypeVar

import msgspec
from fastapi import Request

from manystores.api.http import Request as RawRequest
from manystores.api.http import decode, fingerprint, request_key, too_large
from manystores.core.auth import Principal

T = TypeVar("T")


def described(body: type, example: object) -> dict[str, Any]:
    """`openapi_extra` of a route with this JSON body."""
    schema = msgspec.json.schema(body, ref_template="#/components/schemas/{name}")
    content = {"application/json": {"schema": _inlined(schema), "example": example}}
    return {"requestBody": {"required": True, "content": content}}


def _inlined(schema: Any) -> Any:
    """The schema without references: each definition put in the place where it is named."""
    definitions = schema.pop("$defs", {}) if isinstance(schema, dict) else {}

    def walk(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return walk(definitions[node["$ref"].rsplit("/", 1)[1]])
            return {key: walk(value) for key, value in node.items()}
        return [walk(item) for item in node] if isinstance(node, list) else node

    return walk(schema)


class Asked:
    """A request's body, and the keys that make repeating it harmless."""

    def __init__(self, request: Request, principal: Principal, raw: bytes) -> None:
        self.request, self.principal, self.raw = request, principal, raw
        self._given = request.headers.get("idempotency-key", "").encode("latin-1")

    def body(self, decoder: "msgspec.json.Decoder[T]") -> T:
        """The body as its type; Problem names the field at fault."""
        return decode(decoder, self.raw)

    def body_or_empty(self, decoder: "msgspec.json.Decoder[T]") -> T:
        """The body as its type; none at all is one without members."""
        return self.body(decoder) if self.raw else decode(decoder, b"{}")

    def key(self) -> tuple[bytes | None, int]:
        """(request key, fingerprint) of the whole request."""
        headers = {b"idempotency-key": self._given} if self._given else {}
        scope = {"path": self.request.url.path}
        return RawRequest(scope, headers, self.raw).idempotency(self.principal.asker)

    def item_key(self, i: int, item: object) -> tuple[bytes | None, int]:
        """(request key, fingerprint) of item i of a batch."""
        if not self._given:
            return None, 0
        key = request_key(self.principal.asker, self._given, self.request.url.path, i)
        return key, fingerprint(msgspec.json.encode(item))


async def asked(request: Request, principal: Principal, most: int) -> Asked:
    """Read a request's body, at most so many bytes."""
    return Asked(request, principal, await whole(request, most))


async def whole(request: Request, most: int) -> bytes:
    """The bytes of a request's body, at most so many."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise too_large(most)
    parts, size = [], 0
    async for part in request.stream():  # a body that does not tell its length is not read beyond what is allowed
        size += len(part)
        if size > most:
            raise too_large(most)
        parts.append(part)
    return b"".join(parts)
