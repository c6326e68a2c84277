"""An instance's network as decisions want it: neighbours together, offers in runs, the room of one day at a time."""

import numpy as np
from numpy.typing import NDArray

from manystores.instances.instance import Instance
from manystores.kernels.holder_runs import CROWDED, Runs, bound_runs, new_runs, place_runs
from manystores.kernels.order_stream import HANDLE_SHIP, HANDLE_UNIT, PLACE, ROOM, ROOM_PRICE, Shelves
from manystores.sourcing.neighbours import in_order_of_cells

Longs = NDArray[np.int64]

_SCANNED = 1 << 62  # holders of an offer, from which runs are made: never


class OpenShelves:
    """The shelves of an instance, counted down while orders are decided.

    Locations are numbered anew, neighbours together; `location` [L] are their numbers in the instance, `record` [R]
    those of the records. Without `pruned` every holder is looked at.
    """

    def __init__(self, instance: Instance, pruned: bool = True) -> None:
        self.location = in_order_of_cells(instance.xyz)
        number = np.empty(len(self.location), np.int64)
        number[self.location] = np.arange(len(self.location))
        at = number[instance.stock_location]
        sku = np.repeat(np.arange(len(instance.kg)), np.diff(instance.stock_ptr))
        self.record = np.argsort(sku * len(number) + at, kind="stable")
        meta = instance.meta
        places = np.zeros((len(number), PLACE))
        places[:, :3] = instance.xyz[self.location]
        places[:, HANDLE_SHIP] = instance.handle_ship[self.location]
        places[:, HANDLE_UNIT] = instance.handle_unit[self.location]
        self.shelves = Shelves(
            instance.stock_ptr,
            at[self.record].astype(np.int32),
            instance.stock_qty[self.record],
            np.zeros(len(self.record), np.float32),
            places,
            instance.kg,
            np.array([meta.base, meta.a_km, meta.w0, meta.w_km]),
        )
        self.runs: Runs = new_runs(instance.stock_ptr, CROWDED if pruned else _SCANNED)
        place_runs(self.runs, instance.stock_ptr, self.shelves.stock_location, places, places[:, HANDLE_SHIP].copy())
        self.most_runs = int(np.diff(self.runs.ptr).max(initial=0)) + 1
        self._room = np.repeat(instance.cap_day[self.location][:, None], meta.days, axis=1).astype(np.float64)
        self._day = -1
        self.bound(np.arange(len(instance.kg)))

    def bound(self, skus: Longs) -> None:
        """Renew the lower bounds of these SKUs' runs, after their prices changed."""
        shelves = self.shelves
        unit = shelves.places[:, HANDLE_UNIT].copy()
        bound_runs(self.runs, shelves.stock_ptr, shelves.stock_location, shelves.left, shelves.price, unit, skus)

    def open_day(self, day: int) -> None:
        """From now on shipments take the room of this day, which has no price yet."""
        if day == self._day:
            return
        room = self.shelves.places[:, ROOM]
        if self._day >= 0:
            self._room[:, self._day] = room
        room[:] = self._room[:, day]
        self.shelves.places[:, ROOM_PRICE] = 0.0
        self._day = day
