"""Outcomes as figures: sums over orders, their ratios, and how sure the differences between policies are."""

from collections.abc import Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.kernels.what_if import (
    REFUSED,
    SHIPMENT_HANDLING,
    SHIPMENT_METRES,
    SHIPMENT_ORDER,
    SHIPMENT_PLACE,
    SHIPMENT_UNITS,
    TAKEN_LINE,
    TAKEN_SHIPMENT,
    TAKEN_UNITS,
)
from manystores.sourcing.policy import CostModel, KindRule, RoutingPolicy
from manystores.whatif.promises import Promised
from manystores.whatif.run import Outcome
from manystores.whatif.scenario import DAY_US, HOUR_US, Floats, Longs, Scenario

Better = Literal["less", "more", ""]

BLOCKS: Final = 100
"""Orders are drawn again in blocks of neighbours: what comes together, a rush or a sold-out shelf, stays together."""
DRAWS: Final = 2_000


class Measure(NamedTuple):
    """A figure: a sum over orders, or the ratio of two sums."""

    name: str
    of: str
    per: str = ""
    better: Better = ""


MEASURES: Final = (
    Measure("cost", "cost", "", "less"),
    Measure("cost_per_order", "cost", "served", "less"),
    Measure("carriage", "carriage"),
    Measure("handling", "handling"),
    Measure("penalty", "penalty", "", "less"),
    Measure("fill_rate", "units_served", "units", "more"),
    Measure("refused", "refused", "orders", "less"),
    Measure("unserved_value", "unserved_value", "", "less"),
    Measure("km", "km", "deliveries", "less"),
    Measure("same_day", "same_day", "orders", "more"),
    Measure("split", "split", "served", "less"),
    Measure("kept", "kept", "due", "more"),
    Measure("from_north", "from_north", "shipments"),
)


class Difference(Struct, frozen=True):
    """How much more than under the first policy, and the interval that holds it in 95 of 100 redraws of the orders."""

    value: float
    low: float
    high: float

    @property
    def sure(self) -> bool:
        """Whether it is a difference at all."""
        return self.low > 0 or self.high < 0


def per_order(scenario: Scenario, outcome: Outcome, promised: Promised, rates: RoutingPolicy) -> dict[str, Floats]:
    """[O] of each sum that measures are made of. Carriage is priced at the rates of one policy for all, so that
    differences are differences of plans."""
    orders, rows = scenario.orders, outcome.shipments
    size, order, place = len(orders), rows[:, SHIPMENT_ORDER], rows[:, SHIPMENT_PLACE]

    def summed(values: NDArray[np.generic] | float) -> Floats:
        weights = np.broadcast_to(np.asarray(values, np.float64), order.shape)
        return np.bincount(order, weights, minlength=size).astype(np.float64)

    carriage = summed(_carriage(scenario, outcome, rates))
    handling = summed(rows[:, SHIPMENT_HANDLING])
    short = orders.asked.line_units - np.bincount(
        outcome.taken[:, TAKEN_LINE], outcome.taken[:, TAKEN_UNITS], minlength=len(orders.sku)
    )
    of_line = np.repeat(np.arange(size), np.diff(orders.asked.line_ptr))
    penalty = np.bincount(of_line, short * orders.penalty, minlength=size)
    delivered = orders.asked.collect_at[order] < 0
    shipments, served = summed(1.0), outcome.ended != REFUSED
    whole = served & (outcome.unserved == 0)
    return {
        "orders": np.ones(size),
        "served": served.astype(np.float64),
        "refused": (~served).astype(np.float64),
        "cost": carriage + handling + penalty,
        "carriage": carriage,
        "handling": handling,
        "penalty": penalty,
        "units": np.bincount(of_line, orders.asked.line_units, minlength=size),
        "units_served": summed(rows[:, SHIPMENT_UNITS]),
        "unserved_value": np.bincount(of_line, short * orders.value, minlength=size),
        "shipments": shipments,
        "split": (shipments > 1).astype(np.float64),
        "deliveries": summed(delivered),
        "km": summed(np.where(delivered, rows[:, SHIPMENT_METRES] / 1000.0, 0.0)),
        "same_day": (whole & (summed(_later_than_day(scenario, order, promised)) == 0)).astype(np.float64),
        "due": summed(promised.due),
        "kept": summed(promised.kept),
        "from_north": summed(scenario.sites.north[place]),
    }


def _carriage(scenario: Scenario, outcome: Outcome, policy: RoutingPolicy) -> Floats:
    """[S] minor units, by the rates of a policy; where it doesn't know the way of fulfilment, by the outcome's own."""
    orders, rows = scenario.orders, outcome.shipments
    taken = outcome.taken
    kg = np.bincount(
        taken[:, TAKEN_SHIPMENT],
        taken[:, TAKEN_UNITS] * orders.asked.line_kg[taken[:, TAKEN_LINE]],
        minlength=len(rows),
    )
    kinds = sorted(set(orders.kind))
    number = {kind: i for i, kind in enumerate(kinds)}
    of_order = np.array([number[kind] for kind in orders.kind], np.int64)
    models = [policy.kinds.get(kind) or outcome.policy.kinds.get(kind) or KindRule() for kind in kinds]
    table = np.array([_rates(rule.costs) for rule in models]).reshape(-1, 4)
    base, per_km, per_kg, per_kg_km = table[of_order[rows[:, SHIPMENT_ORDER]]].T
    km = rows[:, SHIPMENT_METRES] / 1000.0
    return np.asarray(base + per_km * km + kg * (per_kg + per_kg_km * km), np.float64)


def _rates(costs: CostModel) -> tuple[float, float, float, float]:
    return costs.base, costs.per_km, costs.per_kg, costs.per_kg_km


def _later_than_day(scenario: Scenario, order: Longs, promised: Promised) -> NDArray[np.bool_]:
    """[S]: promised for a later day than that on which the order was placed, by the destination's clock."""
    orders = scenario.orders
    shift = orders.day_shift * HOUR_US
    day_ends_us = ((orders.at_us + shift) // DAY_US + 1) * DAY_US - shift
    return np.asarray(promised.promised_to_us > day_ends_us[order])


# -- figures


def figures(sums: dict[str, Floats], among: NDArray[np.bool_] | None = None) -> dict[str, float | None]:
    """Every measure over all orders, or over those `among`; None for a ratio of nothing."""
    found: dict[str, float | None] = {}
    for measure in MEASURES:
        top = _total(sums[measure.of], among)
        if not measure.per:
            found[measure.name] = top
            continue
        bottom = _total(sums[measure.per], among)
        found[measure.name] = top / bottom if bottom else None
    return found


def _total(values: Floats, among: NDArray[np.bool_] | None) -> float:
    return float((values if among is None else values[among]).sum())


def differences(
    first: dict[str, Floats], other: dict[str, Floats], seed: int, among: NDArray[np.bool_] | None = None
) -> dict[str, Difference | None]:
    """Every measure's difference to the first policy, with its interval: blocks of orders drawn again, the same for
    both policies."""
    size = len(first["orders"])
    blocks = min(BLOCKS, max(1, size))
    block = np.arange(size) * blocks // max(1, size)
    used = sorted({name for measure in MEASURES for name in (measure.of, measure.per) if name})
    one, two = (_by_block(sums, used, block, blocks, among) for sums in (first, other))
    weights = np.random.default_rng([seed, 0xB007]).multinomial(blocks, np.full(blocks, 1 / blocks), DRAWS)
    drawn = [weights.astype(np.float64) @ each for each in (one, two)]
    found: dict[str, Difference | None] = {}
    for measure in MEASURES:
        top, bottom = used.index(measure.of), used.index(measure.per) if measure.per else None
        ratios = [_ratio(each.sum(axis=0)[np.newaxis], top, bottom)[0] for each in (one, two)]
        spread = _ratio(drawn[1], top, bottom) - _ratio(drawn[0], top, bottom)
        spread = spread[np.isfinite(spread)]
        if not np.isfinite(ratios).all() or not len(spread):
            found[measure.name] = None
            continue
        low, high = np.quantile(spread, [0.025, 0.975]).tolist()
        found[measure.name] = Difference(float(ratios[1] - ratios[0]), low, high)
    return found


def _by_block(
    sums: dict[str, Floats], used: Sequence[str], block: Longs, blocks: int, among: NDArray[np.bool_] | None
) -> Floats:
    """[blocks, used]."""
    weight = np.ones(len(block)) if among is None else among.astype(np.float64)
    return np.stack([np.bincount(block, sums[name] * weight, minlength=blocks) for name in used], axis=1)


def _ratio(rows: Floats, top: int, bottom: int | None) -> Floats:
    if bottom is None:
        return rows[:, top].copy()
    below = rows[:, bottom]
    found: Floats = np.divide(rows[:, top], below, out=np.full(len(rows), np.nan), where=below > 0)
    return found
