"""One policy on a scenario: every order decided in turn, from stock and capacity that the orders before it left."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.kernels.sourcing_blocks import BOUNDS
from manystores.kernels.sourcing_stock import Stock
from manystores.kernels.what_if import (
    SHIPMENT,
    TAKEN,
    Capacity,
    Noted,
    Ruled,
    empty_capacity,
    run_orders,
    set_first_hours,
)
from manystores.sourcing.compiled import CompiledPolicy, Rules
from manystores.sourcing.plan import SEARCH_NODES
from manystores.sourcing.policy import Kind, RoutingPolicy
from manystores.whatif.pricing import AT_ONCE, Pricing
from manystores.whatif.scenario import Longs, Scenario, own_copy

_UNLIMITED: Final = 1 << 40

Progress = Callable[[int, int], None]
"""Told which policy, and how many of its orders are decided."""


class Stopped(Exception):
    """Somebody called it off."""


class Outcome(Struct, frozen=True, eq=False):
    """What a policy makes of the orders: O orders, S shipments, T lines that are served (in part)."""

    policy: RoutingPolicy
    ended: NDArray[np.uint8]
    """[O] `kernels.what_if`: SERVED, SHORT or REFUSED."""
    unserved: Longs
    """[O] units."""
    exact: NDArray[np.bool_]
    shipments: Longs
    """[S, SHIPMENT], by order."""
    taken: Longs
    """[T, TAKEN], by shipment."""
    left: Longs
    """Units left on each shelf, in the order of the scenario's stock."""
    looked_ahead: int
    """Orders that were decided by prices of orders to come; by what is cheapest now the others."""


def simulate(
    scenario: Scenario,
    policies: Sequence[RoutingPolicy],
    progress: Progress = lambda policy, done: None,
    stop: Callable[[], bool] = lambda: False,
    threads: int = 2,
) -> list[Outcome]:
    """Each policy on the scenario, several at a time. Raises Stopped when `stop` says so."""
    with ThreadPoolExecutor(threads, "what-if") as pool:
        runs = [
            pool.submit(one_policy, scenario, policy, partial(progress, i), stop) for i, policy in enumerate(policies)
        ]
        return [run.result() for run in runs]


def one_policy(
    scenario: Scenario,
    policy: RoutingPolicy,
    progress: Callable[[int], None] = lambda done: None,
    stop: Callable[[], bool] = lambda: False,
) -> Outcome:
    """A policy on the scenario, from its start."""
    orders, sites, clock = scenario.orders, scenario.sites, scenario.clock()
    capacity = empty_capacity(sites.per_hour, sites.per_day, sites.day_shift)
    compiled = CompiledPolicy(policy, scenario.network, capacity.left)
    told = _Told(scenario, compiled, capacity)
    stock, noted = told.stock, _noted(len(orders), 2 * len(orders) + 1_000, 2 * len(orders.sku) + 1_000)
    looked_ahead = 0
    unlimited = np.full(len(sites.code), _UNLIMITED, np.int64)
    kinds: list[Kind] = [kind for kind, rule in policy.kinds.items() if rule.within_cut_off]
    done = 0
    while done < len(orders):
        moment = clock.at(int(orders.at_us[done]), kinds)
        set_first_hours(capacity, moment.first_hour)
        compiled.set_hours(moment.open_now, moment.in_time)
        told.refresh()
        end = int(np.searchsorted(orders.at_us, moment.until_us))
        while done < end:
            if stop():
                raise Stopped
            upto = min(end, done + AT_ONCE)
            told.pricing.upto(done, int(orders.at_us[done]), moment)
            reached = run_orders(done, upto, orders.asked, told.ruled, stock, capacity, unlimited, noted, SEARCH_NODES)
            if reached < upto:
                noted = _grown(noted)
            looked_ahead += (reached - done) * told.pricing.known
            done = reached
            progress(done)
    return _outcome(policy, noted, stock, looked_ahead)


class _Told:
    """A compiled policy as the kernel takes it: all rules that the orders need, stacked."""

    def __init__(self, scenario: Scenario, compiled: CompiledPolicy, capacity: Capacity) -> None:
        orders = scenario.orders
        self._rules: list[Rules] = []
        of_order, line_row = self._assign(scenario, compiled)
        stock = own_copy(scenario.stock)
        found = [compiled.blocks(stock, rules) for rules in self._rules]
        self.stock: Stock = found[0][0] if found else stock
        blocks = [one[1] for one in found]
        rows = [len(rules.places.buffer) for rules in self._rules]
        self.pricing = Pricing(scenario, compiled, self.stock, capacity)
        self.ruled = Ruled(
            terms=np.stack([rules.places.terms for rules in self._rules]) if rows else np.zeros((0, 1, 8)),
            excluded=np.stack([rules.places.excluded for rules in self._rules]) if rows else np.zeros((0, 1), np.uint8),
            buffer=np.concatenate([rules.places.buffer for rules in self._rules])
            if rows
            else np.zeros((0, 1), np.int32),
            buffer_at=np.cumsum([0, *rows])[:-1].astype(np.int64),
            rates=np.array([rules.rates for rules in self._rules]).reshape(-1, 4),
            km_max=np.array([rules.km_max for rules in self._rules], np.float64),
            shipments=np.array([rules.shipments for rules in self._rules], np.int64),
            line_split=np.array([rules.line_split for rules in self._rules], np.int64),
            bounds=np.stack([one.bounds for one in blocks]) if rows else np.zeros((0, 0, BOUNDS)),
            block_start=blocks[0].start if rows else np.zeros((0, 1), np.int32),
            unit_price=self.pricing.unit,
            room_price=self.pricing.room,
            of_order=of_order,
            line_row=line_row,
            partial=compiled.policy.on_shortage != "reject",
            respect_capacity=compiled.policy.respect_capacity,
        )
        assert len(of_order) == len(orders)

    def _assign(self, scenario: Scenario, compiled: CompiledPolicy) -> tuple[Longs, Longs]:
        """The rule of each order, and the row of each line; rows are made before arrays are stacked."""
        orders = scenario.orders
        of_order, line_row = np.zeros(len(orders), np.int64), np.zeros(len(orders.sku), np.int64)
        numbers: dict[tuple[int, Kind], int] = {}
        pointers = orders.asked.line_ptr.tolist()
        for i, (channel, kind) in enumerate(zip(orders.channel.tolist(), orders.kind, strict=True)):
            number = numbers.get((channel, kind))
            if number is None:
                number = numbers[channel, kind] = len(self._rules)
                self._rules.append(compiled.rules(orders.channels[channel], kind))
            of_order[i] = number
            rules = self._rules[number]
            for n in range(pointers[i], pointers[i + 1]):
                line_row[n] = rules.row(orders.sku[n], orders.offer_class[n])
        return of_order, line_row

    def refresh(self) -> None:
        """Take over who is open."""
        for i, rules in enumerate(self._rules):
            self.ruled.excluded[i] = rules.places.excluded


def _noted(orders: int, shipments: int, taken: int) -> Noted:
    return Noted(
        np.zeros(orders, np.uint8),
        np.zeros(orders, np.int64),
        np.ones(orders, np.bool_),
        np.zeros((shipments, SHIPMENT), np.int64),
        np.zeros((taken, TAKEN), np.int64),
        np.zeros(2, np.int64),
    )


def _grown(noted: Noted) -> Noted:
    """Room for twice as many rows."""
    return noted._replace(
        shipments=np.concatenate([noted.shipments, np.zeros_like(noted.shipments)]),
        taken=np.concatenate([noted.taken, np.zeros_like(noted.taken)]),
    )


def _outcome(policy: RoutingPolicy, noted: Noted, stock: Stock, looked_ahead: int) -> Outcome:
    shipments, taken = noted.used.tolist()
    return Outcome(
        policy,
        noted.ended,
        noted.unserved,
        noted.exact,
        noted.shipments[:shipments].copy(),
        noted.taken[:taken].copy(),
        stock.on_hand - stock.reserved - stock.unavailable,
        looked_ahead,
    )
