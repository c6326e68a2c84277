"""Where near me is it, and when can I have it: with stock, policy, hours, areas and fees together."""

from tests.unit.flows.conftest import GUANGZHOU, SCARF, WANGFUJING, XIDAN, House

from manystores.flows.availability import Place, look
from manystores.network.carriers import DeliveryFee
from manystores.sourcing.availability import Availability

HERE = Place(39.9055, 116.3976, "110101")


def _look(house: House, quantity: int = 1) -> Availability:
    offer = house.catalogue.get(SCARF)
    assert offer is not None
    return look(house.router, house.ledger, 1, offer, quantity, HERE, "web", house.now_us)


def _kinds(found: Availability) -> dict[str, list[int]]:
    told: dict[str, list[int]] = {}
    for option in found.options:
        told.setdefault(option.kind, []).extend(option.location_nos)
    return told


def test_the_nearest_first_for_each_way_of_having_it(house: House) -> None:
    for place in (WANGFUJING, XIDAN, GUANGZHOU):
        house.receive(place, SCARF, 1)
    found = _look(house)
    assert _kinds(found) == {
        "ship": [WANGFUJING, XIDAN, GUANGZHOU],
        "same_day": [WANGFUJING, XIDAN],
        "pick_up": [WANGFUJING, XIDAN],
    }
    assert all(house.now_us <= option.from_us <= option.to_us for option in found.options)


def test_asking_changes_nothing(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    assert _look(house) == _look(house)
    assert house.counters(WANGFUJING, SCARF) == (1, 0, 0)


def test_what_is_promised_to_others_is_not_offered(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 1)
    house.order((SCARF, 1))
    found = _look(house)
    assert (found.options, set(found.reasons.values())) == ((), {"no_stock"})


def test_a_store_does_not_offer_to_deliver_beyond_its_area(house: House) -> None:
    """It can still be collected there."""
    house.receive(WANGFUJING, SCARF, 1)
    house.change(WANGFUJING, areas=[{"kind": "radius", "km": 0.5}])
    assert _kinds(_look(house)) == {"pick_up": [WANGFUJING]}


def test_the_fee_is_what_the_region_pays(house: House) -> None:
    house.receive(WANGFUJING, SCARF, 9)
    house.network.set_fees(1, [DeliveryFee(party_no=1, region="110000", fee=600, free_from=5000)])
    assert {o.fee for o in _look(house, 1).options if o.kind == "ship"} == {600}
    assert {o.fee for o in _look(house, 3).options if o.kind == "ship"} == {0}
    assert {o.fee for o in _look(house, 1).options if o.kind == "pick_up"} == {0}
