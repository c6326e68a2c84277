"""What a shipment costs that is planned already: the terms by which the kernel plans, for one location."""

import math
from collections.abc import Sequence

from manystores.kernels.sourcing_blocks import EARTH_KM
from manystores.kernels.sourcing_stock import ORDER_COST, RANK_COST, REJECTION_COST, UNIT_COST
from manystores.sourcing.compiled import Rules


def shipment_cost(
    rules: Rules, location_no: int, to: tuple[float, float, float], goods: Sequence[tuple[int, float]]
) -> float:
    """Minor units of one shipment of `goods` (base units, kg of one) from a location to a point on the unit sphere.

    As in `kernels/sourcing.py`: base + per_km·km + the location's cost of an order + rank + what a rejection there is
    expected to cost, never below 0, and for each
    unit kg·(per_kg + per_kg_km·km) + the location's cost of a unit.
    """
    terms = rules.places.terms[location_no].tolist()
    base, per_km, per_kg, per_kg_km = rules.rates.tolist()
    chord = math.dist(terms[:3], to)
    km = 2.0 * EARTH_KM * math.asin(min(1.0, 0.5 * chord))
    cost = max(0.0, base + per_km * km + terms[ORDER_COST] + terms[RANK_COST] + terms[REJECTION_COST])
    for units, kg in goods:
        cost += units * (kg * (per_kg + per_kg_km * km) + terms[UNIT_COST])
    return float(cost)
