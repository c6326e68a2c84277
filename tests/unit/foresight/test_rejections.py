"""Who rejects what: learned with its group, told by class, hour and load, kept in files, counted with its causes."""

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from tests.unit.foresight.outcomes import NOW, outcomes

from manystores.core.clock import DAY_US
from manystores.foresight.learned import Shelf
from manystores.foresight.rejections import (
    FOLDER,
    Rejections,
    causes,
    causes_path,
    class_of,
    learn_rejections,
    load,
    path_of,
    save,
)

NORTH = {f"N{n}": 0.02 for n in range(20)}
SOUTH = {f"S{n}": 0.10 for n in range(20)}


def probability(
    of: Rejections,
    location: str,
    group: str = "north",
    kind: str = "ship",
    cls: str = "",
    hour: int = 12,
    load: int = 0,
) -> float:
    """As the router asks: an unseen name is -1."""
    named = {"location": location, "group": group, "kind": kind, "class": cls}
    numbers = {name: of.names[name].index(value) if value in of.names[name] else -1 for name, value in named.items()}
    return of.odds.probability(numbers | {"hour": hour, "part": hour // 3, "load": load})


@pytest.fixture(scope="module")
def assigned() -> pl.DataFrame:
    rng = np.random.default_rng(1)
    return pl.concat(
        [
            outcomes(rng, NORTH | {"BUSY": 0.2}, 400),
            outcomes(rng, SOUTH, 400, group="south"),
            outcomes(rng, {"NEW": 0.0}, 4, group="south"),
            outcomes(rng, {"N1": 0.5}, 300, load=2, hours=(18,), reason="cannot_find"),
            outcomes(rng, {"N2": 0.3}, 800, classes=("shoes",)),
            outcomes(rng, {"N2": 0.01}, 800, classes=("bags",)),
        ]
    )


@pytest.fixture(scope="module")
def learned(assigned: pl.DataFrame) -> Rejections:
    found = learn_rejections(assigned, 1, NOW)
    assert found is not None
    return found


def test_a_store_is_near_its_group_unless_it_shows_otherwise(learned: Rejections) -> None:
    assert probability(learned, "N3") == pytest.approx(0.02, abs=0.012)
    assert probability(learned, "S3", "south") == pytest.approx(0.10, abs=0.03)
    assert probability(learned, "BUSY") == pytest.approx(0.2, abs=0.05)
    assert probability(learned, "NEW", "south") == pytest.approx(0.10, abs=0.03)
    assert probability(learned, "UNHEARD-OF", "south") == pytest.approx(0.10, abs=0.03)


def test_it_depends_on_load_and_class(learned: Rejections) -> None:
    assert probability(learned, "N1", hour=18, load=2) > 0.35 > 0.1 > probability(learned, "N1")
    assert learned.classes == ("shoes", "bags")
    assert probability(learned, "N2", cls="shoes") > 0.2 > 0.06 > probability(learned, "N2", cls="bags")


def test_an_order_counts_as_of_its_riskiest_class() -> None:
    orders = [["bags", "shoes"], ["bags"], [""], [], ["hats", "bags"]]
    assert class_of(orders, ("shoes", "bags")) == ["shoes", "bags", "", "", "bags"]


def test_too_few_outcomes_teach_nothing(assigned: pl.DataFrame) -> None:
    assert learn_rejections(assigned.head(49), 1, NOW) is None
    assert learn_rejections(assigned, 2, NOW) is None  # another brand
    assert learn_rejections(assigned.with_columns(known=False), 1, NOW) is None
    assert learn_rejections(assigned, 1, NOW + 90 * DAY_US) is None  # long ago


def test_causes_are_counted_by_hour_load_and_reason(assigned: pl.DataFrame) -> None:
    counted = causes(assigned, 1, NOW)
    assert counted["orders"].sum() == len(assigned)
    busy = counted.filter((pl.col("location") == "N1") & (pl.col("reason") == "cannot_find"))
    assert busy.select("hour", "load", "short").unique().rows() == [(18, 2, True)]
    assert 120 < busy["orders"].sum() < 180


def test_it_is_read_back_as_written(tmp_path: Path, learned: Rejections, assigned: pl.DataFrame) -> None:
    shelf = Shelf(tmp_path / FOLDER, load)
    assert shelf.news() == []
    save(tmp_path, learned, causes(assigned, 1, NOW))
    [read] = shelf.news()
    assert (read.party_no, read.at_us, read.classes) == (1, NOW, learned.classes)
    for location, at in (("N1", 2), ("BUSY", 0), ("S4", 0)):
        assert probability(read, location, load=at) == pytest.approx(probability(learned, location, load=at), rel=1e-3)
    assert pl.read_parquet(causes_path(tmp_path, 1)).equals(causes(assigned, 1, NOW))
    assert sorted(path.name for path in (tmp_path / FOLDER).iterdir()) == ["1.json", "1.parquet"]


@pytest.mark.parametrize("text", ["", "{}", '{"version": 99}', "nonsense"])
def test_what_cant_be_read_is_as_if_nothing_was_learned(tmp_path: Path, text: str) -> None:
    path = path_of(tmp_path, 1)
    path.parent.mkdir(parents=True)
    path.write_text(text)
    assert load(path) is None
    assert load(path_of(tmp_path, 2)) is None
