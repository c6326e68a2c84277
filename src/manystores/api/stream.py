"""Live events: what was committed, as server-sent events, to whoever listens now."""

import asyncio
from collections.abc import AsyncIterator

import msgspec

from manystores.core.clock import rfc3339
from manystores.orders.order import fulfilment_id
from manystores.promise.journal import Batch

QUEUE = 1_000
KEEP_ALIVE_S = 15.0


class Broadcast:
    """Tells listeners of a party what a batch recorded. Who is too slow loses events, and is told how many."""

    def __init__(self) -> None:
        self._listeners: set[_Listener] = set()

    def tell(self, batch: Batch) -> None:
        """Hand on a committed batch."""
        if not self._listeners:
            return
        self._tell_stores(batch)
        for fact in batch.all_facts():
            event: bytes | None = None
            for listener in self._listeners:
                if not listener.wants(fact.party_no, fact.location_no):
                    continue
                if event is None:
                    data = b"null" if fact.body is None else fact.body
                    head = msgspec.json.encode(
                        {"name": fact.name, "at": rfc3339(fact.at_us), "sequence": f"{batch.seq}-{fact.n}"}
                    )
                    event = b"id: %d-%d\nevent: %s\ndata: %s\n\n" % (
                        batch.seq,
                        fact.n,
                        fact.name.encode(),
                        head[:-1] + b',"data":' + data + b"}",
                    )
                listener.put(event)

    def _tell_stores(self, batch: Batch) -> None:
        """Tell stores that listen which work of theirs is new or changed. Facts of an order (it was placed, another
        store refused it) are no single store's, and hold what other stores do: they are not shown."""
        stores = [listener for listener in self._listeners if listener.location_no is not None]
        if not stores:
            return
        wanted = {listener.location_no for listener in stores}
        for order in (*batch.new_orders.values(), *batch.changed_orders.values()):
            for work in order.fulfilments:
                if work.location_no not in wanted or work.updated_at_us != order.updated_at_us:
                    continue
                data = b'event: work.changed\ndata: {"name":"work.changed","data":{"id":"%s"}}\n\n' % (
                    fulfilment_id(order.order_id, work.number).encode()
                )
                for listener in stores:
                    if listener.wants(order.party_no, work.location_no):
                        listener.put(data)

    async def listen(self, party_no: int, location_no: int | None) -> AsyncIterator[bytes]:
        """Events of a party (and location), as the lines of an event stream."""
        listener = _Listener(party_no, location_no)
        self._listeners.add(listener)
        try:
            yield b": connected\n\n"
            while True:
                try:
                    yield await asyncio.wait_for(listener.get(), KEEP_ALIVE_S)
                except TimeoutError:
                    yield b": alive\n\n"
        finally:
            self._listeners.discard(listener)


class _Listener:
    def __init__(self, party_no: int, location_no: int | None) -> None:
        self._party_no, self.location_no = party_no, location_no
        self._queue: asyncio.Queue[bytes] = asyncio.Queue(QUEUE)
        self._lost = 0

    def wants(self, party_no: int, location_no: int) -> bool:
        return party_no == self._party_no and self.location_no in (None, location_no)

    def put(self, event: bytes) -> None:
        try:
            self._queue.put_nowait(event)
        except asyncio.QueueFull:
            self._lost += 1

    async def get(self) -> bytes:
        if self._lost and self._queue.empty():
            lost, self._lost = self._lost, 0
            return b'event: lost\ndata: {"events":%d}\n\n' % lost
        return await self._queue.get()
