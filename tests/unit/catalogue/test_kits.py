"""Kits: what a line finally reserves, and how its money is shared."""

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.catalogue.body import offer_of
from manystores.catalogue.kits import KitLine, Part, check_kits, expand
from manystores.catalogue.offer import Offer
from manystores.core.errors import Problem


def offer(
    sku: str, price: int = 100, contains: dict[str, int] | None = None, currency: str = "CNY", **more: object
) -> Offer:
    components = [{"sku": s, "quantity": q} for s, q in (contains or {}).items()]
    price_body = {"amount": price, "currency": currency}
    return offer_of({"sku": sku, "name": sku, "kind": "good", "price": price_body, "components": components} | more, 1)


def shown(parts: list[Part]) -> list[tuple[int, str, int, int]]:
    return [(p.line, p.offer.sku, p.quantity, p.amount) for p in parts]


def shelf(*offers: Offer) -> dict[str, Offer]:
    return {o.sku: o for o in offers}


def test_a_line_without_a_kit_stays_itself() -> None:
    tea = offer("tea")
    assert shown(expand([KitLine(tea, 3, 250)], shelf().get)) == [(0, "tea", 3, 250)]


def test_a_kit_becomes_its_components_and_shares_its_price_by_theirs() -> None:
    """A 100 yuan hamper of two teas at 30 and a pot at 60: the pot carries half of it."""
    known = shelf(offer("tea", 3000), offer("pot", 6000), offer("hamper", 10_000, {"tea": 2, "pot": 1}))
    lines = [KitLine(known["tea"], 1, 3000), KitLine(known["hamper"], 3, 30_000)]
    assert shown(expand(lines, known.get)) == [(0, "tea", 1, 3000), (1, "tea", 6, 15_000), (1, "pot", 3, 15_000)]


def test_nested_kits_multiply_and_shared_components_add_up() -> None:
    known = shelf(
        offer("tea", 10),
        offer("pot", 10),
        offer("set", 15, {"pot": 1, "tea": 2}),
        offer("box", 40, {"set": 3, "tea": 1}),
    )
    assert shown(expand([KitLine(known["box"], 2, 100)], known.get)) == [(0, "pot", 6, 30), (0, "tea", 14, 70)]


def test_a_component_sold_by_the_metre_weighs_by_its_base_units() -> None:
    """Two metres of cloth at 10 yuan a metre (2000 mm) and a needle at 20 yuan cost the same."""
    known = shelf(
        offer("cloth", 1000, unit="metre"), offer("needle", 2000), offer("kit", 1, {"cloth": 2000, "needle": 1})
    )
    assert shown(expand([KitLine(known["kit"], 1, 99)], known.get)) == [(0, "cloth", 2000, 50), (0, "needle", 1, 49)]


def test_free_components_share_by_quantity() -> None:
    known = shelf(offer("a", 0), offer("b", 0), offer("kit", 90, {"a": 1, "b": 2}))
    assert shown(expand([KitLine(known["kit"], 1, 90)], known.get)) == [(0, "a", 1, 30), (0, "b", 2, 60)]


def test_a_cycle_is_shown_and_never_loops() -> None:
    known = shelf(offer("a", 1, {"b": 1}), offer("b", 1, {"c": 1, "leaf": 1}), offer("c", 1, {"b": 1}), offer("leaf"))
    with pytest.raises(Problem) as caught:
        expand([KitLine(known["a"], 1, 1)], known.get)
    assert caught.value.rule.code == "kit_cycle"
    assert "b → c → b" in caught.value.en or "c → b → c" in caught.value.en


def test_a_chain_of_doublings_is_refused_and_not_counted_out() -> None:
    """Sixty levels of two each are 2^60 pieces: found in no time, without expanding them."""
    known = shelf(offer("k0"), *(offer(f"k{n}", 1, {f"k{n - 1}": 2}) for n in range(1, 61)))
    with pytest.raises(Problem) as caught:
        expand([KitLine(known["k60"], 1, 1)], known.get)
    assert caught.value.rule.code == "kit_too_large"


def test_kits_are_checked_before_they_are_stored() -> None:
    known = shelf(offer("tea"), offer("dollar", currency="USD"), offer("old", 1, {"new": 1}))
    arriving = [
        offer("good kit", 1, {"tea": 1, "fresh": 1}),
        offer("fresh"),
        offer("hole", 1, {"tea": 1, "nothing": 1}),
        offer("mixed", 1, {"dollar": 1}),
        offer("new", 1, {"old": 1}),
    ]
    with pytest.raises(Problem) as caught:
        check_kits(arriving, known.get, "/offers/{}".format)
    assert [(f.pointer, f.code) for f in caught.value.fields] == [
        ("/offers/2/components/1/sku", "unknown_component"),
        ("/offers/3/components/0/sku", "strange_currency"),
        ("/offers/4/components", "kit_cycle"),
    ]
    check_kits(arriving[:2], known.get, "/offers/{}".format)


@st.composite
def catalogues(draw: st.DrawFn) -> dict[str, Offer]:
    """Up to eight offers, each a kit of earlier ones or none."""
    known: dict[str, Offer] = {}
    for n in range(draw(st.integers(1, 8))):
        inside = draw(st.dictionaries(st.sampled_from(sorted(known)), st.integers(1, 5), max_size=3)) if known else {}
        known[f"o{n}"] = offer(f"o{n}", draw(st.integers(0, 50)), inside)
    return known


def slow_leaves(sku: str, known: dict[str, Offer]) -> Counter[str]:
    """Open the boxes one by one, as a child would."""
    opened: Counter[str] = Counter()
    to_open = [sku]
    while to_open:
        inner = known[to_open.pop()]
        if not inner.components:
            opened[inner.sku] += 1
        for component in inner.components:
            to_open += [component.sku] * component.quantity
            if len(to_open) + opened.total() > 3000:
                return Counter()  # too many boxes for a child
    return opened


@settings(max_examples=80, deadline=None)
@given(catalogues(), st.integers(1, 4), st.integers(0, 10_000))
def test_expansion_equals_opening_the_boxes_one_by_one(known: dict[str, Offer], quantity: int, amount: int) -> None:
    sku = sorted(known)[-1]
    slow = slow_leaves(sku, known)
    parts = expand([KitLine(known[sku], quantity, amount)], known.get)
    if slow:
        assert {p.offer.sku: p.quantity for p in parts} == {s: n * quantity for s, n in slow.items()}
    assert sum(p.amount for p in parts) == amount
    value = sum(p.offer.price.amount * p.quantity for p in parts)
    for part in parts:
        if value:
            fair = Fraction(amount * part.offer.price.amount * part.quantity, value)
            assert abs(part.amount - fair) < 1
