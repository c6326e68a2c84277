"""Whoever tells of a purchase meets those who told of it before."""

from manystores.members.purchases import TELLERS_MOST, Purchases


def test_whoever_comes_second_meets_the_first() -> None:
    purchases = Purchases()
    assert purchases.told_by(b"order 1", 10) == ()
    assert purchases.told_by(b"order 2", 11) == ()
    assert purchases.told_by(b"order 1", 12) == (10,)
    assert purchases.told_by(b"order 1", 13) == (10, 12)


def test_nobody_meets_themselves() -> None:
    purchases = Purchases()
    purchases.told_by(b"order", 10)
    assert purchases.told_by(b"order", 10) == ()
    assert purchases.told_by(b"order", 11) == (10,)
    assert purchases.told_by(b"order", 10) == (11,)


def test_only_the_first_few_who_tell_are_remembered() -> None:
    purchases = Purchases()
    for number in range(TELLERS_MOST + 3):
        purchases.told_by(b"order", number)
    assert purchases.told_by(b"order", 99) == tuple(range(TELLERS_MOST))


def test_the_oldest_purchases_go_first() -> None:
    purchases = Purchases(most=2)
    for number, order in enumerate((b"a", b"b", b"c")):
        purchases.told_by(order, number)
    assert purchases.told_by(b"c", 9) == (2,)
    assert purchases.told_by(b"b", 9) == (1,)
    assert purchases.told_by(b"a", 9) == ()
