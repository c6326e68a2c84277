"""Master data over HTTP: locations, offers, carriers, fees, policies and keys, as a brand's systems keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.journeys.conftest import Api


def test_the_document_can_be_read_by_anybody(api: Api) -> None:
    """GET /openapi.json needs no key."""
    answer = api.anonymous().get("/openapi.json")
    assert answer.status_code == 200
