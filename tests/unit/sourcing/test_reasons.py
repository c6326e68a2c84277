"""Decisions in words: each says who, how far, how much and why not, in both languages."""

import pytest
from msgspec.structs import replace
from tests.unit.sourcing.chain import DC_SOUTH, GUOMAO, HUBIN, KIOSK, NAMES, SANLITUN

from manystores.kernels.sourcing_stock import BUFFER, CLOSED, TOO_FEW
from manystores.sourcing.plan import LOOKED_AHEAD, NO_FORECAST, Candidate, Decision, NotChosen, Shortage
from manystores.sourcing.reasons import Language, Reason, distance, explain, money, reason_words, summary, why_not

ONE = Decision(
    policy=3,
    channel="app",
    kind="ship",
    chosen=(Candidate(SANLITUN, 1, 3210, 510, 150, 100, 0),),
    others=(Candidate(HUBIN, 1, 1_120_400, 900, 250, 100, 0), Candidate(KIOSK, 1, 2400, 540, 250, 100, 0)),
    near=(NotChosen(GUOMAO, CLOSED, 1100), NotChosen(DC_SOUTH, BUFFER, 1_900_000)),
    excluded={CLOSED: 1, BUFFER: 4},
    holders=8,
    candidates=3,
)


def name(location_no: int) -> str:
    return NAMES[location_no]


def text(decision: Decision, language: Language, opens: str | None = None) -> str:
    return " ".join(explain(decision, name, language, "CNY", lambda _: opens))


def test_who_sends_it_from_how_far_at_what_cost() -> None:
    assert "Sent from 三里屯店, 3.2 km away: shipping ¥5.10 + handling ¥2.50." in text(ONE, "en")
    assert "由三里屯店发货，距离3.2公里：运费¥5.10＋处理费¥2.50。" in text(ONE, "zh")


def test_who_is_nearer_and_why_not() -> None:
    assert "国贸店 is nearer (1.1 km) but closed until 10:00." in text(ONE, "en", "10:00")
    assert "国贸店更近（1.1公里），但要到10:00才营业。" in text(ONE, "zh", "10:00")
    assert "国贸店 is nearer (1.1 km) but was closed." in text(ONE, "en")
    assert "广州仓" not in text(ONE, "en")  # further away than the chosen one: no question to answer


def test_a_nearer_one_that_was_dearer_is_told_with_the_difference() -> None:
    assert "机场店 is nearer (2.4 km) but costs ¥1.30 more" in text(ONE, "en")
    assert "机场店更近（2.4公里），但总成本高¥1.30" in text(ONE, "zh")


def test_what_is_kept_for_orders_to_come_is_told_with_who_would_be_cheaper_today() -> None:
    kept = Decision(
        policy=1,
        channel="app",
        kind="ship",
        chosen=(Candidate(HUBIN, 1, 820_000, 600, 250, 100, 0, 0, 40, 0),),
        others=(
            Candidate(GUOMAO, 1, 1100, 410, 250, 100, 0, 0, 700, 20),
            Candidate(SANLITUN, 1, 3210, 900, 250, 100, 0, 0, 0, 0),
        ),
        ahead=LOOKED_AHEAD,
    )
    english, chinese = text(kept, "en"), text(kept, "zh")
    assert "shipping ¥6.00 + handling ¥3.50 + worth to orders to come ¥0.40" in english
    assert "国贸店 (1.1 km) would be ¥1.90 cheaper today" in english
    assert "worth ¥6.80 more to the orders expected next" in english
    assert "三里屯店" not in english
    assert "国贸店（1.1公里）当前便宜¥1.90" in chinese
    assert "后续订单的价值高¥6.80" in chinese
    assert "nothing was known" not in english


def test_that_nothing_is_known_of_orders_to_come_is_told() -> None:
    assert "nothing was known of orders to come" in text(replace(ONE, ahead=NO_FORECAST), "en")
    assert "尚无后续订单的预测" in text(replace(ONE, ahead=NO_FORECAST), "zh")
    assert "orders to come" not in text(ONE, "en")


def test_several_parcels_and_what_is_short_are_told_line_by_line() -> None:
    split = Decision(
        policy=1,
        channel="app",
        kind="ship",
        chosen=(Candidate(GUOMAO, 0b101, 900, 300, 250, 100, 0), Candidate(HUBIN, 0b10, 1_120_000, 800, 250, 100, -50)),
        short=(Shortage(2, 4),),
        exact=False,
    )
    english, chinese = text(split, "en"), text(split, "zh")
    assert "split over 2 locations" in english
    assert "国贸店 (line 1, 3), 900 m away" in english
    assert "Line 3 is short of 4." in english
    assert "preferred by the policy (¥0.50)" in english
    assert "limit" in english
    assert "订单拆成2个包裹。" in chinese
    assert "由国贸店发货（第1、3行），距离900米" in chinese
    assert "第3行缺4件。" in chinese


def test_nobody_at_all_is_explained_by_those_near_by() -> None:
    none = Decision(
        policy=1, channel="app", kind="ship", near=(NotChosen(GUOMAO, TOO_FEW, 1100),), short=(Shortage(0, 2),)
    )
    assert text(none, "en") == "Line 1 is short of 2. 国贸店 (1.1 km) had fewer than ordered."
    assert text(none, "zh") == "第1行缺2件。 国贸店（1.1公里）库存少于订购数量。"


def test_pick_up_and_same_day_have_their_own_words() -> None:
    chosen = (Candidate(GUOMAO, 1, 4000, 900, 250, 100, 0),)
    assert "collected at 国贸店" in text(Decision(1, "app", "pick_up", chosen), "en")
    assert "在国贸店自提" in text(Decision(1, "app", "pick_up", chosen), "zh")
    assert "Brought today from 国贸店" in text(Decision(1, "app", "same_day", chosen), "en")
    assert "由国贸店当日送达" in text(Decision(1, "app", "same_day", chosen), "zh")


@pytest.mark.parametrize(
    ("location_no", "en", "zh"),
    [
        (SANLITUN, "Sent from 三里屯店", "由三里屯店发货"),
        (GUOMAO, "国贸店 (1.1 km) was closed.", "国贸店（1.1公里）当时未营业。"),
        (HUBIN, "湖滨店 could serve it, for ¥4.90 more.", "湖滨店也能发货，但总成本要高¥4.90。"),
    ],
)
def test_why_not_my_store(location_no: int, en: str, zh: str) -> None:
    assert why_not(ONE, location_no, name, "en").startswith(en)
    assert why_not(ONE, location_no, name, "zh").startswith(zh)


def test_why_not_a_store_that_nobody_looked_at_or_that_has_a_part() -> None:
    part = Decision(1, "app", "ship", (Candidate(GUOMAO, 3, 10, 1, 1, 1, 0),), (Candidate(SANLITUN, 1, 5, 1, 1, 1, 0),))
    assert "a part of the order" in why_not(part, SANLITUN, name, "en")
    assert "部分商品" in why_not(part, SANLITUN, name, "zh")
    assert "doesn't carry it" in why_not(part, KIOSK, name, "en")
    assert "没有备货" in why_not(part, KIOSK, name, "zh")


def test_the_summary_counts_by_reason_the_most_frequent_first() -> None:
    english = "8 locations carry it, 3 could serve it. Left out: 4: has only its safety stock left; 1: was closed."
    assert summary(ONE, "en") == english
    assert summary(ONE, "zh") == "8家有备货，其中3家可选；4家只剩安全库存，1家当时未营业。"


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words_in_both_languages(reason: Reason) -> None:
    english, chinese = reason_words(reason, "en"), reason_words(reason, "zh")
    assert english.isascii()
    assert not chinese.isascii()
    assert reason.code == reason.name.lower()


def test_amounts_and_distances_are_written_as_people_do() -> None:
    assert money(610, "CNY") == "¥6.10"
    assert money(-5, "USD") == "-$0.05"
    assert money(1500, "JPY") == "JP¥1,500"
    assert money(1234567, "SEK") == "SEK 12,345.67"
    assert (distance(850, "en"), distance(1_120_400, "zh")) == ("850 m", "1,120公里")
