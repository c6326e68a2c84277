"""The live board: what happens now, and what needs somebody."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from manystores.api import shapes
from manystores.api.deps import Here, requires, while_allowed
from manystores.api.shapes import Schema, items, shape
from manystores.core.auth import Principal
from manystores.orders.order import CHANNELS
from manystores.orders.reach import DESTINATIONS
from manystores.orders.work import WAITS

router = APIRouter(prefix="/v1/board", tags=["board"])
OrderReader = Annotated[Principal, Depends(requires("orders:read"))]
Listener = Annotated[Principal, Depends(requires("stream:read"))]
StockReader = Annotated[Principal, Depends(requires("stock:read"))]

_COUNT: Final[Schema] = {"type": "integer", "minimum": 0}
_PCT: Final[Schema] = {"type": ["number", "null"], "description": "Of 100; null when there is nothing."}
_ORDERS: Final[Schema] = {"today": _COUNT, "hour": _COUNT, "minute": _COUNT}
_STEP: Final = shape(
    {
        "waits_for": {"enum": list(WAITS)},
        "open": _COUNT,
        "late": _COUNT
        | {
            "description": "Without a step for more than late_after minutes: minutes in which its location was open "
            "for what is done there, by the clock while it is on hold or waits to be collected."
        },
        "late_after": _COUNT | {"description": "Minutes."},
        "ages": items(_COUNT) | {"description": "How much of it is in each band of ages."},
    }
)
_DESTINATION: Final = shape(
    {
        "fulfilment_orders": _COUNT,
        "units": _COUNT,
        "same_day_pct": _PCT,
        "km_median": {"type": ["number", "null"], "description": "Of the units, from the location to the shopper."},
    }
)
FIGURES: Final = shape(
    {
        "attention": shape(
            {
                "late": _COUNT | {"description": "Fulfilment orders that wait too long for their next step."},
                "overdue": _COUNT | {"description": "Their time has come, and the promise isn't kept."},
                "soon": _COUNT | {"description": "Their time comes within at_risk_minutes."},
                "unserved": _COUNT | {"description": "Orders of which no location serves some units."},
                "stock_exceptions": _COUNT | {"description": "Buckets that promised more than they have."},
            }
        ),
        "orders": shape(
            _ORDERS | {"by_channel": items(shape({"channel": {"enum": list(CHANNELS)}} | _ORDERS))},
            description="Orders placed since the moments in `since`.",
        ),
        "pulse": shape(
            {"until": shapes.TIME, "orders": items(_COUNT)},
            description="Orders placed in each of the last 300 seconds before `until`; in a tick, of the last 5.",
        ),
        "work": shape(
            {
                "open": _COUNT,
                "ages": items(_COUNT) | {"description": "The bands: more than so many minutes at its location."},
                "steps": items(_STEP),
            },
            description="Live fulfilment orders.",
        ),
        "served": shape(
            {
                "fulfilment_orders": _COUNT,
                "rejected": _COUNT | {"description": "Of these, what locations rejected as a whole."},
                "units": _COUNT | {"description": "That locations gave or will give."},
                "units_near_by": _COUNT | {"description": "Of these, from stores and partners' places."},
                "near_by_pct": _PCT,
                "pre_stock_avoided": _COUNT | {"description": "Units that no warehouse had to hold before."},
                "sold_out": {
                    "type": ["integer", "null"],
                    "description": "Offers of which nothing is available at any location; null for a store's device.",
                },
            },
            description="Of orders placed today.",
        ),
        "destinations": shape(
            dict.fromkeys(DESTINATIONS, _DESTINATION),
            description="What is sent on orders placed today, to the North (from 33° N, about the Qinling–Huaihe "
            "line) and to the South.",
        ),
    }
)
ENTRY: Final = shape(
    {
        "id": shapes.TEXT,
        "name": shapes.TEXT | {"description": "The fact, such as order.placed or fulfilment.rejected."},
        "at": shapes.TIME,
        "order": shapes.UUID,
        "channel": {"enum": list(CHANNELS)},
        "channel_order_id": shapes.TEXT,
        "kind": {"enum": ["ship", "same_day", "pick_up"]},
        "units": _COUNT,
        "locations": items(shapes.TEXT),
    }
)
BOARD: Final = shape(
    {
        "sequence": _COUNT | {"description": "The last batch that the figures contain."},
        "at": shapes.TIME,
        "since": shape({"today": shapes.TIME, "hour": shapes.TIME, "minute": shapes.TIME}),
        "figures": FIGURES,
        "newest": items(ENTRY) | {"description": "At most 50, newest first."},
        "left_out": _COUNT | {"description": "How much more happened since the tick before."},
    }
)
SOLD_OUT: Final = shape(
    {"offers": items(shape({"sku": shapes.TEXT, "names": {"type": "object", "additionalProperties": shapes.TEXT}}))}
)


@router.get("")
async def board(here: Here, who: OrderReader) -> Response:
    """Figures of what happens now and of what waits; a store's device gets its store's. All counts of time are in whole
    minutes that have passed."""
    body = await here.boards.figures(who.party_no, who.location_no)
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


@router.get("/stream", response_class=StreamingResponse)
async def stream(request: Request, here: Here, who: OrderReader, _: Listener) -> StreamingResponse:
    """The board as server-sent events: first an event `board` with all of it, then, as long as something changes, an
    event `tick` about twice a second with the sections that differ. Who is too slow for a tick gets a `board` again."""
    await here.boards.figures(who.party_no, who.location_no)
    events = while_allowed(request, who, here.boards.listen(who.party_no, who.location_no))
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


@router.get("/sold-out")
async def sold_out(here: Here, who: StockReader) -> dict[str, Any]:
    """Offers of which nothing is available at any location, by SKU; a store's device is told none."""
    found = [] if who.location_no is not None else await here.boards.sold_out(who.party_no)
    offers = [offer for number in found if (offer := here.catalogue.get(number)) is not None]
    return {"offers": [{"sku": one.sku, "names": one.names} for one in sorted(offers, key=lambda offer: offer.sku)]}
