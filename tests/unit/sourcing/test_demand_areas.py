"""Areas of demand: each within a zone, with the zone's people shared out among them."""

import numpy as np
import pytest

from manystores.kernels.geo import unit_vectors
from manystores.sourcing.demand_areas import AREAS, gather_areas


def test_areas_share_out_each_zone_and_more_people_get_more_of_them() -> None:
    rng = np.random.default_rng(1)
    cities = unit_vectors(rng.uniform(20, 45, 600), rng.uniform(85, 125, 600))
    zone = np.repeat([0, 1, 2], 200).astype(np.int32)
    people = np.where(zone == 2, 8.0, 1.0)
    areas = gather_areas(cities[:10], cities, people, zone, 4)  # nobody lives in the last zone
    assert np.bincount(areas.zone, areas.share, 3) == pytest.approx([1.0, 1.0, 1.0])
    count = np.bincount(areas.zone, minlength=4)
    assert count[2] > 4 * count[0]
    assert count[3] == 0
    assert abs(len(areas.zone) - AREAS) <= 3
    assert areas.km.shape == (10, len(areas.zone))
