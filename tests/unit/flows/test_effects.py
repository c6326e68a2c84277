"""What transitions mean for the ledger: claims, moves, endings, returns."""

import pytest
from msgspec.structs import replace
from tests.unit.flows.conftest import SCARF, WANGFUJING, XIDAN, House

from manystores.catalogue.lots import Lots
from manystores.flows.effects import apply_effects
from manystores.ledger import NotClaimed, Short
from manystores.orders.effects import EffectKind, StockEffect
from manystores.orders.order import Order


@pytest.fixture
def order(house: House) -> Order:
    """An order of two scarves from WANGFUJING, which had three, at its next revision."""
    house.receive(WANGFUJING, SCARF, 3)
    placed = house.order((SCARF, 2))
    house.ledger.begin(0)
    return replace(placed, revision=2)


def _apply(house: House, order: Order, *effects: tuple[EffectKind, int, int], to: int = 0) -> None:
    told = [StockEffect(kind, place, SCARF, n, 1, to_location_no=to) for kind, place, n in effects]
    apply_effects(house.ledger, order, told, house.router.capacity, Lots())


@pytest.mark.parametrize(
    ("kind", "after"),
    [("release", (3, 1, 0)), ("fulfil", (2, 1, 0)), ("mark_unavailable", (3, 1, 1))],
)
def test_a_claim_ends_in_one_of_three_ways(
    house: House, order: Order, kind: EffectKind, after: tuple[int, int, int]
) -> None:
    _apply(house, order, (kind, WANGFUJING, 1))
    assert house.counters(WANGFUJING, SCARF) == after


def test_nobody_ends_more_than_was_claimed(house: House, order: Order) -> None:
    with pytest.raises(NotClaimed):
        _apply(house, order, ("fulfil", WANGFUJING, 3))


def test_a_move_claims_there_before_it_lets_go_here(house: House, order: Order) -> None:
    house.receive(XIDAN, SCARF, 1)
    house.ledger.begin(0)
    with pytest.raises(Short):
        _apply(house, order, ("move", WANGFUJING, 2), to=XIDAN)
    house.ledger.rollback()
    house.ledger.begin(0)
    assert (house.counters(WANGFUJING, SCARF), house.counters(XIDAN, SCARF)) == ((3, 2, 0), (1, 0, 0))
    _apply(house, order, ("move", WANGFUJING, 1), to=XIDAN)
    assert (house.counters(WANGFUJING, SCARF), house.counters(XIDAN, SCARF)) == ((3, 1, 0), (1, 1, 0))


def test_what_comes_back_is_for_sale_or_written_off(house: House, order: Order) -> None:
    _apply(house, order, ("receive", XIDAN, 2), ("write_off", XIDAN, 1))
    assert house.counters(XIDAN, SCARF) == (2, 0, 0)


def test_the_reservation_ends_with_its_last_claim_and_opens_anew(house: House, order: Order) -> None:
    _apply(house, order, ("release", WANGFUJING, 2))
    assert not house.ledger.is_open(order.order_id)
    _apply(house, order, ("claim", WANGFUJING, 1))
    assert house.ledger.is_open(order.order_id)
    assert house.counters(WANGFUJING, SCARF) == (3, 1, 0)


def test_a_new_deadline_moves_the_claims_deadline_and_paying_takes_it_off(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    placed = house.order((SCARF, 1), unpaid_ttl_s=60)
    house.ledger.begin(0)
    later = house.now_us + 120_000_000
    apply_effects(
        house.ledger, replace(placed, revision=2, unpaid_deadline_us=later), [], house.router.capacity, Lots()
    )
    reservation = house.ledger.reservation(placed.order_id)
    assert reservation is not None
    assert (reservation.state, reservation.expires_us) == ("held", later)
    apply_effects(house.ledger, replace(placed, revision=3, unpaid_deadline_us=0), [], house.router.capacity, Lots())
    confirmed = house.ledger.reservation(placed.order_id)
    assert confirmed is not None
    assert confirmed.state == "confirmed"
