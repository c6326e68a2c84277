"""The writer process, as the owner's end sees it."""

import asyncio
import os
import signal

import pytest
import uvloop

from manystores.promise.writer import Rows, Writer, WriterGone


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run])
@pytest.mark.parametrize("noticed_s", [0.0, 0.2])
def test_a_writer_that_was_killed_is_gone_on_every_event_loop(database_url: str, run: object, noticed_s: float) -> None:
    """Whether the loop has noticed the death already or not: the owner then asks what was committed, and goes on."""

    async def dies() -> None:
        writer = await Writer.start(database_url)
        os.kill(writer.pid, signal.SIGKILL)
        await asyncio.sleep(noticed_s)
        with pytest.raises(WriterGone):
            await writer.write(Rows(1, 1, 1, 0, (("journal", b"rows"),), ()))
        await writer.close()

    run(dies())  # type: ignore[operator]
