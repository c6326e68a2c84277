"""Totals by location: goods of now, and the windows of capacity that were asked for."""

from uuid import UUID

import numpy as np

from manystores.ledger import Claim, Key, Ledger, Reason, totals


def test_they_add_up_what_stands_at_each_location() -> None:
    """Given goods at two locations, one incoming, and a claimed hour; only goods of now and the asked hour count."""
    ledger = Ledger(4, 4)
    for key, units in ((Key(1, 20), 5), (Key(1, 21), 2), (Key(2, 20), 7), (Key(1, 22, 99), 50), (Key(1, 1, 3600), 9)):
        ledger.post(key, Reason.RECEIVED, on_hand=units)
    ledger.post(Key(1, 1, 7200), Reason.OPENED, on_hand=9)
    ledger.hold(UUID(int=1), [Claim(Key(1, 21), 2), Claim(Key(1, 1, 3600), 1)], Reason.ORDERED, party_no=1)
    hours, days = np.array([0, 3600, 3600]), np.zeros(3, np.int64)
    found = totals.totals(ledger, hours, days, first_offer_no=16, hour_offer_no=1, day_offer_no=2)()
    assert found.stock.tolist() == [[0, 0, 0, 0], [5, 2, 2, 1], [7, 0, 1, 0]]
    assert found.hour.tolist() == [[-1, -1], [1, 8], [-1, -1]]
    assert found.day.tolist() == [[-1, -1]] * 3


def test_what_a_command_undid_is_no_record() -> None:
    ledger = Ledger(4, 4)
    ledger.post(Key(1, 20), Reason.RECEIVED, on_hand=5)
    ledger.begin(1)
    ledger.post(Key(1, 21), Reason.RECEIVED, on_hand=3)
    ledger.rollback()
    windows = np.zeros(2, np.int64)
    found = totals.totals(ledger, windows, windows, first_offer_no=16, hour_offer_no=1, day_offer_no=2)()
    assert found.stock[1].tolist() == [5, 0, 1, 0]
