"""Every page, in both themes and languages, on a desk and a phone: axe-core finds nothing serious, contrast among it,
and a phone need not be moved sideways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.conftest import SignedIn, axe

if TYPE_CHECKING:
    from tests.browser.town import Town

SETTLED_MS = 700
OF_OPERATIONS = (
    "/",
    "/sold-out",
    "/work",
    "/orders",
    "/orders/{order}",
    "/map",
    "/locations",
    "/locations/BJ-WFJ",
    "/stock",
    "/stock?by=offer",
    "/stock/BJ-WFJ/COAT-NAVY-M",
    "/movements?location=BJ-WFJ",
    "/reservations/{hold}",
    "/exceptions",
    "/offers",
    "/offers/COAT-NAVY-M",
    "/policy",
    "/policy?tab=versions",
    "/what-if",
    "/people",
    "/audit",
    "/no-such-page",
)
OF_THE_STORE = ("/store", "/store/task/{work}", "/store/scan", "/store/return", "/store/queue")
LOOKS = tuple(
    zip(("en", "zh", "en", "zh"), ("light", "dark", "dark", "light"), (False, False, True, True), strict=True)
)


@pytest.fixture(scope="module")
def ids(town: Town) -> dict[str, str]:
    """What the addresses name."""
    order = town.shop.place(("COAT-NAVY-M", 1), pick_up_at="BJ-WFJ")
    hold = town.shop.hold("BJ-WFJ", "COAT-NAVY-M", 1)
    return {"order": order["id"], "work": order["fulfilment_orders"][0]["id"], "hold": hold["id"]}


@pytest.mark.parametrize(("language", "theme", "phone"), LOOKS)
@pytest.mark.parametrize(("role", "paths"), [("brand_operations", OF_OPERATIONS), ("store_associate", OF_THE_STORE)])
def test_everybody_can_use_it(
    signed_in: SignedIn,
    ids: dict[str, str],
    role: str,
    paths: tuple[str, ...],
    language: str,
    theme: str,
    phone: bool,
) -> None:
    location = "BJ-WFJ" if role == "store_associate" else None
    page = signed_in(role, location=location, language=language, theme=theme, phone=phone)
    for path in paths:
        page.goto(path.format(**ids))
        expect(page.get_by_role("heading", level=1).first).to_be_visible()
        page.wait_for_timeout(SETTLED_MS)
        axe(page)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert not phone or wide <= 0, f"{path} is {wide} px too wide for a phone"
