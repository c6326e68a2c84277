"""What can be promised for a date or a slot: the stock of the buckets of a window, for the few orders that name one."""

from collections.abc import Sequence

import numpy as np

from manystores.kernels.sourcing_stock import Stock
from manystores.ledger import Ledger

_NONE = np.empty(0, np.int32)


class Windows:
    """Where the buckets of each (offer, window) are among the ledger's arrays, listed as they come."""

    def __init__(self) -> None:
        self._ledger: Ledger | None = None
        self._seen = 0
        self._buckets: dict[tuple[int, int], list[int]] = {}

    def stock(self, ledger: Ledger, live: Stock, wanted: Sequence[tuple[int, int]]) -> Stock:
        """The live counters of the wanted (offer, window) alone, which are offers 0, 1, … there; window 0 is now.

        Goods that stand somewhere now never serve a later window, nor the other way round: who pre-orders waits for the
        delivery of that day, and an hour of a fitter is no other hour.
        """
        lists = [self.buckets(ledger, live, *each) for each in wanted]
        ptr = np.cumsum([0, *map(len, lists)], dtype=np.int64)
        buckets = np.array([bucket for each in lists for bucket in each], np.int32)
        return live._replace(
            offer_ptr=ptr, offer_buckets=buckets, overflow_head=_NONE, listed_location=live.bucket_location[buckets]
        )

    def buckets(self, ledger: Ledger, live: Stock, offer_no: int, window_us: int) -> list[int]:
        """Where among the ledger's arrays the buckets of an offer are, of a window or (0) of now."""
        if not window_us:
            return _now(live, offer_no)
        self._look(ledger)
        return self._buckets.get((offer_no, window_us), [])

    def _look(self, ledger: Ledger) -> None:
        """List the buckets that came since the last look."""
        if ledger is not self._ledger:  # after a recovery it is another one
            self._ledger, self._seen, self._buckets = ledger, 0, {}
        for bucket, offer_no, window_us in ledger.windowed(self._seen):
            self._buckets.setdefault((offer_no, window_us), []).append(bucket)
        self._seen = ledger.bucket_count


def _now(live: Stock, offer_no: int) -> list[int]:
    """The buckets of the goods of an offer that stand somewhere now."""
    found: list[int] = []
    if offer_no + 1 < len(live.offer_ptr):
        found += live.offer_buckets[live.offer_ptr[offer_no] : live.offer_ptr[offer_no + 1]].tolist()
    bucket = int(live.overflow_head[offer_no]) if offer_no < len(live.overflow_head) else -1
    while bucket >= 0:
        found.append(bucket)
        bucket = int(live.overflow_next[bucket])
    return found
