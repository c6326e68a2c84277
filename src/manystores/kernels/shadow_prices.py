"""What a unit on a shelf would be worth later or elsewhere, learned from the demand that is expected.

Each SKU on its own is a transport problem: expected demand of areas to units on shelves. Its entropic form (Cuturi
2013) is solved by scaling: demand spreads over the shelves by exp(−cost / T); where more would come than there is, the
shelf's weight goes down until it fits, and −T · ln(weight) is its shadow price. T, in CNY, smooths over what a forecast
of a few units can't know. With a warm start a few rounds are enough, and where nothing is scarce one is.

Single precision is enough for prices, and twice as fast.
"""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from manystores.kernels.geo import EARTH_RADIUS_KM
from manystores.kernels.order_stream import HANDLE_SHIP, HANDLE_UNIT, ROOM_PRICE, Shelves

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Longs = NDArray[np.int64]
Ints = NDArray[np.int32]

_STEP: Final = np.float32(0.9)  # of the way to the weight that would fit; damped, because shelves share their demand
_LEAST: Final = np.float32(1e-30)
_OUTSIDE: Final = 25.0
"""CNY a unit at which demand rather stays unserved: no price goes on rising where all shelves together have too few."""
_SETTLED: Final = np.float32(0.005)
"""Relative change of every weight below which a SKU's prices have settled."""


class Areas(NamedTuple):
    """A areas of demand, each within one zone."""

    zone: Longs
    """[A]."""
    share: Floats
    """[A] of its zone's demand."""
    km: Singles
    """[L, A] from each location; see `reach`."""


class Outlook(NamedTuple):
    """What is expected of the day that goes on and of those to come, and what was seen so far. Z zones, C classes."""

    today: Floats
    """[Z, S] units expected on the whole day."""
    later: Floats
    """[Z, S] units expected on all days after it."""
    past: Floats
    """[Z, S] units that were expected of all days before it."""
    seen: Floats
    """[Z, S] units ordered so far, in all."""
    class_seen: Floats
    """[Z, C] the same of late: days before count less and less."""
    class_past: Floats
    """[Z, C] what was expected of that time."""
    sku_class: Longs
    """[S]."""


class Temper(NamedTuple):
    """How demand becomes prices."""

    temperature: float
    """CNY."""
    sku_trust: float
    """Units of expectation that weigh as much as the same number seen of a SKU in a zone."""
    class_trust: float
    """The same of a class in a zone."""
    weight: float
    """Of a price in a decision: a forecast of a few units is believed a little less than it says."""


class Worth(NamedTuple):
    """What stock is worth, and how much of it would go today."""

    value: Singles
    """[R] CNY a unit."""
    load: Singles
    """[R] units expected to be sent from here on a whole day like today."""
    units: Floats
    """[L] the same of a location's records in all; changes are added."""


@njit(nogil=True, cache=True, error_model="numpy")
def distances(places: Floats, centres: Floats) -> Singles:
    """[L, A] km between places and centres on the unit sphere."""
    km = np.empty((places.shape[0], centres.shape[0]), np.float32)
    for i in range(places.shape[0]):
        for j in range(centres.shape[0]):
            x, y, z = places[i, 0] - centres[j, 0], places[i, 1] - centres[j, 1], places[i, 2] - centres[j, 2]
            km[i, j] = 2.0 * EARTH_RADIUS_KM * np.arcsin(min(1.0, 0.5 * np.sqrt(x * x + y * y + z * z)))
    return km


def reach(places: Floats, centres: Floats, radius_km: Floats) -> Singles:
    """[L, A] km from places to the demand of areas, which lies about their centres as far as radius_km [A] tells: root
    mean squares. Without it, who stands at a centre would be nearest to everybody."""
    km = distances(places, centres)
    return np.asarray(np.sqrt(km**2 + np.asarray(radius_km, np.float32) ** 2), np.float32)


@njit(nogil=True, cache=True, error_model="numpy")
def _corrected(outlook: Outlook, temper: Temper, sku: int, zone: int, gone: float) -> float:
    """What came of a SKU in a zone against what was expected of it, both with the class's ratio as a prior."""
    c = outlook.sku_class[sku]
    ratio = (outlook.class_seen[zone, c] + temper.class_trust) / (outlook.class_past[zone, c] + temper.class_trust)
    expected = outlook.past[zone, sku] + gone * outlook.today[zone, sku]
    return float((outlook.seen[zone, sku] + temper.sku_trust * ratio) / (expected + temper.sku_trust))


@njit(nogil=True, cache=True, error_model="numpy")
def _demand(
    outlook: Outlook, areas: Areas, temper: Temper, sku: int, gone: float, ahead: Singles, today: Singles
) -> None:
    """Units still expected in each area, and units expected of a whole day like today. `gone`: share of today."""
    zones = outlook.today.shape[0]
    by_zone, of_day = np.empty(zones), np.empty(zones)
    for zone in range(zones):
        ratio = _corrected(outlook, temper, sku, zone, gone)
        of_day[zone] = outlook.today[zone, sku] * ratio
        by_zone[zone] = (1.0 - gone) * of_day[zone] + outlook.later[zone, sku] * ratio
    for j in range(ahead.shape[0]):
        ahead[j] = by_zone[areas.zone[j]] * areas.share[j]
        today[j] = of_day[areas.zone[j]] * areas.share[j]


@njit(nogil=True, cache=True, error_model="numpy", fastmath=True)
def _affinity(fixed: np.float32, per_km: np.float32, km: Singles, out: Singles) -> None:
    """exp(−(fixed + per_km · km)), for what a shelf costs in units of T: a polynomial of a 64th, squared six times.

    Right to 1e-5; the loop has no branch and no call, and becomes vector instructions.
    """
    for j in range(out.shape[0]):
        x = np.float32(-1.0 / 64.0) * min(fixed + per_km * km[j], np.float32(60.0))
        y = np.float32(1.0 / 720.0) * x + np.float32(1.0 / 120.0)
        y = y * x + np.float32(1.0 / 24.0)
        y = y * x + np.float32(1.0 / 6.0)
        y = y * x + np.float32(0.5)
        y = y * x + np.float32(1.0)
        y = y * x + np.float32(1.0)
        y *= y
        y *= y
        y *= y
        y *= y
        y *= y
        out[j] = y * y


@njit(nogil=True, cache=True, error_model="numpy", fastmath=True)
def _flows(affinity: Singles, weight: Singles, count: int, demand: Singles, spread: Singles, flow: Singles) -> None:
    """Units that would come from each of `count` shelves at these weights."""
    areas = demand.shape[0]
    spread[:] = np.float32(np.exp(-_OUTSIDE))
    for i in range(count):
        w = weight[i]
        for j in range(areas):
            spread[j] += affinity[i, j] * w
    for j in range(areas):
        spread[j] = demand[j] / spread[j]
    for i in range(count):
        total = np.float32(0.0)
        for j in range(areas):
            total += affinity[i, j] * spread[j]
        flow[i] = total * weight[i]


@njit(nogil=True, cache=True, error_model="numpy")
def _settle(
    affinity: Singles, weight: Singles, count: int, left: Singles, demand: Singles, spread: Singles, flow: Singles,
    rounds: int,
) -> None:  # fmt: skip
    """Bring the weights down, or up again to 1, until what would come from each shelf is what it has."""
    for _ in range(rounds):
        _flows(affinity, weight, count, demand, spread, flow)
        moved = False
        for i in range(count):
            fits = weight[i] >= np.float32(1.0) and flow[i] <= left[i]
            if not fits:
                before = weight[i]
                fit = before * (left[i] / max(flow[i], np.float32(1e-12))) ** _STEP
                weight[i] = max(min(np.float32(1.0), fit), _LEAST)
                moved |= abs(weight[i] - before) > _SETTLED * before
        if not moved:
            return


@njit(nogil=True, cache=True, error_model="numpy")
def price_stock(
    shelves: Shelves, areas: Areas, outlook: Outlook, temper: Temper, alone: Floats, skus: Longs, gone: float,
    rounds: int, worth: Worth,
) -> None:  # fmt: skip
    """Renew what the stock of these SKUs is worth, from what it was before, its prices, and what of it would go today.

    alone [L]: the share of a shipment's cost that a unit bears where others may join it. `gone`: the share of today
    that is over.
    """
    stock_ptr, stock_location, places = shelves.stock_ptr, shelves.stock_location, shelves.places
    base, by_km, _, by_kg_km = shelves.rates
    value, load, units, temperature = worth.value, worth.load, worth.units, temper.temperature
    most = 0
    for sku in skus:
        most = max(most, stock_ptr[sku + 1] - stock_ptr[sku])
    n = areas.share.shape[0]
    affinity = np.empty((most, n), np.float32)
    ahead, today, spread = np.empty(n, np.float32), np.empty(n, np.float32), np.empty(n, np.float32)
    weight, flow, left = np.empty(most, np.float32), np.empty(most, np.float32), np.empty(most, np.float32)
    record = np.empty(most, np.int64)
    for sku in skus:
        _demand(outlook, areas, temper, sku, gone, ahead, today)
        count = 0
        for k in range(stock_ptr[sku], stock_ptr[sku + 1]):
            at = stock_location[k]
            if shelves.left[k] <= 0:
                units[at] -= load[k]
                load[k] = 0.0
                continue
            fixed = alone[at] * (base + places[at, HANDLE_SHIP]) + places[at, HANDLE_UNIT]
            per_km = alone[at] * by_km + shelves.kg[sku] * by_kg_km
            _affinity(np.float32(fixed / temperature), np.float32(per_km / temperature), areas.km[at], affinity[count])
            weight[count] = np.exp(-value[k] / np.float32(temperature))
            left[count], record[count] = shelves.left[k], k
            count += 1
        _settle(affinity, weight, count, left, ahead, spread, flow, rounds)
        for i in range(count):
            k = record[i]
            value[k] = -temperature * np.log(weight[i])
            shelves.price[k] = temper.weight * value[k]
            weight[i] = np.exp(-(shelves.price[k] + places[stock_location[k], ROOM_PRICE]) / temperature)
        _flows(affinity, weight, count, today, spread, flow)
        for i in range(count):
            k = record[i]
            of_day = min(flow[i], left[i] / max(np.float32(0.02), np.float32(1.0 - gone)))
            units[stock_location[k]] += of_day - load[k]
            load[k] = of_day
