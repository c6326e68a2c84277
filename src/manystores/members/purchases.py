"""Who told of which purchase, for as long as its other half may still come.

A till's receipt names an account or a card and the order; the wallet's notice names the payer and the same order, from
another machine and in any order. Whichever comes second is joined with the first.
"""

from collections import OrderedDict
from typing import Final

MOST: Final = 1_000_000
"""Purchases that are remembered; the oldest go."""
TELLERS_MOST: Final = 4
"""Of one purchase: whoever comes after tells nothing new."""


class Purchases:
    """Numbers of the identifiers that told of a purchase, by the key of its order."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._told: OrderedDict[bytes, tuple[int, ...]] = OrderedDict()

    def told_by(self, key: bytes, number: int) -> tuple[int, ...]:
        """An identifier tells of a purchase: who told of it before, those who are gone among them."""
        before = self._told.get(key, ())
        if number not in before and len(before) < TELLERS_MOST:
            self._told[key] = (*before, number)
            if len(self._told) > self._most:
                self._told.popitem(last=False)
        return tuple(other for other in before if other != number)
