"""Orders of two months with how long they really took: a world to try promise dates in, the same for the same seed.

Carriers, provinces, hours of the day and queues each have their effect; tails are heavy; couriers ring by day only;
Sundays and the days after a festival are slow. In the middle of the held-out days lead times shift, by carrier, by
province and by location: nothing before tells of it. Times are minutes since the first midnight.
"""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAY: Final = 1_440
TRAIN_DAYS: Final = 40
HELD_OUT_DAYS: Final = 28
DAYS: Final = TRAIN_DAYS + HELD_OUT_DAYS
SHIFT_DAY: Final = TRAIN_DAYS + 12
FESTIVALS: Final = (17, TRAIN_DAYS + 5)
"""Days on which three times as many order; carriers take five days to recover."""
LOCATIONS: Final = 80
PROVINCES: Final = 31
CARRIERS: Final = 4
RIDER, COLLECTED = CARRIERS, CARRIERS + 1
"""What stands in a carrier's place for same-day delivery and pick-up."""
_HOURS_WEIGHTS: Final = (
    14, 8, 5, 3, 2, 3, 6, 12, 22, 34, 44, 46, 44, 42, 42, 42, 42, 42, 44, 52, 66, 72, 58, 30,
)  # fmt: skip


class World(Struct, frozen=True):
    """Orders by time. `columns` are the factors; spans in minutes; NaN where there is none (transit of a pick-up)."""

    columns: dict[str, Ints]
    ordered: Floats
    preparation: Floats
    """In opening minutes of the location."""
    ready: Floats
    shipped: Floats
    done: Floats
    """Delivered, or ready to be collected."""
    opens: Floats
    closes: Floats
    collects: Floats
    """By location: minute of the day, the last one when carriers collect."""


def world(seed: int, orders_a_day: int) -> World:
    """Two months of orders."""
    rng = np.random.default_rng(seed)
    day, ordered = _when(rng, orders_a_day)
    size = len(ordered)
    hour = (ordered % DAY // 60).astype(np.int64)
    weekday = (day % 7).astype(np.int64)
    location = rng.choice(LOCATIONS, size, p=_shares(rng, LOCATIONS, 0.9))
    region = rng.choice(PROVINCES, size, p=_shares(rng, PROVINCES, 0.8))
    carrier = _carriers(rng, region)
    opens, closes, collects = _hours(rng)
    load = _load(ordered, location, rng)
    preparation = _preparation(rng, location, hour, carrier, load, day)
    ready = after_open_minutes(ordered, preparation[:, None], opens[location], closes[location])[:, 0]
    by_carrier = carrier < CARRIERS
    shipped = np.where(by_carrier, next_collection(ready[:, None], collects[location])[:, 0], ready)
    done = shipped + _transit(rng, carrier, region, shipped)
    done = np.where(by_carrier, _by_day(rng, done), done)
    columns = {
        "carrier": carrier,
        "region": region,
        "hour": hour,
        "weekday": weekday,
        "location": location,
        "load": load,
        "kind": np.maximum(carrier - CARRIERS + 1, 0),
    }
    return World(columns, ordered, preparation, ready, shipped, done, opens, closes, collects)


def after_open_minutes(at: Floats, minutes: Floats, opens: Floats, closes: Floats) -> Floats:
    """When so many opening minutes (n, k) have passed since a time (n,) at places that open daily; shape (n, k)."""
    length = (closes - opens)[:, None]
    total = _opened_by(at, opens, closes)[:, None] + minutes
    days = np.floor(total / length)
    reached: Floats = days * DAY + opens[:, None] + total - days * length
    return reached


def open_minutes(at: Floats, until: Floats, opens: Floats, closes: Floats) -> Floats:
    """How many minutes a place was open between two times."""
    return _opened_by(until, opens, closes) - _opened_by(at, opens, closes)


def next_collection(ready: Floats, collects: Floats) -> Floats:
    """When carriers next collect what is ready (n, k) at places that they come to daily."""
    of_day = collects[:, None]
    leaves: Floats = np.ceil((ready - of_day) / DAY) * DAY + of_day
    return leaves


def _opened_by(at: Floats, opens: Floats, closes: Floats) -> Floats:
    days = np.floor(at / DAY)
    opened: Floats = days * (closes - opens) + np.clip(at - days * DAY - opens, 0.0, closes - opens)
    return opened


def _shares(rng: np.random.Generator, size: int, spread: float) -> Floats:
    weights = rng.lognormal(0.0, spread, size)
    shares: Floats = weights / weights.sum()
    return shares


def _when(rng: np.random.Generator, orders_a_day: int) -> tuple[Ints, Floats]:
    days = np.arange(DAYS)
    volume = orders_a_day * (1.0 + 0.15 * (days % 7 >= 5)) * rng.lognormal(0.0, 0.08, DAYS)
    volume[list(FESTIVALS)] *= 3.0
    day = np.repeat(days, rng.poisson(volume))
    weights = np.array(_HOURS_WEIGHTS, np.float64)
    hour = rng.choice(24, len(day), p=weights / weights.sum())
    ordered = day * DAY + hour * 60.0 + rng.uniform(0.0, 60.0, len(day))
    order = np.argsort(ordered)
    return day[order], ordered[order]


def _carriers(rng: np.random.Generator, region: Ints) -> Ints:
    """Which carrier goes depends on the province; an eighth is delivered by riders, another collected."""
    preferred = np.stack([_shares(rng, CARRIERS, 0.9) for _ in range(PROVINCES)])
    shares = np.concatenate([preferred * 0.76, np.full((PROVINCES, 2), 0.12)], axis=1)
    picked = (rng.random(len(region))[:, None] > np.cumsum(shares, axis=1)[region]).sum(axis=1)
    carrier: Ints = np.minimum(picked, COLLECTED)
    return carrier


def _hours(rng: np.random.Generator) -> tuple[Floats, Floats, Floats]:
    """A fifth are warehouses that work day and night; shops open at nine or ten."""
    warehouse = np.arange(LOCATIONS) % 5 == 0
    opens = np.where(warehouse, 0.0, rng.choice([540.0, 600.0], LOCATIONS))
    closes = np.where(warehouse, float(DAY), opens + rng.choice([660.0, 720.0], LOCATIONS))
    collects = np.where(warehouse, 1_200.0, rng.choice([990.0, 1_050.0, 1_110.0], LOCATIONS))
    return opens, closes, collects


def _load(ordered: Floats, location: Ints, rng: np.random.Generator) -> Ints:
    """Orders of the last three hours against what is usual there, in steps of a doubling, -2 to 3."""
    recent = np.zeros(len(ordered))
    for place in range(LOCATIONS):
        mine = np.flatnonzero(location == place)
        times = ordered[mine]
        recent[mine] = np.arange(len(mine)) - np.searchsorted(times, times - 180.0)
        recent[mine] /= max(1.0, float(np.median(recent[mine])))
    load: Ints = np.clip(np.round(np.log2(recent + 0.25)), -2, 3).astype(np.int64)
    return load


def _preparation(rng: np.random.Generator, location: Ints, hour: Ints, carrier: Ints, load: Ints, day: Ints) -> Floats:
    size = len(location)
    usual = rng.lognormal(np.log(70.0), 0.5, LOCATIONS)
    slower = np.where(rng.random(LOCATIONS) < 0.4, 1.4, 1.0)
    factor = usual[location] * np.where(day >= SHIFT_DAY, slower[location], 1.0)
    factor *= np.where((hour >= 18) & (hour <= 21), 1.3, 1.0) * np.exp2(0.25 * load)
    factor *= np.where(carrier >= CARRIERS, 0.5, 1.0)
    of_day = rng.lognormal(0.0, 0.06, (LOCATIONS, DAYS))
    spread = rng.lognormal(0.0, rng.uniform(0.35, 0.6, LOCATIONS)[location])
    forgotten = np.where(rng.random(size) < 0.03, 1.0 + rng.pareto(2.0, size) * 3.0, 1.0)
    return factor * of_day[location, day] * spread * forgotten + 2.0


def _transit(rng: np.random.Generator, carrier: Ints, region: Ints, shipped: Floats) -> Floats:
    """Minutes under way before couriers' hours; 0 for what is collected."""
    size, day = len(carrier), np.minimum(shipped // DAY, 2 * DAYS).astype(np.int64)
    far = rng.uniform(0.6, 2.2, PROVINCES)
    usual = 1.1 * DAY * far * rng.lognormal(0.0, 0.2, (CARRIERS, PROVINCES))
    spread = rng.uniform(0.15, 0.4, (CARRIERS, 1)) * rng.lognormal(0.0, 0.25, (CARRIERS, PROVINCES))
    shift = np.ones((CARRIERS, PROVINCES))
    shift[0], shift[2] = 1.25, 0.85
    shift[1, np.argsort(far)[-8:]] = 1.35
    of_day = rng.lognormal(0.0, 0.04, (CARRIERS, 3 * DAYS))
    for festival in FESTIVALS:
        of_day[:, festival : festival + 6] *= np.array([1.10, 1.25, 1.30, 1.22, 1.14, 1.07])
    sunday = np.array([1.0, 1.0, 1.0, 1.02, 1.08, 1.18, 1.22])
    by = np.minimum(carrier, CARRIERS - 1)
    parcel = usual[by, region] * of_day[by, day] * sunday[day % 7] * rng.lognormal(0.0, spread[by, region])
    parcel *= np.where(day >= SHIFT_DAY, shift[by, region], 1.0)
    parcel *= np.where(rng.random(size) < 0.025, 1.0 + rng.pareto(1.8, size), 1.0)
    clock = shipped % DAY / 60.0
    peak = 1.0 + 0.5 * np.exp(-((clock - 12.0) ** 2) / 2.0) + 0.6 * np.exp(-((clock - 18.5) ** 2) / 3.0)
    rider = 32.0 * peak * rng.lognormal(0.0, 0.35, size) * np.where(day >= SHIFT_DAY, 1.15, 1.0) + 5.0
    return np.where(carrier < CARRIERS, parcel, np.where(carrier == RIDER, rider, 0.0))


def _by_day(rng: np.random.Generator, done: Floats) -> Floats:
    """Couriers ring between 9 and 21; what comes to town at night is on the morning's round."""
    of_day = done % DAY
    late, early = of_day > 21 * 60, of_day < 9 * 60
    morning = done - of_day + np.where(late, DAY, 0) + 9 * 60 + rng.uniform(0.0, 180.0, len(done))
    return np.where(late | early, morning, done)
