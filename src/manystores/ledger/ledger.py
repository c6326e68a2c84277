"""The ledger in memory: buckets, open reservations, and the movements that the present batch made.

Deterministic and pure of time, database and chance: the caller supplies ids, times and the index `n` of the fact that a
movement belongs to. Each operation does everything or nothing; several operations of one command are made one by
`begin` and `rollback`.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, NamedTuple, get_args
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from manystores.kernels import book as books
from manystores.kernels import ledger as kernel
from manystores.ledger.arrays import NEVER_US, Arrays
from manystores.ledger.reasons import Reason

How = Literal["release", "fulfil", "set_aside"]
_HOW: dict[How, int] = {how: i for i, how in enumerate(get_args(How))}


class Key(NamedTuple):
    """What can be promised: an offer at a location, in a window (µs; 0 is now), of a lot (0 is none)."""

    location_no: int
    offer_no: int
    window_us: int = 0
    lot_no: int = 0


class Counters(NamedTuple):
    """A bucket's counters in integer base units."""

    on_hand: int
    reserved: int
    unavailable: int
    incoming: int

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved - self.unavailable


class Claim(NamedTuple):
    """So many base units of a bucket."""

    key: Key
    quantity: int


class Reservation(NamedTuple):
    """An open reservation as the ledger knows it."""

    id: UUID
    state: Literal["held", "confirmed"]
    is_order: bool
    party_no: int
    expires_us: int
    holder: UUID | None
    claims: tuple[Claim, ...]


class Deadline(NamedTuple):
    """Until when, and how firmly, a reservation is open."""

    state: Literal["held", "confirmed"]
    expires_us: int
    holder: UUID | None


class Short(Exception):
    """A claim wants more than is available: which of its lines, and how much there is."""

    def __init__(self, line: int, available: int) -> None:
        super().__init__(f"line {line} can get only {available}")
        self.line, self.available = line, available


class NotOpen(Exception):
    """The reservation is not open: it never was, or it has ended."""


class NotClaimed(Exception):
    """The reservation does not claim that much of this bucket."""


class Movements(NamedTuple):
    """Movements of a batch as arrays of equal length M, in order."""

    n: NDArray[np.int32]
    key: NDArray[np.int64]  # [M, 4] location, offer, window, lot
    delta: NDArray[np.int64]  # [M, 4] on_hand, reserved, unavailable, incoming
    reservation: NDArray[np.int64]  # [M, 2] id halves
    reason: NDArray[np.int16]


class HeldMany(NamedTuple):
    """What became of C holds."""

    outcome: NDArray[np.int8]  # [C] kernel.OK, SHORT, DUPLICATE
    short: NDArray[np.int64]  # [C, 2] the first line that can't be had, and what is available to it
    replaced: NDArray[np.int64]  # [C, 2] id of the hold that it replaced; (0, 0) is none
    fact: NDArray[np.int32]  # [C] index of its fact in the batch
    next_fact: int


class Planning(NamedTuple):
    """The live arrays that sourcing reads: the goods that stand somewhere now, by offer."""

    offer_ptr: NDArray[np.int64]
    offer_buckets: NDArray[np.int32]
    overflow_head: NDArray[np.int32]
    overflow_next: NDArray[np.int32]
    bucket_location: NDArray[np.int32]
    on_hand: NDArray[np.int64]
    reserved: NDArray[np.int64]
    unavailable: NDArray[np.int64]


def halves(value: UUID | None) -> tuple[int, int]:
    """A UUID as two signed 64-bit halves; (0, 0) for none."""
    if value is None:
        return 0, 0
    number = value.int
    hi, lo = number >> 64, number & 0xFFFFFFFFFFFFFFFF
    return hi - (hi >> 63 << 64), lo - (lo >> 63 << 64)


def whole(hi: int, lo: int) -> UUID:
    """The UUID of two signed halves."""
    return UUID(int=(int(hi) & 0xFFFFFFFFFFFFFFFF) << 64 | int(lo) & 0xFFFFFFFFFFFFFFFF)


class Ledger(Arrays):
    """One partition's buckets and open reservations.

    `n` is the index of the fact to which the next movements belong; the owner sets it.
    """

    def __init__(self, buckets: int = 1024, reservations: int = 1024) -> None:
        super().__init__(buckets, reservations)
        self.n = 0
        self._mark = 0
        self._touched: dict[UUID, Reservation | None] | None = None
        self._buckets_before = 0
        self._ghosts: set[int] = set()  # buckets of commands that were undone: there is no such bucket, for readers
        self._revived: list[int] = []
        self._offer_ptr = np.zeros(2, np.int64)
        self._offer_buckets = np.zeros(0, np.int32)
        self._indexed = 0

    # -- reading ---------------------------------------------------------------------------------------------------

    @property
    def bucket_count(self) -> int:
        return int(self._s.tally[kernel.BUCKETS])

    @property
    def open_count(self) -> int:
        """How many reservations are open."""
        return int(self._s.tally[kernel.OPEN])

    @property
    def memory_bytes(self) -> int:
        return sum(array.nbytes for array in self._s) + self._offer_ptr.nbytes + self._offer_buckets.nbytes

    def counters(self, key: Key) -> Counters | None:
        """A bucket's counters, or None if there is no such bucket."""
        b = self._bucket(key)
        return None if b < 0 or b in self._ghosts else self._counters(b)

    def available(self, key: Key) -> int:
        """What can still be claimed; 0 for an unknown bucket, negative after a count that found too little."""
        counters = self.counters(key)
        return counters.available if counters else 0

    def at_location(self, location_no: int) -> list[tuple[Key, Counters]]:
        """All buckets of a location, newest first."""
        s = self._s
        b = int(s.location_head[location_no]) if location_no < len(s.location_head) else -1
        found = []
        while b >= 0:
            if b not in self._ghosts:
                found.append((self._key(b), self._counters(b)))
            b = int(s.location_next[b])
        return found

    def of_offer(self, offer_no: int) -> list[tuple[Key, Counters]]:
        """All buckets of goods that stand somewhere now, of one offer."""
        view = self.planning()
        if offer_no + 1 >= len(view.offer_ptr):
            return []
        found = view.offer_buckets[view.offer_ptr[offer_no] : view.offer_ptr[offer_no + 1]].tolist()
        b = int(view.overflow_head[offer_no])
        while b >= 0:
            found.append(b)
            b = int(view.overflow_next[b])
        return [(self._key(b), self._counters(b)) for b in found if b not in self._ghosts]

    def windowed(self, first: int = 0) -> list[tuple[int, int, int]]:
        """(bucket, offer, window) of buckets that are not of now, from the bucket `first` on; their indexes stay."""
        n, s = self.bucket_count, self._s
        found = first + np.flatnonzero((s.window[first:n] != 0) & (s.location[first:n] != 0))
        return list(zip(found.tolist(), s.offer[found].tolist(), s.window[found].tolist(), strict=True))

    def short_buckets(self) -> list[tuple[Key, Counters]]:
        """Buckets that promised more than they have, since a count or a find of damage."""
        n, s = self.bucket_count, self._s
        found = np.flatnonzero(s.on_hand[:n] - s.reserved[:n] - s.unavailable[:n] < 0)
        return [(self._key(b), self._counters(b)) for b in found.tolist()]

    def reservation(self, reservation_id: UUID) -> Reservation | None:
        """An open reservation, or None."""
        r = self._slot(reservation_id)
        return None if r < 0 else self._reservation(r)

    def is_open(self, reservation_id: UUID) -> bool:
        """Whether a reservation is open."""
        return self._slot(reservation_id) >= 0

    def held_by(self, holder: UUID) -> Reservation | None:
        """The open hold of a holder, or None."""
        r = books.find_holder(self._book, *halves(holder))
        return None if r < 0 else self._reservation(r)

    def expired(self, now_us: int, limit: int = 1000) -> list[Reservation]:
        """Open reservations whose time is over, at most `limit`."""
        out = np.zeros(limit, np.int64)
        n = kernel.find_expired(self._s, now_us, out)
        return [self._reservation(int(r)) for r in out[:n]]

    def lot_of(self, bucket: int) -> int:
        """The lot number of a bucket that `planning` counts by its index."""
        return int(self._s.lot[bucket])

    def copy_of(self, buckets: Sequence[int]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Keys [n, 4] and counters [n, 4] of buckets by their indexes, as `load_buckets` takes them."""
        s, b = self._s, np.asarray(buckets, np.int64)
        keys = np.stack([s.location[b], s.offer[b], s.window[b], s.lot[b]], 1).astype(np.int64)
        return keys, np.stack([s.on_hand[b], s.reserved[b], s.unavailable[b], s.incoming[b]], 1)

    def planning(self) -> Planning:
        """The live arrays for sourcing; they may be replaced when the ledger grows, so ask anew each turn."""
        n = self.bucket_count
        if n - self._indexed > max(1024, self._indexed // 16) or len(self._offer_ptr) <= len(self._s.offer_head):
            self._offer_ptr = np.zeros(len(self._s.offer_head) + 1, np.int64)
            self._offer_buckets = np.zeros(n, np.int32)
            kernel.index_offers(self._s, self._offer_ptr, self._offer_buckets)
            self._indexed = n
        s = self._s
        return Planning(
            self._offer_ptr,
            self._offer_buckets,
            s.offer_head,
            s.offer_next,
            s.location,
            s.on_hand,
            s.reserved,
            s.unavailable,
        )

    # -- one command, several operations ---------------------------------------------------------------------------

    def begin(self, n: int) -> None:
        """Start a command whose first fact has index n; `rollback` undoes all since."""
        self.n = n
        self._mark = int(self._s.tally[kernel.MOVES])
        self._touched = {}
        self._buckets_before, self._revived = self.bucket_count, []

    def commit(self) -> None:
        """Keep what the command did."""
        self._touched = None

    def touched(self) -> list[tuple[UUID, Deadline | None, Deadline | None]]:
        """The reservations that the command touched: (id, before, after), None where it was not open."""
        found: list[tuple[UUID, Deadline | None, Deadline | None]] = []
        for reservation_id, before in (self._touched or {}).items():
            r = self._slot(reservation_id)
            old = Deadline(before.state, before.expires_us, before.holder) if before else None
            after = self._reservation_deadline(r) if r >= 0 else None
            found.append((reservation_id, old, after))
        return found

    def moved_in_command(self) -> bool:
        """Whether the command moved any counter."""
        return int(self._s.tally[kernel.MOVES]) > self._mark

    def moved_on_hand(self, key: Key) -> int:
        """Net change of a bucket's on_hand since the last drain, besides counts: those move no goods."""
        s, b = self._s, self._bucket(key)
        m = int(s.tally[kernel.MOVES])
        if b < 0 or not m:
            return 0
        return int(s.move_delta[:m, 0][(s.move_bucket[:m] == b) & (s.move_reason[:m] != Reason.COUNTED)].sum())

    def rollback(self) -> None:
        """Undo all that the command did: movements in reverse, and the reservations that it touched."""
        s, touched = self._s, self._touched or {}
        for reservation_id in touched:
            r = self._slot(reservation_id)
            if r >= 0:  # its claims come off the counters with the movements below
                self._forget(r)
        for m in range(int(s.tally[kernel.MOVES]) - 1, self._mark - 1, -1):
            b = s.move_bucket[m]
            for counter, delta in zip((s.on_hand, s.reserved, s.unavailable, s.incoming), s.move_delta[m], strict=True):
                counter[b] -= delta
        s.tally[kernel.MOVES] = self._mark
        self._ghosts.update(range(self._buckets_before, self.bucket_count), self._revived)
        for before in touched.values():
            if before is not None:
                self._restore(before)
        self._touched = None

    # -- operations ------------------------------------------------------------------------------------------------

    def post(
        self,
        key: Key,
        reason: Reason,
        *,
        on_hand: int = 0,
        unavailable: int = 0,
        incoming: int = 0,
        may_go_short: bool = False,
    ) -> Counters:
        """Change a bucket's counters by a movement of its own, making the bucket if needed.

        Refused with Short when less would be available than zero (unless `may_go_short`, as counts must), or when a
        counter itself would go below zero.
        """
        self._room(buckets=1, moves=1, key=key)
        b = books.ensure_bucket(self._book, *key)
        now = self._counters(b)
        after = Counters(now.on_hand + on_hand, now.reserved, now.unavailable + unavailable, now.incoming + incoming)
        if after.on_hand < 0:
            raise Short(0, now.on_hand)
        if after.unavailable < 0:
            raise Short(0, now.unavailable)
        if after.incoming < 0:
            raise Short(0, now.incoming)
        if after.available < 0 and after.available < now.available and not may_go_short:
            raise Short(0, max(now.available, 0))
        if b in self._ghosts:
            self._ghosts.remove(b)
            self._revived.append(b)
        books.move(self._book, self.n, b, on_hand, 0, unavailable, incoming, 0, 0, int(reason))
        return after

    def hold(
        self,
        reservation_id: UUID,
        claims: Sequence[Claim],
        reason: Reason,
        *,
        party_no: int,
        expires_us: int = NEVER_US,
        confirmed: bool = False,
        is_order: bool = False,
        holder: UUID | None = None,
    ) -> None:
        """Open a reservation that claims all lines; Short (and nothing done) when one can't be had."""
        hi, lo = halves(reservation_id)
        self._room(slots=1, lines=len(claims), moves=len(claims))
        done = books.hold_one(
            self._book,
            self.n,
            hi,
            lo,
            kernel.CONFIRMED if confirmed else kernel.HELD,
            int(is_order),
            party_no,
            expires_us,
            *halves(holder),
            _wanted(claims),
            int(reason),
        )
        if done == kernel.DUPLICATE:
            raise ValueError(f"reservation {reservation_id} is open already")
        if done == kernel.SHORT:
            raise self._short()
        self._remember(reservation_id)

    def claim(self, reservation_id: UUID, claims: Sequence[Claim], reason: Reason) -> None:
        """Claim more for an open reservation; all or nothing."""
        r = self._open(reservation_id)
        self._room(lines=len(claims), moves=len(claims))
        self._claim(r, claims, reason)

    def confirm(self, reservation_id: UUID) -> None:
        """A hold becomes a promise without a time to live, which its holder's next hold does not replace."""
        r = self._open(reservation_id)
        books.leave_holder(self._book, r)
        self._s.slot_state[r] = kernel.CONFIRMED
        self._s.slot_expires[r] = NEVER_US

    def set_expiry(self, reservation_id: UUID, expires_us: int) -> None:
        """Move a reservation's deadline (NEVER_US: none)."""
        self._s.slot_expires[self._open(reservation_id)] = expires_us

    def take(self, reservation_id: UUID, claim: Claim, how: How, reason: Reason) -> bool:
        """End part of a claim: give it back, fulfil it, or set it aside as unavailable.

        True if the reservation has ended with it, since nothing is claimed any more.
        """
        r = self._open(reservation_id)
        self._room(moves=1)
        b = self._bucket(claim.key)
        if b < 0 or books.take(self._book, self.n, r, b, claim.quantity, _HOW[how], int(reason)) != kernel.OK:
            raise NotClaimed(f"{reservation_id} does not claim {claim.quantity} of {claim.key}")
        if self._s.slot_head[r] >= 0:
            return False
        books.close_slot(self._book, r)
        return True

    def end(self, reservation_id: UUID, how: How, reason: Reason) -> tuple[Claim, ...]:
        """End a whole reservation; returns what it had claimed."""
        r = self._open(reservation_id)
        claims = self._reservation(r).claims
        self._room(moves=len(claims))
        books.take_all(self._book, self.n, r, _HOW[how], int(reason))
        return claims

    def move(self, reservation_id: UUID, source: Claim, target: Key, reason: Reason = Reason.MOVED) -> None:
        """Re-allocate a claim to another bucket in one step; Short when the target has too little."""
        r = self._open(reservation_id)
        self._room(lines=1, moves=2)
        held = {claim.key: claim.quantity for claim in self._reservation(r).claims}
        if held.get(source.key, 0) < source.quantity:
            raise NotClaimed(f"{reservation_id} does not claim {source.quantity} of {source.key}")
        self._claim(r, [Claim(target, source.quantity)], reason)
        b = self._bucket(source.key)
        books.take(self._book, self.n, r, b, source.quantity, kernel.RELEASE, int(reason))

    def hold_many(
        self,
        ids: NDArray[np.int64],
        expires_us: NDArray[np.int64],
        holders: NDArray[np.int64],
        parties: NDArray[np.int32],
        ptr: NDArray[np.int64],
        keys: NDArray[np.int64],
        quantities: NDArray[np.int64],
        n: int,
    ) -> "HeldMany":
        """Decide many holds in order, each all or nothing and a fact of its own; see the kernel of that name."""
        commands, lines = len(expires_us), len(quantities)
        # a hold may replace an open one, or one of this very batch
        moves = 2 * lines + (int(kernel.lines_held(self._s, holders)) if holders.any() else 0)
        self._room(slots=commands, lines=lines, moves=moves)
        outcome, facts = np.zeros(commands, np.int8), np.zeros(commands, np.int32)
        short, replaced = np.zeros((commands, 2), np.int64), np.zeros((commands, 2), np.int64)
        reasons = (int(Reason.HELD), int(Reason.RELEASED))
        n = kernel.hold_many(
            self._s,
            n,
            ids,
            expires_us,
            holders,
            parties,
            ptr,
            keys,
            quantities,
            reasons,
            outcome,
            short,
            replaced,
            facts,
        )
        return HeldMany(outcome, short, replaced, facts, n)

    @contextmanager
    def set_free(self, claims: Sequence[Claim]) -> Iterator[None]:
        """As if these claims were not there: for planning what could take their place. Nothing is moved, and when the
        block ends the counters are as they were; don't change the ledger inside."""
        buckets = [self._bucket(claim.key) for claim in claims]
        if min(buckets, default=0) < 0:
            raise NotClaimed(f"no such bucket: {claims[buckets.index(-1)].key}")
        reserved = self._s.reserved
        for b, claim in zip(buckets, claims, strict=True):
            reserved[b] -= claim.quantity
        try:
            yield
        finally:
            for b, claim in zip(buckets, claims, strict=True):
                reserved[b] += claim.quantity

    # -- the batch's movements, and recovery -----------------------------------------------------------------------

    def drain(self) -> Movements:
        """The movements since the last drain, as copies; the log is empty afterwards."""
        s, m = self._s, int(self._s.tally[kernel.MOVES])
        b = s.move_bucket[:m]
        movements = Movements(
            s.move_n[:m].copy(),
            np.stack([s.location[b], s.offer[b], s.window[b], s.lot[b]], 1).astype(np.int64),
            s.move_delta[:m].copy(),
            np.stack([s.move_hi[:m], s.move_lo[:m]], 1),
            s.move_reason[:m].copy(),
        )
        s.tally[kernel.MOVES] = 0
        return movements

    def load_buckets(self, keys: NDArray[np.int64], counters: NDArray[np.int64]) -> None:
        """Recovery: buckets from keys [n, 4] and counters [n, 4]."""
        if len(keys):
            highest = Key(int(keys[:, 0].max()), int(keys[:, 1].max()))
            self._room(buckets=len(keys), key=highest)
            kernel.load_buckets(self._s, keys, counters)

    def load_reservations(
        self,
        ids: NDArray[np.int64],
        states: NDArray[np.int8],
        orders: NDArray[np.int8],
        parties: NDArray[np.int32],
        expires_us: NDArray[np.int64],
        holders: NDArray[np.int64],
    ) -> None:
        """Recovery: open reservations; their lines follow."""
        self._room(slots=len(states))
        kernel.load_slots(self._s, ids, states, orders, parties, expires_us, holders)

    def load_lines(self, ids: NDArray[np.int64], keys: NDArray[np.int64], quantities: NDArray[np.int64]) -> int:
        """Recovery: lines of open reservations; returns how many had no reservation."""
        if not len(keys):
            return 0
        self._room(buckets=len(keys), lines=len(keys), key=Key(int(keys[:, 0].max()), int(keys[:, 1].max())))
        return int(kernel.load_lines(self._s, ids, keys, quantities))

    # -- inside ----------------------------------------------------------------------------------------------------

    def _bucket(self, key: Key) -> int:
        """Index of a bucket, or -1."""
        s = self._s
        return int(kernel.find_bucket_in(s.bucket_table, s.location, s.offer, s.window, s.lot, *key))

    def _slot(self, reservation_id: UUID) -> int:
        """Slot of an open reservation, or -1."""
        s = self._s
        return int(kernel.find_slot_in(s.slot_table, s.slot_hi, s.slot_lo, *halves(reservation_id)))

    def _key(self, b: int) -> Key:
        s = self._s
        return Key(int(s.location[b]), int(s.offer[b]), int(s.window[b]), int(s.lot[b]))

    def _counters(self, b: int) -> Counters:
        s = self._s
        return Counters(int(s.on_hand[b]), int(s.reserved[b]), int(s.unavailable[b]), int(s.incoming[b]))

    def _reservation(self, r: int) -> Reservation:
        s = self._s
        claims, k = [], int(s.slot_head[r])
        while k >= 0:
            claims.append(Claim(self._key(int(s.line_bucket[k])), int(s.line_quantity[k])))
            k = int(s.line_next[k])
        state, expires_us, holder = self._reservation_deadline(r)
        is_order, party_no = bool(s.slot_order[r]), int(s.slot_party[r])
        claimed = tuple(reversed(claims))
        return Reservation(whole(s.slot_hi[r], s.slot_lo[r]), state, is_order, party_no, expires_us, holder, claimed)

    def _reservation_deadline(self, r: int) -> Deadline:
        s = self._s
        holder = whole(s.holder_hi[r], s.holder_lo[r]) if s.holder_hi[r] or s.holder_lo[r] else None
        return Deadline("held" if s.slot_state[r] == kernel.HELD else "confirmed", int(s.slot_expires[r]), holder)

    def _open(self, reservation_id: UUID) -> int:
        r = self._slot(reservation_id)
        if r < 0:
            raise NotOpen(str(reservation_id))
        self._remember(reservation_id, r)
        return r

    def _remember(self, reservation_id: UUID, r: int = -1) -> None:
        if self._touched is not None and reservation_id not in self._touched:
            self._touched[reservation_id] = None if r < 0 else self._reservation(r)

    def _claim(self, r: int, claims: Sequence[Claim], reason: Reason) -> None:
        if books.claim(self._book, self.n, r, _wanted(claims), int(reason)) != kernel.OK:
            raise self._short()

    def _short(self) -> Short:
        return Short(int(self._s.tally[kernel.SHORT_LINE]), int(self._s.tally[kernel.SHORT_AVAILABLE]))

    def _forget(self, r: int) -> None:
        s = self._s
        while s.slot_head[r] >= 0:
            k = int(s.slot_head[r])
            s.slot_head[r] = s.line_next[k]
            s.line_next[k] = s.tally[kernel.FREE_LINE]
            s.tally[kernel.FREE_LINE] = k
        books.close_slot(self._book, r)

    def _restore(self, before: Reservation) -> None:
        state = kernel.HELD if before.state == "held" else kernel.CONFIRMED
        self._room(slots=1, lines=len(before.claims))
        r = kernel.open_slot(
            self._s,
            *halves(before.id),
            state,
            int(before.is_order),
            before.party_no,
            before.expires_us,
            *halves(before.holder),
        )
        for claim in before.claims:
            kernel.add_line(self._s, r, self._bucket(claim.key), claim.quantity)


def _wanted(claims: Sequence[Claim]) -> NDArray[np.int64]:
    return np.array([(*claim.key, claim.quantity) for claim in claims], np.int64).reshape(-1, 5)
