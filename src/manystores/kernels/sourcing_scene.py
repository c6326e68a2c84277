"""All that planning reads, handed to the machine code once instead of with every order.

A call from Python unpacks each array that it takes: for two dozen of them that costs as much as a third of a plan. A
scene holds them on the far side. They are live: who may serve, capacity, and what rejections are expected to cost
change in place.
"""

import numpy as np
from numba import njit, types
from numba.experimental import structref
from numpy.typing import NDArray

from manystores.kernels.sourcing import plan_order
from manystores.kernels.sourcing_blocks import Blocks
from manystores.kernels.sourcing_stock import Places, Stock

WANTED = 4  # numbers of a row of what is wanted: offer, units, row of `Places.buffer`, kg of a unit


@structref.register
class _SceneType(types.StructRef):
    def preprocess_fields(self, fields):  # type: ignore[no-untyped-def]
        return tuple((name, types.unliteral(kind)) for name, kind in fields)  # type: ignore[no-untyped-call]


class Scene(structref.StructRefProxy):
    """Live stock, the policy's view of the network, blocks and rates. Python makes it with `set_scene` and hands it on;
    only machine code looks inside."""

    stock: Stock
    places: Places
    blocks: Blocks
    rates: NDArray[np.float64]


structref.define_proxy(Scene, _SceneType, ["stock", "places", "blocks", "rates"])  # type: ignore[no-untyped-call]


@njit(nogil=True, cache=True, error_model="numpy")
def set_scene(stock: Stock, places: Places, blocks: Blocks, rates: NDArray[np.float64]) -> Scene:
    """The scene of these arrays; they are read live, and kept alive by it."""
    return Scene(stock, places, blocks, rates)  # type: ignore[no-untyped-call]


@njit(nogil=True, cache=True, error_model="numpy")
def plan_scene(
    scene: Scene, wanted: NDArray[np.float64], excluded: NDArray[np.uint8], refused: NDArray[np.int64],
    x: float, y: float, z: float, max_km: float, only: int, shipments: int, line_split: int, node_limit: int,
) -> tuple[NDArray[np.int64], float]:  # fmt: skip
    """`plan_order` in a scene, for wanted [n × WANTED]: offer, units, row of `Places.buffer`, kg of a unit.

    `excluded`, unless it is empty, holds for this order instead of the scene's.
    """
    places = scene.places
    if excluded.shape[0]:
        places = Places(
            places.terms, excluded, places.capacity_left, places.buffer, places.unit_price, places.room_price
        )
    n = wanted.shape[0] // WANTED
    lines = np.empty((n, 3), np.int64)
    kg = np.empty(n)
    for b in range(n):
        at = b * WANTED
        lines[b, 0], lines[b, 1], lines[b, 2] = wanted[at], wanted[at + 1], wanted[at + 2]
        kg[b] = wanted[at + 3]
    return plan_order(
        scene.stock, places, scene.blocks, scene.rates, lines, kg, refused,
        x, y, z, max_km, only, shipments, line_split, node_limit,
    )  # fmt: skip
