"""Lots and expiry classes by name and number. The number 0 and the name '' mean no particular lot.

A lot's name says nothing of whose it is ("2026-12", "B-1042"), so all brands share the numbers.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from manystores.core.database import AsyncConnection
from manystores.core.errors import FieldError, Problem, rule
from manystores.core.numbers import allocate_async

UNKNOWN_LOT: Final = rule("unknown_lot", 422, "There is no such lot", "批次不存在")

_KNOWN = "SELECT lot_no, lot FROM lots"
_NEW = "INSERT INTO lots (lot_no, lot) VALUES (%s, %s) ON CONFLICT (lot) DO NOTHING"


class Lots:
    """All lots in memory."""

    def __init__(self, lots: Iterable[tuple[int, str]] = ()) -> None:
        self._names: dict[int, str] = {0: ""}
        self._numbers: dict[str, int] = {"": 0}
        self.add(lots)

    def add(self, lots: Iterable[tuple[int, str]]) -> None:
        """Take in lots as they are stored."""
        for lot_no, lot in lots:
            self._names[lot_no], self._numbers[lot] = lot, lot_no

    def knows(self, lot: str) -> bool:
        """Whether the lot has a number."""
        return lot in self._numbers

    def name(self, lot_no: int) -> str:
        """The name of a lot; '' for none."""
        return self._names.get(lot_no, "")

    def number(self, lot: str, pointer: str = "/lot") -> int:
        """The number of a lot; Problem(UNKNOWN_LOT) names `pointer`."""
        found = self._numbers.get(lot)
        if found is None:
            raise Problem(
                UNKNOWN_LOT,
                fields=(
                    FieldError(
                        pointer,
                        "unknown_lot",
                        f"No stock of lot {lot!r} was ever counted or received.",
                        f"从未盘点或收到批次 {lot!r} 的库存。",
                    ),
                ),
            )
        return found


async def load_lots(connection: AsyncConnection) -> list[tuple[int, str]]:
    """All lots as (number, name)."""
    return [(number, lot) for number, lot in await (await connection.execute(_KNOWN)).fetchall()]


async def store_lots(connection: AsyncConnection, lots: Sequence[str]) -> list[tuple[int, str]]:
    """Give new lots their numbers; returns all of these lots as (number, name). The caller commits."""
    numbers = await allocate_async(connection, "lot", len(lots))
    async with connection.cursor() as cursor:
        await cursor.executemany(_NEW, list(zip(numbers, lots, strict=True)))
    found = await connection.execute(f"{_KNOWN} WHERE lot = ANY(%s)", (list(lots),))
    return [(number, lot) for number, lot in await found.fetchall()]
