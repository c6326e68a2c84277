"""The ledger read as a table of buckets: pages in an order, sums by location, offer or region, claims on a bucket.

What is summed or ordered may be read in another thread while the owner goes on; what the owner changes meanwhile may
be counted or not. The counters of a page's rows are read afterwards, at once.
"""

from collections.abc import Callable, Sequence
from typing import Final, Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from manystores.kernels import buckets as kernel
from manystores.kernels import ledger as states
from manystores.ledger.ledger import Counters, Key, Ledger, Reservation

Which = Literal["all", "out", "short", "reserved", "unavailable", "incoming", "available"]
Order = Literal["location", "on_hand", "reserved", "unavailable", "incoming", "available"]
WHICH: Final[tuple[Which, ...]] = get_args(Which)
ORDERS: Final[tuple[Order, ...]] = get_args(Order)
SUMS: Final = kernel.SUMS

Numbers = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Wanted(NamedTuple):
    """Which buckets: those of the locations and offers of these masks, by number, in this state; `now` leaves those of
    windows out."""

    locations: Mask
    offers: Mask
    which: Which = "all"
    now: bool = False


class Place(NamedTuple):
    """Where a page ended: the value that it is ordered by, and the bucket."""

    value: int
    key: Key


class Page(NamedTuple):
    """Buckets in order, each with the value that it is ordered by; and the sums of all that are wanted."""

    rows: tuple[Place, ...]
    sums: Numbers


def page(
    ledger: Ledger, wanted: Wanted, order: Order, descending: bool, after: Place | None, most: int
) -> Callable[[], Page]:
    """A function that finds the first `most` buckets behind `after`, for any thread to call."""
    state, buckets = ledger._s, ledger.bucket_count
    ghosts = frozenset(ledger._ghosts)
    place = np.zeros(6, np.int64)
    if after is not None:
        place[:] = (1, after.value, *after.key)

    def find() -> Page:
        most_found = most + len(ghosts)  # buckets of commands that were undone are none, and fall out below
        found, values = np.zeros(most_found, np.int64), np.zeros(most_found, np.int64)
        sums = np.zeros(len(SUMS), np.int64)
        which, by, sign = WHICH.index(wanted.which), ORDERS.index(order), -1 if descending else 1
        masks = (wanted.locations, wanted.offers, which, wanted.now)
        size = kernel.page(state, buckets, *masks, by, sign, place, found, values, sums)
        at = [(b, value) for b, value in zip(found[:size].tolist(), values[:size].tolist(), strict=True)]
        rows = tuple(Place(value, _key(state, b)) for b, value in at if b not in ghosts)[:most]
        _without_ghosts(state, ghosts, wanted, sums)
        return Page(rows, sums)

    return find


def sums_by(
    ledger: Ledger, wanted: Wanted, location_group: Numbers, offer_group: Numbers, groups: int
) -> Callable[[], Numbers]:
    """A function that adds buckets up into [groups, len(SUMS)]; a bucket's row is the sum of its two groups."""
    state, buckets = ledger._s, ledger.bucket_count
    ghosts = frozenset(ledger._ghosts)

    def add_up() -> Numbers:
        sums = np.zeros((groups, len(SUMS)), np.int64)
        which = WHICH.index(wanted.which)
        masks = (wanted.locations, wanted.offers, which, wanted.now)
        kernel.sums_by(state, buckets, *masks, location_group, offer_group, sums)
        for b in ghosts:
            if _counts(state, b, wanted):
                row = location_group[state.location[b]] + offer_group[state.offer[b]]
                sums[row, 0] -= 1
                sums[row, 6] -= 1
        return sums

    return add_up


def total(ledger: Ledger, wanted: Wanted, window_us: int | None = None, lot_no: int | None = None) -> Counters:
    """The sum of the counters of all buckets that are wanted, at once: nothing is decided meanwhile."""
    if window_us is not None or lot_no is not None:
        return _total_of(ledger, wanted, window_us, lot_no)
    none = (np.zeros(len(wanted.locations), np.int64), np.zeros(len(wanted.offers), np.int64))
    (row,) = sums_by(ledger, wanted, *none, 1)().tolist()
    return Counters(*row[1:5])


def _total_of(ledger: Ledger, wanted: Wanted, window_us: int | None, lot_no: int | None) -> Counters:
    """The same of one window, or of one lot."""
    state, found = ledger._s, _found(ledger, wanted)
    if window_us is not None:
        found = found[state.window[found] == window_us]
    if lot_no is not None:
        found = found[state.lot[found] == lot_no]
    columns = (state.on_hand, state.reserved, state.unavailable, state.incoming)
    return Counters(*(int(column[found].sum()) for column in columns))


def locations_of(ledger: Ledger, wanted: Wanted) -> list[int]:
    """The numbers of the locations that have buckets which are wanted."""
    found: list[int] = np.unique(ledger._s.location[_found(ledger, wanted)]).tolist()
    return found


def buckets_at(ledger: Ledger, location_no: int, offer_no: int) -> list[tuple[Key, Counters]]:
    """All buckets of an offer at a location: of now and of windows, of every lot."""
    state, n = ledger._s, ledger.bucket_count
    found = np.flatnonzero((state.location[:n] == location_no) & (state.offer[:n] == offer_no))
    return [(_key(state, b), ledger._counters(b)) for b in found.tolist() if b not in ledger._ghosts]


def _found(ledger: Ledger, wanted: Wanted) -> Numbers:
    """The places of buckets by their masks alone."""
    state, n = ledger._s, ledger.bucket_count
    places, offers = state.location[:n], state.offer[:n]
    known = np.flatnonzero((places < len(wanted.locations)) & (offers < len(wanted.offers)))
    return known[wanted.locations[places[known]] & wanted.offers[offers[known]]]


def claims_on(ledger: Ledger, location_no: int, offer_no: int, most: int) -> tuple[list[tuple[Reservation, int]], int]:
    """Open reservations that claim an offer at a location, with how many base units, the largest claims first; and
    how many there are in all."""
    state = ledger._s
    slots = int(state.tally[states.SLOTS])
    found, quantities = np.zeros(most, np.int64), np.zeros(most, np.int64)
    count = int(kernel.claims_on(state, slots, states.FREE, location_no, offer_no, found, quantities))
    rows = [(ledger._reservation(int(r)), int(q)) for r, q in zip(found[:count], quantities[:count], strict=False)]
    return sorted(rows, key=lambda row: (-row[1], row[0].id)), count


def _key(state: states.State, b: int) -> Key:
    return Key(int(state.location[b]), int(state.offer[b]), int(state.window[b]), int(state.lot[b]))


def _counts(state: states.State, b: int, wanted: Wanted) -> bool:
    """Whether a bucket that holds nothing was counted."""
    location, offer = int(state.location[b]), int(state.offer[b])
    if location >= len(wanted.locations) or offer >= len(wanted.offers) or wanted.which not in ("all", "out"):
        return False
    return bool(wanted.locations[location] and wanted.offers[offer] and not (wanted.now and state.window[b]))


def _without_ghosts(state: states.State, ghosts: frozenset[int], wanted: Wanted, sums: Numbers) -> None:
    gone = sum(_counts(state, b, wanted) for b in ghosts)
    sums[0] -= gone
    sums[6] -= gone


def masks(locations: Sequence[int], offers: Sequence[int], which: Which = "all") -> Wanted:
    """Buckets of these locations and offers, by number."""
    place, good = np.zeros(max(locations, default=0) + 1, np.bool_), np.zeros(max(offers, default=0) + 1, np.bool_)
    place[list(locations)] = True
    good[list(offers)] = True
    return Wanted(place, good, which)
