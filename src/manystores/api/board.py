"""The live board's figures of one party, or of one of its locations: read once, then kept by what each batch changed.

A batch tells each order as it is and, if it changed, as it was: what it counted before is taken away, what it counts
now is added. So memory does not grow with the work that is open, only with the minutes that it came in.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from manystores.core.clock import MINUTE_US, SECOND_US, from_datetime, rfc3339, to_datetime
from manystores.core.journal import Fact
from manystores.orders.order import CHANNELS, FulfilmentOrder, Order
from manystores.orders.patience import AGES, UNKEPT, Waiting
from manystores.orders.reach import DESTINATIONS, HALVES, Part, Reach, half_of, pct
from manystores.orders.work import WAITS, waits_for
from manystores.promise.journal import Batch

HOUR_S: Final = 3600
PULSE_S: Final = 300
TAIL_S: Final = 5  # seconds of the pulse in a tick: enough for what was committed a moment late
NEWEST: Final = 50
_RING_S: Final = 4096
_TOLD: Final = ("order.", "fulfilment.", "return.")
_NO_WORK: Final[tuple[FulfilmentOrder, ...]] = ()
_CHANNEL: Final = {channel: i for i, channel in enumerate(CHANNELS)}

Times = dict[int, int]
"""How many, by the minute since the epoch."""


class Rules(NamedTuple):
    """What figures are made with: what waits too long, where a day begins, and which locations are near by."""

    waiting: Waiting
    zone: ZoneInfo
    near_by: Callable[[int], bool]
    code_of: Callable[[int], str]


class Board:
    """Figures as of batch `seq`. `load` once, then `apply` each batch in turn."""

    def __init__(self, rules: Rules, party_no: int, location_no: int | None, now_us: int) -> None:
        self.rules, self.party_no, self.location_no = rules, party_no, location_no
        self.seq = 0
        self.day_us, self._day_end_us = day_of(now_us, rules.zone)
        self.today: dict[str, int] = dict.fromkeys(CHANNELS, 0)
        self._ring: NDArray[np.int32] = np.zeros((len(CHANNELS), _RING_S), np.int32)
        self._upto_s = now_us // SECOND_US
        self.reach = Reach()
        self.created: dict[str, Times] = {step: {} for step in WAITS}
        self.hours = rules.waiting.changes
        self.touched: dict[str, dict[int, Times]] = {step: {} for step in WAITS}
        """By the rhythm of the location's hours."""
        self.promised: Times = {}
        self.unserved = 0
        self.recent: deque[dict[str, Any]] = deque(maxlen=NEWEST)
        self.new: deque[tuple[int, Fact, Order]] = deque(maxlen=NEWEST)
        self.facts = 0  # since the last tick
        self._work: tuple[int, dict[str, Any], dict[str, int]] | None = None

    # -- what changes ------------------------------------------------------------------------------------------------

    def apply(self, batch: Batch) -> None:
        """Take in the next batch."""
        self.advance(batch.at_us)
        party_no, before = self.party_no, batch.before
        for order in batch.new_orders.values():
            if order.party_no == party_no:
                self._change(None, order)
        for order_id, order in batch.changed_orders.items():
            if order.party_no == party_no:
                self._change(before[order_id], order)
        self._note(batch)
        self.seq = batch.seq

    def advance(self, now_us: int) -> None:
        """Time has passed: seconds are counted anew, and after midnight the day is."""
        now_s = now_us // SECOND_US
        if now_s > self._upto_s:
            gone = min(now_s - self._upto_s, _RING_S)
            self._ring[:, np.arange(now_s - gone + 1, now_s + 1) % _RING_S] = 0
            self._upto_s = now_s
        if now_us >= self._day_end_us:
            self.day_us, self._day_end_us = day_of(now_us, self.rules.zone)
            self.today = dict.fromkeys(CHANNELS, 0)
            self.reach = Reach()

    def _change(self, before: Order | None, after: Order) -> None:
        here = self.location_no
        if here is not None and not belongs(after, here):
            return
        known = before if here is None or before is None or belongs(before, here) else None
        if known is None:
            today = after.placed_at_us >= self.day_us
            self.place(after.channel, after.placed_at_us // SECOND_US, 1, today)
        self.unserved += bool(after.unserved) - (known is not None and bool(known.unserved))
        were = _NO_WORK if before is None else before.fulfilments
        moved = before is not None and before.deliver_to is not after.deliver_to
        for i, work in enumerate(after.fulfilments):
            was = were[i] if i < len(were) else None
            if (was is work and not moved) or (here is not None and work.location_no != here):
                continue
            if was is not None and before is not None:
                self._count(before, was, -1)
            self._count(after, work, 1)

    def place(self, channel: str, placed_s: int, times: int, today: bool) -> None:
        """Count orders that were placed in that second (since the epoch)."""
        if today:
            self.today[channel] += times
        if placed_s > self._upto_s:
            self.advance(placed_s * SECOND_US)
        if self._upto_s - placed_s < HOUR_S:
            self._ring[_CHANNEL[channel], placed_s % _RING_S] += times

    def _count(self, order: Order, work: FulfilmentOrder, times: int) -> None:
        step = waits_for(work)
        if step:
            created, touched = work.created_at_us // MINUTE_US, work.updated_at_us // MINUTE_US
            self.wait(step, work.location_no, created, touched, work.promised_to_us // MINUTE_US, times)
        if order.placed_at_us >= self.day_us:
            near_by = self.rules.near_by(work.location_no)
            rejected = work.state == "rejected"
            self.reach.add(Part(half_of(order, work), work.kind, near_by, work.served, work.metres, rejected), times)

    def wait(self, step: str, location_no: int, created: int, touched: int, promised: int, times: int) -> None:
        """Count work that waits, by the minutes when it came, when it was last touched, and when it is promised."""
        self._work = None
        _add(self.created[step], created, times)
        _add(self.touched[step].setdefault(self.rules.waiting.rhythm(location_no), {}), touched, times)
        if promised > 0 and step in UNKEPT:
            _add(self.promised, promised, times)

    def _note(self, batch: Batch) -> None:
        """Keep the newest facts, and count all."""
        noted: list[tuple[int, Fact, Order]] = []
        for fact in reversed(batch.facts):
            if fact.party_no != self.party_no or not fact.name.startswith(_TOLD):
                continue
            if self.location_no is None:
                self.facts += 1
                if len(noted) >= NEWEST:
                    continue
            elif fact.location_no not in (0, self.location_no):
                continue
            subject = UUID(bytes=fact.subject)
            order = batch.new_orders.get(subject) or batch.changed_orders.get(subject)
            if order is None or (self.location_no is not None and not belongs(order, self.location_no)):
                continue
            self.facts += self.location_no is not None
            noted.append((batch.seq, fact, order))
        self.new.extend(reversed(noted))

    # -- what is told ------------------------------------------------------------------------------------------------

    def begin(self, last: list[Order]) -> None:
        """Orders that were placed before anybody looked, newest first: so that the list does not begin empty."""
        for order in reversed(last):
            entry = order_entry(order, self.rules.code_of, self.location_no)
            entry |= {"id": str(order.order_id), "name": "order.placed", "at": rfc3339(order.placed_at_us)}
            self.recent.append(entry)

    def newest(self) -> tuple[list[dict[str, Any]], int]:
        """What happened since it was last asked, newest first, and how much more is left out."""
        told = [self._told(seq, fact, order) for seq, fact, order in reversed(self.new)]
        left_out = self.facts - len(told)
        self.recent.extend(reversed(told))
        self.new.clear()
        self.facts = 0
        return told, left_out

    def _told(self, seq: int, fact: Fact, order: Order) -> dict[str, Any]:
        entry = order_entry(order, self.rules.code_of, self.location_no)
        entry |= {"id": f"{seq}-{fact.n}", "name": fact.name, "at": rfc3339(fact.at_us)}
        if fact.location_no:
            entry["locations"] = [self.rules.code_of(fact.location_no)]
        return entry

    def figures(self, now_us: int, exceptions: int, sold_out: int | None) -> dict[str, Any]:
        """All sections of figures at a moment."""
        self.advance(now_us)
        now_s = self._upto_s
        work, waiting = self._waiting(now_us)
        return {
            "attention": waiting | {"unserved": self.unserved, "stock_exceptions": exceptions},
            "orders": self._orders(now_s),
            "pulse": {"until": rfc3339(now_s * SECOND_US), "orders": self.pulse(PULSE_S)},
            "work": work,
            "served": self._served(sold_out),
            "destinations": self._destinations(),
        }

    def pulse(self, seconds: int) -> list[int]:
        """Orders placed in each of the last whole seconds."""
        seconds_of = np.arange(self._upto_s - seconds, self._upto_s) % _RING_S
        told: list[int] = self._ring[:, seconds_of].sum(axis=0).tolist()
        return told

    def _orders(self, now_s: int) -> dict[str, Any]:
        hour = self._ring[:, np.arange(now_s - HOUR_S + 1, now_s + 1) % _RING_S]
        hours, minutes = hour.sum(axis=1).tolist(), hour[:, -60:].sum(axis=1).tolist()
        by_channel = [
            {"channel": channel, "today": self.today[channel], "hour": hours[i], "minute": minutes[i]}
            for i, channel in enumerate(CHANNELS)
        ]
        return {
            "today": sum(self.today.values()),
            "hour": sum(hours),
            "minute": sum(minutes),
            "by_channel": by_channel,
        }

    def _waiting(self, now_us: int) -> tuple[dict[str, Any], dict[str, int]]:
        minute = now_us // MINUTE_US
        if self._work is None or self._work[0] != minute:
            self._work = (minute, *self._waiting_at(minute))
        return self._work[1], self._work[2]

    def _waiting_at(self, minute: int) -> tuple[dict[str, Any], dict[str, int]]:
        waiting = self.rules.waiting
        patience = waiting.patience
        steps: list[dict[str, Any]] = []
        for step in WAITS:
            ages = [0] * len(AGES)
            for created, count in self.created[step].items():
                age = minute - created
                ages[next((i for i in range(len(AGES) - 1, 0, -1) if age > AGES[i]), 0)] += count
            limit, late = patience.minutes(step), 0
            for rhythm, times in self.touched[step].items():
                before = waiting.late_before(step, rhythm, minute) if times else 0
                late += sum([count for touched, count in times.items() if touched < before])
            steps.append({"waits_for": step, "open": sum(ages), "late": late, "late_after": limit, "ages": ages})
        overdue = sum(count for promised, count in self.promised.items() if promised < minute)
        soon = sum(count for promised, count in self.promised.items() if 0 <= promised - minute < patience.at_risk)
        total = sum(step["open"] for step in steps)
        attention = {"late": sum(step["late"] for step in steps), "overdue": overdue, "soon": soon}
        return {"open": total, "ages": list(AGES), "steps": steps}, attention

    def _served(self, sold_out: int | None) -> dict[str, Any]:
        reach = self.reach
        return {
            "fulfilment_orders": reach.fulfilment_orders,
            "rejected": reach.rejected,
            "units": reach.units,
            "units_near_by": reach.units_near_by,
            "near_by_pct": pct(reach.units_near_by, reach.units) if reach.units else None,
            "pre_stock_avoided": reach.pre_stock_avoided,
            "sold_out": sold_out,
        }

    def _destinations(self) -> dict[str, Any]:
        told: dict[str, Any] = {}
        for name in DESTINATIONS:
            sent = self.reach.halves[HALVES[name]]
            told[name] = {
                "fulfilment_orders": sent.fulfilment_orders,
                "units": sent.units,
                "same_day_pct": sent.same_day_pct,
                "km_median": sent.distances.median_km(),
            }
        return told


def order_entry(order: Order, code_of: Callable[[int], str], location_no: int | None) -> dict[str, Any]:
    """What the list of the newest tells of an order; a store is told its own part only."""
    places = {work.location_no: None for work in order.fulfilments if location_no in (None, work.location_no)}
    return {
        "order": str(order.order_id),
        "channel": order.channel,
        "channel_order_id": order.channel_order_id,
        "kind": "pick_up" if order.pick_up_at else order.delivery,
        "units": sum([line.ordered for line in order.lines]),
        "locations": [code_of(number) for number in places],
    }


def belongs(order: Order, location_no: int) -> bool:
    """Whether a location serves, served or sold an order."""
    return order.sold_at == location_no or any(work.location_no == location_no for work in order.fulfilments)


def day_of(now_us: int, zone: ZoneInfo) -> tuple[int, int]:
    """[begin, end) of the day that a moment lies in."""
    date = to_datetime(now_us).astimezone(zone).date()
    begin, end = (datetime.combine(day, time(), zone) for day in (date, date + timedelta(days=1)))
    return from_datetime(begin), from_datetime(end)


def _add(times: Times, minute: int, count: int) -> None:
    left = times.get(minute, 0) + count
    if left:
        times[minute] = left
    else:
        times.pop(minute, None)
