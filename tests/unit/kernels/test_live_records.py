"""The ledger's buckets as records of stock: every bucket of now counts once, whatever the order of the list."""

from uuid import UUID

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.kernels.live_records import count_left, list_records, tell_prices
from manystores.kernels.sourcing_stock import Stock, stock_of
from manystores.ledger import Claim, Key, Ledger, Reason

PLACES, OFFERS = 5, 4
FIRST = 10


def stock(ledger: Ledger) -> Stock:
    return stock_of(*ledger.planning())


keys = st.tuples(
    st.integers(1, PLACES), st.integers(FIRST, FIRST + OFFERS - 1), st.sampled_from([0, 0, 3_600]), st.integers(0, 2)
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(keys, st.integers(0, 9)), max_size=40), st.integers(0, 40), st.data())
def test_each_location_and_offer_is_one_record_of_what_may_be_sold(
    posts: list[tuple[tuple[int, int, int, int], int]], listed: int, data: st.DataObject
) -> None:
    ledger = Ledger(64, 64)
    for n, (key, units) in enumerate(posts):
        if n == listed:
            ledger.planning()  # what comes now is in no list
        ledger.post(Key(*key), Reason.RECEIVED, on_hand=units)
    if posts and posts[0][1]:
        ledger.hold(UUID(int=1), [Claim(Key(*posts[0][0]), 1)], Reason.ORDERED, party_no=1, expires_us=10)
    may = np.array([False, *data.draw(st.lists(st.booleans(), min_size=PLACES, max_size=PLACES))])
    kept = np.array(data.draw(st.lists(st.integers(0, 3), min_size=PLACES + 1, max_size=PLACES + 1)), np.int32)
    offers = np.array(data.draw(st.permutations(range(FIRST, FIRST + OFFERS))), np.int64)
    wanted: dict[tuple[int, int], int] = {}
    for location, offer, window, lot in {key for key, _ in posts}:
        if may[location] and not window:
            units = ledger.available(Key(location, offer, 0, lot))
            wanted[offer, location] = wanted.get((offer, location), 0) + units

    records = list_records(stock(ledger), offers, may)
    left = np.zeros(len(records.location), np.int32)
    count_left(stock(ledger), records, kept, left)
    found = {}
    for s, offer in enumerate(offers.tolist()):
        places = records.location[records.ptr[s] : records.ptr[s + 1]].tolist()
        assert places == sorted(set(places))
        found |= {(offer, at): int(left[records.ptr[s] + i]) for i, at in enumerate(places)}
    assert found == {key: max(0, units - int(kept[key[1]])) for key, units in wanted.items()}


def test_prices_go_to_all_buckets_of_a_record_and_to_no_others() -> None:
    ledger = Ledger()
    for location, offer, lot in ((1, FIRST, 0), (1, FIRST, 1), (2, FIRST, 0), (1, FIRST + 1, 0)):
        ledger.post(Key(location, offer, 0, lot), Reason.RECEIVED, on_hand=1)
    live = stock(ledger)
    records = list_records(live, np.array([FIRST + 1, FIRST]), np.ones(3, np.bool_))
    prices = np.full(len(live.bucket_location), -1.0, np.float32)
    tell_prices(records, np.array([1]), np.array([9.0, 1.5, 2.5], np.float32), 100.0, prices)
    told = {(int(live.bucket_location[k]), float(prices[k])) for k in records.bucket[1:]}
    assert told == {(1, 150.0), (2, 250.0)}
    assert (prices == -1.0).sum() == len(prices) - 3
