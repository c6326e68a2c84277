"""The hindsight lower bound: what no policy can beat on an instance, even one that knew all orders from the start.

Every unit of stock and every shipment of a location's day gets a price; at any prices, the relaxed problem's optimum
less the prices' worth of what there is bounds the cost of all plans from below (`kernels.bound`). Good prices make the
bound high. They are found in two phases of a subgradient method: first each price moves by a step of its own that
grows while its sign stays and halves when it turns (as in Rprop, Riedmiller & Braun 1993), and each SKU's prices also
move together; then all move by Polyak's step towards a target just above the best bound, along a direction that keeps
some of the last (Camerini, Fratta & Maffioli 1975).
"""

import os
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from manystores.instances.instance import Instance
from manystores.kernels.bound import MOST_LINES, Relaxed, keep_distances, solve_relaxed

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]
Told = Callable[[int, float], None]
"""Told the number of iterations done, and the best bound so far."""

ITERATIONS: Final = 400
MOST_DISTANCES: Final = 400_000_000
"""Distances that are kept (float32); above, they are computed anew in every iteration."""
CHUNKS: Final = 4
"""Orders are solved in so many threads at most; it is fixed, so that sums are the same on every machine."""

_FIRST_PHASE: Final = 0.15
_AVERAGED_FROM: Final = 0.6
_STEP: Final = 1.5
_LEAST_STEP: Final = 0.02
_SHIPMENT_CNY: Final = 13.0
"""A typical shipment, to begin with: a SKU that is short is worth its penalty less this, and less `_KG_CNY` a kg."""
_KG_CNY: Final = 2.0
_AHEAD: Final = 0.002
_PATIENCE: Final = 6


class Bound(msgspec.Struct, frozen=True, eq=False):
    """A lower bound of the cost of any plan, and the prices that prove it."""

    value: float
    """CNY."""
    iterations: int
    stock_price: Floats
    """[R] CNY a unit."""
    capacity_price: Floats
    """[days, L] CNY a shipment."""


class _Prices(msgspec.Struct, eq=False):
    """Both kinds of prices at once: a move of one is a move of the other."""

    stock: Floats
    capacity: Floats

    def copy(self) -> "_Prices":
        return _Prices(self.stock.copy(), self.capacity.copy())

    def keep_positive(self) -> None:
        """Neither stock nor capacity is worth less than nothing."""
        np.maximum(self.stock, 0, out=self.stock)
        np.maximum(self.capacity, 0, out=self.capacity)


class _Dual:
    """The function that is maximised, and the best point of it so far."""

    def __init__(self, instance: Instance, pool: Executor) -> None:
        self.pool = pool
        self.relaxed = _relaxed(instance)
        lines = np.cumsum(self.relaxed.part_end - self.relaxed.part_begin)
        total = lines[-1] if len(lines) else 0
        self.chunks = np.searchsorted(lines, np.arange(CHUNKS + 1) * total / CHUNKS)
        self.chunks[-1] = len(lines)
        days = instance.meta.days
        self.stock = instance.stock_qty.astype(np.float64)
        self.capacity = np.tile(instance.cap_day.astype(np.float64), (days, 1))
        self.sku = np.repeat(np.arange(len(instance.sku_id)), np.diff(instance.stock_ptr))
        self.best = -np.inf
        self.best_prices = _Prices(np.zeros(len(self.stock)), np.zeros(self.capacity.shape))
        self.value = -np.inf
        self.since_best = 0

    def at(self, prices: _Prices) -> _Prices:
        """Evaluate at these prices; returns the subgradient: what the optimum uses beyond what there is."""

        def solve(chunk: int) -> tuple[float, _Prices]:
            use = _Prices(np.zeros(self.stock.shape), np.zeros(self.capacity.shape))
            first, last = int(self.chunks[chunk]), int(self.chunks[chunk + 1])
            cost = solve_relaxed(self.relaxed, first, last, prices.stock, prices.capacity, use.stock, use.capacity)
            return cost, use

        solved = list(self.pool.map(solve, range(CHUNKS)))
        cost = sum(cost for cost, _ in solved)
        worth = float(prices.stock @ self.stock) + float((prices.capacity * self.capacity).sum())
        self.value = cost - worth
        self.since_best += 1
        if self.value > self.best:
            self.best, self.best_prices, self.since_best = self.value, prices.copy(), 0
        beyond = _Prices(-self.stock, -self.capacity)
        for _, use in solved:
            beyond.stock += use.stock
            beyond.capacity += use.capacity
        return beyond


def lower_bound(instance: Instance, iterations: int = ITERATIONS, told: Told = lambda done, best: None) -> Bound:
    """The best bound of so many iterations; the same instance and iterations give the same bound."""
    with ThreadPoolExecutor(max_workers=min(CHUNKS, os.cpu_count() or 1)) as pool:
        dual = _Dual(instance, pool)
        first = max(1, int(iterations * _FIRST_PHASE))
        prices = _own_steps(dual, _first_prices(dual, instance), first, told)
        _polyak(dual, prices, first, iterations, told)
    best = dual.best_prices
    return Bound(dual.best, iterations, best.stock, best.capacity)


def _relaxed(instance: Instance) -> Relaxed:
    """The instance's orders in parts, and its distances where they are few enough to keep."""
    order, begin, end = _parts(instance)
    records = np.diff(instance.stock_ptr)
    km_ptr = np.concatenate([[0], np.cumsum(records[instance.line_sku])]).astype(np.int64)
    meta = instance.meta
    relaxed = Relaxed(
        part_begin=begin,
        part_end=end,
        part_day=instance.order_day[order],
        part_share=1.0 / np.bincount(order)[order],
        part_xyz=instance.order_xyz[order],
        line_sku=instance.line_sku,
        line_qty=instance.line_qty,
        stock_ptr=instance.stock_ptr,
        stock_location=instance.stock_location,
        usable=(instance.stock_qty > 0) & (instance.cap_day[instance.stock_location] > 0),
        xyz=instance.xyz,
        handle_ship=instance.handle_ship,
        handle_unit=instance.handle_unit,
        kg=instance.kg,
        penalty=instance.penalty,
        rates=np.array([meta.base, meta.a_km, meta.w0, meta.w_km]),
        km_ptr=km_ptr,
        km=np.zeros(0, np.float32),
    )
    if km_ptr[-1] > MOST_DISTANCES:
        return relaxed
    km = np.empty(int(km_ptr[-1]), np.float32)
    keep_distances(relaxed, km)
    return relaxed._replace(km=km)


def _parts(instance: Instance) -> tuple[Longs, Longs, Longs]:
    """(order, first line, line after the last), each [P], of parts of at most `MOST_LINES` lines, in order of day."""
    begin, end = instance.line_ptr[:-1], instance.line_ptr[1:]
    parts = -(-(end - begin) // MOST_LINES)
    order = np.repeat(np.arange(len(parts)), parts)
    within = np.arange(len(order)) - np.repeat(np.cumsum(parts) - parts, parts)
    first = begin[order] + within * MOST_LINES
    by_day = np.argsort(instance.order_day[order], kind="stable")
    return order[by_day], first[by_day], np.minimum(first + MOST_LINES, end[order])[by_day]


def _first_prices(dual: _Dual, instance: Instance) -> _Prices:
    """Nothing is worth anything, but SKUs of which there is less than is ordered."""
    skus = len(instance.sku_id)
    ordered = np.bincount(instance.line_sku, instance.line_qty, skus)
    supply = np.bincount(dual.sku, dual.stock, skus)
    worth = np.maximum(instance.penalty - _SHIPMENT_CNY - _KG_CNY * instance.kg, 0)
    short = np.where(ordered > np.maximum(supply, 1.0), worth, 0.0)
    return _Prices(short[dual.sku], np.zeros(dual.capacity.shape))


class _OwnSteps:
    """A step for each price of an array: it grows while the price's direction stays, and halves when it turns."""

    def __init__(self, shape: tuple[int, ...], step: float) -> None:
        self.step = np.full(shape, step)
        self.direction = np.zeros(shape, np.int8)

    def adapt(self, gradient: Floats, most: float) -> Floats:
        """The steps for this gradient."""
        direction = np.sign(gradient).astype(np.int8)
        kept = direction * self.direction
        self.step[kept > 0] *= 1.25
        self.step[kept < 0] *= 0.5
        np.clip(self.step, _LEAST_STEP, most, out=self.step)
        self.direction = direction
        return self.step


def _own_steps(dual: _Dual, prices: _Prices, iterations: int, told: Told) -> _Prices:
    """The first phase, and the mean of its last prices."""
    skus = int(dual.sku[-1]) + 1 if len(dual.sku) else 0
    supply = np.maximum(np.bincount(dual.sku, dual.stock, skus), 1.0)
    of_stock, of_capacity = _OwnSteps(prices.stock.shape, _STEP), _OwnSteps(prices.capacity.shape, _STEP / 2)
    of_sku = _OwnSteps(supply.shape, 2.0)
    stock_scale, capacity_scale = np.maximum(dual.stock, 1.0), np.maximum(dual.capacity, 2.0)
    mean, averaged = _Prices(np.zeros(prices.stock.shape), np.zeros(prices.capacity.shape)), 0
    for iteration in range(iterations):
        beyond = dual.at(prices)
        told(iteration + 1, dual.best)
        done = iteration / iterations
        most = 4.0 * (1 - done) ** 2 + 0.05
        prices.stock += of_stock.adapt(beyond.stock, most) * np.clip(beyond.stock / stock_scale, -0.5, 1.0)
        prices.capacity += of_capacity.adapt(beyond.capacity, most) * np.clip(
            beyond.capacity / capacity_scale, -0.5, 1.0
        )
        beyond_sku: Floats = np.bincount(dual.sku, beyond.stock, skus).astype(np.float64)
        worthless = np.bincount(dual.sku, prices.stock, skus) <= 0
        beyond_sku = np.where((beyond_sku < 0) & worthless, 0.0, beyond_sku)
        together = of_sku.adapt(beyond_sku, 1.5 * most) * np.clip(5 * beyond_sku / supply, -0.5, 1)
        prices.stock += together[dual.sku] * (prices.stock > 0)
        prices.keep_positive()
        if done > _AVERAGED_FROM:
            mean.stock += prices.stock
            mean.capacity += prices.capacity
            averaged += 1
    return _Prices(mean.stock / averaged, mean.capacity / averaged) if averaged else prices


def _polyak(dual: _Dual, prices: _Prices, begun: int, iterations: int, told: Told) -> None:
    """The second phase: from iteration `begun` on, towards a target that comes nearer when no progress is made."""
    stock_scale, capacity_scale = np.maximum(dual.stock, 1.0), np.maximum(dual.capacity, 2.0)
    direction = _Prices(np.zeros(prices.stock.shape), np.zeros(prices.capacity.shape))
    ahead, target = 1.0, -np.inf
    for iteration in range(begun, iterations):
        beyond = dual.at(prices)
        told(iteration + 1, dual.best)
        if iteration == begun:
            dual.since_best = 0
            target = dual.best * (1 + _AHEAD)
            if dual.value < dual.best * 0.999:
                prices = dual.best_prices.copy()
        if dual.since_best >= _PATIENCE:
            ahead *= 0.6
            dual.since_best = 0
            prices = dual.best_prices.copy()
            direction.stock[:], direction.capacity[:] = 0, 0
            target = dual.best * (1 + _AHEAD * ahead)
            continue
        if dual.best > target * 0.9997:
            target = dual.best * (1 + _AHEAD * ahead)
        beyond.stock[(prices.stock <= 0) & (beyond.stock < 0)] = 0
        beyond.capacity[(prices.capacity <= 0) & (beyond.capacity < 0)] = 0
        direction.stock = 0.6 * direction.stock + beyond.stock
        direction.capacity = 0.6 * direction.capacity + beyond.capacity
        slope = float((beyond.stock * direction.stock / stock_scale).sum())
        slope += float((beyond.capacity * direction.capacity / capacity_scale).sum())
        step = max(target - dual.value, 0.0) / abs(slope + 1e-9)
        prices.stock += step * direction.stock / stock_scale
        prices.capacity += step * direction.capacity / capacity_scale
        prices.keep_positive()
