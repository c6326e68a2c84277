"""What the routes share: the owner, the registries, the keys. One per process, made when the application starts."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from msgspec.structs import replace
from psycopg_pool import AsyncConnectionPool

from manystores.api.board_feed import Boards
from manystores.api.gate import Gate
from manystores.api.members import Members
from manystores.api.network_load import NetworkLoad
from manystores.api.network_points import Points
from manystores.api.payments import Payments
from manystores.api.people import People
from manystores.api.simulations import Simulations
from manystores.api.stream import Broadcast
from manystores.catalogue import store as offer_store
from manystores.catalogue.lots import Lots, load_lots, store_lots
from manystores.catalogue.registry import Registry as Catalogue
from manystores.core.auth import KeyRing, Principal
from manystores.core.clock import Clock, from_datetime
from manystores.core.errors import FORBIDDEN, INVALID, FieldError, Problem, rule
from manystores.core.settings import Settings
from manystores.core.sql import queries
from manystores.flows.rounds import Rounds
from manystores.flows.routing import Router
from manystores.network import store as location_store
from manystores.network.registry import Registry as Network
from manystores.orders.patience import Patience, Waiting
from manystores.orders.placing import Sealer
from manystores.orders.view import Reader
from manystores.promise.owner import Owner
from manystores.promise.stock import FIRST_US, LAST_US
from manystores.promise.stock_work import StockWork
from manystores.sourcing.policy import RoutingPolicy

SQL = queries("manystores.promise")
FLOWS = queries("manystores.flows")
EVERYWHERE = "*"  # the location of a quota that holds for the network as a whole
LOCATION_DISABLED = rule("location_disabled", 422, "The location is disabled", "该地点已停用")


class HistoryFact(NamedTuple):
    """One fact of a subject's history."""

    seq: int
    n: int
    name: str
    actor: str
    at_us: int
    location_no: int
    body: Any


@dataclass
class Services:
    """Everything a route may need."""

    settings: Settings
    clock: Clock
    pool: AsyncConnectionPool[Any]
    owner: Owner
    network: Network
    catalogue: Catalogue
    lots: Lots
    keys: KeyRing
    router: Router
    sealer: Sealer
    open_envelope: Callable[[str], bytes]
    pick_up_secret: bytes
    stream: Broadcast
    points: Points
    load: NetworkLoad
    people: People
    boards: Boards
    stock_work: StockWork
    waiting: Waiting
    rounds: Rounds
    simulations: Simulations
    members: Members
    payments: Payments
    dry_runs: Gate = field(default_factory=Gate)

    def reader(self, principal: Principal) -> Reader:
        """How orders are told to whoever asks: with what is personal only to who may see it."""
        return Reader(self.location_code, self.open_envelope if principal.sees_shoppers else None)

    def location_no(self, principal: Principal, code: str, pointer: str) -> int:
        """The number of a location that this key may use; somebody else's is unknown."""
        number = self.network.number(principal.party_no, code, pointer)
        if principal.location_no and number != principal.location_no:
            raise Problem(
                FORBIDDEN,
                f"You act for another location than {code}.",
                f"当前只能操作所属门店，不能操作 {code}。",
            )
        return number

    def key(
        self, principal: Principal, location: str, offer: str, window: str | None, i: int, lot: str = ""
    ) -> tuple[int, int, int, int]:
        """The bucket that line i of a request names: (location, offer, window, lot) numbers."""
        if location == EVERYWHERE:
            return 0, self._quota(principal, offer, i), self._window(window, i), self.lots.number(lot)
        number = self.network.find(principal.party_no, location)
        if not number or (principal.location_no and number != principal.location_no):
            number = self.location_no(principal, location, f"/lines/{i}/location")
        if not self.network.enabled[number]:
            raise location_disabled(location, f"/lines/{i}/location")
        offer_no = self.catalogue.numbers_of(principal.party_no).get(offer)
        if offer_no is None:
            offer_no = self.catalogue.number(principal.party_no, offer, f"/lines/{i}/offer")
        lot_no = self.lots.number(lot, f"/lines/{i}/lot") if lot else 0
        return number, offer_no, self._window(window, i), lot_no

    @staticmethod
    def _window(window: str | None, i: int) -> int:
        return 0 if window is None else instant_us(window, f"/lines/{i}/window")

    def _quota(self, principal: Principal, offer: str, i: int) -> int:
        """The number of a network-wide quota; other offers stand at locations."""
        return self.quota_no(principal, offer, f"/lines/{i}")

    def quota_no(self, principal: Principal, offer: str, at: str) -> int:
        """The number of a quota of the network as a whole; `at` points to the line."""
        found = self.catalogue.find(principal.party_no, offer)
        if found is not None and found.kind == "quota" and principal.location_no is None:
            return found.offer_no
        if found is None:
            return self.catalogue.number(principal.party_no, offer, f"{at}/offer")
        raise Problem(
            INVALID,
            fields=(
                FieldError(
                    f"{at}/location",
                    "needs_location",
                    "Only an offer of kind quota is promised for the network as a whole; name a location.",
                    "只有额度类商品可对全网承诺，请指定地点。",
                ),
            ),
        )

    async def know_lots(self, lots: Iterable[str]) -> None:
        """Give lots that are named for the first time their numbers."""
        new = sorted({lot for lot in lots if not self.lots.knows(lot)})
        if new:
            async with self.pool.connection() as connection:
                self.lots.add(await store_lots(connection, new))

    def location_code(self, location_no: int) -> str:
        """The code of a location; '*' for the network as a whole."""
        return self.network.location(location_no).code if location_no in self.network else EVERYWHERE

    def offer_sku(self, offer_no: int) -> str:
        """The SKU of an offer; the name of a capacity for the reserved numbers."""
        offer = self.catalogue.get(offer_no)
        return offer.sku if offer else {1: "orders_per_hour", 2: "orders_per_day"}.get(offer_no, "")

    async def history(self, subject: UUID, principal: Principal) -> list[HistoryFact]:
        """A subject's facts, oldest first; empty when it is somebody else's."""
        async with self.pool.connection() as connection:
            found = await connection.execute(
                SQL["history"],
                {"partition": self.owner.partition_id, "subject": subject, "party": principal.party_no},
            )
            rows = await found.fetchall()
        return [
            HistoryFact(seq, n, name, actor, from_datetime(at), location_no, body and msgspec.json.decode(body))
            for seq, n, name, actor, at, location_no, body in rows
        ]


def patience_of(settings: Settings) -> Patience:
    """How long work may wait, as this installation sets it."""
    return Patience(
        settings.late_hold_minutes,
        settings.late_accept_minutes,
        settings.late_pick_minutes,
        settings.late_pack_minutes,
        settings.late_ship_minutes,
        settings.late_collect_minutes,
        settings.at_risk_minutes,
    )


def location_disabled(code: str, pointer: str) -> Problem:
    """The problem of a location that serves nobody now."""
    wrong = FieldError(
        pointer,
        "location_disabled",
        f"{code} is disabled; enable it, or choose another.",
        f"{code} 已停用，请启用或更换门店。",
    )
    return Problem(LOCATION_DISABLED, fields=(wrong,))


def instant_us(text: str, pointer: str) -> int:
    """An RFC 3339 time with its offset, in µs."""
    try:
        at_us = from_datetime(datetime.fromisoformat(text))
        if not FIRST_US <= at_us <= LAST_US:  # by its offset in the year 0 or 10000, which can't be written
            raise ValueError(text)
        return at_us
    except ValueError:
        raise Problem(
            INVALID,
            fields=(
                FieldError(
                    pointer,
                    "not_a_time",
                    f"{text[:40]!r} is no RFC 3339 time with an offset, such as 2026-11-11T00:00:00+08:00.",
                    f"{text[:40]!r} 不是带时区的 RFC 3339 时间，例如 2026-11-11T00:00:00+08:00。",
                ),
            ),
        ) from None


async def load_registries(pool: AsyncConnectionPool[Any]) -> tuple[Network, Catalogue, Lots]:
    """All locations, offers and lots, for the hot path."""
    places, goods, lots = Network(), Catalogue(), Lots()
    async with pool.connection() as connection:
        places.apply(await location_store.load_locations(connection))
        places.set_carriers(await location_store.load_carriers(connection))
        by_party: dict[int, list[Any]] = {}
        for fee in await location_store.load_fees(connection):
            by_party.setdefault(fee.party_no, []).append(fee)
        for party_no, fees in by_party.items():
            places.set_fees(party_no, fees)
        async for offers in offer_store.load_all(connection):
            goods.apply(offers)
        lots.add(await load_lots(connection))
    return places, goods, lots


async def load_policies(pool: AsyncConnectionPool[Any]) -> list[tuple[int, RoutingPolicy]]:
    """The routing policy in force of every brand that published one."""
    async with pool.connection() as connection:
        rows = await (await connection.execute(FLOWS["policies_in_force"])).fetchall()
    return [
        (party_no, replace(msgspec.json.decode(body, type=RoutingPolicy), version=version))
        for party_no, version, body in rows
    ]
