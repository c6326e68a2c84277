"""Clusters weigh the evidence of all their pairs."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from manystores.members.linkage.clusters import clusters

Pair = tuple[str, str, float]


def found(pairs: list[Pair], ids: str = "abcdef", threshold: float = 0.5) -> dict[str, str]:
    frame = pl.DataFrame(
        pairs, schema={"id_l": pl.String, "id_r": pl.String, "probability": pl.Float64}, orient="row"
    )  # fmt: skip
    return dict(clusters(pl.Series(list(ids)), frame, threshold).rows())


def test_who_is_alone_is_a_cluster_of_one() -> None:
    assert found([], "ab") == {"a": "a", "b": "b"}


def test_a_cluster_is_called_as_its_first_record() -> None:
    assert found([("c", "b", 0.99), ("b", "d", 0.9)], "abcd") == {"a": "a", "b": "b", "c": "b", "d": "b"}


def test_strangers_are_not_chained_by_one_who_is_like_both() -> None:
    """b is like a and like c, and these are surely two."""
    assert found([("a", "b", 0.99), ("b", "c", 0.9), ("a", "c", 0.0001)], "abc") == {"a": "a", "b": "a", "c": "c"}


def test_two_clusters_need_more_than_one_likely_pair() -> None:
    sure = [("a", "b", 0.999), ("b", "c", 0.999), ("a", "c", 0.999), ("d", "e", 0.999), ("e", "f", 0.999)]
    apart = found([*sure, ("c", "d", 0.9)])
    assert apart["a"] != apart["d"]
    together = found([*sure, ("c", "d", 0.99), ("b", "d", 0.99), ("a", "e", 0.99)])
    assert len(set(together.values())) == 1


def test_below_the_threshold_nothing_begins() -> None:
    assert found([("a", "b", 0.8)], "ab", threshold=0.9) == {"a": "a", "b": "b"}


names = st.sampled_from("abcdef")
likely = st.tuples(names, names, st.floats(0.0, 1.0)).filter(lambda pair: pair[0] < pair[1])


@given(st.lists(likely, max_size=15, unique_by=lambda pair: pair[:2]), st.randoms(use_true_random=False))
def test_the_order_of_pairs_is_no_matter_and_each_record_has_one_cluster(pairs: list[Pair], rng: object) -> None:
    shuffled = pairs.copy()
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    one = found(pairs)
    assert one == found(shuffled)
    assert all(one[cluster] == cluster <= record for record, cluster in one.items())
