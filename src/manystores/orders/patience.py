"""How long work may wait, and when a promise is at risk. All is counted in whole minutes that have passed, so that a
figure and the list behind it agree."""

from typing import Final, Literal, get_args

from msgspec import Struct

from manystores.core.clock import MINUTE_US
from manystores.orders.work import WAITS

Risk = Literal["overdue", "soon"]
RISKS: tuple[Risk, ...] = get_args(Risk)
UNKEPT: Final = tuple(step for step in WAITS if step != "collect")
"""What work waits for as long as its promise is not kept: what is set out for collection keeps it."""
AGES: Final = (0, 15, 60, 240, 1440)
"""Bands of age, by their first minute; the last has no end."""


class Patience(Struct, frozen=True):
    """Minutes since the last step with a fulfilment order after which it waits too long, by what it waits for; and how
    many minutes before its time a promise that isn't kept yet is at risk."""

    hold: int = 1440
    accept: int = 60
    pick: int = 120
    pack: int = 60
    ship: int = 720
    collect: int = 4320
    at_risk: int = 60

    def late_before(self, now_us: int) -> dict[str, int]:
        """By what it waits for: work whose last step was before this moment waits too long."""
        return {step: before(now_us, self.minutes(step)) for step in WAITS}

    def minutes(self, waits_for: str) -> int:
        """How long work may wait for this."""
        found: int = getattr(self, waits_for)
        return found

    def promised(self, risk: Risk, now_us: int) -> tuple[int, int]:
        """[from, to) in which a promise ends that is overdue, or soon will be."""
        now_us = before(now_us, 0)
        return (1, now_us) if risk == "overdue" else (now_us, now_us + self.at_risk * MINUTE_US)


def before(now_us: int, minutes: int) -> int:
    """The moment so many whole minutes ago."""
    return now_us // MINUTE_US * MINUTE_US - minutes * MINUTE_US
