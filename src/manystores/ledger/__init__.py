"""Buckets, movements, reservations: a deterministic state machine."""

from manystores.ledger.arrays import NEVER_US
from manystores.ledger.ledger import (
    Claim,
    Counters,
    How,
    Key,
    Ledger,
    Movements,
    NotClaimed,
    NotOpen,
    Planning,
    Reservation,
    Short,
)
from manystores.ledger.reasons import Reason

__all__ = [
    "NEVER_US",
    "Claim",
    "Counters",
    "How",
    "Key",
    "Ledger",
    "Movements",
    "NotClaimed",
    "NotOpen",
    "Planning",
    "Reason",
    "Reservation",
    "Short",
]
