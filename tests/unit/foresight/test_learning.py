"""A night's lesson, and how it is kept."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.unit.foresight.lessons import NOW, STORE, lesson

from manystores.core.clock import DAY_US
from manystores.foresight.learned import FOLDER, Learned, Shelf, load, path_of, save
from manystores.foresight.learning import learn

PREPARING = {"kind": "ship", "location": STORE, "hour": 12, "load": 0}
SENT = {"carrier": "ship/sf", "region": "11", "location": STORE, "sent_hour": 12, "sent_weekday": 3, "season": 0}


@pytest.fixture
def learned() -> Learned:
    found = learn(lesson(np.random.default_rng(1), 3_000), 1, NOW, None)
    assert found is not None
    return found


def test_preparation_and_transit_are_learned_of_the_brands_own_orders(learned: Learned) -> None:
    assert np.median(learned.preparation.grid(PREPARING)) == pytest.approx(40.0, rel=0.1)
    assert learned.transit is not None
    assert np.median(learned.transit.grid(SENT)) == pytest.approx(1_500.0, rel=0.1)
    assert learn(lesson(np.random.default_rng(1), 50, party_no=2), 1, NOW, None) is None


def test_what_was_cancelled_or_rejected_before_it_was_ready_teaches_nothing() -> None:
    rng = np.random.default_rng(2)
    gone = lesson(rng, 2_000).with_columns(
        state=pl.lit("rejected"), preparation=pl.lit(9_999.0), ready_us=pl.lit(None, pl.Int64),
        sent_us=pl.lit(None, pl.Int64), shipped_us=pl.lit(None, pl.Int64), done_us=pl.lit(None, pl.Int64),
    )  # fmt: skip
    assert learn(gone, 1, NOW, None) is None
    found = learn(pl.concat([lesson(rng, 1_000), gone], how="diagonal_relaxed"), 1, NOW, None)
    assert found is not None
    assert np.median(found.preparation.grid(PREPARING)) == pytest.approx(40.0, rel=0.1)


def test_the_next_night_widens_where_promises_were_broken_and_judges_each_once(learned: Learned) -> None:
    early = Learned(1, NOW - 3 * DAY_US, NOW - 20 * DAY_US, learned.preparation, learned.transit, learned.margins)
    late = lesson(np.random.default_rng(3), 3_000, under_way=6_000.0)
    after = learn(late, 1, NOW, early)
    assert after is not None
    stratum = {"carrier": "ship/sf", "region": "11", "hour": 12}
    assert after.margins.of(stratum)[1] > 0.5
    assert after.since_us == early.since_us
    again = learn(late, 1, NOW, after)  # nothing fell due since
    assert again is not None
    assert again.margins.of(stratum) == after.margins.of(stratum)


def test_promises_from_before_anything_was_learned_are_not_judged(learned: Learned) -> None:
    first = Learned(1, NOW - 3 * DAY_US, NOW, learned.preparation, learned.transit, learned.margins)
    after = learn(lesson(np.random.default_rng(3), 3_000, under_way=6_000.0), 1, NOW, first)
    assert after is not None
    assert after.margins.of({"carrier": "ship/sf", "region": "11", "hour": 12}) == (0.0, 0.0)


def test_what_is_kept_says_the_same_when_it_is_read(tmp_path: Path, learned: Learned) -> None:
    learned.margins.learn(
        np.array([[1.0, 2.0, 3.0]] * 9),
        np.full(9, 5.0),
        {"carrier": np.full(9, "ship/sf"), "region": np.full(9, "11"), "hour": np.full(9, 12)},
    )
    save(path_of(tmp_path, 1), learned)
    read = load(path_of(tmp_path, 1))
    assert read is not None
    assert read.transit is not None
    assert learned.transit is not None
    assert read.preparation.grid(PREPARING) == pytest.approx(learned.preparation.grid(PREPARING), rel=1e-3)
    assert read.transit.grid(SENT) == pytest.approx(learned.transit.grid(SENT), rel=1e-3)
    stratum = {"carrier": "ship/sf", "region": "11", "hour": 12}
    assert read.margins.of(stratum) == pytest.approx(learned.margins.of(stratum), abs=1e-4)
    assert [path.name for path in path_of(tmp_path, 1).parent.iterdir()] == ["1.json"]


def test_a_shelf_tells_what_is_new_once(tmp_path: Path, learned: Learned) -> None:
    shelf = Shelf(tmp_path / FOLDER, load)
    assert shelf.news() == []
    save(path_of(tmp_path, 1), learned)
    assert [found.party_no for found in shelf.news()] == [1]
    assert shelf.news() == []


@pytest.mark.parametrize("text", ["", "{}", '{"version": 99}', "nonsense"])
def test_what_cant_be_read_is_as_if_nothing_was_learned(tmp_path: Path, text: str) -> None:
    path = path_of(tmp_path, 1)
    path.parent.mkdir()
    path.write_text(text)
    assert load(path) is None
    assert load(path_of(tmp_path, 2)) is None


def test_a_promise_of_a_location_that_rejected_is_judged_by_when_the_order_came_after_all(learned: Learned) -> None:
    early = Learned(1, NOW - 3 * DAY_US, NOW - 20 * DAY_US, learned.preparation, learned.transit, learned.margins)
    served = lesson(np.random.default_rng(3), 2_000, under_way=6_000.0, location="ELSEWHERE", region="44")
    # whoever served it in the end promised 90 days: that is kept; who rejected it had promised 2 days
    served = served.with_columns(promised_to_us=pl.col("began_us") + 90 * DAY_US)
    rejected = served.with_columns(
        state=pl.lit("rejected"), location=pl.lit(STORE), region=pl.lit("11"), done_us=pl.lit(None, pl.Int64),
        ready_us=pl.lit(None, pl.Int64), shipped_us=pl.lit(None, pl.Int64), sent_us=pl.lit(None, pl.Int64),
        promised_to_us=pl.col("began_us") + 2 * DAY_US,
    )  # fmt: skip
    stratum = {"carrier": "ship/sf", "region": "11", "hour": 12}
    moved = learn(pl.concat([served, rejected]), 1, NOW, early)
    assert moved is not None
    assert moved.margins.of(stratum)[1] > 0.3
    forgotten = learn(pl.concat([served.with_columns(order_id=pl.lit("another")), rejected]), 1, NOW, early)
    assert forgotten is not None
    assert forgotten.margins.of(stratum)[1] <= 0.0  # nobody served it: it is a promise no more
