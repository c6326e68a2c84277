"""manystores demo: a festival on 7,209 real stores, in one command."""

import asyncio
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import click
import msgspec

from manystores.cli.common import EXIT_FAILED, EXIT_OK, json_flag, setting_flags
from manystores.core.settings import Settings

if TYPE_CHECKING:
    from psycopg import Connection

    from manystores.demo.festival import Clients
    from manystores.demo.people import Somebody
    from manystores.demo.summary import Summary
    from manystores.demo.world import World

BRAND: Final = "demo"
TRICKLE: Final = 2_000
"""Orders of each later scenario, once the festival is over and the demo goes on."""
TRICKLE_EVERY_S: Final = 0.5

_ROLES: Final = {
    "channels": ("orders:read", "orders:write", "availability:read", "fulfilment:read"),
    "stores": ("fulfilment:read", "fulfilment:write"),
    "counter": ("returns:read", "returns:write"),
    "setup": ("locations:write", "offers:write", "stock:write"),
}
"""Each role has its own key, which may do no more than its work needs."""
_IN_FLIGHT: Final = {"channels": 16, "stores": 20, "counter": 20, "setup": 1}


@click.command()
@click.option("--orders", type=click.IntRange(1, 1_000_000), default=20_000, show_default=True, help="How many.")
@click.option("--exit", "ends", is_flag=True, help="End with the summary; otherwise orders trickle in until Ctrl-C.")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed, another scenario.")
@click.option("--password", default="", help="Of the demo's people; a new one is made and told if it is left out.")
@setting_flags("data_dir", "database_url", "postgres_bin", "host", "port")
@json_flag
def demo(orders: int, ends: bool, seed: int, password: str, settings: Settings, as_json: bool) -> int:
    """Serve online orders from the shelves of 7,209 real stores, and prove that nothing was sold twice.

    \b
    manystores demo
    manystores demo --orders 20000 --exit --json --data ~/manystores
    """
    from manystores.cli.connect import free_port, serving
    from manystores.cli.people import new_password

    _check(password)
    started = time.monotonic()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    port = free_port(settings.host, settings.port)
    with ExitStack() as stack:
        # the scenario is made while the server starts: each takes seconds of one core
        making = stack.enter_context(ThreadPoolExecutor(1)).submit(_scenario, orders, seed)
        with _progress() as show:
            show("database and server started", 1)
            url, database_url = stack.enter_context(serving(settings, port))
            run = _Run(url, database_url, seed, password or new_password())
            token = run.open(stack)
            scenario = making.result()
            found = asyncio.run(run.festival(scenario, show, lambda: _tell(run, token, time.monotonic() - started)))
        _report(found, run, as_json)
        if not ends:
            click.echo(f"Orders trickle in at {url} until Ctrl-C.", err=True)
            try:
                asyncio.run(run.trickle())
            except KeyboardInterrupt:
                click.echo("The demo ends.", err=True)
    return EXIT_OK if not (found.oversold or found.mismatches) else EXIT_FAILED


def _scenario(orders: int, seed: int) -> "World":
    from manystores.demo.world import world

    return world(orders, seed)


def _check(password: str) -> None:
    """A password that is too easy is refused before anything starts."""
    from manystores.people.passwords import password_errors

    errors = password_errors(password, "") if password else []
    if errors:
        raise click.BadParameter(errors[0].en, param_hint="--password")


def _tell(run: "_Run", token: str, seconds: float) -> None:
    click.echo(f"Ready after {seconds:.1f} s: {run.url}/ is the console, {run.url}/docs the API; key {token}", err=True)
    click.echo(_who(run), err=True)


def _who(run: "_Run") -> str:
    """How to sign in to the console."""
    logins = ", ".join(one.login + (f" (in store {one.location})" if one.location else "") for one in run.people)
    return f"Sign in as {logins}; the password is {run.password}"


def _report(found: "Summary", run: "_Run", as_json: bool) -> None:
    from manystores.demo.summary import words

    click.echo(words(found), err=as_json)
    if not as_json:
        click.echo(_who(run), err=True)
        return
    people = [one._asdict() for one in run.people]
    sign_in = {"console": f"{run.url}/", "password": run.password, "people": people}
    click.echo(msgspec.json.encode(msgspec.to_builtins(found) | {"sign_in": sign_in}).decode())


Show = Callable[[str, int | None], Callable[[int], None]]


@contextmanager
def _progress() -> Iterator[Show]:
    """Progress bars on standard error: `show(what, total)` gives the function that counts."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bars:

        def show(what: str, total: int | None) -> Callable[[int], None]:
            task = bars.add_task(what, total=total)
            return lambda count: bars.advance(task, count)

        yield show
        for task in bars.tasks:  # of many it is known only now how much there was to do
            bars.update(task.id, total=task.completed or 1, completed=task.completed or 1)


def _silent(_what: str, _total: int | None) -> Callable[[int], None]:
    return lambda count: None


class _Run:
    """A demo on a server that runs: its scenario, its keys, its festival."""

    def __init__(self, url: str, database_url: str, seed: int, password: str) -> None:
        self.url, self.database_url, self._seed, self.password = url, database_url, seed, password
        self.people: list[Somebody] = []
        self._tokens: dict[str, str] = {}
        self._rounds = 0

    def open(self, stack: ExitStack) -> str:
        """Make the roles' keys, for as long as the stack is open; and one to look around with, which is returned."""
        from manystores.cli.connect import temporary_key

        for role, scopes in _ROLES.items():
            key = temporary_key(self.database_url, BRAND, f"demo: {role}", scopes, make_brand=True)
            self._tokens[role] = stack.enter_context(key)
        return stack.enter_context(temporary_key(self.database_url, BRAND, "demo: look around"))

    async def festival(self, scenario: "World", show: Show, ready: Callable[[], None]) -> "Summary":
        """Set the scenario up, play it, check the books, sum it up."""
        from manystores.demo.festival import Festival
        from manystores.demo.summary import summary
        from manystores.promise.verify import verify_partition

        name = await self._set_up(scenario, show)
        await self._settle_people(self.password)
        ready()
        async with self._clients() as clients:
            counts = {"orders": show("orders placed", len(scenario.wishes))}
            told = {"rejected": "refused by locations", "served": "served", "cancelled": "cancelled"}
            for what, words in (told | {"returned": "returned"}).items():
                counts[what] = show(words, None)
            festival = Festival(clients, scenario, name, lambda what, n: counts[what](n), self._seed)
            started = time.perf_counter()
            await festival.play()
            seconds = time.perf_counter() - started
        await self._settle_people("")  # the associate goes where most is left to do
        show("books checked", 1)
        with self._database() as (connection, party_no, partition_id):
            verdict = verify_partition(connection, partition_id)
            left = _known(connection, party_no, partition_id).available
        return summary(festival, scenario, seconds, left, verdict)

    async def _settle_people(self, password: str) -> None:
        from manystores.core import auth
        from manystores.core.clock import SystemClock
        from manystores.core.database import connect
        from manystores.demo.people import settle_people

        with connect(self.database_url) as connection:
            party = auth.find_party(connection, BRAND)
        assert party is not None
        self.people = await settle_people(self.database_url, party, password, SystemClock().now_us())

    async def trickle(self) -> None:
        """Two orders a second, scenario after scenario, shelves topped up in between."""
        from manystores.demo.festival import Festival

        while True:
            scenario = _scenario(TRICKLE, self._seed + self._rounds)
            name = await self._set_up(scenario, _silent)
            async with self._clients() as clients:
                festival = Festival(clients, scenario, name, lambda what, n: None, self._seed)
                await festival.trickle(TRICKLE_EVERY_S)

    async def _set_up(self, scenario: "World", show: Show) -> str:
        """Bring the scenario in; the name of this round, with which its orders' ids begin."""
        from manystores.demo.connections import Client
        from manystores.demo.loading import load

        self._rounds += 1
        name = f"{int(time.time() * 1000):x}-{self._rounds}"
        with self._database() as (connection, party_no, partition_id):
            before = _known(connection, party_no, partition_id)
        client = Client(self.url, self._tokens["setup"], 1)
        try:
            await load(client, scenario, before, name, show("locations, offers, shelves filled", None))
        finally:
            await client.close()
        return name

    @contextmanager
    def _database(self) -> Iterator[tuple["Connection[Any]", int, int]]:
        """A connection of its own, with the brand's number and its partition."""
        from manystores.core import auth
        from manystores.core.database import connect

        with connect(self.database_url, autocommit=True) as connection:
            party = auth.find_party(connection, BRAND)
            assert party is not None
            yield connection, party.party_no, party.partition_id

    def _clients(self) -> "_Clients":
        return _Clients(self.url, self._tokens)


def _known(connection: "Connection[Any]", party_no: int, partition_id: int) -> Any:
    from manystores.demo.loading import known

    return known(connection, party_no, partition_id)


class _Clients:
    """One client a role, closed at the end."""

    def __init__(self, url: str, tokens: dict[str, str]) -> None:
        self._url, self._tokens = url, tokens
        self._open: Any = None

    async def __aenter__(self) -> "Clients":
        from manystores.demo.connections import Client
        from manystores.demo.festival import Clients

        made = [Client(self._url, self._tokens[role], _IN_FLIGHT[role]) for role in ("channels", "stores", "counter")]
        self._open = made
        return Clients(*made)

    async def __aexit__(self, *_: object) -> None:
        for client in self._open:
            await client.close()
