"""What a manager is shown: shares, reasons and hours, against the others of the group."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.unit.foresight.outcomes import NOW, outcomes

from manystores.foresight.causes import why
from manystores.foresight.rejections import causes


@pytest.fixture(scope="module")
def counts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = np.random.default_rng(7)
    assigned = pl.concat(
        [
            outcomes(rng, {"BUSY": 0.02}, 500, hours=(11, 12, 13)),
            outcomes(rng, {"BUSY": 0.4}, 100, hours=(17, 18), load=2, reason="cannot_find"),
            outcomes(rng, {"CALM": 0.02, "ALSO": 0.02}, 500),
            outcomes(rng, {"ALONE": 0.3}, 10, group="island"),
            outcomes(rng, {"OLD": 1.0}, 50, days=(50.0, 40.0)),
        ]
    )
    path = tmp_path_factory.mktemp("counts") / "1.parquet"
    causes(assigned, 1, NOW).write_parquet(path)
    return path


def test_a_location_against_the_others_of_its_group(counts: Path) -> None:
    found = why(counts, "BUSY")
    assert found is not None
    assert found.tally.assigned == 600
    assert found.tally.rejected == sum(found.reasons.values())
    assert list(found.reasons) == ["cannot_find", "too_busy"]  # the most frequent first
    assert found.short == found.reasons["cannot_find"]
    assert found.peers is not None
    assert (found.peers.of, found.peers.name, found.peers.locations) == ("group", "north", 2)
    assert (found.tally.peers_assigned, found.tally.peers_rejected < 40) == (1_000, True)
    for tallies in (found.hours, found.loads):
        assert sum(one.rejected for one in tallies.values()) == found.tally.rejected
        assert sum(one.peers_assigned for one in tallies.values()) == 1_000
    assert found.peak is not None
    assert (found.peak.from_hour, found.peak.until_hour, found.peak.load) == (17, 19, 2)
    assert found.peak.share == pytest.approx(found.reasons["cannot_find"] / found.tally.rejected)


def test_one_that_is_alone_in_its_group_is_compared_with_the_brand(counts: Path) -> None:
    found = why(counts, "ALONE")
    assert found is not None
    assert found.peers is not None
    assert (found.peers.of, found.peers.name, found.peers.locations) == ("brand", "", 3)
    assert found.peak is None  # too few to say


def test_nothing_is_said_of_what_was_long_ago_or_never(counts: Path, tmp_path: Path) -> None:
    assert why(counts, "OLD") is None
    assert why(counts, "NOWHERE") is None
    assert why(tmp_path / "none.parquet", "BUSY") is None
