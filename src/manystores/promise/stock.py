"""Commands on stock: count, receive, adjust, set aside and put back, transfer, announce."""

from collections.abc import Iterable, Sequence
from typing import Any, Literal
from uuid import UUID

from manystores.core.clock import rfc3339
from manystores.core.errors import FieldError, Problem
from manystores.core.ids import uuid7
from manystores.ledger import Counters, Key, Ledger, Reason
from manystores.promise import rules
from manystores.promise.command import Command, Needs, Since, StoredFact
from manystores.promise.journal import Count
from manystores.promise.turn import Turn

Change = Literal["receive", "adjust", "set_aside", "put_back", "write_off", "announce", "arrive"]
FIRST_US = -62_135_596_800_000_000  # the first second of the year 1
LAST_US = 253_402_300_799_000_000  # the last second of the year 9999, the latest that can be written
CHANGES: dict[Change, Reason] = {
    "receive": Reason.RECEIVED,
    "adjust": Reason.ADJUSTED,
    "set_aside": Reason.SET_ASIDE,
    "put_back": Reason.PUT_BACK,
    "write_off": Reason.WRITTEN_OFF,
    "announce": Reason.EXPECTED,
    "arrive": Reason.RECEIVED,
}


def report(key: Key, counters: Counters) -> dict[str, Any]:
    """A bucket's counters as a fact tells them: numbers of location and offer, not their codes."""
    return {
        "location_no": key.location_no,
        "offer_no": key.offer_no,
        "window_us": key.window_us,
        "lot_no": key.lot_no,
        "on_hand": counters.on_hand,
        "reserved": counters.reserved,
        "unavailable": counters.unavailable,
        "incoming": counters.incoming,
        "available": counters.available,
    }


class CountStock(Command):
    """An external system's absolute count of a bucket.

    What moved since `counted_us` is applied to it, so that a sale is not subtracted twice; open reservations stay. A
    count older than the last one known (by its source sequence, else by its time) is refused. None: as of arrival.
    """

    kept_for_ever = True
    __slots__ = ("counted_us", "key", "on_hand", "sequence")

    def __init__(
        self,
        actor: str,
        party_no: int,
        key: Key,
        on_hand: int,
        counted_us: int | None = None,
        sequence: int | None = None,
        request_key: bytes | None = None,
        fingerprint: int = 0,
    ) -> None:
        super().__init__(actor, party_no, request_key, fingerprint)
        self.key, self.on_hand, self.sequence = key, on_hand, sequence
        self.counted_us = None if counted_us is None else min(max(counted_us, 0), LAST_US)

    def needs(self) -> Needs:
        return Needs(counted=Since(self.key, self.counted_us))

    def decide(self, turn: Turn) -> Any:
        counted_us = turn.now_us if self.counted_us is None else self.counted_us
        if counted_us > turn.now_us + 300_000_000:
            raise Problem(
                rules.STALE_COUNT,
                f"It was counted at {rfc3339(counted_us)}, which has not come yet.",
                f"盘点时间 {rfc3339(counted_us)} 尚未到来。",
                (FieldError("/counted_at", "in_the_future", "Send the time of the count.", "请提供实际盘点时间。"),),
            )
        self._refuse_stale(turn, counted_us)
        since = 0 if self.counted_us is None else turn.moved_since(self.key, self.counted_us)
        before = turn.ledger.counters(self.key) or Counters(0, 0, 0, 0)
        after_on_hand = max(self.on_hand + since, 0)
        after = turn.ledger.post(self.key, Reason.COUNTED, on_hand=after_on_hand - before.on_hand, may_go_short=True)
        turn.counts.append(Count(*self.key, self.sequence, counted_us))
        answer = report(self.key, after) | {
            "counted": self.on_hand,
            "counted_at": rfc3339(counted_us),
            "moved_since": since,
            "changed_by": after_on_hand - before.on_hand,
        }
        return _told(turn, "stock.counted", self.key, before, after, answer)

    def _refuse_stale(self, turn: Turn, counted_us: int) -> None:
        last = turn.prepared.counts.get(self.key)
        if last is None:
            return
        sequence, at_us = last
        if self.sequence is not None and sequence is not None:
            if self.sequence > sequence:
                return
            known = f"sequence {sequence}"
        elif counted_us >= at_us:
            return
        else:
            known = rfc3339(at_us)
        raise Problem(
            rules.STALE_COUNT,
            f"The last count known is of {known}; send a newer one, or none.",
            f"已知最近一次盘点为 {known}，请发送更新的盘点。",
            extra={"last_sequence": sequence, "last_counted_at": rfc3339(at_us)},
        )


def _told(turn: Turn, name: str, key: Key, before: Counters, after: Counters, answer: dict[str, Any]) -> dict[str, Any]:
    """Record what was done with one bucket, and what that means for its promises; the answer is the fact."""
    subject = uuid7(turn.now_us)
    turn.fact(name, subject, answer, location_no=key.location_no)
    note_short(turn, key, before, after, subject)
    return answer


def note_short(turn: Turn, key: Key, before: Counters, after: Counters, subject: UUID) -> None:
    """A bucket that promised more than it has is a visible exception, never a silent negative."""
    if after.available < 0 <= before.available:
        turn.fact("stock.exception_opened", subject, report(key, after), location_no=key.location_no)
    elif before.available < 0 <= after.available:
        turn.fact("stock.exception_closed", subject, report(key, after), location_no=key.location_no)


def short_among(ledger: Ledger, keys: Iterable[Key]) -> list[tuple[Key, Counters]]:
    """Those of some buckets that promised more than they have, before something relieves them."""
    found = ((key, ledger.counters(key)) for key in dict.fromkeys(keys))
    return [(key, counters) for key, counters in found if counters is not None and counters.available < 0]


def note_relieved(turn: Turn, short: Sequence[tuple[Key, Counters]]) -> None:
    """Tell which of the buckets that were short are no longer."""
    for key, before in short:
        after = turn.ledger.counters(key)
        if after is not None:
            note_short(turn, key, before, after, uuid7(turn.now_us))


class ChangeStock(Command):
    """Change a bucket by so many units: receive, adjust, set aside, put back, write off, announce, arrive."""

    kept_for_ever = True
    __slots__ = ("change", "key", "note", "quantity")

    def __init__(
        self,
        actor: str,
        party_no: int,
        key: Key,
        change: Change,
        quantity: int,
        note: str = "",
        request_key: bytes | None = None,
        fingerprint: int = 0,
    ) -> None:
        super().__init__(actor, party_no, request_key, fingerprint)
        self.key, self.change, self.quantity, self.note = key, change, quantity, note

    def decide(self, turn: Turn) -> Any:
        quantity, change = self.quantity, self.change
        before = turn.ledger.counters(self.key) or Counters(0, 0, 0, 0)
        after = turn.ledger.post(
            self.key,
            CHANGES[change],
            on_hand={"receive": quantity, "adjust": quantity, "arrive": quantity, "write_off": -quantity}.get(
                change, 0
            ),
            unavailable={"set_aside": quantity, "put_back": -quantity}.get(change, 0),
            incoming={"announce": quantity, "arrive": -quantity}.get(change, 0),
        )
        answer = report(self.key, after) | {"change": change, "quantity": quantity}
        if self.note:
            answer["note"] = self.note
        return _told(turn, f"stock.{change}", self.key, before, after, answer)


class SendTransfer(Command):
    """Goods leave one location for another: off the shelf here, in transit (incoming) there, in one step."""

    kept_for_ever = True
    __slots__ = ("quantity", "source", "target", "transfer_id")

    def __init__(
        self,
        actor: str,
        party_no: int,
        transfer_id: UUID,
        source: Key,
        target: Key,
        quantity: int,
        request_key: bytes | None = None,
        fingerprint: int = 0,
    ) -> None:
        super().__init__(actor, party_no, request_key, fingerprint)
        self.transfer_id, self.source, self.target, self.quantity = transfer_id, source, target, quantity

    def decide(self, turn: Turn) -> Any:
        turn.ledger.post(self.source, Reason.TRANSFER_OUT, on_hand=-self.quantity)
        turn.ledger.post(self.target, Reason.TRANSFER_OUT, incoming=self.quantity)
        answer = transfer_report(self.transfer_id, "in_transit", self.source, self.target, self.quantity)
        turn.fact("transfer.sent", self.transfer_id, answer, location_no=self.source.location_no)
        return answer


class ReceiveTransfer(Command):
    """Goods in transit arrive; what did not arrive of `quantity` is lost on the way, and said so.

    A transfer arrives once: its own id is the request key, whatever key the request had.
    """

    kept_for_ever = True
    __slots__ = ("quantity", "received", "source", "target", "transfer_id")

    def __init__(
        self,
        actor: str,
        party_no: int,
        transfer_id: UUID,
        source: Key,
        target: Key,
        quantity: int,
        received: int,
    ) -> None:
        super().__init__(actor, party_no, transfer_id.bytes)
        self.transfer_id, self.source, self.target = transfer_id, source, target
        self.quantity, self.received = quantity, received

    def decide(self, turn: Turn) -> Any:
        short = short_among(turn.ledger, [self.target])
        turn.ledger.post(self.target, Reason.TRANSFER_IN, on_hand=self.received, incoming=-self.quantity)
        answer = transfer_report(self.transfer_id, "received", self.source, self.target, self.quantity)
        answer["received"] = self.received
        turn.fact("transfer.received", self.transfer_id, answer, location_no=self.target.location_no)
        note_relieved(turn, short)
        return answer

    def replay(self, fact: StoredFact) -> Any:
        received = fact.body["received"]
        if received == self.received:
            return fact.body
        return Problem(
            rules.TRANSFER_RECEIVED,
            f"{received} were received. Adjust the stock if that was wrong.",
            f"已签收 {received} 件；如有误，请调整库存。",
            extra={"received": received},
        )


def transfer_report(transfer_id: UUID, state: str, source: Key, target: Key, quantity: int) -> dict[str, Any]:
    """A transfer as its facts tell it."""
    return {
        "id": str(transfer_id),
        "state": state,
        "source_no": source.location_no,
        "target_no": target.location_no,
        "offer_no": source.offer_no,
        "lot_no": source.lot_no,
        "quantity": quantity,
    }
