"""Hot routes of reservations: hold, hold many, look up, confirm, release."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Annotated, Any
from uuid import UUID

import msgspec
import numpy as np
from msgspec import Meta, Struct
from numpy.typing import NDArray

from manystores.api.http import Reply, Request, decode, fingerprint, item_keys, problem_reply
from manystores.api.services import HistoryFact, Services
from manystores.core.auth import Principal
from manystores.core.clock import SECOND_US, rfc3339
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem
from manystores.core.ids import uuid7, uuid7_block, uuid_texts
from manystores.core.settings import Settings
from manystores.ledger import NEVER_US, Key, Reservation
from manystores.promise.command import Hold, HoldSet
from manystores.promise.holds import Holds, as_halves
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
    cart = b"null" if body.cart is None else _encode(body.cart)
    answer = _body(uuid_texts(reservation_id.bytes)[0], cart, rfc3339(expires_us), _encode(body.lines))
    holder = _holder(principal, body.cart)
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
    key, mark = request.idempotency(principal.asker)
    command = _hold(services, principal, body, key, mark, services.clock.now_us())
    (answer,) = await services.owner.submit([command])
    if isinstance(answer, Problem):
        raise name_short(services, answer, body.lines, command.keys)
    return Reply(201, answer if isinstance(answer, bytes) else _encode(answer))


async def hold_batch(services: Services, principal: Principal, request: Request) -> Reply:
    """POST /v1/reservations/batch"""
    items = decode(_BATCH, request.body).reservations
    given = request.given_key()
    keys = item_keys(principal.asker, given, request.scope["path"], len(items)) if given else None
    made = _HoldColumns(services, principal, services.clock.now_us(), len(items))
    results: list[bytes] = [b""] * len(items)
    places = []
    for i, item in enumerate(items):
        try:
            made.add(item)
            places.append(i)
        except Problem as problem:
            results[i] = _item(problem, request.language)
    bodies: Sequence[Any] = ()
    if places:
        holds = made.holds(None if keys is None else keys[places])
        (answer,) = await services.owner.submit([HoldSet(principal.actor, principal.party_no, holds)])
        if isinstance(answer, Problem):
            raise answer
        bodies = [*holds.bodies]
        for at, refused in answer.refused.items():
            i = places[at]
            named = name_short(services, refused, items[i].lines, holds.buckets_of(at))
            results[i], bodies[at] = _item(named, request.language), None
        for at, body in answer.repeated.items():
            bodies[at] = _encode(body)
    for i, body in zip(places, bodies, strict=True):
        if body is not None:
            results[i] = b'{"status":201,"reservation":' + body + b"}"
    return Reply(200, b'{"results":[' + b",".join(results) + b"]}")


class _HoldColumns:
    """The holds of a batch as columns, made item by item."""

    def __init__(self, services: Services, principal: Principal, now_us: int, count: int) -> None:
        self._services, self._principal, self._now_us = services, principal, now_us
        self._ids = uuid7_block(now_us, count)
        self._texts = uuid_texts(self._ids)
        self._bodies: list[bytes] = []
        self._marks: list[int] = []
        self._holders: list[bytes] = []
        self._expires: list[int] = []
        self._expiry: dict[int | None, tuple[int, str]] = {}  # by time to live
        self._sizes: list[int] = []
        self._keys: list[tuple[int, int, int, int]] = []
        self._quantities: list[int] = []

    def add(self, item: HoldBody) -> None:
        """One more hold; Problem, and nothing added, when a location or an offer is unknown."""
        services, principal = self._services, self._principal
        if item.ttl_s not in self._expiry:
            expires_us = self._now_us + _ttl_s(services.settings, item.ttl_s) * SECOND_US
            self._expiry[item.ttl_s] = expires_us, rfc3339(expires_us)
        lines = item.lines
        keys = [
            services.key(principal, line.location, line.offer, line.window, i, line.lot) for i, line in enumerate(lines)
        ]
        expires_us, expires_at = self._expiry[item.ttl_s]
        told = _encode(lines)
        cart = b"null" if item.cart is None else _encode(item.cart)
        self._bodies.append(_body(self._texts[len(self._bodies)], cart, expires_at, told))
        self._marks.append(fingerprint(b"%s\0%s\0%d" % (cart, told, item.ttl_s or 0)))
        self._holders.append(_holder(principal, item.cart) or bytes(16))
        self._expires.append(expires_us)
        self._sizes.append(len(lines))
        self._keys += keys
        self._quantities += [line.quantity for line in lines]

    def holds(self, request_keys: NDArray[np.int64] | None) -> Holds:
        """What was added, under these request keys [C, 2]."""
        count = len(self._bodies)
        return Holds(
            as_halves([self._ids[: 16 * count]]),
            np.full(count, self._principal.party_no, np.int32),
            [self._principal.actor.encode()] * count,
            np.zeros((count, 2), np.int64) if request_keys is None else request_keys,
            np.array(self._marks, np.int64),
            as_halves(self._holders),
            np.array(self._expires, np.int64),
            np.cumsum([0, *self._sizes]),
            np.array(self._keys, np.int64).reshape(-1, 4),
            np.array(self._quantities, np.int64),
            self._bodies,
        )


def _body(reservation_id: str, cart: bytes, expires_at: str, lines: bytes) -> bytes:
    """The reservation as JSON: the answer, and what the journal keeps."""
    return b'{"id":"%s","cart":%s,"state":"held","expires_at":"%s","lines":%s}' % (
        reservation_id.encode(),
        cart,
        expires_at.encode(),
        lines,
    )


def _holder(principal: Principal, cart: str | None) -> bytes | None:
    """Who holds: the next hold of the same cart replaces the one before."""
    if cart is None:
        return None
    whose = (principal.party_no, principal.location_no or 0, cart.encode())
    return blake2b(b"%d\0%d\0%s" % whose, digest_size=16).digest()


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
    key, mark = request.idempotency(principal.asker)
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
