"""What was learned overnight, taken in while the server runs."""

import asyncio
import logging
from pathlib import Path
from typing import Final

from manystores.flows.routing import Router
from manystores.foresight import demand, learned, rejections
from manystores.foresight.demand import Forecast
from manystores.foresight.learned import Learned, Shelf
from manystores.foresight.rejections import Rejections

log = logging.getLogger(__name__)
EVERY_S: Final = 30.0


class Shelves:
    """All that is learned in a data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.spans: Shelf[Learned] = Shelf(data_dir / learned.FOLDER, learned.load)
        self.rejections: Shelf[Rejections] = Shelf(data_dir / rejections.FOLDER, rejections.load)
        self.demand: Shelf[Forecast] = Shelf(data_dir / demand.FOLDER, demand.load)


async def take_in(shelves: Shelves, router: Router) -> None:
    """Tell the router what was learned since the last time; files are read beside the event loop."""
    for spans in await asyncio.to_thread(shelves.spans.news):
        router.set_learned(spans)
    for refused in await asyncio.to_thread(shelves.rejections.news):
        router.set_rejections(refused)
    for expected in await asyncio.to_thread(shelves.demand.news):
        router.set_forecast(expected)


async def keep_taking_in(shelves: Shelves, router: Router) -> None:
    """The same again and again, until cancelled; an unreadable file leaves what is known in force."""
    while True:
        await asyncio.sleep(EVERY_S)
        try:
            await take_in(shelves, router)
        except Exception:
            log.exception("what was learned can't be read")
