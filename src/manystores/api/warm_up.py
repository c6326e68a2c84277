"""Make the machine code of all kernels before the first request comes: it would wait for the compiler otherwise.

The first start on a machine compiles for some tens of seconds; later ones load what was kept. `make setup` calls `main`
first.
"""

from typing import TypeVar
from uuid import UUID

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from manystores.catalogue import offer_of
from manystores.catalogue.registry import FIRST_OFFER_NO
from manystores.catalogue.registry import Registry as Catalogue
from manystores.core.clock import SECOND_US, SystemClock
from manystores.flows.availability import Place, look
from manystores.flows.routing import Router
from manystores.kernels.sourcing_stock import stock_of
from manystores.ledger import Claim, Key, Ledger, Reason, shelves
from manystores.ledger.totals import totals
from manystores.members.graph import Graph, Said
from manystores.members.heard import Heard
from manystores.network import location_of
from manystores.network.registry import Registry as Network
from manystores.promise.command import Hold, HoldSet
from manystores.promise.decide import Decider, columns
from manystores.promise.journal import encode
from manystores.promise.results import Results
from manystores.promise.turn import Prepared
from manystores.sourcing.live_prices import LivePrices
from manystores.sourcing.plan import Demand, DemandLine, point

Record = TypeVar("Record", bound=Struct)


def warm_up(now_us: int) -> None:
    """Run every kernel once, on a network of three locations that exists nowhere else."""
    _ledger(now_us)
    _holds(now_us)
    _members()
    bodies = [{"code": f"L{i}", "name": "L", "kind": "store", "lat": 39.9 + i, "lon": 116.4} for i in range(3)]
    places = [location_of(body, 1) for body in bodies]
    network = Network(_numbered(place, "location_no", i + 1) for i, place in enumerate(places))
    price = {"amount": 1, "currency": "CNY"}
    offers = [offer_of({"sku": f"O{i}", "name": "O", "kind": "good", "price": price}, 1) for i in range(2)]
    catalogue = Catalogue(_numbered(offer, "offer_no", FIRST_OFFER_NO + i) for i, offer in enumerate(offers))
    ledger = Ledger()
    for location_no in (1, 2, 3):
        ledger.post(Key(location_no, FIRST_OFFER_NO), Reason.RECEIVED, on_hand=2)
        ledger.post(Key(location_no, FIRST_OFFER_NO + 1), Reason.RECEIVED, on_hand=1)
    router = Router(network, catalogue)
    planner = router.planner(ledger, 1, now_us)
    lines = (DemandLine(FIRST_OFFER_NO, 1, 0.1), DemandLine(FIRST_OFFER_NO + 1, 1, 0.1))
    to = point(39.9, 116.4)
    planner.plan(Demand(channel="web", kind="ship", lines=lines, to=to))
    planner.plan(Demand(channel="web", kind="ship", lines=(DemandLine(FIRST_OFFER_NO, 5, 0.1),), to=to))
    planner.plan(Demand(channel="web", kind="pick_up", lines=lines[:1], pick_up_at=1))
    offer = catalogue.find(1, "O0")
    if offer is not None:
        look(router, ledger, 1, offer, 1, Place(39.9, 116.4, ""), "web", now_us)


def _numbered(record: Record, field: str, number: int) -> Record:
    return replace(record, **{field: number, "revision": 1})


def _holds(now_us: int) -> None:
    """Holds, one by one and together, decided and made into rows; and their keys found again."""
    decider, here = Decider(Ledger(), Results(now_us, 24)), Key(1, FIRST_OFFER_NO)
    decider.ledger.post(here, Reason.RECEIVED, on_hand=9)
    later_us, holder = now_us + SECOND_US, UUID(int=3).bytes
    for seq in (1, 2):
        keys = [UUID(int=10 * seq + n).bytes for n in range(3)]
        holds = [
            Hold("owner", 1, UUID(int=10 * seq + n), [here], [1], later_us, b"{}", holder, key)
            for n, key in enumerate(keys)
        ]
        commands = [*holds[:2], HoldSet("owner", 1, columns(holds[1:]))]
        decided = decider.decide(commands, seq, now_us, Prepared(), 0)
        encode(1, 1, decided.batch)
    decider.ledger.end(UUID(int=22), "release", Reason.RELEASED)


def _members() -> None:
    """The person graph's kernels."""
    graph, heard = Graph(), Heard()
    keys = np.arange(8, dtype=np.int64).reshape(4, 2)
    heard.new(keys, 1)
    nothing, scopes = np.zeros(4, np.int8), np.zeros(4, np.int32)
    numbers = graph.see_many(keys, nothing, scopes, nothing)
    graph.find_many(keys)
    ones, others = numbers[:1], numbers[1:2]
    graph.known_pairs(ones, others)
    graph.state_many(ones, others, nothing[:1], np.ones(1, np.int64))
    graph.name(0, (1, 1))
    graph.say(0, Said.YES)
    graph.pair(0, 1)
    graph.members(0)
    graph.neighbours(0)
    graph.set_apart(2, 3, apart=True)
    graph.withdraw(0, 1)
    graph.forget(3)
    pairs = (ones, others, scopes[:1], np.zeros(1, np.int64), nothing[:1])
    Graph().load(keys, nothing, scopes, nothing, keys, nothing, pairs)


def _ledger(now_us: int) -> None:
    """Each operation of the ledger once."""
    ledger = Ledger(2, 2)
    here, there = Key(1, FIRST_OFFER_NO), Key(2, FIRST_OFFER_NO)
    ledger.post(here, Reason.RECEIVED, on_hand=9)
    ledger.post(there, Reason.RECEIVED, on_hand=9)
    order = UUID(int=1)
    ledger.begin(0)
    ledger.hold(order, [Claim(here, 4)], Reason.ORDERED, party_no=1, expires_us=now_us)
    ledger.move(order, Claim(here, 1), there)
    ledger.take(order, Claim(here, 1), "fulfil", Reason.FULFILLED)
    ledger.rollback()
    ledger.hold(order, [Claim(here, 1)], Reason.ORDERED, party_no=1, expires_us=now_us)
    ledger.expired(now_us)
    LivePrices.warm_up(stock_of(*ledger.planning()))
    hours = np.zeros(3, np.int64)
    totals(ledger, hours, hours, first_offer_no=FIRST_OFFER_NO, hour_offer_no=1, day_offer_no=2)()
    everything = shelves.masks([1, 2], [FIRST_OFFER_NO])
    shelves.page(ledger, everything, "available", True, shelves.Place(0, here), 1)()
    shelves.total(ledger, everything)
    shelves.claims_on(ledger, 1, FIRST_OFFER_NO, 1)
    ledger.drain()
    recovered = Ledger()
    recovered.load_buckets(np.array([here], np.int64), np.array([[9, 1, 0, 0]]))
    ids, flags = np.array([[0, 2]], np.int64), np.ones(1, np.int8)
    recovered.load_reservations(ids, flags, flags, np.ones(1, np.int32), np.array([now_us]), np.zeros((1, 2), np.int64))
    recovered.load_lines(ids, np.array([here], np.int64), np.ones(1, np.int64))


def main() -> None:
    """Make the machine code now."""
    warm_up(SystemClock().now_us())
