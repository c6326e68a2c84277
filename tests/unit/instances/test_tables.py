"""Ids of any span find their positions."""

import numpy as np
import pytest

from manystores.instances.tables import positions


@pytest.mark.parametrize("scale", [1, 10**12], ids=["by table", "by search"])
def test_each_value_finds_its_id_and_others_none(scale: int) -> None:
    ids = np.array([3, 5, 8]) * scale
    values = np.array([8, 3, 4, 0, 9, 5, 5]) * scale
    kept = values.copy()
    assert positions(ids, values).tolist() == [2, 0, -1, -1, -1, 1, 1]
    assert (values == kept).all()


def test_nothing_is_found_among_no_ids() -> None:
    none = np.zeros(0, np.int64)
    assert positions(none, np.array([1, 2])).tolist() == [-1, -1]
    assert positions(np.array([1]), none).tolist() == []
