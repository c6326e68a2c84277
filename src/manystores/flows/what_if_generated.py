"""Orders made up for a brand's own network and goods, by a seed: same seed, same orders."""

from typing import Final, NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from manystores.core.clock import DAY_US, SECOND_US
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.flows.what_if import Gathering, House
from manystores.foresight.demand import COLUMNS
from manystores.sourcing.policy import Kind, RoutingPolicy
from manystores.whatif.building import Came, Piece

CHANNELS: Final = {"app": 0.42, "mini_program": 0.26, "marketplace": 0.21, "web": 0.11}
KINDS: Final[dict[Kind, float]] = {"ship": 0.80, "same_day": 0.12, "pick_up": 0.08}
"""Of the ways of fulfilment that the first policy has."""
LINES: Final = (0.70, 0.21, 0.09)
"""Shares of orders with one, two, three lines."""
UNITS: Final = (0.86, 0.10, 0.04)
HOURS: Final = (2, 1, 1, 1, 1, 2, 3, 5, 7, 8, 9, 8, 8, 7, 6, 6, 6, 7, 8, 10, 12, 11, 8, 4)
"""How many orders come in an hour of the day, by the clock of the place where they go."""
AWAY_KM: Final = 12.0
"""Mean distance of shoppers from the store that they live by."""
BEFORE_DAYS: Final = 7
"""Days of which lines are known before the orders."""
_KM_A_DEGREE: Final = 111.2

Longs = NDArray[np.int64]
Floats = NDArray[np.float64]


class Made(NamedTuple):
    """Made-up orders, and the lines that somebody who foresees their demand has seen."""

    orders: Gathering
    lines: pl.DataFrame
    """As `foresight.demand.COLUMNS`: those of the days before, and of these orders themselves."""


def generate(
    house: House, policy: RoutingPolicy, count: int, seed: int, from_us: int, days: int, offers: Longs, weight: Longs
) -> Made:
    """So many orders over some days from a time on, for these offers, in proportion to the units there are of them.

    Shoppers live around the brand's stores, as many around each. Of offers, a fifth takes most of the demand. In the
    days before, other shoppers wanted the same things as often.
    """
    if not len(offers):
        en, zh = "There is no stock to order from; receive some first", "没有可供下单的库存，请先收货"
        raise Problem(INVALID, fields=(FieldError("/generate", "no_stock", en, zh),))
    homes, taste = _homes(house), _taste(seed, weight)
    before = _draw(
        seed, 1, count * BEFORE_DAYS // days, BEFORE_DAYS, from_us - BEFORE_DAYS * DAY_US, homes, offers, taste
    )
    drawn = _draw(seed, 0, count, days, from_us, homes, offers, taste)
    lines = pl.concat([_lines_of(house, before, "B"), _lines_of(house, drawn, "G")])
    return Made(_gathered(house, policy, seed, drawn), lines)


class _Drawn(NamedTuple):
    """N orders."""

    at_us: Longs
    near: Longs
    """[N] the store that the shopper lives by."""
    lines: Longs
    """[N] how many."""
    offers: Longs
    """[N, most lines], and units."""
    units: Longs


def _draw(
    seed: int, run: int, count: int, days: int, from_us: int, homes: Longs, offers: Longs, taste: Floats
) -> _Drawn:
    rng = np.random.default_rng([seed, 0x0DE5, run])
    at_us = np.sort(from_us + _times(rng, count, days))
    return _Drawn(
        at_us,
        homes[rng.integers(len(homes), size=count)],
        rng.choice(len(LINES), count, p=LINES) + 1,
        offers[rng.choice(len(offers), (count, len(LINES)), p=taste)],
        rng.choice(len(UNITS), (count, len(LINES)), p=UNITS) + 1,
    )


def _taste(seed: int, weight: Longs) -> Floats:
    """[offers] how often each is wanted."""
    rank = np.random.default_rng([seed, 0x7A57E]).permutation(1.0 / np.arange(1, len(weight) + 1) ** 0.8)
    share = rank * np.maximum(weight, 1)
    return np.asarray(share / share.sum())


def _lines_of(house: House, drawn: _Drawn, name: str) -> pl.DataFrame:
    order, at = np.nonzero(np.arange(len(LINES)) < drawn.lines[:, None])
    offers, which = np.unique(drawn.offers[order, at], return_inverse=True)
    skus = [offer.sku if (offer := house.catalogue.get(no)) is not None else "" for no in offers.tolist()]
    places, where = np.unique(drawn.near[order], return_inverse=True)
    regions = [house.network.location(no).region for no in places.tolist()]
    return pl.DataFrame(
        {
            "party_no": np.full(len(order), house.party_no, np.int32),
            "order_id": name + pl.Series(order).cast(pl.String),
            "placed_us": drawn.at_us[order],
            "region": pl.Series(regions, dtype=pl.String).gather(where),
            "sku": pl.Series(skus, dtype=pl.String).gather(which),
            "units": drawn.units[order, at] * house.catalogue.scale[drawn.offers[order, at]],
        },
        schema=COLUMNS,
    )


def _gathered(house: House, policy: RoutingPolicy, seed: int, drawn: _Drawn) -> Gathering:
    count, rng = len(drawn.at_us), np.random.default_rng([seed, 0xAC7])
    kinds, channels = _kinds(rng, policy, count), rng.choice(list(CHANNELS), count, p=list(CHANNELS.values())).tolist()
    away, bearing = rng.exponential(AWAY_KM, count) / _KM_A_DEGREE, rng.uniform(0, 2 * np.pi, count)
    found, network = Gathering(house), house.network
    for i, no in enumerate(drawn.near.tolist()):
        at, kind = network.location(no), kinds[i]
        lat = min(85.0, max(-85.0, at.lat + float(away[i] * np.sin(bearing[i]))))
        lon = at.lon + float(away[i] * np.cos(bearing[i])) / max(0.1, float(np.cos(np.radians(lat))))
        collect = kind == "pick_up"
        if collect:
            lat, lon = at.lat, at.lon
        found.add(
            Came(
                f"G-{seed}-{i + 1}", int(drawn.at_us[i]), channels[i], kind, lat, lon, at.region,
                _pieces(drawn, i, found, house), no if collect else -1,
            )
        )  # fmt: skip
    return found


def _pieces(drawn: _Drawn, order: int, found: Gathering, house: House) -> list[Piece]:
    """The order's lines."""
    told = []
    for n in range(int(drawn.lines[order])):
        offer_no = int(drawn.offers[order, n])
        scale = int(house.catalogue.scale[offer_no])
        offer = house.catalogue.get(offer_no)
        value = int(house.catalogue.price[offer_no]) // max(1, scale)
        sku = "" if offer is None else offer.sku
        told.append(found.piece(offer_no, int(drawn.units[order, n]) * scale, 0, sku, value))
    return told


def _homes(house: House) -> Longs:
    """The brand's stores; where it has none, all its locations."""
    network = house.network
    own = network.enabled & network.of_party(house.party_no)
    own[0] = False
    stores = own & (network.kind == 1)
    found = np.flatnonzero(stores if stores.any() else own)
    if not len(found):
        en, zh = "The brand has no location that is enabled; write some first", "品牌没有启用的地点，请先创建"
        raise Problem(INVALID, fields=(FieldError("/generate", "no_locations", en, zh),))
    return found


def _times(rng: np.random.Generator, count: int, days: int) -> Longs:
    """µs since the start, more of them in the evening."""
    share = np.array(HOURS, np.float64)
    hour = rng.choice(24, count, p=share / share.sum())
    seconds = rng.integers(days, size=count) * 86_400 + hour * 3_600 + rng.integers(3_600, size=count)
    return np.asarray(seconds * SECOND_US, np.int64)


def _kinds(rng: np.random.Generator, policy: RoutingPolicy, count: int) -> list[Kind]:
    offered = [kind for kind in KINDS if kind in policy.kinds] or list(policy.kinds)
    share = np.array([KINDS[kind] for kind in offered])
    picks = rng.choice(len(offered), count, p=share / share.sum()).tolist()
    return [offered[pick] for pick in picks]


def usual_start(now_us: int) -> int:
    """The last midnight in China, where most stores are, so that hours are hours of the day."""
    shift = 8 * 3_600 * SECOND_US
    return (now_us + shift) // DAY_US * DAY_US - shift
