"""Orders one by one made into the arrays that a simulation reads."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from manystores.kernels.geo import unit_vectors
from manystores.kernels.what_if import Asked
from manystores.sourcing.policy import Kind
from manystores.whatif.scenario import Orders

_NORTH_LAT = 33.0


class Piece(NamedTuple):
    """A line: units of an item, which is what shelves are listed by."""

    item: int
    units: int
    kg: float
    sku: str = ""
    offer_class: str = ""
    value: int = 0
    penalty: float = 0.0


class Came(NamedTuple):
    """An order; (lat, lon) and region are where it goes, or where it is collected; `later_us` is the latest window that
    it waits for, 0 where all of it is wanted now."""

    label: str
    at_us: int
    channel: str
    kind: Kind
    lat: float
    lon: float
    region: str
    pieces: Sequence[Piece]
    collect_at: int = -1
    later_us: int = 0


class Building:
    """Takes orders in the order in which they came."""

    def __init__(self) -> None:
        self._came: list[Came] = []
        self._pieces: list[Piece] = []
        self._pointer = [0]
        self._served: list[NDArray[np.int64] | None] = []

    def __len__(self) -> int:
        return len(self._came)

    def add(self, order: Came, served_by: NDArray[np.int64] | None = None) -> None:
        """One order more; `served_by` are the locations with delivery areas that deliver there."""
        merged: dict[int, Piece] = {}
        for piece in order.pieces:
            known = merged.get(piece.item)
            merged[piece.item] = piece if known is None else known._replace(units=known.units + piece.units)
        self._pieces += merged.values()
        self._pointer.append(len(self._pieces))
        self._came.append(order)
        self._served.append(served_by)

    def build(self, limited: NDArray[np.bool_] | None = None) -> Orders:
        """All of them; `limited` are the locations that deliver into their areas only."""
        came, pieces = self._came, self._pieces
        lat, lon = np.array([one.lat for one in came]), np.array([one.lon for one in came])
        channels = tuple(dict.fromkeys(one.channel for one in came))
        number = {name: i for i, name in enumerate(channels)}
        counts = [0 if one is None else len(one) for one in self._served]
        served = [one for one in self._served if one is not None]
        asked = Asked(
            line_ptr=np.array(self._pointer, np.int64),
            line_item=np.array([one.item for one in pieces], np.int64),
            line_units=np.array([one.units for one in pieces], np.int64),
            line_kg=np.array([one.kg for one in pieces], np.float64),
            xyz=np.ascontiguousarray(unit_vectors(lat, lon)).reshape(-1, 3),
            collect_at=np.array([one.collect_at for one in came], np.int64),
            served_ptr=np.cumsum([0, *counts]).astype(np.int64),
            served_by=(np.concatenate(served) if served else np.zeros(0)).astype(np.int32),
            limited=np.zeros(0, np.bool_) if limited is None or not limited.any() else limited,
        )
        return Orders(
            asked=asked,
            at_us=np.array([one.at_us for one in came], np.int64),
            channel=np.array([number[one.channel] for one in came], np.int32),
            kind=[one.kind for one in came],
            channels=channels,
            label=[one.label for one in came],
            region=[one.region for one in came],
            north=lat >= _NORTH_LAT,
            day_shift=np.round(lon / 15).astype(np.int64),
            later_us=np.array([one.later_us for one in came], np.int64),
            sku=[one.sku for one in pieces],
            offer_class=[one.offer_class for one in pieces],
            value=np.array([one.value for one in pieces], np.int64),
            penalty=np.array([one.penalty for one in pieces], np.float64),
        )
