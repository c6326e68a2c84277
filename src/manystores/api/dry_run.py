"""A routing policy tried on past orders: stock is copied in small steps, orders are decided in a thread.

The owner decides on the event loop. The stock is copied there, since only there nothing moves while one looks; each
step takes a fraction of a millisecond and lets everybody else run. All the rest happens on copies in a thread.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final, NamedTuple

from manystores.api.services import Services
from manystores.core.auth import Principal
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.core.sql import queries
from manystores.flows.dry_run import Comparison, compare
from manystores.flows.replay import (
    BUCKETS_MAX,
    Grounds,
    House,
    TooMuchStock,
    as_never_placed,
    copy_stock,
    in_order,
    replay,
)
from manystores.orders.order import Order, decode
from manystores.sourcing.policy import RoutingPolicy
from manystores.sourcing.reasons import Language

SQL: Final = queries("manystores.orders")
PROMISE: Final = queries("manystores.promise")
STEP_S: Final = 0.0005
TICK_S: Final = 0.002


class Timing(NamedTuple):
    """Seconds: in all, and the longest that the event loop kept others waiting meanwhile, whoever's work that was."""

    took_s: float
    pause_s: float


async def dry_run(
    here: Services, who: Principal, policy: RoutingPolicy, orders: int, language: Language
) -> tuple[Comparison, Timing]:
    """Compare a policy with the one in force on the brand's last orders."""
    async with here.dry_runs.turn():
        began = time.perf_counter()
        pauses = _Pauses()
        try:
            found = await _run(here, who, policy, orders, language)
        finally:
            await pauses.stop()
        return found, Timing(time.perf_counter() - began, pauses.longest_s)


async def _run(here: Services, who: Principal, policy: RoutingPolicy, most: int, language: Language) -> Comparison:
    present = here.router.policy_of(who.party_no)
    found = {"partition_id": here.owner.partition_id, "party_no": who.party_no, "limit": most}
    async with here.pool.connection() as connection:
        rows = await (await connection.execute(SQL["latest_orders"], found)).fetchall()
        orders = await asyncio.to_thread(_decoded, [row[0] for row in rows])
        values = {
            "partition": here.owner.partition_id,
            "party": who.party_no,
            "subjects": [order.order_id for order in orders],
        }
        facts = await (await connection.execute(PROMISE["first_facts"], values)).fetchall()
    orders = in_order(orders, {subject: (seq, n) for subject, seq, n in facts})
    parts: list[Grounds] = []
    try:
        await _in_steps(copy_stock(here.router, here.owner.ledger, orders, parts))
    except TooMuchStock:
        en = f"These orders' offers stand on more than {BUCKETS_MAX:,} shelves; try fewer orders."
        zh = f"这些订单的商品分布在超过 {BUCKETS_MAX:,} 个货位上，请减少订单数。"
        raise Problem(INVALID, fields=(FieldError("/orders", "too_many_shelves", en, zh),)) from None
    network, refused = here.network.twin(), here.router.rejections_of(who.party_no)

    def work() -> Comparison:
        grounds = as_never_placed(parts, orders, here.lots)
        brand = (network, here.catalogue, here.lots, who.party_no)
        houses = [House(*brand, each, grounds, refused) for each in (present, policy)]
        return compare(replay(houses, orders), network, present, policy, language)

    return await asyncio.to_thread(work)


def _decoded(documents: Sequence[str]) -> list[Order]:
    return [decode(document) for document in documents]


async def _in_steps(steps: Iterator[None]) -> None:
    """Take the steps, and let others run every half a millisecond."""
    until = time.perf_counter() + STEP_S
    for _ in steps:
        if time.perf_counter() >= until:
            await asyncio.sleep(0)
            until = time.perf_counter() + STEP_S


class _Pauses:
    """Looks every two milliseconds how late it is woken."""

    def __init__(self) -> None:
        self.longest_s = 0.0
        self._task = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        while True:
            due = time.perf_counter() + TICK_S
            await asyncio.sleep(TICK_S)
            self.longest_s = max(self.longest_s, time.perf_counter() - due)

    async def stop(self) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
