"""A gate for work that takes much memory and a processor: one at a time, and no long queue before it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from manystores.core.errors import Problem, rule

BUSY: Final = rule("busy", 503, "Others are having the same done", "正在处理其他同类请求")
WAITING_MAX: Final = 4


class Gate:
    """`async with gate.turn(): …`"""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn; Problem `busy` when too many wait."""
        if self._waiting >= WAITING_MAX:
            raise Problem(BUSY, "Send it again in a few seconds.", "请几秒后重试。", retry_after_s=3)
        self._waiting += 1
        try:
            async with self._lock:
                yield
        finally:
            self._waiting -= 1
