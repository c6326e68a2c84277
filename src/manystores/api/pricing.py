"""Prices that look ahead, kept up to date while the server runs: beside the event loop, and after everything else."""

import asyncio
import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor

from manystores.core.clock import Clock
from manystores.flows.routing import Router
from manystores.promise.owner import Owner

log = logging.getLogger(__name__)
_NICENESS = 10


async def keep_pricing(router: Router, owner: Owner, clock: Clock, every_s: float) -> None:
    """Bring all brands' prices up to date, again and again, until cancelled; what fails leaves them as they were."""
    with ThreadPoolExecutor(1, "prices", initializer=_give_way) as beside:
        while True:
            await asyncio.sleep(every_s)
            if not owner.ready:
                continue
            try:
                for job in router.pricing(owner.ledger, clock.now_us()):
                    await asyncio.get_running_loop().run_in_executor(beside, job)
            except Exception:
                log.exception("prices can't be made")


def _give_way() -> None:
    """Decisions come first: on Linux a thread has a niceness of its own."""
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
