"""The ledger's buckets as records of stock: one for each offer and location, with what is left of it; and back."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from manystores.kernels.sourcing_stock import Stock

Longs = NDArray[np.int64]
Ints = NDArray[np.int32]
Singles = NDArray[np.float32]


class Records(NamedTuple):
    """S offers, R records, B buckets of theirs."""

    ptr: Longs
    """[S + 1] the records of each offer, in order of location."""
    location: Ints
    """[R]."""
    bucket_ptr: Longs
    """[R + 1] the buckets of each record: lots, or one."""
    bucket: Ints
    """[B] indices into the ledger's arrays."""


@njit(nogil=True, cache=True, error_model="numpy")
def _buckets_of(stock: Stock, offer: int, may: NDArray[np.bool_], found: Ints) -> int:
    """Writes the buckets of an offer at locations that count, in the list's order; returns how many."""
    count = 0
    if offer + 1 < stock.offer_ptr.shape[0]:
        for position in range(stock.offer_ptr[offer], stock.offer_ptr[offer + 1]):
            k = stock.offer_buckets[position]
            at = stock.bucket_location[k]
            if at < may.shape[0] and may[at]:
                found[count] = k
                count += 1
    k = stock.overflow_head[offer] if offer < stock.overflow_head.shape[0] else -1
    while k >= 0 and count < found.shape[0]:
        at = stock.bucket_location[k]
        if at < may.shape[0] and may[at]:
            found[count] = k
            count += 1
        k = stock.overflow_next[k]
    return count


@njit(nogil=True, cache=True, error_model="numpy")
def list_records(stock: Stock, offers: Longs, may: NDArray[np.bool_]) -> Records:
    """The records of these offers at the locations of `may` [L]."""
    most = stock.bucket_location.shape[0]
    found = np.empty(most, np.int32)
    total = 0
    for offer in offers:
        total += _buckets_of(stock, offer, may, found)
    ptr = np.zeros(offers.shape[0] + 1, np.int64)
    location, bucket = np.empty(total, np.int32), np.empty(total, np.int32)
    bucket_ptr = np.zeros(total + 1, np.int64)
    records, buckets = 0, 0
    for i in range(offers.shape[0]):
        count = min(_buckets_of(stock, offers[i], may, found), total - buckets)
        places = np.empty(count, np.int32)
        for j in range(count):
            places[j] = stock.bucket_location[found[j]]
        ranked = np.argsort(places, kind="mergesort")
        for j in ranked:
            if records == ptr[i] or location[records - 1] != places[j]:
                location[records] = places[j]
                records += 1
            bucket[buckets] = found[j]
            buckets += 1
            bucket_ptr[records] = buckets
        ptr[i + 1] = records
    return Records(ptr, location[:records].copy(), bucket_ptr[: records + 1].copy(), bucket[:buckets].copy())


@njit(nogil=True, cache=True, error_model="numpy")
def count_left(stock: Stock, records: Records, kept: Ints, left: Ints) -> None:
    """left [R]: units that may be sold, less what each location keeps back (kept [L])."""
    on_hand, reserved, unavailable = stock.on_hand, stock.reserved, stock.unavailable
    location, bucket_ptr, bucket = records.location, records.bucket_ptr, records.bucket
    for r in range(location.shape[0]):
        units = -np.int64(kept[location[r]])
        for i in range(bucket_ptr[r], bucket_ptr[r + 1]):
            k = bucket[i]
            units += on_hand[k] - reserved[k] - unavailable[k]
        left[r] = 0 if units < 0 else min(int(units), 2_000_000_000)


@njit(nogil=True, cache=True, error_model="numpy")
def tell_prices(records: Records, offers: Longs, price: Singles, scale: float, unit_price: Singles) -> None:
    """Write the prices of these offers' records (positions in `records.ptr`), times `scale`, at their buckets."""
    ptr, bucket_ptr, bucket = records.ptr, records.bucket_ptr, records.bucket
    for s in offers:
        for r in range(ptr[s], ptr[s + 1]):
            for i in range(bucket_ptr[r], bucket_ptr[r + 1]):
                unit_price[bucket[i]] = price[r] * scale
