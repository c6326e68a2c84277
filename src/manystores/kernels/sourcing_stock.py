"""The stock that sourcing reads: who holds the lines of an order, how much of it, and in which buckets."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

# Why a location that holds the goods may not, or can't, serve this order.
ELIGIBLE = 0
DISABLED = 1
CLOSED = 2
OUT_OF_RANGE = 3
NO_STOCK = 4
BUFFER = 5
CAPACITY = 6
POLICY_CHANNEL = 7
POLICY_GROUP = 8
REFUSED_BEFORE = 9
AREA = 10
CAPABILITY = 11
TOO_FEW = 12  # some, but of no line enough; it may still take part in a split
CUT_OFF = 13
POLICY_LOCATION = 14
REASONS = 16

ALLOCATION = 4  # numbers of an allocation row

# Columns of `Places.terms`; the first three are the place on the unit sphere.
ORDER_COST = 3
UNIT_COST = 4
RANK_COST = 5
REJECTION_COST = 6
TERMS = 8


class Stock(NamedTuple):
    """Live views of the ledger's counters. Available = on_hand − reserved − unavailable.

    The buckets of offer o with window "now" are offer_buckets[offer_ptr[o]:offer_ptr[o+1]], and those that came since:
    overflow_head[o], then overflow_next[bucket], until −1. Several lots of an offer at one location count together.
    """

    offer_ptr: NDArray[np.int64]  # [offers + 1]
    offer_buckets: NDArray[np.int32]
    overflow_head: NDArray[np.int32]  # [offers]
    overflow_next: NDArray[np.int32]  # [buckets]
    bucket_location: NDArray[np.int32]  # [buckets]
    on_hand: NDArray[np.int64]
    reserved: NDArray[np.int64]
    unavailable: NDArray[np.int64]
    listed_location: NDArray[np.int32]  # bucket_location[offer_buckets]: read in one go, where that would jump about


def stock_of(
    offer_ptr: NDArray[np.int64], offer_buckets: NDArray[np.int32], overflow_head: NDArray[np.int32],
    overflow_next: NDArray[np.int32], bucket_location: NDArray[np.int32], on_hand: NDArray[np.int64],
    reserved: NDArray[np.int64], unavailable: NDArray[np.int64],
) -> Stock:  # fmt: skip
    """The stock of a ledger's arrays."""
    return Stock(
        offer_ptr,
        offer_buckets,
        overflow_head,
        overflow_next,
        bucket_location,
        on_hand,
        reserved,
        unavailable,
        bucket_location[offer_buckets],
    )


def reordered(stock: Stock, offer_buckets: NDArray[np.int32]) -> Stock:
    """The same stock with the buckets of each offer in another order."""
    return stock._replace(offer_buckets=offer_buckets, listed_location=stock.bucket_location[offer_buckets])


class Places(NamedTuple):
    """What the policy makes of the network for one channel and fulfilment kind; indexed by location number."""

    terms: NDArray[np.float64]  # [locations, TERMS], see `pack_terms`
    excluded: NDArray[np.uint8]  # 0, or the reason
    capacity_left: NDArray[np.int64]  # orders it still takes, live
    buffer: NDArray[np.int32]  # [rows, locations]: units that may not be sold on this channel; a line names its row
    unit_price: NDArray[np.float32]  # [buckets] live: what a unit is worth to orders to come; what lies behind is 0
    room_price: NDArray[np.float32]  # [locations] live: what room for a shipment is worth; likewise


NO_PRICES = np.zeros(0, np.float32)
"""Nothing is known of orders to come: all prices are 0."""


def pack_terms(
    xyz: NDArray[np.float64],
    order_cost: NDArray[np.float64],
    unit_cost: NDArray[np.float64],
    rank_cost: NDArray[np.float64],
    rejection_cost: NDArray[np.float64] | float = 0.0,
) -> NDArray[np.float64]:
    """All that a location's costs depend on in one row, hence in one line of the processor's cache.

    xyz [locations, 3] on the unit sphere; then minor units: for handling one order, for one base unit, what the policy
    would pay to avoid a shipment from there, and what it is expected to cost that the location rejects it, from 0 up.
    """
    terms = np.zeros((len(xyz), TERMS))
    terms[:, :ORDER_COST] = xyz
    terms[:, ORDER_COST], terms[:, UNIT_COST], terms[:, RANK_COST] = order_cost, unit_cost, rank_cost
    terms[:, REJECTION_COST] = rejection_cost
    return terms


class Found(NamedTuple):
    """The locations that hold a line, in the order they were met ("slots")."""

    location: NDArray[np.int32]
    code: NDArray[np.uint8]
    have: NDArray[np.int64]  # [lines, slots]: available units; after weighing: sellable, at most the quantity
    first: NDArray[np.int32]  # [lines, slots]: first bucket with units, or −1


@njit(nogil=True, cache=True, error_model="numpy")
def _overflow(stock: Stock, offer: int) -> int:
    return stock.overflow_head[offer] if offer < stock.overflow_head.shape[0] else -1


@njit(nogil=True, cache=True, error_model="numpy")
def _listed(stock: Stock, offer: int) -> tuple[int, int]:
    """First and last position of the offer in offer_buckets; an offer that is newer than the list has none."""
    if offer + 1 < stock.offer_ptr.shape[0]:
        return stock.offer_ptr[offer], stock.offer_ptr[offer + 1]
    return 0, 0


@njit(nogil=True, cache=True, error_model="numpy")
def _spans(stock: Stock, offer: int, start: NDArray[np.int32], seen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """First and last positions in offer_buckets of an offer's buckets in the blocks seen, at least one pair."""
    begin, end = _listed(stock, offer)
    if begin == end or seen.shape[0] == 0:
        return np.array([[begin, end]])
    spans = np.empty((seen.shape[0] + 1, 2), np.int64)
    spans[0] = begin
    count = 1
    for block in range(seen.shape[0]):
        if seen[block]:
            first, last = begin + start[offer, block], begin + start[offer, block + 1]
            if spans[count - 1, 1] == first:
                spans[count - 1, 1] = last
            else:
                spans[count, 0], spans[count, 1] = first, last
                count += 1
    return spans[:count]


@njit(nogil=True, cache=True, error_model="numpy")
def _holders_at_most(stock: Stock, lines: NDArray[np.int64], start: NDArray[np.int32], seen: NDArray[np.bool_]) -> int:
    most = 0
    for b in range(lines.shape[0]):
        if seen.shape[0]:
            spans = _spans(stock, lines[b, 0], start, seen)
            most += (spans[:, 1] - spans[:, 0]).sum()
        else:
            begin, end = _listed(stock, lines[b, 0])
            most += end - begin
        k = _overflow(stock, lines[b, 0])
        while k >= 0:
            most += 1
            k = stock.overflow_next[k]
    return most


@njit(nogil=True, cache=True, error_model="numpy")
def _enter(
    at: int, count: int, slot_of: NDArray[np.int32], location: NDArray[np.int32], code: NDArray[np.uint8],
    excluded: NDArray[np.uint8],
) -> int:  # fmt: skip
    """Enter a location into the sparse set, unless it is there; returns how many it holds."""
    slot = slot_of[at]
    if 0 <= slot < count and location[slot] == at:
        return count
    slot_of[at] = count
    location[count] = at
    code[count] = excluded[at]
    return count + 1


@njit(nogil=True, cache=True, error_model="numpy")
def gather(
    stock: Stock, places: Places, lines: NDArray[np.int64], refused: NDArray[np.int64], only: int,
    start: NDArray[np.int32], seen: NDArray[np.bool_],
) -> Found:  # fmt: skip
    """Available units per location and line, lots added up. `only` ≥ 0 looks at that location alone (pick-up).

    Looks at the blocks that `seen` marks, and at buckets that came since; with no blocks at all, at everything.
    """
    # Members of a tuple are taken out before a loop: each access costs reference counting inside it.
    n = lines.shape[0]
    excluded, bucket_location, offer_buckets = places.excluded, stock.bucket_location, stock.offer_buckets
    listed_location = stock.listed_location
    on_hand, reserved, unavailable = stock.on_hand, stock.reserved, stock.unavailable
    overflow_next = stock.overflow_next
    every = excluded.shape[0]
    buckets = _holders_at_most(stock, lines, start, seen)
    most = min(every, buckets + refused.shape[0] + 1)
    # A sparse set: slot_of may hold garbage, since an entry counts only if its slot names the location in return.
    slot_of = np.empty(every, np.int32)
    location = np.empty(most, np.int32)
    code = np.empty(most, np.uint8)
    have = np.zeros((n, most), np.int64)
    first = np.full((n, most), -1, np.int32)
    count = 0
    for i in range(-1, refused.shape[0]):
        named = only if i < 0 else refused[i]
        if 0 <= named < every:
            count = _enter(named, count, slot_of, location, code, excluded)
            if i >= 0:
                code[slot_of[named]] = REFUSED_BEFORE
    slot_at = np.empty(buckets, np.int32)
    bucket_at = np.empty(buckets, np.int32)
    units_at = np.empty(buckets, np.int64)
    for b in range(n):
        spans = _spans(stock, lines[b, 0], start, seen)
        met = 0
        for span in range(spans.shape[0]):
            for position in range(spans[span, 0], spans[span, 1]):
                at = listed_location[position]
                if at < every and (only < 0 or at == only):
                    count = _enter(at, count, slot_of, location, code, excluded)
                    slot_at[met], bucket_at[met] = slot_of[at], offer_buckets[position]
                    met += 1
        k = _overflow(stock, lines[b, 0])
        while k >= 0:
            at = bucket_location[k]
            if at < every and (only < 0 or at == only):
                count = _enter(at, count, slot_of, location, code, excluded)
                slot_at[met], bucket_at[met] = slot_of[at], k
                met += 1
            k = overflow_next[k]
        # The counters lie all over the memory: nothing but reading them in this loop lets the processor fetch ahead.
        for i in range(met):
            k = bucket_at[i]
            units_at[i] = on_hand[k] - reserved[k] - unavailable[k]
        for i in range(met):
            slot, available = slot_at[i], units_at[i]
            if code[slot] == ELIGIBLE:
                have[b, slot] += available
                # no branch: whether a shelf is empty can't be guessed
                held = first[b, slot]
                first[b, slot] = bucket_at[i] if (available > 0) & (held < 0) else held
    return Found(location[:count], code[:count], have, first)


@njit(nogil=True, cache=True, error_model="numpy")
def pick_buckets(
    stock: Stock, found: Found, lines: NDArray[np.int64], slots: NDArray[np.int64], takes: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Allocation rows (line, location, bucket, units): one bucket where one has enough, else in the list's order."""
    n = lines.shape[0]
    lots = _holders_at_most(stock, lines, np.empty((0, 1), np.int32), np.empty(0, np.bool_))
    rows = np.empty((slots.shape[0] * n + lots, ALLOCATION), np.int64)
    count = 0
    for i in range(slots.shape[0]):
        at = found.location[slots[i]]
        for b in range(n):
            left = takes[i, b]
            if left == 0:
                continue
            k = found.first[b, slots[i]]
            if stock.on_hand[k] - stock.reserved[k] - stock.unavailable[k] >= left:
                rows[count, 0], rows[count, 1], rows[count, 2], rows[count, 3] = b, at, k, left
                count += 1
                continue
            position, stop = _listed(stock, lines[b, 0])
            overflow = _overflow(stock, lines[b, 0])
            while left > 0 and (position < stop or overflow >= 0):
                if position < stop:
                    k = stock.offer_buckets[position]
                    position += 1
                else:
                    k = overflow
                    overflow = stock.overflow_next[k]
                available = stock.on_hand[k] - stock.reserved[k] - stock.unavailable[k]
                if stock.bucket_location[k] == at and available > 0:
                    units = min(left, available)
                    rows[count, 0], rows[count, 1], rows[count, 2], rows[count, 3] = b, at, k, units
                    count += 1
                    left -= units
    return rows[:count]
