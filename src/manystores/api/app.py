"""The application: hot routes first, FastAPI for the rest, and what lives as long as the process."""

import asyncio
import base64
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable, MutableMapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from zoneinfo import ZoneInfo

from fastapi import Depends, FastAPI

from manystores.api import hot, openapi
from manystores.api.audited import SAFE, Auditing, kept_nowhere, may_be_a_persons
from manystores.api.board_feed import Boards
from manystores.api.deps import readable
from manystores.api.foresight import Shelves, keep_taking_in, take_in
from manystores.api.http import Receive, Scope, Send
from manystores.api.members import Members
from manystores.api.metrics import REQUESTS
from manystores.api.network_load import NetworkLoad
from manystores.api.network_points import Points
from manystores.api.payments import Payments
from manystores.api.people import People
from manystores.api.pricing import keep_pricing
from manystores.api.problems import install as install_problems
from manystores.api.routes import ROUTERS
from manystores.api.services import Services, load_policies, load_registries, patience_of
from manystores.api.simulations import Simulations
from manystores.api.stream import Broadcast
from manystores.api.warm_up import warm_up
from manystores.core.auth import KeyRing
from manystores.core.clock import Clock, SystemClock
from manystores.core.crypto import open_vault
from manystores.core.database import pool as make_pool
from manystores.core.runtime import settle
from manystores.core.settings import Settings, load
from manystores.flows.rounds import Rounds
from manystores.flows.routing import Router
from manystores.flows.transition import ExpireOrder
from manystores.members.owner import Owner as MembersOwner
from manystores.members.secrets import secrets_of
from manystores.orders.patience import Waiting
from manystores.orders.placing import Sealer
from manystores.promise.journal import Batch
from manystores.promise.owner import Owner
from manystores.promise.stock_work import StockWork
from manystores.promise.takeover import TakeOver

log = logging.getLogger(__name__)
ADDRESS = "order.person"
STREAMS = ("/v1/stream", "/v1/board/stream")


class Application:
    """The ASGI application: a hot route answers by itself, FastAPI takes the rest."""

    def __init__(
        self, settings: Settings, database_url: str, clock: Clock | None = None, taken: TakeOver | None = None
    ) -> None:
        self.settings, self._url, self._clock, self._taken = settings, database_url, clock or SystemClock(), taken
        self.ready = threading.Event()  # it serves, or never will
        self.api = FastAPI(
            title="manystores",
            version="1",
            lifespan=self._live,
            docs_url=None,
            redoc_url=None,
            dependencies=[Depends(readable)],
        )
        install_problems(self.api)
        for router in ROUTERS:
            self.api.include_router(router)
        self.api.openapi = self._document  # type: ignore[method-assign]
        self._services: Services | None = None

    def _document(self) -> dict[str, Any]:
        """The OpenAPI document, made when it is first asked for."""
        if self.api.openapi_schema is None:
            self.api.openapi_schema = openapi.document(self.api)
        return self.api.openapi_schema

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._services is not None:
            found = hot.find(scope["method"], scope["path"])
            if found is not None:
                await hot.serve(self._services, *found, scope, receive, send)
                return
        started = time.perf_counter()
        status, a_persons = 0, scope["type"] == "http" and may_be_a_persons(scope)

        async def noted(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(kept_nowhere(message) if a_persons and message["type"] == "http.response.start" else message)

        if a_persons and self._services is not None and scope["method"] not in SAFE:
            await self.api(scope, receive, Auditing(self._services, scope, noted).send)
        else:
            await self.api(scope, receive, noted if scope["type"] == "http" else send)
        route = getattr(scope.get("route"), "path", "")
        if route and route not in STREAMS:  # a stream lasts as long as somebody listens
            REQUESTS.labels(f"{scope['method']} {route}", str(status)).observe(time.perf_counter() - started)

    @asynccontextmanager
    async def _live(self, api: FastAPI) -> AsyncIterator[None]:
        try:
            services = await open_services(self.settings, self._url, self._clock, self._taken)
            services.people.provider_app = self
            settle()
        finally:
            self.ready.set()
        self._services = api.state.services = services
        shelves = Shelves(self.settings.data_dir)
        await take_in(shelves, services.router)
        learning = asyncio.create_task(keep_taking_in(shelves, services.router))
        rounds = asyncio.create_task(services.rounds.keep_going())
        every_s = self.settings.look_ahead_refresh_s
        pricing = asyncio.create_task(keep_pricing(services.router, services.owner, self._clock, every_s))
        try:
            yield
        finally:
            learning.cancel()
            rounds.cancel()
            pricing.cancel()
            services.boards.close()
            await services.simulations.stop()
            await services.members.owner.stop()
            await services.owner.stop()
            with suppress(Exception):
                await services.pool.close()


async def open_services(settings: Settings, database_url: str, clock: Clock, taken: TakeOver | None = None) -> Services:
    """Open everything that the routes share, as much at once as can be; when this returns, the owner serves."""
    pool, stream, vault = make_pool(database_url), Broadcast(), open_vault(settings)
    listeners = [stream.tell]
    owner = Owner(
        database_url,
        clock,
        name=f"{settings.host}:{settings.port}",
        idempotency_hours=settings.idempotency_hours,
        queue_max=settings.queue_max,
        expire_order=lambda order_id: ExpireOrder(order_id, router),
        on_commit=lambda batch: _tell(listeners, batch),
        taken=taken,
    )
    secrets = secrets_of(vault)
    graph = MembersOwner(database_url, clock, secrets.seal_value, name=f"{settings.host}:{settings.port}")
    await pool.open()
    try:
        _, _, _, (network, catalogue, lots) = await asyncio.gather(
            owner.take_over(), graph.start(), asyncio.to_thread(warm_up, clock.now_us()), load_registries(pool)
        )
        router = Router(network, catalogue, lots)
        for party_no, policy in await load_policies(pool):
            router.set_policy(party_no, policy)
    except BaseException:
        await graph.stop()
        await owner.stop()
        await pool.close()
        raise
    waiting = Waiting(patience_of(settings), network.calendar)
    load = NetworkLoad(network, owner, pool, clock, waiting)
    listeners.append(load.note)
    boards = Boards(pool, owner, clock, network, catalogue, waiting, ZoneInfo(settings.time_zone))
    listeners.append(boards.tell)
    await owner.start()

    def seal(plain: bytes) -> str:
        return base64.b64encode(vault.seal(plain, ADDRESS)).decode()

    def unseal(envelope: str) -> bytes:
        return vault.open(base64.b64decode(envelope), ADDRESS)

    def digest(namespace: str, identifier: str) -> str:
        return base64.b64encode(vault.hash(namespace, identifier)).decode()

    members = Members(graph, secrets, pool)
    return Services(
        settings,
        clock,
        pool,
        owner,
        network,
        catalogue,
        lots,
        KeyRing(pool, clock),
        router,
        Sealer(seal, digest),
        unseal,
        vault.hash("secret", "pick-up code"),
        stream,
        Points(network),
        load,
        People(settings, pool, clock, vault),
        boards,
        StockWork(pool, owner.partition_id),
        waiting,
        Rounds(pool, owner, router, clock),
        Simulations(pool, clock),
        members,
        Payments(pool, clock, vault, members),
    )


def _tell(listeners: Sequence[Callable[[Batch], None]], batch: Batch) -> None:
    for listener in listeners:
        listener(batch)


def create_app() -> Any:
    """The application as uvicorn's factory: settings from the environment; MANYSTORES_DATABASE_URL must be set."""
    settings = load()
    return Application(settings, settings.database_url)
