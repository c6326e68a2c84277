"""Live boards: figures of whoever looks, kept as batches commit, told as server-sent events.

A board is read from the database when somebody first looks, and forgotten when nobody has looked for minutes. In
between, each committed batch is put aside at once and taken in within half a second, so that it costs the owner
nothing. A tick is made and encoded once for all who look at the same board; who missed one is told the whole anew.
"""

import asyncio
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, Generic, Protocol, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from manystores.api.board import HOUR_S, TAIL_S, Board, Rules
from manystores.api.board_reading import Pool, Shelves, read_board, read_shelves
from manystores.catalogue.registry import Registry as Catalogue
from manystores.core.clock import SECOND_US, Clock, rfc3339
from manystores.core.errors import UNAVAILABLE, Problem
from manystores.network.registry import KIND_CODES
from manystores.network.registry import Registry as Network
from manystores.orders.patience import Waiting
from manystores.promise.journal import Batch
from manystores.promise.owner import Owner

log = logging.getLogger(__name__)
TICK_S: Final = 0.5
KEEP_ALIVE_S: Final = 15.0
FORGOTTEN_S: Final = 120.0
READ_S: Final = 30.0
BOARDS_MAX: Final = 500
FACTS_MAX: Final = 200_000  # put aside at most; then all is read anew
_TURN_S: Final = 0.005  # at work so long, it lets others have their turn
_RETRY_S: Final = 1.0
_SOON_S: Final = 1.0


class _State(Protocol):
    seq: int

    def apply(self, batch: Batch) -> None: ...


S = TypeVar("S", bound=_State)


class Follower(Generic[S]):
    """Something that was read once and follows the batches since."""

    def __init__(self, read: Callable[[], Awaitable[S]]) -> None:
        self._read = read
        self.state: S | None = None
        self._pending: list[Batch] = []  # while it is read
        self._waiting = 0  # facts in these
        self._reading: asyncio.Task[None] | None = None

    def follow(self) -> None:
        """Read it, unless it was read or is being read."""
        if self.state is None and self._reading is None:
            self._reading = asyncio.create_task(self._load())

    def take(self, batch: Batch) -> None:
        """The next batch: applied, or kept until what is read is there; a gap means to read anew."""
        if self._reading is not None:
            self._pending.append(batch)
            self._waiting += batch.size
            if self._waiting > FACTS_MAX:  # what is read will be too old; then there is a gap
                self._pending.clear()
                self._waiting = 0
            return
        state = self.state
        if state is None or batch.seq <= state.seq:
            return
        if batch.seq != state.seq + 1 or not self._applied(state, batch):
            self.drop()

    def drop(self) -> None:
        """What is known is not to be trusted: it is read anew."""
        self.state = None
        self.follow()

    async def here(self) -> S:
        """The state; Problem `unavailable` if it can't be read now."""
        until = time.monotonic() + READ_S
        while self.state is None and time.monotonic() < until:
            self.follow()
            if self._reading is not None:
                await asyncio.wait([self._reading], timeout=READ_S)
        if self.state is None:
            raise Problem(UNAVAILABLE, "Can't be read now; try again.", "暂时无法读取，请稍后重试。", retry_after_s=2)
        return self.state

    async def soon(self) -> None:
        """Wait a moment for the state, if it is being read."""
        if self._reading is not None:
            await asyncio.wait([self._reading], timeout=_SOON_S)

    def stop(self) -> None:
        """Nobody wants it any more."""
        if self._reading is not None:
            self._reading.cancel()

    async def _load(self) -> None:
        self._pending, self._waiting = [], 0
        try:
            state = await self._read()
        except Exception as error:
            log.warning("a live board can't be read: %s", error)
            await asyncio.sleep(_RETRY_S)
            return
        finally:
            self._reading = None
        for batch in self._pending:
            if batch.seq > state.seq and (batch.seq != state.seq + 1 or not self._applied(state, batch)):
                break
        else:
            self.state = state
        self._pending = []

    @staticmethod
    def _applied(state: S, batch: Batch) -> bool:
        try:
            state.apply(batch)
        except Exception:
            log.exception("a live board can't take batch %d in; it is read anew", batch.seq)
            return False
        return True


class View:
    """A board that somebody looks at, and the newest tick of it, encoded."""

    def __init__(self, follower: Follower[Board]) -> None:
        self.follower = follower
        self.sections: dict[str, Any] = {}
        self.version = 0
        self.tick = b""
        self.head: dict[str, Any] = {}
        self.listeners = 0
        self.closed = False
        self.looked = time.monotonic()
        self.changed = asyncio.Event()
        self._whole: tuple[int, bytes] | None = None

    def close(self) -> None:
        """Nothing more is told; who listens comes again."""
        self.closed = True
        self.changed.set()

    def make(self, board: Board, now_us: int, exceptions: int, sold_out: int | None) -> None:
        """The next tick, if anything changed."""
        sections = board.figures(now_us, exceptions, sold_out)
        newest, left_out = board.newest()
        differ = {name: value for name, value in sections.items() if value != self.sections.get(name)}
        pulse = differ.pop("pulse", None)
        busy = any(sections["pulse"]["orders"][-TAIL_S:])
        self.sections = sections
        if self.version and not differ and not newest and not (pulse and busy):
            return
        pulse = sections["pulse"]
        differ["pulse"] = {"until": pulse["until"], "orders": pulse["orders"][-TAIL_S:]}
        now_s = now_us // SECOND_US
        self.head = {
            "sequence": board.seq,
            "at": rfc3339(now_us // 1000 * 1000),
            "since": {
                "today": rfc3339(board.day_us),
                "hour": rfc3339((now_s - HOUR_S + 1) * SECOND_US),
                "minute": rfc3339((now_s - 59) * SECOND_US),
            },
        }
        told = {"name": "tick", "figures": differ, "newest": newest, "left_out": left_out}
        self.tick = b"event: tick\ndata: " + msgspec.json.encode(self.head | told) + b"\n\n"
        self.version += 1
        self.changed.set()
        self.changed = asyncio.Event()

    def whole(self) -> bytes:
        """All figures as of the newest tick."""
        if self._whole is None or self._whole[0] != self.version:
            board = self.follower.state
            recent = [] if board is None else list(reversed(board.recent))
            told = {"figures": self.sections, "newest": recent, "left_out": 0}
            self._whole = self.version, msgspec.json.encode(self.head | told)
        return self._whole[1]


class Boards:
    """The boards of all who look now."""

    def __init__(
        self,
        pool: Pool,
        owner: Owner,
        clock: Clock,
        network: Network,
        catalogue: Catalogue,
        waiting: Waiting,
        zone: ZoneInfo,
    ) -> None:
        self._pool, self._owner, self._clock, self._catalogue = pool, owner, clock, catalogue
        warehouse = KIND_CODES["warehouse"]

        def code_of(location_no: int) -> str:
            return network.location(location_no).code if location_no in network else ""

        self._rules = Rules(waiting, zone, lambda location_no: network.kind[location_no] != warehouse, code_of)
        self._views: dict[tuple[int, int | None], View] = {}
        self._shelves: Follower[Shelves] | None = None
        self._batches: deque[Batch] = deque()
        self._facts = 0
        self._exceptions: dict[tuple[int, int | None], int] | None = None
        self._taking = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None

    def tell(self, batch: Batch) -> None:
        """A batch was committed. It is put aside; who looks is told within half a second."""
        if not self._views:
            return
        self._batches.append(batch)
        self._facts += batch.size
        if self._facts > FACTS_MAX:
            self._batches.clear()  # a gap, after which all is read anew
            self._facts = 0

    async def figures(self, party_no: int, location_no: int | None) -> bytes:
        """All figures now, as JSON."""
        view = await self._view(party_no, location_no)
        if self._shelves is not None:
            await self._shelves.soon()
        await self._take()
        await view.follower.here()
        self._make(party_no, location_no, view)
        return view.whole()

    async def sold_out(self, party_no: int) -> list[int]:
        """The numbers of the party's offers that are sold out now."""
        await self._view(party_no, None)
        await self._take()
        assert self._shelves is not None
        return (await self._shelves.here()).sold_out(self._offers(party_no))

    async def listen(self, party_no: int, location_no: int | None) -> AsyncIterator[bytes]:
        """Figures now, then what changes, as the lines of an event stream."""
        await self.figures(party_no, location_no)
        view = await self._view(party_no, location_no)
        view.listeners += 1
        seen = -1
        try:
            while not view.closed:
                changed = view.changed
                if view.version == seen:
                    try:
                        await asyncio.wait_for(changed.wait(), KEEP_ALIVE_S)
                    except TimeoutError:
                        yield b": alive\n\n"
                    continue
                next_one, seen = view.version == seen + 1 and seen > 0, view.version
                yield view.tick if next_one else b'event: board\ndata: {"name":"board",' + view.whole()[1:] + b"\n\n"
        finally:
            view.listeners -= 1
            view.looked = time.monotonic()

    def close(self) -> None:
        """Stop following, and end what listens."""
        for view in self._views.values():
            view.close()
        for follower in self._followers():
            follower.stop()
        if self._task is not None:
            self._task.cancel()
        self._views, self._shelves = {}, None

    # -- inside ------------------------------------------------------------------------------------------------------

    def _followers(self) -> list[Follower[Any]]:
        followers: list[Follower[Any]] = [view.follower for view in self._views.values()]
        return followers if self._shelves is None else [*followers, self._shelves]

    async def _view(self, party_no: int, location_no: int | None) -> View:
        view = self._views.get((party_no, location_no))
        if view is None:
            view = self._open(party_no, location_no)
        view.looked = time.monotonic()
        await view.follower.here()
        return view

    def _open(self, party_no: int, location_no: int | None) -> View:
        if len(self._views) >= BOARDS_MAX:
            idle = [key for key, view in self._views.items() if not view.listeners]
            if not idle:
                raise Problem(UNAVAILABLE, "Too many boards are watched.", "正在查看的看板过多。", retry_after_s=60)
            self._forget(min(idle, key=lambda key: self._views[key].looked))
        partition, rules = self._owner.partition_id, self._rules

        def read() -> Awaitable[Board]:
            return read_board(self._pool, partition, rules, party_no, location_no, self._clock.now_us())

        view = self._views[party_no, location_no] = View(Follower(read))
        view.follower.follow()
        if self._shelves is None:
            self._shelves = Follower(lambda: read_shelves(self._pool, partition))
            self._shelves.follow()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return view

    def _forget(self, key: tuple[int, int | None]) -> None:
        self._views.pop(key).follower.stop()
        if not self._views:
            if self._shelves is not None:
                self._shelves.stop()
            self._shelves = None
            self._batches.clear()
            self._facts = 0

    async def _run(self) -> None:
        """Take in what was put aside and make ticks, as long as somebody looks."""
        while self._views:
            await asyncio.sleep(TICK_S)
            try:
                await self._take()
                for (party_no, location_no), view in list(self._views.items()):
                    if view.listeners:
                        self._make(party_no, location_no, view)
            except Exception:
                log.exception("the live boards could not be told")
            now = time.monotonic()
            for key, view in list(self._views.items()):
                if not view.listeners and now - view.looked > FORGOTTEN_S:
                    self._forget(key)

    async def _take(self) -> None:
        """Take in the batches that were put aside, letting others have their turn."""
        async with self._taking:
            began = time.perf_counter()
            while self._batches:
                batch = self._batches.popleft()
                self._facts -= batch.size
                for follower in self._followers():
                    follower.take(batch)
                if any(fact.name.startswith("stock.exception_") for fact in batch.facts):
                    self._exceptions = None
                if time.perf_counter() - began > _TURN_S:
                    await asyncio.sleep(0)
                    began = time.perf_counter()
            for follower in self._followers():
                if follower.state is not None and follower.state.seq < self._owner.committed:
                    follower.drop()  # a batch was committed that nobody told of
                follower.follow()
            for view in self._views.values():
                if view.follower.state is not None and view.follower.state.hours != self._rules.waiting.changes:
                    view.follower.drop()  # what waits was counted by other hours

    def _make(self, party_no: int, location_no: int | None, view: View) -> None:
        board = view.follower.state
        if board is None:
            return
        sold_out = None
        if location_no is None and self._shelves is not None and self._shelves.state is not None:
            sold_out = len(self._shelves.state.sold_out(self._offers(party_no)))
        view.make(board, self._clock.now_us(), self._exceptions_of(party_no, location_no), sold_out)

    def _offers(self, party_no: int) -> list[int]:
        return list(self._catalogue.numbers_of(party_no).values())

    def _exceptions_of(self, party_no: int, location_no: int | None) -> int:
        """Buckets that promised more than they have; looked for anew after a fact that says so."""
        if self._exceptions is None:
            counts: dict[tuple[int, int | None], int] = {}
            for key, _ in self._owner.ledger.short_buckets():
                offer = self._catalogue.get(key.offer_no)
                if offer is not None:
                    for place in (None, key.location_no):
                        at = (offer.party_no, place)
                        counts[at] = counts.get(at, 0) + 1
            self._exceptions = counts
        return self._exceptions.get((party_no, location_no), 0)
