"""A location's page tells why it rejects, against its neighbours, and what routing charges for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from playwright.sync_api import expect
from tests.browser.conftest import axe, shot
from tests.unit.foresight.outcomes import outcomes

from manystores.core import auth, database
from manystores.core.clock import DAY_US
from manystores.foresight.rejections import causes, learn_rejections, save

if TYPE_CHECKING:
    from tests.browser.conftest import SignedIn
    from tests.browser.town import Town

EVENING = (17, 18)


@pytest.fixture(scope="module")
def learned(town: Town) -> None:
    """Four weeks in which the store in Xidan rejected a third of what came in full evenings."""
    now_us, rng = town.api.clock.now_us(), np.random.default_rng(3)
    quiet = dict.fromkeys(("BJ-WFJ", "BJ-SLT", "BJ-ZGC"), 0.02)
    frames = [
        outcomes(rng, quiet, 500, group="11", load=0, hours=range(10, 22)),
        outcomes(rng, quiet, 120, group="11", load=2, hours=EVENING),
        outcomes(rng, {"BJ-XD": 0.03}, 900, group="11", load=0, hours=range(10, 22)),
        outcomes(rng, {"BJ-XD": 0.34}, 160, group="11", load=2, hours=EVENING, reason="cannot_find"),
        outcomes(rng, {"BJ-XD": 0.1}, 150, group="11", load=1, hours=range(15, 20)),
    ]
    with database.connect(town.api.database_url) as connection:
        party_no = auth.create_party(connection, town.brand, clock=town.api.clock).party_no
    latest_us = int(pl.concat(frames)["began_us"].max()) + DAY_US // 24  # type: ignore[arg-type]
    moved = pl.concat(frames).with_columns(
        pl.col("began_us") + (now_us - latest_us), party_no=pl.lit(party_no, pl.Int32)
    )
    found = learn_rejections(moved, party_no, now_us)
    assert found is not None
    save(town.api.settings.data_dir, found, causes(moved, party_no, now_us))
    services = town.api.application._services
    assert services is not None
    services.router.set_rejections(found)


@pytest.mark.usefixtures("learned")
def test_the_page_of_a_location_tells_why_it_rejects(signed_in: SignedIn) -> None:
    page = signed_in("brand_operations")
    page.goto("/locations/BJ-XD")
    section = page.get_by_role("region", name="Why it rejects, and when")
    expect(section.get_by_text("rejected or short", exact=False).first).to_be_visible()
    expect(section.get_by_text("the others in 北京市 (3)", exact=False)).to_be_visible()
    expect(section.get_by_text("between 17:00–19:00; most when 80% or more", exact=False)).to_be_visible()
    expect(section.get_by_role("listitem").first).to_contain_text("Can't find it")
    expect(section.get_by_role("row", name="80% and more")).to_be_visible()
    expect(section.get_by_text("How likely the next one is", exact=False)).to_be_visible()
    axe(page)
    shot(page, "location-rejections")


@pytest.mark.usefixtures("learned")
def test_a_location_without_orders_says_so(signed_in: SignedIn) -> None:
    page = signed_in("brand_operations", language="zh")
    page.goto("/locations/SH-NJX")
    expect(page.get_by_text("近 28 天没有分到订单")).to_be_visible()
