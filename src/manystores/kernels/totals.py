"""Sums of the ledger's buckets by location: what stands there, and what is claimed of its hours and days."""

from numba import njit


@njit(cache=True, nogil=True)
def by_location(s, buckets, first_offer, hour_offer, day_offer, hour_us, day_us, stock, hour, day):  # type: ignore[no-untyped-def]
    """Adds the first `buckets` buckets of the ledger's state `s` up, in one pass.

    `hour_us` and `day_us` int64[L] are the windows of capacity to look at. Goods of now go to `stock` int64[L, 4]:
    available and reserved base units, records, records with nothing available. A location's hour goes to `hour`
    int64[L, 2] as claimed and free orders, its day to `day`; both stay as they were where there is no such bucket.
    """
    for b in range(buckets):
        location = s.location[b]
        if location <= 0 or location >= len(hour_us):
            continue
        free = s.on_hand[b] - s.reserved[b] - s.unavailable[b]
        if s.offer[b] >= first_offer:
            if s.window[b] == 0:
                stock[location, 0] += free
                stock[location, 1] += s.reserved[b]
                stock[location, 2] += 1
                stock[location, 3] += free <= 0
        elif s.offer[b] == hour_offer:
            if s.window[b] == hour_us[location]:
                hour[location, 0], hour[location, 1] = s.reserved[b], free
        elif s.offer[b] == day_offer and s.window[b] == day_us[location]:
            day[location, 0], day[location, 1] = s.reserved[b], free
