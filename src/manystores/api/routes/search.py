"""One box that finds anything: an order, a store, an offer, a parcel, by what somebody has at hand."""

from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.datastructures import State

from manystores.api import search, shapes
from manystores.api.deps import Here, language, requires
from manystores.api.resources import READ, answers
from manystores.api.search import KINDS, MATCHES, Finder, Result
from manystores.api.services import Services
from manystores.core.auth import Principal

router = APIRouter(prefix="/v1", tags=["search"])
Seeker = Annotated[Principal, Depends(requires("locations:read"))]

_EXAMPLE: Final[dict[str, Any]] = {
    "query": "王府井",
    "results": [
        {
            "type": "location",
            "id": "S1",
            "title": "王府井店",
            "detail": "北京市东城区王府井大街 255 号",
            "match": "prefix",
            "href": "/v1/locations/S1",
            "state": "enabled",
            "at": None,
        }
    ],
}
FOUND: Final = shapes.shape(
    {
        "type": {"enum": list(KINDS)},
        "id": {"type": "string", "description": "As the operations of its type take it; a return's is order/number."},
        "title": shapes.TEXT,
        "detail": shapes.TEXT,
        "match": {"enum": list(MATCHES), "description": "How it was found; results come in this order."},
        "href": {"type": "string", "description": "Its address in this API."},
        "state": shapes.TEXT_OR_NULL,
        "at": shapes.TIME_OR_NULL,
    }
)
_ANSWER: Final = shapes.shape({"query": shapes.TEXT, "results": shapes.items(FOUND)})


@router.get("/search", summary="Find anything", responses=READ | {200: answers("What was found.", _ANSWER, _EXAMPLE)})
async def find(
    request: Request,
    here: Here,
    who: Seeker,
    q: Annotated[str, Query(min_length=1, max_length=128, description="A code, a number, a name or a part of it.")],
    limit: Annotated[int, Query(ge=1, le=50, description="Most results of each type.")] = 6,
) -> Response:
    """Orders by their id, the channel's id or a tracking number (whole, or as they begin); locations and offers by
    code, barcode, any part of a name, or the first letters of its pinyin; locations also by their address, and by what
    their province and city are called in Chinese or English; reservations and transfers by id; people by login or
    name. Types that the key has no scope for are left out."""
    text = q.strip()
    results = await _results(here, request.app.state, who, text, limit, language(request)) if text else []
    told = {"query": text, "results": results}
    return Response(msgspec.json.encode(told), headers={"Cache-Control": "no-store"}, media_type="application/json")


async def _results(here: Services, state: State, who: Principal, text: str, limit: int, tongue: str) -> list[Result]:
    finder = _finder(here, state)
    found: list[Result] = []
    if "orders:read" in who.scopes:
        found += await search.orders(here, who, text, limit)
    found += await finder.locations(who, text, limit, tongue)
    if "offers:read" in who.scopes:
        found += await finder.offers(who, text, limit, tongue)
    found += await search.claims(here, who, text)
    if "people:read" in who.scopes:
        found += await search.people(here, who, text, limit)
    return sorted(found, key=lambda one: (MATCHES.index(one.match), KINDS.index(one.type)))


def _finder(here: Services, state: State) -> Finder:
    found: Finder | None = getattr(state, "finder", None)
    if found is None:
        found = state.finder = Finder(here)
    return found
