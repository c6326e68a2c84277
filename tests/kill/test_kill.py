"""Kill everything that can die, in random order and under load, and prove that nothing was lost."""

import asyncio
from pathlib import Path

import pytest
from benchmarks.soak_kill import VICTIMS, soak


@pytest.mark.slow
def test_a_dozen_kills_under_load_lose_tear_and_oversell_nothing(tmp_path: Path) -> None:
    """Given shoppers and an operator who kills -9, then each acknowledged promise is in the journal exactly once."""
    report = asyncio.run(soak(tmp_path, 12, seed=1, clients=8, pause_s=0.5))
    assert report.sound, report.findings
    assert set(report.by_victim) == set(VICTIMS)
    assert (report.kills, report.verified) == (12, 13)
    assert report.acknowledged > 100
