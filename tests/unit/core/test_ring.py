"""Who a token is, remembered for seconds: what was forgotten meanwhile is looked up anew."""

import asyncio
from uuid import UUID

import pytest

from manystores.core.auth import KEY_CACHE_US, Cached, Principal, Ring, unauthorized
from manystores.core.clock import ManualClock
from manystores.core.errors import Problem

SOMEBODY = Principal(UUID(int=1), 1, "demo", 1, frozenset(), None, "brand", UUID(int=2))


class Slow(Ring):
    """Finds somebody, until they are gone; what it read is told once `answer` is set."""

    gone = False

    def __init__(self) -> None:
        super().__init__(None, ManualClock(0))  # type: ignore[arg-type]
        self.answer, self.asked = asyncio.Event(), asyncio.Event()

    async def _look_up(self, token: str, now_us: int) -> Cached:
        found = Cached(None if self.gone else SOMEBODY, now_us, now_us + KEY_CACHE_US)
        self.asked.set()
        await self.answer.wait()
        return found

    def _refusal(self) -> Problem:
        return unauthorized("no", "否")


async def test_what_was_read_before_somebody_left_is_not_kept() -> None:
    """The request that came before is let in; none that comes after is, though that look-up ended after the leaving."""
    ring = Slow()
    before = asyncio.create_task(ring.principal("token"))
    await ring.asked.wait()
    ring.gone = True
    ring.forget("token")
    ring.answer.set()
    assert await before == SOMEBODY
    with pytest.raises(Problem):
        await ring.principal("token")
