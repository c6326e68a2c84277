"""Is it alive, is it ready, what does it measure; and the live stream."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from manystores.api.deps import Here, requires, while_allowed
from manystores.api.metrics import BATCHES, BUCKETS, COMMANDS, OPEN, WAITING
from manystores.core.auth import Principal
from manystores.core.database import DATABASE_AWAY
from manystores.core.errors import UNAVAILABLE, Problem

router = APIRouter(tags=["operations"])


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def ready(here: Here) -> dict[str, str]:
    """The owner decides, and the database answers."""
    try:
        if not here.owner.ready:
            raise _not_ready()
        async with here.pool.connection(timeout=1) as connection:
            await connection.execute("SELECT 1")
    except DATABASE_AWAY:
        raise _not_ready() from None
    return {"status": "ready"}


def _not_ready() -> Problem:
    return Problem(UNAVAILABLE, "Not ready yet; try again in a second.", "尚未就绪，请稍后重试。", retry_after_s=1)


@router.get("/metrics", response_class=Response)
async def metrics(here: Here) -> Response:
    """Metrics in Prometheus' text format."""
    owner = here.owner
    WAITING.set(owner.waiting)
    BATCHES.set(owner.batches)
    COMMANDS.set(owner.commands)
    if owner.ready:
        OPEN.set(owner.ledger.open_count)
        BUCKETS.set(owner.ledger.bucket_count)
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


@router.get("/v1/stream", response_class=StreamingResponse)
async def stream(
    request: Request, here: Here, who: Annotated[Principal, Depends(requires("stream:read"))]
) -> StreamingResponse:
    """Facts as they are committed, as server-sent events; a store's device gets its store's only."""
    events = while_allowed(request, who, here.stream.listen(who.party_no, who.location_no))
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)
