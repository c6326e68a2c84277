"""When an order is there: preparation through opening hours, the next collection, transit; quantiles of all sums."""

import numba as nb
import numpy as np

MINUTE_US = 60_000_000.0
DAY_US = 86_400_000_000.0


@nb.njit(cache=True, nogil=True)
def arrival_quantiles(preparation, opens, closes, cut_off, transit, now, levels):  # type: ignore[no-untyped-def]
    """Quantiles of the arrival, float64[L] in µs after `now`.

    preparation, transit: equally likely minutes, float64[K] and float64[M]; preparation passes while the location is
    open, opens and closes: float64[N] µs. cut_off: the first collection, µs, repeated daily; below 0: at once.
    levels: float64[L], ascending.
    """
    count, ways = len(preparation), len(transit)
    sums = np.empty(count * ways)
    for i in range(count):
        leaves = _ready(preparation[i] * MINUTE_US, opens, closes, now)
        if cut_off >= 0.0:
            leaves = cut_off + max(0.0, np.ceil((leaves - cut_off) / DAY_US)) * DAY_US
        for j in range(ways):
            sums[i * ways + j] = leaves - now + transit[j] * MINUTE_US
    sums.sort()
    out = np.empty(len(levels))
    for n in range(len(levels)):
        place = min(max(levels[n] * len(sums) - 0.5, 0.0), len(sums) - 1.0)
        low = int(np.floor(place))
        high = min(low + 1, len(sums) - 1)
        out[n] = sums[low] + (sums[high] - sums[low]) * (place - low)
    return out


@nb.njit(cache=True, inline="always")
def _ready(left, opens, closes, now):  # type: ignore[no-untyped-def]
    """When so much work is done; after the last opening that is known it goes on by the clock."""
    at = now
    for n in range(len(opens)):
        start = max(opens[n], now)
        if start + left <= closes[n]:
            return start + left
        if closes[n] > start:
            left -= closes[n] - start
        at = max(at, closes[n])
    return at + left
