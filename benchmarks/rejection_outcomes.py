"""Orders of seven weeks with which of them their location rejected: a world to foresee rejections in, the same for the
same seed.

Groups, locations, classes of offers, hours and load each have their effect; some locations mind load or a class much
more than others; behaviour drifts; locations differ a hundredfold in orders, and some open late. In the middle of the
held-out days a part of the locations, and one group as a whole, change: nothing before tells of it.
"""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

TRAIN_DAYS: Final = 28
HELD_OUT_DAYS: Final = 21
DAYS: Final = TRAIN_DAYS + HELD_OUT_DAYS
SHIFT_DAY: Final = TRAIN_DAYS + 9
LOCATIONS: Final = 300
GROUPS: Final = 12
CLASSES: Final = 6
KINDS: Final = 3
LOADS: Final = 3
CHANGED: Final = 0.15
"""The share of locations that change on SHIFT_DAY."""
_HOURS: Final = np.arange(9, 22)


class Outcomes(Struct, frozen=True):
    """Orders by time in days; `columns` are factors; `truth` is the probability by which each was rejected."""

    at: Floats
    columns: dict[str, Ints]
    truth: Floats
    rejected: Flags


def outcomes(seed: int, orders_a_day: int) -> Outcomes:
    """Seven weeks of orders."""
    rng = np.random.default_rng(seed)
    group_of = rng.integers(0, GROUPS, LOCATIONS)
    location, at = _assigned(rng, orders_a_day)
    size = len(at)
    day = at.astype(np.int64)
    hour = _HOURS[np.minimum(((at - day) * len(_HOURS)).astype(np.int64), len(_HOURS) - 1)]
    load = _load(rng, location, hour)
    kind = rng.choice(KINDS, size, p=[0.7, 0.15, 0.15])
    offers = rng.choice(CLASSES, size, p=np.array([6, 5, 4, 3, 2, 1]) / 21)
    columns = {
        "group": group_of[location],
        "location": location,
        "kind": kind,
        "class": offers,
        "hour": hour,
        "part": hour // 3,
        "load": load,
    }
    log_odds = _steady(rng, columns) + _moving(rng, group_of, location, day)
    truth = 1.0 / (1.0 + np.exp(-log_odds))
    return Outcomes(at, columns, truth, rng.random(size) < truth)


def _assigned(rng: np.random.Generator, orders_a_day: int) -> tuple[Ints, Floats]:
    """(location, time) of orders; a tenth of the locations open within the seven weeks."""
    shares = rng.lognormal(0.0, 1.1, LOCATIONS)
    opens = np.where(rng.random(LOCATIONS) < 0.1, rng.integers(5, DAYS - 3, LOCATIONS), 0)
    locations, times = [], []
    for day in range(DAYS):
        now = np.where(opens <= day, shares, 0.0)
        count = rng.poisson(orders_a_day * (1.0 + 0.3 * (day % 7 >= 5)))
        locations.append(rng.choice(LOCATIONS, count, p=now / now.sum()))
        # twice as many in the evening
        times.append(day + rng.beta(1.8, 1.2, count) * 0.999)
    at = np.concatenate(times)
    order = np.argsort(at)
    return np.concatenate(locations)[order], at[order]


def _load(rng: np.random.Generator, location: Ints, hour: Ints) -> Ints:
    """Fuller in the evening, and at some locations always."""
    full = rng.normal(0.0, 0.8, LOCATIONS)[location] + 0.16 * (hour - 14) + rng.normal(0.0, 1.0, len(hour))
    return np.digitize(full, [0.4, 1.4]).astype(np.int64)


def _steady(rng: np.random.Generator, of: dict[str, Ints]) -> Floats:
    by_group = rng.normal(0.0, 0.5, GROUPS)[of["group"]]
    by_location = np.clip(0.6 * rng.standard_t(4, LOCATIONS), -2.0, 2.5)[of["location"]]
    by_class = rng.normal(0.0, 0.4, CLASSES)[of["class"]]
    odd = rng.random((LOCATIONS, CLASSES)) < 0.04
    by_shelf = (odd * rng.uniform(1.0, 2.0, odd.shape))[of["location"], of["class"]]
    by_kind = np.array([0.0, 0.5, -0.3])[of["kind"]]
    by_hour = 0.5 * np.exp(-(((np.arange(24) - 19) / 2.5) ** 2))[of["hour"]]
    minds = np.abs(rng.normal(0.0, 0.7, LOCATIONS))[of["location"]]
    by_load = (np.array([0.0, 0.3, 0.9]) * (0.5 + minds[:, None]))[np.arange(len(minds)), of["load"]]
    total: Floats = -3.9 + by_group + by_location + by_class + by_shelf + by_kind + by_hour + by_load
    return total


def _moving(rng: np.random.Generator, group_of: Ints, location: Ints, day: Ints) -> Floats:
    """Drift from day to day, and the change on SHIFT_DAY."""
    drift = np.cumsum(rng.normal(0.0, 0.06, (LOCATIONS, DAYS)), axis=1)
    changed = np.where(rng.random(LOCATIONS) < CHANGED, rng.choice([-1.5, 1.8], LOCATIONS), 0.0)
    changed += np.where(group_of == rng.integers(GROUPS), 1.0, 0.0)
    drift[:, SHIFT_DAY:] += changed[:, None]
    moved: Floats = drift[location, day]
    return moved
