"""Hot routes of reservations: hold, hold many, look up, confirm, release."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from manystores.api.http import Reply, Request, decode, fingerprint, problem_reply, request_key
from manystores.api.services import HistoryFact, Services
from manystores.core.auth import Principal
from manystores.core.clock import SECOND_US, rfc3339
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem
from manystores.core.ids import uuid7
from manystores.core.settings import Settings
from manystores.ledger import NEVER_US, Key, Reservation
from manystores.promise.command import Hold
from manystores.promise.reservations import Confirm, Release
from manystores.promise.rules import SHORT

MAX_TTL_S = 31 * 86_400
MAX_BATCH = 5_000

Code = Annotated[str, Meta(min_length=1, max_length=128)]


class LineBody(Struct, forbid_unknown_fields=True, gc=False):
    """So many units of an offer at a location; `window` (RFC 3339) for a slot or an incoming date."""

    location: Code
    offer: Code
    quantity: Annotated[int, Meta(ge=1, le=1_000_000_000)]
    window: str | None = None
    lot: Annotated[str, Meta(max_length=128)] = ""


class HoldBody(Struct, forbid_unknown_fields=True):
    """A hold of several lines, together or not at all. The same cart's next hold replaces this one."""

    lines: Annotated[list[LineBody], Meta(min_length=1, max_length=200)]
    cart: Annotated[str, Meta(min_length=1, max_length=200)] | None = None
    ttl_s: Annotated[int, Meta(ge=1, le=MAX_TTL_S)] | None = None


class BatchBody(Struct, forbid_unknown_fields=True):
    """Many holds; each is decided for itself, in order."""

    reservations: Annotated[list[HoldBody], Meta(min_length=1, max_length=MAX_BATCH)]


_HOLD = msgspec.json.Decoder(HoldBody)
_BATCH = msgspec.json.Decoder(BatchBody)
_encode = msgspec.json.Encoder().encode
_raw = msgspec.Raw


def _hold(services: Services, principal: Principal, body: HoldBody, key: bytes | None, mark: int, now_us: int) -> Hold:
    """The command of a hold; Problem when a location or an offer is unknown."""
    reservation_id = uuid7(now_us)
    expires_us = now_us + _ttl_s(services.settings, body.ttl_s) * SECOND_US
    keys, quantities = [], []
    for i, line in enumerate(body.lines):
        keys.append(services.key(principal, line.location, line.offer, line.window, i, line.lot))
        quantities.append(line.quantity)
    holder = None
    if body.cart is not None:
        whose = (principal.party_no, principal.location_no or 0, body.cart.encode())
        holder = blake2b(b"%d\0%d\0%s" % whose, digest_size=16).digest()
    answer = _encode(
        {
            "id": reservation_id,
            "cart": body.cart,
            "state": "held",
            "expires_at": rfc3339(expires_us),
            "lines": body.lines,
        }
    )
    return Hold(
        principal.actor, principal.party_no, reservation_id, keys, quantities, expires_us, answer, holder, key, mark
    )


def _ttl_s(settings: Settings, wanted: int | None) -> int:
    if wanted is None:
        return settings.hold_ttl_s_default
    if wanted > settings.hold_ttl_s_max:
        most = settings.hold_ttl_s_max
        field = FieldError("/ttl_s", "out_of_range", f"At most {most} seconds.", f"最多 {most} 秒。")
        raise Problem(INVALID, fields=(field,))
    return wanted


def name_short(services: Services, problem: Problem, lines: Sequence[LineBody], keys: Sequence[Any]) -> Problem:
    """The refusal with every short line named: what was wanted, and what is available."""
    if problem.rule is not SHORT:
        return problem
    wanted: dict[Any, int] = {}
    short = []
    for i, (line, key) in enumerate(zip(lines, keys, strict=True)):
        left = max(services.owner.ledger.available(Key(*key)) - wanted.get(key, 0), 0)
        wanted[key] = wanted.get(key, 0) + line.quantity
        if left < line.quantity:
            short.append(
                {
                    "line": i,
                    "location": line.location,
                    "offer": line.offer,
                    "wanted": line.quantity,
                    "available": left,
                }
            )
    if not short:  # given back in the meantime
        short = [
            {"location": lines[s["line"]].location, "offer": lines[s["line"]].offer, **s}
            for s in problem.extra["short"]  # type: ignore[attr-defined]
        ]
    names = ", ".join(f"{s['offer']} @ {s['location']}" for s in short)
    return Problem(
        SHORT,
        f"Too little of {names}. Take less, or another location.",
        f"{names} 库存不足，请减少数量或更换门店。",
        extra={"short": short},
    )


async def hold(services: Services, principal: Principal, request: Request) -> Reply:
    """POST /v1/reservations"""
    body = decode(_HOLD, request.body)
    key, mark = request.idempotency(principal.party_no)
    command = _hold(services, principal, body, key, mark, services.clock.now_us())
    (answer,) = await services.owner.submit([command])
    if isinstance(answer, Problem):
        raise name_short(services, answer, body.lines, command.keys)
    return Reply(201, answer if isinstance(answer, bytes) else _encode(answer))


async def hold_batch(services: Services, principal: Principal, request: Request) -> Reply:
    """POST /v1/reservations/batch"""
    body = decode(_BATCH, request.body)
    given = request.headers.get(b"idempotency-key")
    now_us = services.clock.now_us()
    results: list[Any] = [None] * len(body.reservations)
    commands, places = [], []
    for i, item in enumerate(body.reservations):
        key = request_key(principal.party_no, given, request.scope["path"], i) if given else None
        mark = fingerprint(_encode(item)) if given else 0
        try:
            commands.append(_hold(services, principal, item, key, mark, now_us))
            places.append(i)
        except Problem as problem:
            results[i] = _item(problem, request.language)
    for i, command, answer in zip(places, commands, await services.owner.submit(commands), strict=True):
        if isinstance(answer, Problem):
            named = name_short(services, answer, body.reservations[i].lines, command.keys)
            results[i] = _item(named, request.language)
        else:
            data = answer if isinstance(answer, bytes) else _encode(answer)
            results[i] = b'{"status":201,"reservation":' + data + b"}"
    return Reply(200, b'{"results":[' + b",".join(results) + b"]}")


def _item(problem: Problem, language: str) -> bytes:
    return b'{"status":%d,"problem":%s}' % (problem.rule.status, problem_reply(problem, language).body)


async def get(services: Services, principal: Principal, _request: Request, name: str) -> Reply:
    """GET /v1/reservations/{id}"""
    reservation_id = reservation_of(name)
    found = services.owner.ledger.reservation(reservation_id)
    if found is not None and not found.is_order and found.party_no == principal.party_no:
        if principal.location_no and any(c.key.location_no != principal.location_no for c in found.claims):
            raise _unknown(name)
        return Reply(200, _encode(_view(services, found)))
    history = await services.history(reservation_id, principal)
    ended = [fact for fact in history if fact.name.startswith("reservation.")]
    if not ended or not _was_here(services, principal, ended):
        raise _unknown(name)
    first = ended[0].body or {}
    state = ended[-1].name.removeprefix("reservation.")
    return Reply(200, _encode(first | {"id": reservation_id, "state": state, "ended_at": rfc3339(ended[-1].at_us)}))


def _view(services: Services, found: Reservation) -> dict[str, Any]:
    return {
        "id": found.id,
        "state": found.state,
        "expires_at": None if found.expires_us == NEVER_US else rfc3339(found.expires_us),
        "lines": [
            {
                "location": services.location_code(claim.key.location_no),
                "offer": services.offer_sku(claim.key.offer_no),
                "quantity": claim.quantity,
                "window": rfc3339(claim.key.window_us) if claim.key.window_us else None,
                "lot": services.lots.name(claim.key.lot_no),
            }
            for claim in found.claims
        ],
    }


async def confirm(services: Services, principal: Principal, request: Request, name: str) -> Reply:
    """POST /v1/reservations/{id}/confirm"""
    return await _end(services, principal, request, name, Confirm)


async def release(services: Services, principal: Principal, request: Request, name: str) -> Reply:
    """POST /v1/reservations/{id}/release"""
    return await _end(services, principal, request, name, Release)


async def _end(
    services: Services, principal: Principal, request: Request, name: str, command: type[Confirm] | type[Release]
) -> Reply:
    reservation_id = reservation_of(name)
    found = services.owner.ledger.reservation(reservation_id)
    if found is None:
        history = await services.history(reservation_id, principal)
        if not history or not _was_here(services, principal, history):
            raise _unknown(name)
    elif principal.location_no and any(c.key.location_no != principal.location_no for c in found.claims):
        raise _unknown(name)
    key, mark = request.idempotency(principal.party_no)
    answer = await services.owner.ask(command(reservation_id, principal.actor, principal.party_no, key, mark))
    return Reply(200, _encode(answer))


def _was_here(services: Services, principal: Principal, history: Sequence[HistoryFact]) -> bool:
    """Whether this key may know of a reservation that has ended: a store's device of its own store's only."""
    if principal.location_no is None:
        return True
    own = services.location_code(principal.location_no)
    lines = (history[0].body or {}).get("lines") or [{}]
    return all(line.get("location") == own for line in lines)


def reservation_of(name: str) -> UUID:
    """The id in a path; what is no id is nobody's reservation."""
    try:
        return UUID(name)
    except ValueError:
        raise _unknown(name) from None


def _unknown(name: str) -> Problem:
    return Problem(NOT_FOUND, f"There is no reservation {name[:64]}.", f"没有预留 {name[:64]}。")
