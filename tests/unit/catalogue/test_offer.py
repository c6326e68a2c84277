"""Names, amounts and weights of offers sold by the piece, the metre or the gram."""

from manystores.catalogue.offer import Offer, amount_of, name_in, weight_of
from manystores.core.money import Money


def cloth(**changes: object) -> Offer:
    """12.99 yuan and 250 g a metre, kept in millimetres."""
    fields = {
        "names": {"en": "Cloth", "zh": "布料"},
        "price": Money(1299),
        "unit": "metre",
        "scale": 1000,
        "weight_g": 250,
    }
    return Offer(sku="C", party_no=1, kind="good", **(fields | changes))  # type: ignore[arg-type]


def test_a_name_falls_back_from_region_to_language_to_any() -> None:
    offer = cloth()
    assert name_in(offer, "zh") == "布料"
    assert name_in(offer, "zh-Hant-TW") == "布料"
    assert name_in(offer, "fr") == "Cloth"
    assert name_in(cloth(names={"und": "T-1", "en": "Tea"}), "zh") == "T-1"


def test_an_amount_is_that_of_the_base_units_with_halves_rounded_up() -> None:
    assert amount_of(cloth(), 1000) == 1299
    assert amount_of(cloth(), 1500) == 1949  # 1948.5
    assert amount_of(cloth(), 1) == 1  # 1.299
    assert amount_of(cloth(scale=1), 3) == 3897


def test_a_weight_is_rounded_up_to_whole_grams() -> None:
    assert weight_of(cloth(), 1000) == 250
    assert weight_of(cloth(), 1) == 1
    assert weight_of(cloth(), 0) == 0
