"""Orders decided by rules instead of costs, as other systems do: the nearest shelf, or the nearest that has it all."""

import numpy as np
from numba import njit

from manystores.kernels.order_stream import ROOM, Scratch, Shelves, Stream, Taken, away, take


@njit(nogil=True, cache=True, error_model="numpy")
def _can_send(shelves: Shelves, scratch: Scratch, order: int, at: int) -> bool:
    return bool(scratch.joined[at] == order or shelves.places[at, ROOM] > 0.0)


@njit(nogil=True, cache=True, error_model="numpy")
def _line_by_line(shelves: Shelves, stream: Stream, taken: Taken, scratch: Scratch, order: int) -> None:
    """Each line from its nearest holder, as much as there is, then from the next one."""
    for line in range(stream.line_ptr[order], stream.line_ptr[order + 1]):
        sku, need = stream.line_sku[line], stream.line_qty[line]
        while need > 0:
            nearest, chosen = np.inf, -1
            for k in range(shelves.stock_ptr[sku], shelves.stock_ptr[sku + 1]):
                at = shelves.stock_location[k]
                if shelves.left[k] <= 0 or not _can_send(shelves, scratch, order, at):
                    continue
                km = away(shelves.places, at, stream.xyz, order)
                if km < nearest:
                    nearest, chosen = km, k
            if chosen < 0:
                break
            units = min(need, shelves.left[chosen])
            take(shelves, taken, scratch, order, line, chosen, units)
            need -= units


@njit(nogil=True, cache=True, error_model="numpy")
def _all_from_one(shelves: Shelves, stream: Stream, taken: Taken, scratch: Scratch, order: int) -> bool:
    """The whole order from the nearest location that has all of it; False if there is none."""
    begin, end = stream.line_ptr[order], stream.line_ptr[order + 1]
    met, holds = scratch.met, scratch.holds
    scratch.parts[0] += 1
    part = scratch.parts[0]
    nearest, chosen = np.inf, -1
    for line in range(begin, end):
        sku, qty = stream.line_sku[line], stream.line_qty[line]
        for k in range(shelves.stock_ptr[sku], shelves.stock_ptr[sku + 1]):
            at = shelves.stock_location[k]
            if shelves.left[k] < qty or shelves.places[at, ROOM] <= 0.0:
                continue
            if met[at] != part:
                met[at] = part
                holds[at] = 0
            holds[at] += 1
            if holds[at] == end - begin:
                km = away(shelves.places, at, stream.xyz, order)
                if km < nearest:
                    nearest, chosen = km, at
    if chosen < 0:
        return False
    for line in range(begin, end):
        sku = stream.line_sku[line]
        for k in range(shelves.stock_ptr[sku], shelves.stock_ptr[sku + 1]):
            if shelves.stock_location[k] == chosen:
                take(shelves, taken, scratch, order, line, k, stream.line_qty[line])
    return True


@njit(nogil=True, cache=True, error_model="numpy")
def decide_nearest(
    shelves: Shelves, stream: Stream, taken: Taken, scratch: Scratch, start: int, stop: int, whole_first: bool
) -> None:
    """Decide the orders start … stop − 1 by distance alone, and book what they take."""
    for order in range(start, stop):
        several = stream.line_ptr[order + 1] - stream.line_ptr[order] > 1
        if whole_first and several and _all_from_one(shelves, stream, taken, scratch, order):
            continue
        _line_by_line(shelves, stream, taken, scratch, order)
