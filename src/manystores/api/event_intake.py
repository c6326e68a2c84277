"""POST /v1/batch and its six singles: events in, exactly as Segment's tracking API has them.

A write key is an API key with the scope events:write: as the user of Basic, as Bearer, or as `writeKey` in the body.
The answer is 200 once the events are durable, and never another of the 2xx: clients raise on those. Of a batch, what is
good is kept; what is not is told by its place.
"""

import base64
import binascii
import zlib
from collections.abc import Iterable
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final
from uuid import UUID

import msgspec
from msgspec import Struct

from manystores.api.http import TOO_LARGE, Receive, Reply, Request, decode, read_body
from manystores.api.services import Services
from manystores.core.auth import Principal, bearer_token, unauthorized
from manystores.core.clock import rfc3339
from manystores.core.errors import INVALID, MALFORMED, FieldError, Problem
from manystores.core.ids import uuid7
from manystores.members.command import Track
from manystores.members.rules import EVENT_TOO_LARGE, NO_GOOD_EVENT
from manystores.members.tracking import BATCH_BYTES, EVENT_BYTES, KINDS, Event, Kind, Told
from manystores.members.turn import Tracked

SCOPE: Final = "events:write"
EVENTS_MOST: Final = 2_500
"""Of a batch, however small they are."""
FAULTS_MOST: Final = 100
DONE: Final = Reply(200, b'{"success":true}')


class BatchBody(Struct, rename="camel"):
    """Events in the order in which they happened; `sentAt` sets a wrong clock right."""

    batch: list[msgspec.Raw]
    sent_at: datetime | None = None
    write_key: str | None = None


class EventBody(Struct, rename="camel"):
    """One event; its kind is that of the path."""

    message_id: str | None = None
    user_id: str | int | None = None
    anonymous_id: str | int | None = None
    write_key: str | None = None


class _Key(Struct, rename="camel"):
    write_key: str | None = None


class Document(Struct, rename="camel"):
    """An event as the journal keeps it: what everybody may know of it, and the rest sealed."""

    type: str
    event: str
    message_id: str
    at: str
    source: UUID
    sealed: str


_batch: Final = msgspec.json.Decoder(BatchBody)
_event: Final = msgspec.json.Decoder(Event)
_single: Final = msgspec.json.Decoder(EventBody)
_key: Final = msgspec.json.Decoder(_Key)
_encode: Final = msgspec.json.Encoder().encode


def write_key(headers: dict[bytes, bytes], body: bytes) -> str:
    """The write key of a request; Problem 401 if there is none."""
    given = headers.get(b"authorization", b"").decode("latin-1")
    kind, _, value = given.partition(" ")
    if kind.lower() == "basic":
        try:
            key = base64.b64decode(value.strip(), validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            key = ""
        if key:
            return key
    elif given:
        return bearer_token(given)
    try:
        found = _key.decode(body).write_key
    except msgspec.MsgspecError:
        found = None
    if not found:
        raise unauthorized(
            "Send a write key: as the user of Basic authentication, or as `writeKey` in the body.",
            "请提供写入密钥：作为 Basic 认证的用户名，或请求体中的 writeKey。",
        )
    return found


def plain(headers: dict[bytes, bytes], body: bytes) -> bytes:
    """The body without its compression, bounded; Problem 400 if it is too large or broken."""
    encoding = headers.get(b"content-encoding", b"identity").strip().lower()
    if encoding == b"gzip":
        unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
        try:
            body = unpacking.decompress(body, BATCH_BYTES + 1)
        except zlib.error as error:
            raise Problem(MALFORMED, f"The body is not gzip: {error}.", f"请求体不是合法的 gzip：{error}。") from None
        if not unpacking.eof and len(body) <= BATCH_BYTES:
            raise Problem(MALFORMED, "The gzip body ends too early.", "gzip 请求体不完整。")
    elif encoding != b"identity":
        raise Problem(MALFORMED, "Compress with gzip, or not at all.", "仅支持 gzip 压缩或不压缩。")
    if len(body) > BATCH_BYTES:
        raise _too_long()
    return body


async def read(headers: dict[bytes, bytes], receive: Receive) -> bytes:
    """The body of a request, plain; whatever is too large is a Problem 400, as the tracking API has it."""
    try:
        return plain(headers, await read_body(headers, receive, BATCH_BYTES))
    except Problem as problem:
        raise _too_long() if problem.rule is TOO_LARGE else problem from None


async def batch(services: Services, principal: Principal, request: Request) -> Reply:
    """POST /v1/batch"""
    body = decode(_batch, request.body)
    if len(body.batch) > EVENTS_MOST:
        en, zh = f"Send at most {EVENTS_MOST} events at once.", f"每批最多 {EVENTS_MOST} 个事件。"
        raise Problem(INVALID, fields=(FieldError("/batch", "too_many", en, zh),))
    good, wrong = _read(services, principal, body.batch, None, body.sent_at)
    if wrong and not good:
        fields = tuple(
            FieldError(f"/batch/{place}{one.pointer}", one.code, one.en, one.zh)
            for place, all_ in wrong
            for one in all_
        )
        raise Problem(NO_GOOD_EVENT, fields=fields[:100])
    if good:
        await services.members.owner.ask(Track(good, principal.party_no, principal.actor))
    if not wrong:
        return DONE
    chinese = request.language == "zh"
    rejected = [
        {
            "index": place,
            "errors": [
                {"pointer": one.pointer, "code": one.code, "detail": one.zh if chinese else one.en} for one in all_
            ],
        }
        for place, all_ in wrong
    ]
    return Reply(200, _encode({"success": True, "accepted": len(good), "rejected": rejected}))


def single(kind: Kind) -> Any:
    """The handler of POST /v1/{kind}."""

    async def take(services: Services, principal: Principal, request: Request) -> Reply:
        raw = msgspec.Raw(request.body)
        good, wrong = _read(services, principal, (raw,), kind, None)
        for _, fields in wrong:
            raise Problem(INVALID, fields=tuple(fields))
        await services.members.owner.ask(Track(good, principal.party_no, principal.actor))
        return DONE

    take.__name__ = kind
    return take


def _read(
    services: Services, principal: Principal, events: Iterable[msgspec.Raw], kind: Kind | None, sent_at: datetime | None
) -> tuple[list[Tracked], list[tuple[int, list[FieldError]]]]:
    """What events tell, ready to be kept; and what is wrong with the others, by place."""
    members, now_us = services.members, services.clock.now_us()
    reader = members.reader(principal)
    good: list[Tracked] = []
    wrong: list[tuple[int, list[FieldError]]] = []
    for place, raw in enumerate(events):
        data = bytes(raw)
        if len(data) > EVENT_BYTES:
            wrong.append((place, [_too_large()]))
            continue
        try:
            event = _event.decode(data)
        except msgspec.MsgspecError:
            wrong.append((place, _faults(data)))
            continue
        if kind is not None:
            event.type = kind
        if event.sent_at is None:
            event.sent_at = sent_at
        told = reader.read(event, now_us)
        if isinstance(told, list):
            wrong.append((place, told))
        else:
            good.append(_tracked(told, data, principal, members.secrets.seal_event, now_us))
    return good, wrong


def _tracked(told: Told, data: bytes, principal: Principal, seal: Any, now_us: int) -> Tracked:
    message_id = told.message_id
    heard_as = b"%d/%s" % (principal.party_no, message_id.encode()) if message_id else uuid7(now_us).bytes
    document = Document(told.kind, told.what, message_id, rfc3339(told.at_us), principal.key_id, seal(data))
    return Tracked(told, blake2b(heard_as, digest_size=16).digest(), _encode(document))


def _faults(data: bytes) -> list[FieldError]:
    """All that is wrong with an event that can't be read."""
    try:
        decode(_event, data)
    except Problem as problem:
        if problem.fields:
            return list(problem.fields)
        return [FieldError("", problem.rule.code, problem.en, problem.zh)]
    return []


def _told(fault: FieldError, *, chinese: bool) -> dict[str, str]:
    return {"pointer": fault.pointer, "code": fault.code, "detail": fault.zh if chinese else fault.en}


def _too_long() -> Problem:
    en, zh = f"A request has at most {BATCH_BYTES} bytes; send several.", f"请求体最多 {BATCH_BYTES} 字节，请分批。"
    return Problem(EVENT_TOO_LARGE, en, zh)


def _too_large() -> FieldError:
    return FieldError(
        "", "event_too_large", f"An event has at most {EVENT_BYTES} bytes.", f"单个事件最多 {EVENT_BYTES} 字节。"
    )


SINGLES: Final = {kind: single(kind) for kind in KINDS}
