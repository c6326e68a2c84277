"""Commands on reservations: confirm, release, expire."""

from typing import Any, Literal
from uuid import UUID

from manystores.core.errors import NOT_FOUND, Problem
from manystores.ledger import NotOpen, Reason, Reservation
from manystores.promise.command import Command
from manystores.promise.stock import note_relieved, short_among
from manystores.promise.turn import Turn


class _OnReservation(Command):
    __slots__ = ("reservation_id",)

    def __init__(
        self,
        reservation_id: UUID,
        actor: str = "owner",
        party_no: int = 0,
        request_key: bytes | None = None,
        fingerprint: int = 0,
    ) -> None:
        super().__init__(actor, party_no, request_key, fingerprint)
        self.reservation_id = reservation_id

    def _reservation(self, turn: Turn) -> Reservation:
        found = turn.ledger.reservation(self.reservation_id)
        if found is None:
            raise NotOpen(str(self.reservation_id))
        if found.is_order or (self.party_no and found.party_no != self.party_no):
            raise Problem(
                NOT_FOUND,
                f"There is no reservation {self.reservation_id}.",
                f"没有预留 {self.reservation_id}。",
            )
        return found


class Confirm(_OnReservation):
    """A hold becomes a promise without a time to live; confirming twice changes nothing."""

    __slots__ = ()

    def decide(self, turn: Turn) -> Any:
        found = self._reservation(turn)
        if found.state == "held" and found.expires_us <= turn.now_us:
            raise NotOpen(str(found.id))
        if found.state == "held":
            turn.ledger.confirm(found.id)
            answer = {"id": str(found.id), "state": "confirmed"}
            turn.fact("reservation.confirmed", found.id, answer, party_no=found.party_no)
        return {"id": str(found.id), "state": "confirmed"}


class Release(_OnReservation):
    """Give back all that a reservation claims."""

    __slots__ = ()

    def decide(self, turn: Turn) -> Any:
        found = self._reservation(turn)
        return _end(turn, found, "released", Reason.RELEASED)


class Expire(_OnReservation):
    """The time of a hold is over; a hold that was confirmed or released meanwhile is left alone."""

    __slots__ = ()

    def decide(self, turn: Turn) -> Any:
        found = turn.ledger.reservation(self.reservation_id)
        if found is None or found.expires_us > turn.now_us:
            return None
        return _end(turn, found, "expired", Reason.EXPIRED)


def _end(turn: Turn, found: Reservation, state: Literal["released", "expired"], reason: Reason) -> dict[str, str]:
    answer = {"id": str(found.id), "state": state}
    short = short_among(turn.ledger, [claim.key for claim in found.claims])
    turn.ledger.end(found.id, "release", reason)
    turn.fact(f"reservation.{state}", found.id, answer, party_no=found.party_no)
    note_relieved(turn, short)
    return answer
