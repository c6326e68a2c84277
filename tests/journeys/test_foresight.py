"""What stores and carriers did becomes what shoppers are told: from the steps of orders through the lake."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.journeys.shop import TIANANMEN, Json, Shop, ok

from manystores.cli import main
from manystores.core import database
from manystores.worker import lake

if TYPE_CHECKING:
    from tests.journeys.conftest import Api

ORDERS = 32


def deliver(shop: Shop) -> None:
    """An order from the shop to the shopper's door."""
    [work] = shop.place(("SCARF", 1))["fulfilment_orders"]
    shop.steps(work, "accept", "pick", "pack")
    shop.step(work, "ship", carrier="SF", tracking=f"SF{work['id'][:8]}")
    shop.step(work, "deliver")


def ways(shop: Shop) -> dict[str, Json]:
    """The best option of each way to have a scarf."""
    asked = {"offer": "SCARF", "lat": TIANANMEN["lat"], "lon": TIANANMEN["lon"], "region": TIANANMEN["region"]}
    found = ok(shop.client.get("/v1/availability", params=asked))["options"]
    return {option["kind"]: option for option in reversed(found)}


def fill_lake(api: Api) -> None:
    with database.connect(api.database_url) as connection:
        lake.export(connection, api.settings.data_dir / "lake", api.clock, interval_s=0.0)


def asked(api: Api, capsys: pytest.CaptureFixture[str], *words: str, database_too: bool = True) -> tuple[int, Json]:
    """A command's exit code and document."""
    at = ["--data", str(api.settings.data_dir)]
    at += ["--database-url", api.database_url] if database_too else []
    capsys.readouterr()
    code = main(["foresight", *words, *at, "--json"])
    return code, json.loads(capsys.readouterr().out.splitlines()[-1])


def test_promises_follow_what_was_delivered(api: Api, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = asked(api, capsys, "learn")
    assert (code, document["brands"]) == (1, [])  # an empty lake
    shop = Shop(api).open("XIDAN").sell("SCARF").receive(SCARF={"XIDAN": ORDERS + 5})
    before = ways(shop)["ship"]
    assert (before["basis"], before["to"] > before["from"]) == ("configured", True)

    for _ in range(ORDERS):
        deliver(shop)
    fill_lake(api)
    code, document = asked(api, capsys, "learn")
    assert code == 0
    assert [(one["orders"], one["ready"], one["arrived"]) for one in document["brands"]] == [(ORDERS, ORDERS, ORDERS)]
    kept = asked(api, capsys, "kept", "--by", "carrier", "--by", "region", database_too=False)[1]["rows"]
    assert [(row["carrier"], row["region"], row["due"], row["kept"]) for row in kept] == [("SF", "11", ORDERS, 1.0)]

    with api.another() as again:
        shop = Shop(again, shop.brand)
        after = ways(shop)
        assert {kind: option["basis"] for kind, option in after.items()} == {
            "ship": "learned",  # SF goes there, whoever is asked
            "same_day": "configured",  # nobody rode
            "pick_up": "learned",  # as long as it takes to pack
        }
        [work] = shop.place(("SCARF", 1))["fulfilment_orders"]
        assert work["promised_to"] < before["from"]
        assert work["promised_from"] <= work["promised_to"]
