"""A brand's prices that look ahead, kept up while it sells: by what the nightly forecast expects of the days to come,
and by what was ordered since, a unit is worth more in one place than in another.

The event loop takes the picture of a moment (`Ahead.job`); another thread does the sums. Decisions go on meanwhile, at
the prices of before.
"""

from collections.abc import Callable
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from manystores.catalogue.registry import Registry as Catalogue
from manystores.core.clock import HOUR_US, MINUTE_US, to_datetime
from manystores.foresight.demand import AHEAD_DAYS, Forecast
from manystores.foresight.spans import province_of
from manystores.kernels.sourcing_stock import Stock
from manystores.network.registry import Registry as Network
from manystores.orders.order import Order
from manystores.sourcing.compiled import Prices
from manystores.sourcing.live_prices import Expected, Ground, LivePrices, Seen
from manystores.sourcing.plan import point

_ANEW_US: Final = HOUR_US
"""So often shelves are listed anew, with those that came since."""
_SEEN_MAX: Final = 1_000_000
"""Lines that are remembered between two refreshes, should none come for long."""

Job = Callable[[], None]


class Status(NamedTuple):
    """How a brand looks ahead at present."""

    shelves: int
    """That have a price."""
    offers: int
    """Whose demand is expected."""
    moved: int
    """Offers that were priced anew the last time."""
    priced_us: int
    learned_us: int


class _Made(NamedTuple):
    """Prices, and what they were made by."""

    live: LivePrices
    day: int
    version: int
    at_us: int


class Ahead:
    """One brand's prices, by one forecast. All but its jobs is for the event loop."""

    def __init__(self, forecast: Forecast, network: Network, catalogue: Catalogue) -> None:
        self.forecast: Final = forecast
        self._network = network
        self._zone = ZoneInfo(forecast.time_zone)
        self._first_day = to_datetime(forecast.at_us).astimezone(self._zone).date()
        numbers = catalogue.numbers_of(forecast.party_no)
        known = [(row, numbers[sku]) for row, sku in enumerate(forecast.skus) if sku in numbers]
        rows = np.array([row for row, _ in known], np.int64)
        offers = np.array([offer_no for _, offer_no in known], np.int64)
        self._rows = rows
        self._expected = Expected(
            offers,
            catalogue.weight_g[offers] / (1000.0 * catalogue.scale[offers]),
            forecast.offer_class[rows],
            np.zeros((0, len(forecast.zones), len(rows)), np.float32),
            forecast.area_xyz,
            forecast.area_zone,
            forecast.area_share,
            forecast.area_km,
            tuple(forecast.share_of_lines.tolist()),
        )
        self._row_of = {offer_no: row for row, offer_no in enumerate(offers.tolist())}
        self._zones = {name: zone for zone, name in enumerate(forecast.zones)}
        self._passed = np.concatenate([[0.0], np.cumsum(forecast.hour_share)])
        self._seen: list[tuple[int, int, int]] = []
        self._made: _Made | None = None
        self._moved = 0
        self._minute = -1
        self._today: int | None = None

    def prices(self, now_us: int) -> Prices | None:
        """The prices to decide by; None before the first were made, and when the forecast has ended."""
        made = self._made
        return None if made is None or self._day(now_us) is None else made.live.prices

    @property
    def status(self) -> Status | None:
        """None before the first prices were made."""
        made = self._made
        if made is None:
            return None
        count = len(self._expected.offers)
        return Status(made.live.records, count, self._moved, made.at_us, self.forecast.at_us)

    def note(self, order: Order) -> None:
        """An order came, whether it can be served or not."""
        zone = self._zone_of(order)
        if zone is None or len(self._seen) > _SEEN_MAX:
            return
        rows, seen = self._row_of, self._seen
        for line in order.lines:
            row = rows.get(line.offer_no)
            if row is not None:
                seen.append((zone, row, line.ordered))

    def job(self, stock: Stock, ground: Callable[[], Ground], version: int, days: int, now_us: int) -> Job | None:
        """What brings the prices up to date, for any thread; `version` counts changes of network and policy. None if
        there is nothing to do. One at a time; what it makes is in force when it ends."""
        day = self._day(now_us)
        if day is None or not len(self._expected.offers) or not len(self._expected.area_zone):
            self._made = None
            return None
        seen, self._seen = _columns(self._seen), []
        made, gone = self._made, self._gone(now_us)
        if made is None or made.day != day:
            return lambda: self._make(stock, ground(), day, days, version, now_us, gone, None)
        if made.version != version or now_us - made.at_us >= _ANEW_US:
            return lambda: self._make(stock, ground(), day, days, version, now_us, gone, (made.live, seen))
        return lambda: self._refresh(made, stock, ground(), seen, gone)

    def _make(
        self,
        stock: Stock,
        ground: Ground,
        day: int,
        days: int,
        version: int,
        now_us: int,
        gone: float,
        before: tuple[LivePrices, Seen] | None,
    ) -> None:
        weekdays = (self._first_day.weekday() + day + np.arange(days)) % 7
        expected = self._expected._replace(units=self.forecast.units(weekdays)[:, :, self._rows])
        evidence = None
        if before is not None:
            live, seen = before
            live.observe(seen)
            evidence, gone = live.evidence, live.gone
        live = LivePrices(expected, stock, ground, gone, evidence)
        self._moved = len(expected.offers)
        self._made = _Made(live, day, version, now_us)

    def _refresh(self, made: _Made, stock: Stock, ground: Ground, seen: Seen, gone: float) -> None:
        made.live.observe(seen)
        self._moved = made.live.refresh(stock, ground, gone)

    def _day(self, now_us: int) -> int | None:
        """Days since the forecast's first; None outside of it. Asked with every order: worked out once a minute."""
        minute = now_us // MINUTE_US
        if minute != self._minute:
            day = (to_datetime(now_us).astimezone(self._zone).date() - self._first_day).days
            self._minute, self._today = minute, day if 0 <= day < AHEAD_DAYS else None
        return self._today

    def _gone(self, now_us: int) -> float:
        """The share of a day's demand that comes before this time of day."""
        now = to_datetime(now_us).astimezone(self._zone)
        hours = now.hour + now.minute / 60 + now.second / 3600
        return float(np.interp(hours, np.arange(len(self._passed)), self._passed))

    def _zone_of(self, order: Order) -> int | None:
        """Where the demand of an order counts: by the region that it goes to, else by what is nearest."""
        place = order.deliver_to or (self._network.location(order.pick_up_at) if order.pick_up_at else None)
        if place is None:
            return None
        zone = self._zones.get(province_of(place.region)) if place.region else None
        if zone is None:
            nearest = int(np.argmax(self.forecast.area_xyz @ np.array(point(place.lat, place.lon))))
            zone = int(self.forecast.area_zone[nearest])
        return zone


def _columns(seen: list[tuple[int, int, int]]) -> Seen:
    columns: NDArray[np.int64] = np.array(seen, np.int64).reshape(-1, 3)
    return Seen(columns[:, 0].astype(np.int32), columns[:, 1].astype(np.int32), columns[:, 2].astype(np.int32))
