"""The ledger as a table: pages in an order, sums by a key, who claims a bucket; compared with plain Python."""

from uuid import UUID

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.ledger import Claim, Key, Ledger, Reason, shelves

COLUMNS = ("on_hand", "reserved", "unavailable", "incoming", "available")
BUCKETS = st.dictionaries(
    st.tuples(st.integers(0, 3), st.integers(16, 19), st.sampled_from([0, 3600]), st.integers(0, 1)),
    st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(0, 2)),
    max_size=14,
)


def filled(buckets: dict[tuple[int, int, int, int], tuple[int, int, int]]) -> Ledger:
    """A ledger of these buckets: on hand, of that reserved at most, incoming."""
    ledger = Ledger(4, 4)
    for n, (key, (on_hand, reserved, incoming)) in enumerate(buckets.items()):
        ledger.post(Key(*key), Reason.RECEIVED, on_hand=on_hand, incoming=incoming)
        if claim := min(on_hand, reserved):
            ledger.hold(UUID(int=n + 1), [Claim(Key(*key), claim)], Reason.HELD, party_no=1)
    return ledger


def passes(counters: shelves.Counters, which: str) -> bool:
    """Whether a bucket is in a state."""
    if which == "out":
        return counters.available <= 0
    if which == "short":
        return counters.available < 0
    return which == "all" or bool(getattr(counters, which) > 0)


@given(BUCKETS, st.sampled_from(shelves.WHICH), st.sampled_from(shelves.ORDERS), st.booleans(), st.integers(1, 5))
@settings(max_examples=60, deadline=None)
def test_pages_together_are_all_buckets_in_order(
    buckets: dict[tuple[int, int, int, int], tuple[int, int, int]],
    which: shelves.Which,
    order: shelves.Order,
    descending: bool,
    most: int,
) -> None:
    """Whatever the order and the size of a page: each wanted bucket once, ordered as Python orders them."""
    ledger = filled(buckets)
    wanted = shelves.masks([0, 1, 3], [16, 17, 19], which)
    found: list[shelves.Place] = []
    after = None
    while True:
        page = shelves.page(ledger, wanted, order, descending, after, most)()
        found += page.rows
        if len(page.rows) < most:
            break
        after = page.rows[-1]

    def value(key: Key) -> int:
        counters = ledger.counters(key)
        assert counters is not None
        return 0 if order == "location" else int(getattr(counters, order)) * (-1 if descending else 1)

    keys = [Key(*key) for key in buckets if key[0] != 2 and key[1] != 18]
    keys = [key for key in keys if passes(ledger.counters(key) or shelves.Counters(0, 0, 0, 0), which)]
    assert [row.key for row in found] == sorted(keys, key=lambda key: (value(key), key))
    counted = [ledger.counters(key) for key in keys]
    assert page.sums[0] == len(keys)
    assert page.sums[1:6].tolist() == [sum(getattr(one, name) for one in counted) for name in COLUMNS]


@given(BUCKETS)
@settings(max_examples=30, deadline=None)
def test_sums_of_groups_and_totals_are_the_sums_of_their_buckets(
    buckets: dict[tuple[int, int, int, int], tuple[int, int, int]],
) -> None:
    ledger = filled(buckets)
    wanted = shelves.masks([0, 1, 2, 3], [16, 17, 18, 19])
    sums = shelves.sums_by(ledger, wanted, np.arange(4), np.zeros(20, np.int64), 4)()
    for location in range(4):
        mine = [ledger.counters(Key(*key)) for key in buckets if key[0] == location]
        assert sums[location, 0] == len(mine)
        assert sums[location, 5] == sum(one.available for one in mine if one)
        at_once = shelves.total(ledger, shelves.masks([location], [16, 17, 18, 19]))
        assert at_once.on_hand == sums[location, 1]
        now = shelves.total(ledger, shelves.masks([location], [16, 17, 18, 19]), window_us=0)
        assert now.on_hand == sum(on_hand for key, (on_hand, _, _) in buckets.items() if key[::2] == (location, 0))
    assert shelves.locations_of(ledger, wanted) == sorted({key[0] for key in buckets})


def test_claims_are_told_with_how_many_there_are() -> None:
    """Three claim the scarf: two are told, the largest first, and that there are three."""
    ledger, scarf, mug = Ledger(4, 4), Key(1, 16), Key(1, 17)
    ledger.post(scarf, Reason.RECEIVED, on_hand=9)
    ledger.post(mug, Reason.RECEIVED, on_hand=9)
    for n, claims in enumerate(([Claim(scarf, 1)], [Claim(scarf, 3), Claim(mug, 2)], [Claim(scarf, 2)]), start=1):
        ledger.hold(UUID(int=n), claims, Reason.ORDERED, party_no=1, is_order=True, confirmed=True)
    found, count = shelves.claims_on(ledger, 1, 16, 10)
    assert [(one.id.int, quantity) for one, quantity in found] == [(2, 3), (3, 2), (1, 1)]
    assert count == 3
    assert shelves.claims_on(ledger, 1, 16, 1)[1] == 3
    assert [(one.id.int, quantity) for one, quantity in shelves.claims_on(ledger, 1, 17, 10)[0]] == [(2, 2)]


@pytest.mark.parametrize("which", ["all", "out"])
def test_a_bucket_that_was_undone_is_none(which: shelves.Which) -> None:
    """A command makes a bucket and is undone: no page shows it, no sum counts it."""
    ledger = Ledger(4, 4)
    ledger.begin(1)
    ledger.post(Key(1, 16), Reason.RECEIVED, on_hand=3)
    ledger.rollback()
    wanted = shelves.masks([1], [16], which)
    page = shelves.page(ledger, wanted, "location", False, None, 5)()
    assert page.rows == ()
    assert page.sums.tolist() == [0] * len(shelves.SUMS)
    assert shelves.sums_by(ledger, wanted, np.zeros(2, np.int64), np.zeros(17, np.int64), 1)()[0].tolist() == [0] * 8
