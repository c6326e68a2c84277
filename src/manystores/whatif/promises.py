"""What was promised for each shipment, and when it came: drawn by order and place, so that policies share it."""

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from manystores.kernels.what_if import SHIPMENT_HOUR, SHIPMENT_METRES, SHIPMENT_ORDER, SHIPMENT_PLACE
from manystores.whatif.run import Outcome
from manystores.whatif.scenario import Floats, Longs

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)


class Promised(Struct, frozen=True, eq=False):
    """Of each shipment, µs: until when it was promised, by when that is kept, and when it came; by_us is 0 for what has
    no promise to be measured."""

    promised_to_us: Longs
    by_us: Longs
    came_us: Longs

    @property
    def due(self) -> NDArray[np.bool_]:
        """Which shipments had a promise."""
        return self.by_us > 0

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Which of them kept it."""
        return self.due & (self.came_us <= self.by_us)


def shared(outcomes: Sequence[Outcome]) -> tuple[Longs, list[Longs]]:
    """The distinct (order, location, metres, hour) of all policies' shipments, by order, and for each policy the rows
    of its own among them."""
    columns = [SHIPMENT_ORDER, SHIPMENT_PLACE, SHIPMENT_METRES, SHIPMENT_HOUR]
    parts = [outcome.shipments[:, columns] for outcome in outcomes]
    rows, where = np.unique(np.concatenate(parts), axis=0, return_inverse=True)
    ends = np.cumsum([0, *(len(part) for part in parts)])
    where = where.reshape(-1)
    return rows, [where[ends[i] : ends[i + 1]] for i in range(len(parts))]


def luck(seed: int, order: Longs, place: Longs, what: int) -> Floats:
    """A number of (0, 1) for each order at each place, the same whatever the policy and however many others there are;
    `what` tells apart what is drawn."""
    with np.errstate(over="ignore"):
        bits = np.full(len(order), np.uint64(seed % 2**63) * _GOLDEN + np.uint64(what + 1), np.uint64)
        for part in (order, place):
            bits = _mixed((bits ^ part.astype(np.uint64)) + _GOLDEN)
    return (np.asarray(bits >> np.uint64(11)).astype(np.float64) + 0.5) / 2.0**53


def _mixed(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """SplitMix64's finaliser: each bit in changes half of those that come out."""
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return bits ^ (bits >> np.uint64(31))
