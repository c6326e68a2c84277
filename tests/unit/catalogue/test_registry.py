"""The offers in memory: found by number and SKU, their figures in arrays, brands kept apart."""

import msgspec
import pytest

from manystores.catalogue.kits import KitLine
from manystores.catalogue.offer import Component, Offer
from manystores.catalogue.registry import (
    FIRST_OFFER_NO,
    KIND_CODES,
    ORDERS_PER_DAY,
    ORDERS_PER_HOUR,
    Registry,
)
from manystores.core.errors import Problem
from manystores.core.money import Money


def stored(offer_no: int, sku: str, party_no: int = 1, revision: int = 1, **more: object) -> Offer:
    fields: dict[str, object] = {"kind": "good", "price": Money(100), "weight_g": 50} | more
    return Offer(
        offer_no=offer_no,
        sku=sku,
        party_no=party_no,
        names={"en": sku},
        revision=revision,
        **fields,  # type: ignore[arg-type]
    )


def test_offers_are_found_by_number_and_by_the_brand_s_sku() -> None:
    registry = Registry([stored(16, "A"), stored(40, "A", party_no=2, kind="service", price=Money(5), enabled=False)])
    assert registry.number(1, "A", "/lines/0/offer") == 16
    assert registry.number(2, "A", "/lines/0/offer") == 40
    assert registry.get(40) == registry.find(2, "A")
    assert len(registry) == 2
    assert [o.offer_no for o in registry] == [16, 40]
    assert (registry.price[40], registry.weight_g[16], registry.kind[40]) == (5, 50, KIND_CODES["service"])
    assert (registry.enabled[16], registry.enabled[40], registry.enabled[17]) == (True, False, False)


def test_an_unknown_offer_names_the_place_in_the_request() -> None:
    registry = Registry([stored(16, "A", party_no=2)])
    for lookup in (registry.number, registry.for_sale):
        with pytest.raises(Problem) as caught:
            lookup(1, "A", "/lines/3/offer")
        assert (caught.value.rule.code, caught.value.rule.status) == ("unknown_offer", 422)
        assert caught.value.fields[0].pointer == "/lines/3/offer"


def test_a_disabled_offer_is_known_but_not_for_sale() -> None:
    registry = Registry([stored(16, "A", enabled=False)])
    assert registry.number(1, "A", "/x") == 16
    with pytest.raises(Problem) as caught:
        registry.for_sale(1, "A", "/x")
    assert caught.value.rule.code == "offer_disabled"


def test_a_change_replaces_and_an_old_revision_that_comes_late_does_not() -> None:
    registry = Registry([stored(16, "A", revision=1)])
    registry.apply([stored(16, "A", revision=3, price=Money(300))])
    registry.apply([stored(16, "A", revision=2, price=Money(200))])
    assert registry.price[16] == 300
    assert len(registry) == 1


def test_reserved_numbers_are_never_offers() -> None:
    assert {ORDERS_PER_HOUR, ORDERS_PER_DAY} < set(range(FIRST_OFFER_NO))
    registry = Registry()
    assert registry.get(ORDERS_PER_HOUR) is None
    assert registry.get(-1) is None
    with pytest.raises(ValueError, match="reserved"):
        registry.apply([stored(2, "A")])


def test_arrays_grow_with_the_numbers() -> None:
    registry = Registry()
    for offer_no in (16, 17, 1000, 5000):
        registry.apply([stored(offer_no, f"S{offer_no}", price=Money(offer_no))])
    assert [int(registry.price[n]) for n in (16, 17, 18, 1000, 5000)] == [16, 17, 0, 1000, 5000]
    assert (
        len({len(a) for a in (registry.price, registry.weight_g, registry.kind, registry.enabled, registry.scale)}) == 1
    )


def test_kits_expand_within_their_brand() -> None:
    kit = stored(18, "kit", components=(Component("A", 2),))
    registry = Registry([stored(16, "A", party_no=2), stored(17, "A"), kit])
    assert [(p.offer.offer_no, p.quantity, p.amount) for p in registry.parts(1, [KitLine(kit, 1, 90)])] == [(17, 2, 90)]
    assert registry.list_amount(17, 3) == 300
    lonely = msgspec.structs.replace(kit, party_no=3)
    with pytest.raises(Problem):
        registry.parts(3, [KitLine(lonely, 1, 90)])
