"""Shopping festivals: dates that everybody knows beforehand, after which carriers are slow for days."""

from datetime import date
from typing import Final

FESTIVALS: Final = ((6, 18), (11, 11), (12, 12))
"""(month, day): 618, Double 11, Double 12."""
RECOVERY_DAYS: Final = 6
NO_SEASON: Final = 0


def season(day: date) -> int:
    """1 on a festival, 2 on the day after and so on; NO_SEASON from the sixth day after it on.

    >>> [season(date(2026, 11, day)) for day in (10, 11, 12, 16, 17)]
    [0, 1, 2, 6, 0]
    """
    since = [(day - date(day.year, month, of_month)).days for month, of_month in FESTIVALS]
    return next((days + 1 for days in since if 0 <= days < RECOVERY_DAYS), NO_SEASON)
