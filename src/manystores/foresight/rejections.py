"""How probable it is that a location rejects or short-picks an order, and what it rejected orders for.

Learned for a brand each night, from `assignments`. The parts of the sum of log odds are `REJECTIONS`: location within
group within brand, with the kind of fulfilment, the class of offers, the hour and the load; and what changed in the
last days.
"""

from pathlib import Path
from typing import Final

import msgspec
import numpy as np
import polars as pl
from msgspec import Struct

from manystores.core.clock import DAY_US
from manystores.foresight.ladder import Rung, Vocabulary
from manystores.foresight.learned import FOLDER as ABOVE
from manystores.foresight.learned import ToldTable, table_of, table_told, write_whole
from manystores.foresight.odds import Odds, learn_odds
from manystores.foresight.quantiles import Ints

VERSION: Final = 1
FOLDER: Final = f"{ABOVE}/rejections"
WINDOW_DAYS: Final = 60
CAUSE_DAYS: Final = 28
"""How far back causes are counted."""
LEAST_ASSIGNED: Final = 50
"""With fewer outcomes in a brand nothing is said: a new brand's first rejection would be half of what it knows."""
PART_HOURS: Final = 3
"""A part of the day, as each location learns it by itself."""
CLASSES_MOST: Final = 8
"""Classes of offers that are told apart, those with the most orders; the others count together."""
OTHER: Final = ""

REJECTIONS: Final = (
    Rung((), 21.0, 50.0),
    Rung(("kind",), 21.0, 30.0),
    Rung(("class",), 21.0, 30.0),
    Rung(("hour",), 21.0, 30.0),
    Rung(("load",), 21.0, 30.0),
    Rung(("group",), 21.0, 20.0),
    Rung(("location",), 14.0, 10.0),
    Rung(("location", "part"), 14.0, 10.0),
    Rung(("location", "load"), 14.0, 10.0),
    Rung(("location", "class"), 14.0, 10.0),
    Rung((), 2.0, 100.0, moving=True),
    Rung(("group",), 2.0, 30.0, moving=True),
    Rung(("location",), 2.0, 10.0, moving=True),
)
"""Factors, half-lives in days, and the least number of orders that convinces."""
_NAMED: Final = ("kind", "class", "group", "location")


class Rejections(Struct, frozen=True):
    """What a brand's orders taught, as of a time. Named factors are told to `odds` by their place in `names`; one that
    was never seen is -1."""

    party_no: int
    at_us: int
    names: dict[str, list[str]]
    classes: tuple[str, ...]
    """Classes of offers that are told apart, the most rejected first. An order counts as of the first of these that one
    of its offers is of."""
    odds: Odds


class _Document(Struct):
    version: int
    party_no: int
    at_us: int
    names: dict[str, list[str]]
    classes: tuple[str, ...]
    vocabulary: dict[str, list[int]]
    tables: list[ToldTable]


def learn_rejections(assigned: pl.DataFrame, party_no: int, now_us: int) -> Rejections | None:
    """What a brand's assignments, with their factors, teach as of now; None where too few have an outcome."""
    since_us = now_us - WINDOW_DAYS * DAY_US
    own = assigned.filter(
        (pl.col("party_no") == party_no)
        & pl.col("known")
        & (pl.col("began_us") < now_us)
        & (pl.col("began_us") >= since_us)
    )
    if len(own) < LEAST_ASSIGNED:
        return None
    classes = _classes(own)
    own = own.with_columns(pl.Series("class", class_of(own["classes"].to_list(), classes), pl.String))
    names = {name: own[name].unique().sort().to_list() for name in _NAMED}
    columns: dict[str, Ints] = {name: np.searchsorted(names[name], own[name].to_list()) for name in _NAMED}
    hour = own["hour"].to_numpy()
    columns |= {"hour": hour, "part": hour // PART_HOURS, "load": own["load"].to_numpy()}
    happened = (own["reason"] != "").to_numpy()
    age_days = (now_us - own["began_us"].to_numpy()) / DAY_US
    return Rejections(party_no, now_us, names, classes, learn_odds(happened, age_days, columns, REJECTIONS))


def class_of(classes: list[list[str]], ranked: tuple[str, ...]) -> list[str]:
    """The class that each order counts as of, of the classes of its offers."""
    rank = {name: i for i, name in enumerate(ranked)}
    last = len(ranked)
    every = [*ranked, OTHER]
    return [every[min((rank.get(name, last) for name in names), default=last)] for names in classes]


def _classes(own: pl.DataFrame) -> tuple[str, ...]:
    """The classes with the most orders, by how often orders with them are rejected, the most often first."""
    counted = (
        own.select("classes", failed=(pl.col("reason") != "").cast(pl.Float64))
        .explode("classes")
        .filter(pl.col("classes") != OTHER)
        .group_by("classes")
        .agg(orders=pl.len(), share=(pl.col("failed").sum() + 1.0) / (pl.len() + 50.0))
        .sort("orders", "classes", descending=[True, False])
        .head(CLASSES_MOST)
        .sort("share", "classes", descending=[True, False])
    )
    return tuple(counted["classes"].to_list())


def causes(assigned: pl.DataFrame, party_no: int, now_us: int) -> pl.DataFrame:
    """Counts of a brand's orders with an outcome by location, its group, hour, load, reason ('' is none) and whether it
    was short, sorted by location: why a location rejects, and when."""
    since_us = now_us - CAUSE_DAYS * DAY_US
    own = assigned.filter(
        (pl.col("party_no") == party_no)
        & pl.col("known")
        & (pl.col("began_us") >= since_us)
        & (pl.col("began_us") < now_us)
    )
    return (
        own.group_by("location", "group", "hour", "load", "reason", "short")
        .agg(orders=pl.len().cast(pl.UInt32))
        .sort("location", "hour", "load", "reason", "short")
    )


# -- files


def path_of(data_dir: Path, party_no: int) -> Path:
    """Where a brand's is kept."""
    return data_dir / FOLDER / f"{party_no}.json"


def causes_path(data_dir: Path, party_no: int) -> Path:
    """Where the counts of a brand are kept."""
    return data_dir / FOLDER / f"{party_no}.parquet"


def save(data_dir: Path, learned: Rejections, counted: pl.DataFrame) -> None:
    """Write both files, the counts first; readers see the old or the new, whole."""
    told = causes_path(data_dir, learned.party_no)
    told.parent.mkdir(parents=True, exist_ok=True)
    unfinished = told.with_name(f".{told.name}.tmp")
    counted.write_parquet(unfinished)
    unfinished.replace(told)
    odds = learned.odds
    document = _Document(
        VERSION,
        learned.party_no,
        learned.at_us,
        learned.names,
        learned.classes,
        {name: values.tolist() for name, values in odds.vocabulary.values.items()},
        [table_told(table) for table in odds.tables],
    )
    write_whole(path_of(data_dir, learned.party_no), msgspec.json.encode(document))


def load(path: Path) -> Rejections | None:
    """What was learned; None where nothing was, or by a version with another shape: it is learned anew then."""
    if not path.exists():
        return None
    try:
        document = msgspec.json.decode(path.read_bytes(), type=_Document)
    except msgspec.DecodeError:
        return None
    if document.version != VERSION:
        return None
    vocabulary = Vocabulary({name: np.array(values, np.int64) for name, values in document.vocabulary.items()})
    odds = Odds(vocabulary, [table_of(table) for table in document.tables])
    return Rejections(document.party_no, document.at_us, document.names, document.classes, odds)
