"""A shopper without a card pays by wallet in a store: the till knows the online member when consent allows, and nothing
when it does not."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

APP = "2021001"
_people = count(1)


class Person:
    """A shopper of a brand: an account, a phone, and a wallet that nobody else has."""

    def __init__(self) -> None:
        self.n = next(_people)
        self.account, self.wallet, self.phone = f"u-{self.n}", f"2088-{self.n}", f"139{10_000_000 + self.n}"


class Brand:
    """A brand with an online shop and a till."""

    def __init__(self, api: Api) -> None:
        self.code = api.new_brand()
        self.shop = api.client(self.code)

    def hear(self, **event: Any) -> None:
        answer = self.shop.post("/v1/batch", json={"batch": [event]})
        assert (answer.status_code, answer.json()) == (200, {"success": True})

    def signs_in(self, person: Person, **traits: Any) -> None:
        self.hear(type="identify", userId=person.account, traits={"phone": person.phone} | traits)

    def buys_online_by_wallet(self, person: Person) -> None:
        wallet = {"id": person.wallet, "type": f"alipay:{APP}"}
        self.hear(type="track", event="Order Completed", userId=person.account, context={"externalIds": [wallet]})

    def says(self, person: Person, **purposes: bool) -> httpx.Response:
        return self.say({"type": "account", "value": person.account}, **purposes)

    def say(self, identifier: dict[str, str], **purposes: bool) -> httpx.Response:
        body = {"identifier": identifier, "purposes": purposes, "version": "1", "channel": "app", "proof": "box 1"}
        answer = self.shop.post("/v1/consents", json=body)
        assert answer.status_code == 200, answer.text
        return answer

    def at_the_till(self, kind: str, value: str) -> dict[str, Any]:
        application = {"application": APP} if kind == "alipay" else {}
        answer = self.shop.post(
            "/v1/recognitions", json={"identifiers": [{"type": kind, "value": value, **application}]}
        )
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


@pytest.fixture
def brand(api: Api) -> Brand:
    return Brand(api)


NOBODY = {"recognised": False}


def test_a_shopper_who_pays_by_wallet_is_the_online_member_when_consent_allows(brand: Brand) -> None:
    person = Person()
    brand.signs_in(person)
    brand.buys_online_by_wallet(person)
    assert brand.at_the_till("alipay", person.wallet) == NOBODY
    brand.says(person, link=True)
    assert brand.at_the_till("alipay", person.wallet) == NOBODY  # linked, but the brand may not know
    brand.says(person, share_with_brand=True)
    told = brand.at_the_till("alipay", person.wallet)
    assert told["recognised"] is True
    assert told["member"] == {"accounts": [person.account], "cards": []}
    assert told["consent"]["purpose"] == f"share_with_brand:{brand.code}"
    assert told["may"] == ["see_member"]
    brand.says(person, personalise=True)
    assert brand.at_the_till("alipay", person.wallet)["may"] == ["see_member", "personalise"]
    assert brand.at_the_till("phone", person.phone)["member"]["accounts"] == [person.account]


@pytest.mark.parametrize("purpose", ["link", "share_with_brand"])
def test_a_withdrawal_is_heard_at_once(brand: Brand, purpose: str) -> None:
    person = Person()
    brand.signs_in(person)
    brand.buys_online_by_wallet(person)
    brand.says(person, link=True, share_with_brand=True)
    assert brand.at_the_till("alipay", person.wallet)["recognised"]
    brand.says(person, **{purpose: False})
    assert brand.at_the_till("alipay", person.wallet) == NOBODY
    brand.says(person, **{purpose: True})
    assert brand.at_the_till("alipay", person.wallet)["recognised"]


def test_the_wallets_refusal_outweighs_the_accounts_consent(brand: Brand) -> None:
    """Complaint 20: the most restrictive consent wins in a merge; it never widens."""
    person = Person()
    brand.signs_in(person)
    brand.buys_online_by_wallet(person)
    brand.says(person, link=True, share_with_brand=True)
    wallet = {"type": "alipay", "application": APP, "value": person.wallet}
    brand.say(wallet, share_with_brand=False)
    assert brand.at_the_till("alipay", person.wallet) == NOBODY
    assert brand.at_the_till("phone", person.phone) == NOBODY
    brand.say(wallet, link=False)  # not one any more: the account has its own consent back
    assert brand.at_the_till("phone", person.phone)["recognised"]
    assert brand.at_the_till("alipay", person.wallet) == NOBODY


def test_consent_that_is_heard_late_does_not_undo_what_was_said_later(brand: Brand) -> None:
    person = Person()
    brand.signs_in(person)
    identifier = {"type": "account", "value": person.account}
    body = {"identifier": identifier, "version": "1", "channel": "app", "proof": "box 1"}
    for at, granted, counts in [("2026-05-01", False, True), ("2026-04-01", True, False), ("2026-05-01", True, False)]:
        said = body | {"purposes": {"link": granted}, "at": f"{at}T00:00:00Z"}
        assert brand.shop.post("/v1/consents", json=said).json() == {"counts": {"link": counts}}


def test_a_no_on_any_event_is_heard_and_a_yes_only_when_somebody_was_asked(brand: Brand) -> None:
    person = Person()
    brand.signs_in(person)
    brand.buys_online_by_wallet(person)
    yes = {"consent": {"categoryPreferences": {"link": True, "share_with_brand": True}}}
    brand.hear(type="track", event="Seen", userId=person.account, context=yes)
    assert brand.at_the_till("alipay", person.wallet) == NOBODY
    brand.hear(type="track", event="Segment Consent Preference Updated", userId=person.account, context=yes)
    assert brand.at_the_till("alipay", person.wallet)["recognised"]
    no = {"consent": {"categoryPreferences": {"share_with_brand": False}}}
    brand.hear(type="page", userId=person.account, context=no)
    assert brand.at_the_till("alipay", person.wallet) == NOBODY


def test_a_receipt_and_a_payment_of_one_order_find_each_other(brand: Brand) -> None:
    """Whichever comes second."""
    for first in ("receipt", "payment"):
        person = Person()
        brand.signs_in(person)
        brand.says(person, link=True, share_with_brand=True)
        order = {"orderId": f"{first}-{person.n}"}
        wallet = {"externalIds": [{"id": person.wallet, "type": f"alipay:{APP}"}]}
        receipt = {"type": "track", "event": "Order Completed", "userId": person.account, "properties": order}
        payment = {"type": "track", "event": "Paid", "context": wallet, "properties": order}
        for event in (receipt, payment) if first == "receipt" else (payment, receipt):
            brand.hear(**event)
        assert brand.at_the_till("alipay", person.wallet)["member"]["accounts"] == [person.account]


def test_another_brand_learns_nothing(api: Api, brand: Brand) -> None:
    """Its answer for somebody else's member is that for nobody, byte for byte."""
    person, rival = Person(), Brand(api)
    brand.signs_in(person)
    brand.buys_online_by_wallet(person)
    brand.says(person, link=True, share_with_brand=True)
    assert rival.at_the_till("alipay", person.wallet) == rival.at_the_till("alipay", "2088-nobody") == NOBODY
    assert rival.at_the_till("phone", person.phone) == rival.at_the_till("phone", "13712345678") == NOBODY
    assert rival.at_the_till("account", person.account) == NOBODY


def test_a_member_of_two_brands_consents_to_each(api: Api, brand: Brand) -> None:
    person, second = Person(), Brand(api)
    for shop in (brand, second):
        shop.signs_in(person)
        shop.says(person, link=True)
    brand.buys_online_by_wallet(person)
    brand.says(person, share_with_brand=True)
    assert second.at_the_till("alipay", person.wallet) == NOBODY
    second.says(person, share_with_brand=True)
    assert second.at_the_till("alipay", person.wallet)["recognised"]
    assert brand.at_the_till("alipay", person.wallet)["recognised"]


def test_what_was_said_of_one_brand_says_nothing_of_another(api: Api, brand: Brand) -> None:
    """And nobody can tell by its own member's page whether the person is another brand's member too."""
    person, second, alone = Person(), Brand(api), Person()
    for shop in (brand, second):
        shop.signs_in(person)
    second.says(person, link=True, marketing=True, personalise=True, share_with_brand=True)
    second.buys_online_by_wallet(person)
    brand.signs_in(alone)
    pages = [brand.shop.get(f"/v1/members/account/{one.account}").json() for one in (person, alone)]
    for page in pages:
        page.pop("timeline")
        page["identifiers"][0].pop("value")
    assert pages[0] == pages[1]
    assert not any(pages[0]["may"].values())


def test_a_tablet_on_the_counter_makes_nobody_one(brand: Brand) -> None:
    """Complaint 19: a device that many sign in on is weak evidence, and so is its browser."""
    people = [Person() for _ in range(4)]
    for person in people:
        brand.signs_in(person)
        brand.says(person, link=True, share_with_brand=True)
        shared = {"device": {"id": "tablet-1"}}
        brand.hear(type="track", event="Seen", userId=person.account, anonymousId="tablet-b", context=shared)
    for person in people:
        assert brand.at_the_till("phone", person.phone)["member"]["accounts"] == [person.account]


def test_placeholders_make_nobody_one(brand: Brand) -> None:
    """Complaint 17: "null", zeros and test phones bridge nobody."""
    people = [Person() for _ in range(3)]
    for person in people:
        for value in ("null", "00000000000", "13800000000"):
            brand.hear(type="identify", userId=person.account, traits={"phone": value, "email": "test@test.com"})
        brand.says(person, link=True, share_with_brand=True)
    assert brand.at_the_till("phone", "13800000000") == NOBODY
    assert brand.at_the_till("account", people[0].account)["member"]["accounts"] == [people[0].account]


def test_a_family_on_one_phone_is_not_one_person(brand: Brand) -> None:
    """Complaint 21: names that contradict each other keep people apart."""
    mother, daughter = Person(), Person()
    daughter.phone = mother.phone
    brand.signs_in(mother, name="王秀英")
    brand.signs_in(daughter, name="李思雨")
    for person in (mother, daughter):
        brand.says(person, link=True, share_with_brand=True)
    assert brand.at_the_till("account", mother.account)["member"]["accounts"] == [mother.account]
    assert brand.at_the_till("account", daughter.account)["member"]["accounts"] == [daughter.account]


def test_a_card_is_bound_and_taken_apart_again_with_what_followed(brand: Brand) -> None:
    """Complaint 18: every merge can be undone, and nothing is lost."""
    person = Person()
    brand.signs_in(person)
    brand.says(person, link=True, share_with_brand=True)
    card = f"69{person.n:011d}"
    brand.hear(type="track", event="Paid in store", context={"externalIds": [{"id": card, "type": "card"}]})
    pair = {"one": {"type": "account", "value": person.account}, "other": {"type": "card", "value": card}}
    bound = brand.shop.post("/v1/members/links", json=pair | {"reason": "bound in the app"})
    assert bound.json() == {"one_person": True}
    both = {"accounts": [person.account], "cards": [card]}
    assert brand.at_the_till("card", card)["member"] == both
    assert brand.at_the_till("phone", person.phone)["member"] == both
    parted = brand.shop.post("/v1/members/partings", json=pair | {"reason": "it is her sister's"})
    assert parted.json() == {"one_person": False}
    assert brand.at_the_till("card", card)["member"] == {"accounts": [], "cards": [card]}
    assert brand.at_the_till("phone", person.phone)["member"] == {"accounts": [person.account], "cards": []}
    # evidence that comes later does not join them again; a human's word does
    brand.hear(type="identify", userId=person.account, context={"externalIds": [{"id": card, "type": "card"}]})
    assert brand.at_the_till("card", card)["member"]["accounts"] == []
    assert brand.shop.post("/v1/members/links", json=pair | {"reason": "it is hers"}).json() == {"one_person": True}
    assert brand.at_the_till("card", card)["member"] == both


def test_two_that_were_never_seen_are_not_found(api: Api, brand: Brand) -> None:
    person, rival = Person(), Brand(api)
    rival.signs_in(person)
    brand.signs_in(Person())
    pair = {"one": {"type": "account", "value": person.account}, "other": {"type": "card", "value": "nothing"}}
    for path in ("links", "partings"):
        answer = brand.shop.post(f"/v1/members/{path}", json=pair | {"reason": "guessing"})
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:manystores:problem:unknown_identifier")


@pytest.mark.parametrize(
    ("identifier", "pointer"),
    [
        ({"type": "alipay", "value": "2088"}, "/identifiers/0/application"),
        ({"type": "phone", "value": "hello"}, "/identifiers/0/value"),
        ({"type": "email", "value": "nobody"}, "/identifiers/0/value"),
        ({"type": "face", "value": "1"}, "/identifiers/0/type"),
    ],
)
def test_what_can_be_nobodys_is_refused(brand: Brand, identifier: dict[str, str], pointer: str) -> None:
    answer = brand.shop.post("/v1/recognitions", json={"identifiers": [identifier]})
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_store_recognises_for_itself_and_may_do_no_more(api: Api, brand: Brand) -> None:
    place = {"code": "S1", "name": "S1", "kind": "store", "lat": 39.9, "lon": 116.4}
    assert brand.shop.post("/v1/locations", json=place).status_code == 201
    till = api.client(brand.code, location="S1")
    asked = {"identifiers": [{"type": "card", "value": "1"}]}
    assert till.post("/v1/recognitions", json=asked).json() == NOBODY
    assert till.post("/v1/recognitions", json=asked | {"location": "S1"}).json() == NOBODY
    assert till.post("/v1/members/links", json={}).status_code == 403
    assert till.post("/v1/track", json={}).status_code == 403


def test_a_member_is_seen_whole_by_its_brand_and_only_what_is_the_brands(api: Api, brand: Brand) -> None:
    """Identifiers with evidence, consents, the time line over all channels; of another brand's part only that it is."""
    person, second = Person(), Brand(api)
    brand.signs_in(person, name="王小明", note="likes green")
    brand.says(person, link=True)
    second.signs_in(person)
    second.says(person, link=True, share_with_brand=True)
    second.buys_online_by_wallet(person)
    brand.hear(type="page", anonymousId=f"b-{person.n}", name="Home")
    brand.hear(type="track", event="Signed In", userId=person.account, anonymousId=f"b-{person.n}")
    told = brand.shop.get(f"/v1/members/account/{person.account}").json()
    assert told["identifiers"] == [
        {"type": "account", "value": person.account},
        {"type": "phone", "value": None},
        {"type": "browser", "value": None},
    ]
    assert told["evidence"] == [
        {"one": 0, "other": 1, "rules": ["identified"], "verdict": None},
        {"one": 0, "other": 2, "rules": ["signed_in"], "verdict": None},
    ]
    assert [(said["purpose"], said["granted"]) for said in told["consents"]] == [("link", True)]
    assert told["may"] == {
        "link": True, "share_with_brand": False, "marketing": False, "personalise": False, "sensitive": False,
    }  # fmt: skip
    happened = [entry.get("event") or entry["name"] for entry in told["timeline"]]
    assert "Home" in happened
    assert "Signed In" in happened
    identified = next(entry for entry in told["timeline"] if entry["name"] == "event.identify")
    assert identified["data"]["traits"]["note"] == "likes green"
    assert second.code not in str(told)
    brand.says(person, share_with_brand=True)
    more = brand.shop.get(f"/v1/members/account/{person.account}").json()
    assert [one["type"] for one in more["identifiers"]] == ["account", "phone", "alipay", "browser"]
    assert [one["value"] for one in more["identifiers"]] == [person.account, None, None, None]
    assert second.code not in str(more)
    looked = [entry for entry in more["timeline"] if entry["name"] == "member.looked_at"]
    assert len(looked) == 2
    exported = brand.shop.get(f"/v1/members/account/{person.account}/export")
    assert "attachment" in exported.headers["content-disposition"]
    assert exported.json()["timeline"][0]["name"] == "member.exported"
    assert brand.shop.get("/v1/members/account/nobody").status_code == 404
