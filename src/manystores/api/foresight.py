"""What was learned overnight, taken in while the server runs."""

import asyncio
import logging
from typing import Final

from manystores.flows.routing import Router
from manystores.foresight.learned import Shelf

log = logging.getLogger(__name__)
EVERY_S: Final = 30.0


async def take_in(shelf: Shelf, router: Router) -> None:
    """Tell the router what was learned since the last time; files are read beside the event loop."""
    for learned in await asyncio.to_thread(shelf.news):
        router.set_learned(learned)


async def keep_taking_in(shelf: Shelf, router: Router) -> None:
    """The same again and again, until cancelled; an unreadable file leaves what is known in force."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await take_in(shelf, router)
        except Exception:
            log.exception("what was learned can't be read")
