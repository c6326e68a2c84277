"""Days of festivals, and after."""

from datetime import date

import pytest

from manystores.foresight.seasons import season


@pytest.mark.parametrize(("day", "expected"), [((6, 18), 1), ((6, 23), 6), ((6, 24), 0), ((12, 13), 2), ((1, 1), 0)])
def test_a_season_counts_the_days_since_a_festival(day: tuple[int, int], expected: int) -> None:
    assert season(date(2027, *day)) == expected
