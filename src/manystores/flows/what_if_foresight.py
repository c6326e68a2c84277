"""What a brand would have foreseen at each midnight of a simulation, by the orders that had come until then."""

import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from manystores.catalogue.offer import class_of
from manystores.core.clock import DAY_US, from_datetime, to_datetime
from manystores.flows.lessons import demand_places
from manystores.flows.what_if import NOW, House, Items
from manystores.foresight import spans
from manystores.foresight.demand import WINDOW_DAYS, Forecast, Places, learn_demand, lines_of
from manystores.foresight.spans import province_of
from manystores.sourcing.live_prices import Expected
from manystores.whatif.scenario import Foretold, Ints, Longs, Orders


def ordered_until(lake: Path, house: House, from_us: int, to_us: int) -> pl.DataFrame:
    """The lines that forecasts of these days are learned from, as the lake tells of them."""
    first = to_datetime(from_us - (WINDOW_DAYS + 1) * DAY_US).date()
    told = spans.newest_told(lake, first, to_datetime(to_us).date() + timedelta(days=1))
    return lines_of(told.filter(pl.col("party_no") == house.party_no), demand_places(house.network))


class BrandForesight:
    """A forecast for each day, from the lines of orders placed before it; `whatif.scenario.Foresight`."""

    def __init__(
        self,
        house: House,
        items: Items,
        orders: Orders,
        lines: pl.DataFrame,
        time_zone: str,
        last_us: int | None = None,
    ) -> None:
        """After `last_us` nobody comes any more; None: it goes on as before."""
        self._house, self._items, self._orders, self._lines = house, items, orders, lines
        self._time_zone: Final = time_zone
        self._zone: Final = ZoneInfo(time_zone)
        self._last: Final = None if last_us is None else self._local(last_us).toordinal()
        self._places: Places = demand_places(house.network)
        goods = house.catalogue
        known = [offer for offer in map(goods.get, items.offers) if offer is not None]
        self._classes = {(offer.party_no, offer.sku): class_of(offer) for offer in known}
        self._learned: dict[int, Forecast | None] = {}
        self._one_at_a_time = threading.Lock()

    def day(self, now_us: int) -> int:
        """Days since year 1."""
        return self._local(now_us).toordinal()

    def gone(self, now_us: int) -> float:
        """By the hours of ordering in what was learned that day."""
        now, forecast = self._local(now_us), self._forecast(self.day(now_us))
        if forecast is None:
            return 0.0
        passed = np.concatenate([[0.0], np.cumsum(forecast.hour_share)])
        return float(np.interp(now.hour + now.minute / 60 + now.second / 3600, np.arange(25), passed))

    def foretold(self, day: int, days: int) -> Foretold | None:
        """By what was learned at the midnight at which the day begins."""
        forecast = self._forecast(day)
        if forecast is None or not len(forecast.area_zone):
            return None
        numbers, goods = self._house.catalogue.numbers_of(self._house.party_no), self._house.catalogue
        rows, items, offers = [], [], []
        for row, sku in enumerate(forecast.skus):
            item = self._items.find(numbers[sku], NOW) if sku in numbers else -1
            if item >= 0:
                rows.append(row)
                items.append(item)
                offers.append(numbers[sku])
        if not rows:
            return None
        if self._last is not None:
            days = min(days, self._last - day + 1)
        weekdays = (datetime.fromordinal(day).weekday() + np.arange(days)) % 7
        expected = Expected(
            np.array(items, np.int64),
            goods.weight_g[offers] / (1000.0 * goods.scale[offers]),
            forecast.offer_class[rows],
            forecast.units(weekdays)[:, :, rows],
            forecast.area_xyz,
            forecast.area_zone,
            forecast.area_share,
            forecast.area_km,
            tuple(forecast.share_of_lines.tolist()),
        )
        row_of = np.full(len(self._items), -1, np.int32)
        row_of[items] = np.arange(len(items), dtype=np.int32)
        return Foretold(expected, self._zones(forecast), row_of)

    def _forecast(self, day: int) -> Forecast | None:
        with self._one_at_a_time:
            if day not in self._learned:
                midnight = datetime.combine(datetime.fromordinal(day), datetime.min.time(), self._zone)
                self._learned[day] = learn_demand(
                    self._lines, self._house.party_no, from_datetime(midnight), self._time_zone, self._classes,
                    self._places,
                )  # fmt: skip
            return self._learned[day]

    def _zones(self, forecast: Forecast) -> Ints:
        """[O] the zone of an order: by the region that it goes to, else by what is nearest."""
        orders, number = self._orders, {name: zone for zone, name in enumerate(forecast.zones)}
        found = {region: number.get(province_of(region), -1) if region else -1 for region in set(orders.region)}
        zone: Longs = np.array([found[region] for region in orders.region], np.int64)
        lost = np.flatnonzero(zone < 0)
        zone[lost] = forecast.area_zone[np.argmax(orders.asked.xyz[lost] @ forecast.area_xyz.T, axis=1)]
        return zone.astype(np.int32)

    def _local(self, now_us: int) -> datetime:
        return to_datetime(now_us).astimezone(self._zone)
