"""What stands and what is claimed at each location, summed in one pass over the buckets."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from manystores.kernels import totals as kernel
from manystores.ledger.ledger import Ledger

Numbers = NDArray[np.int64]


class Totals(NamedTuple):
    """Per location: `stock` [L, 4] available and reserved base units, records, records with nothing available; `hour`
    and `day` [L, 2] orders claimed and still free, −1 where nothing was claimed yet."""

    stock: Numbers
    hour: Numbers
    day: Numbers


def totals(
    ledger: Ledger, hour_us: Numbers, day_us: Numbers, *, first_offer_no: int, hour_offer_no: int, day_offer_no: int
) -> Callable[[], Totals]:
    """A function that sums the ledger of now, for any thread to call while the owner goes on.

    What the owner changes meanwhile may be counted or not. `hour_us` and `day_us` [L] are the windows of capacity.
    """
    state, buckets = ledger._s, ledger.bucket_count
    ghosts = np.fromiter(ledger._ghosts, np.int64, len(ledger._ghosts))

    def sum_up() -> Totals:
        size = len(hour_us)
        found = Totals(
            np.zeros((size, 4), np.int64), np.full((size, 2), -1, np.int64), np.full((size, 2), -1, np.int64)
        )
        offers = (first_offer_no, hour_offer_no, day_offer_no)
        kernel.by_location(state, buckets, *offers, hour_us, day_us, found.stock, found.hour, found.day)
        # a bucket of a command that was undone is none; it holds nothing, so only the records counted it
        gone = ghosts[(state.offer[ghosts] >= first_offer_no) & (state.window[ghosts] == 0)]
        places = state.location[gone]
        places = places[(places > 0) & (places < size)]
        np.subtract.at(found.stock, (places, 2), 1)
        np.subtract.at(found.stock, (places, 3), 1)
        return found

    return sum_up
