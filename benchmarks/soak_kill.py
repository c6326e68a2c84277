"""Kill the server, the database, the worker and the writer at random moments under load, and prove the books.

python -m benchmarks.soak_kill --kills 300

Clients hold, confirm, release, order, cancel and put new goods on the shelves over HTTP, and repeat what was not
answered with the same Idempotency-Key. An independent checker then asks the journal: everything that was acknowledged
is there exactly once (lost 0), nothing is there by half (torn 0), nothing was promised twice (oversold 0).
"""

import argparse
import asyncio
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg

from benchmarks.soak_check import Acknowledged, Report, check
from manystores.core.embedded import EmbeddedPostgres

VICTIMS = ("server", "postmaster", "worker", "writer")
STORES, OFFERS, UNITS = 6, 5, 400
ATTEMPT_S, GIVE_UP_S, READY_S = 15.0, 150.0, 120.0
PROBE = "PROBE"
PROGRAM = (sys.executable, "-c", "from manystores.cli import main; main()")
AWAY = (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError)


# -- the installation


class Installation:
    """`manystores serve` on a data directory, as a supervisor would run it: started again when it dies."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, _free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self._log = (data / "serve.log").open("ab")

    def start(self) -> None:
        """Start the server; it is ready some time later."""
        command = [*PROGRAM, "serve", "--data", str(self.data), "--port", str(self.port), "--log-level", "error"]
        self.process = subprocess.Popen(command, stdout=self._log, stderr=self._log)

    def run(self, *arguments: str) -> tuple[int, Any]:
        """A command's exit code and its JSON."""
        command = [*PROGRAM, *arguments, "--data", str(self.data), "--json"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=self._log, timeout=120)
        return done.returncode, json.loads(done.stdout or b"{}")

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of the checker's own."""
        return psycopg.connect(EmbeddedPostgres(self.data).url, autocommit=True, connect_timeout=10)

    def pids(self, victim: str) -> list[int]:
        """The living processes of a kind."""
        server = self.process.pid if self.process is not None and self.process.poll() is None else 0
        if victim == "server":
            return [server] if server else []
        if victim == "postmaster":
            found = EmbeddedPostgres(self.data).pid
            return [found] if found else []
        return _children(server, f"manystores.{'worker' if victim == 'worker' else 'core.writer'}")

    def kill(self, victim: str) -> list[int]:
        """SIGKILL; a dead server is started again at once. The pids that were killed."""
        pids = self.pids(victim)
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if victim == "server" and self.process is not None:
            self.process.wait()
            self.start()
        return pids

    def revive(self) -> None:
        """Start a server that ended by itself again, as a supervisor would, and say so."""
        if self.process is not None and (code := self.process.poll()) is not None:
            print(f"the server ended by itself, exit code {code}", file=sys.stderr)
            self.start()

    def stop(self) -> int:
        """Ask the server to end; its exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()
        finally:
            self._log.close()

    def orphans(self, within_s: float = 45.0) -> list[int]:
        """Processes of this data directory that live on without their server."""
        until = time.monotonic() + within_s
        while (left := _naming(str(self.data))) and time.monotonic() < until:
            time.sleep(0.1)
        return left

    def clear(self) -> None:
        """End what may be left of it."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for pid in self.orphans():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        EmbeddedPostgres(self.data).stop()


def _children(parent: int, module: str) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError):
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                command = (stat.parent / "cmdline").read_bytes().split(b"\0")
                if module.encode() in command:
                    found.append(int(stat.parent.name))
    return found


def _naming(data: str) -> list[int]:
    """Workers and servers, other than this process, whose command names a data directory."""
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            words = command.read_bytes().split(b"\0")
            if data.encode() in words and b"--data" in words and int(command.parent.name) != os.getpid():
                found.append(int(command.parent.name))
    return found


def _free_port() -> int:
    """A port that nobody listens on, below those that the system gives to clients: a client that calls a dead server's
    port again and again could be given that very port, talk to itself, and keep the server from coming back."""
    for port in random.sample(range(20_000, 30_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise RuntimeError("no port is free")


# -- clients


class Connection:
    """A client's connection to the server: opened when needed, dropped when anything goes wrong."""

    def __init__(self, port: int, token: str) -> None:
        self._port, self._token = port, token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def send(self, method: str, path: str, body: object = None, key: str = "") -> tuple[int, Any]:
        """One attempt: status and JSON; one of AWAY when there was no whole answer."""
        try:
            async with asyncio.timeout(ATTEMPT_S):
                return await self._send(method, path, b"" if body is None else msgspec.json.encode(body), key)
        except BaseException:
            self.close()
            raise

    async def _send(self, method: str, path: str, body: bytes, key: str) -> tuple[int, Any]:
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        head = f"{method} {path} HTTP/1.1\r\nhost: soak\r\nauthorization: Bearer {self._token}\r\n"
        head += f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        head += f"idempotency-key: {key}\r\n\r\n" if key else "\r\n"
        writer.write(head.encode() + body)
        await writer.drain()
        told = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        length = int(told.split("content-length:")[1].split("\r\n")[0])
        answer = await reader.readexactly(length)
        return int(told.split(" ", 2)[1]), msgspec.json.decode(answer) if answer else None

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Shopper:
    """A client that repeats under the same key until it is answered."""

    def __init__(self, number: int, seed: int, port: int, token: str, report: Report, done: Acknowledged) -> None:
        self.number, self.random = number, random.Random(f"{seed}/{number}")
        self.line, self.report, self.done = Connection(port, token), report, done
        self.ended = asyncio.Event()
        self._keys = 0

    async def run(self) -> None:
        """Shop until `ended`."""
        steps: list[Callable[[], Any]] = [self.hold, self.order, self.restock]
        while not self.ended.is_set():
            await self.random.choices(steps, [6, 4, 1])[0]()
            await asyncio.sleep(self.random.random() * 0.02)
        self.line.close()

    async def ask(self, path: str, body: object, allowed: tuple[int, ...]) -> tuple[int, Any]:
        """The answer, however often it takes; (0, None) when it was given up. Now and then it is asked for twice."""
        self._keys += 1
        key = f"soak-{self.number}-{self._keys}"
        until = time.monotonic() + GIVE_UP_S
        tries = 0
        while time.monotonic() < until:
            started_ms = time.time_ns() // 1_000_000
            tries += 1
            try:
                status, answer = await self.line.send("POST", path, body, key)
            except AWAY:
                await asyncio.sleep(0.02 + self.random.random() * 0.1)
                continue
            if status == 503 or (status == 200 and _put_off(answer)):
                self.report.unavailable += 1
                await asyncio.sleep(0.02 + self.random.random() * 0.1)
                continue
            if status not in allowed:
                self.report.surprises += 1
                self.report.findings.append(f"{status} for {path} after {tries} tries: {str(answer)[:300]}")
            if status < 300 and tries > 1 and "id" in answer and _made_ms(answer["id"]) < started_ms:
                self.done.late.add(UUID(answer["id"]))
            if status < 300 and self.random.random() < 0.1:
                await self._again(path, body, key, answer)
            return status, answer
        self.report.gave_up += 1
        self.report.findings.append(f"no answer to {path} within {GIVE_UP_S} s")
        return 0, None

    async def _again(self, path: str, body: object, key: str, first: Any) -> None:
        """The same request once more must have the same answer, or none at all."""
        with suppress(*AWAY):
            status, answer = await self.line.send("POST", path, body, key)
            if status < 300 and answer.get("id") != first.get("id"):
                self.done.contradictions.append(f"{path}: {first.get('id')} and {answer.get('id')} for one key")

    async def hold(self) -> None:
        """Hold some lines; then confirm, release, or let the time run out."""
        lines = [self._line() for _ in range(self.random.randint(1, 3))]
        body: dict[str, Any] = {"lines": lines, "ttl_s": self.random.choice([1, 3, 20])}
        if self.random.random() < 0.3:
            body["cart"] = f"cart-{self.number}"
        status, answer = await self.ask("/v1/reservations", body, (201, 409))
        if status != 201:
            return
        hold = UUID(answer["id"])
        self.done.tell("reservation.held", hold)
        what = self.random.choice(["confirm", "release", "release", ""])
        if what and (await self.ask(f"/v1/reservations/{hold}/{what}", None, (200, 409)))[0] == 200:
            self.done.tell("reservation.confirmed" if what == "confirm" else "reservation.released", hold)

    async def order(self) -> None:
        """Place an order; cancel most of them, so that there is stock for the next."""
        lines = [{"offer": f"X{self.random.randrange(OFFERS)}", "quantity": self.random.randint(1, 3)}]
        lines += [{"offer": "X0", "quantity": 1}] if self.random.random() < 0.3 else []
        own = f"{self.number}-{self._keys}"
        where = {"lat": 39.9 + self.random.random() / 10, "lon": 116.4, "region": "110105"}
        body = {"channel": "app", "channel_order_id": own, "lines": lines, "deliver_to": where}
        status, answer = await self.ask("/v1/orders", body, (200, 201, 409, 422))
        if status not in (200, 201):
            return
        order = UUID(answer["id"])
        self.done.tell("order.placed", order)
        if self.random.random() < 0.8:
            status, _ = await self.ask(f"/v1/orders/{order}/cancel", {"reason": "soak"}, (200, 409))
            if status == 200:
                self.done.tell("order.cancelled", order)

    async def restock(self) -> None:
        """Put about as much on a shelf as is bought meanwhile: on empty shelves there is no load, and no proof."""
        place = {"location": f"S{self.random.randrange(STORES)}", "offer": f"X{self.random.randrange(OFFERS)}"}
        note = f"goods {self.number}-{self._keys}"
        change = place | {"change": "receive", "quantity": self.random.randint(1, 20), "note": note}
        status, answer = await self.ask("/v1/stock/adjustments", {"adjustments": [change]}, (200,))
        if status == 200:
            self.done.received.add(note)
            if answer["results"][0]["status"] >= 300:
                self.done.contradictions.append(f"{note}: {answer}")

    def _line(self) -> dict[str, Any]:
        store, offer = self.random.randrange(STORES), self.random.randrange(OFFERS)
        return {"location": f"S{store}", "offer": f"X{offer}", "quantity": self.random.randint(1, 4)}


def _put_off(answer: Any) -> bool:
    """Whether the answer to a batch says that its only item must be asked for again."""
    return isinstance(answer, dict) and [item.get("status") for item in answer.get("results", [])] == [503]


def _made_ms(identifier: str) -> int:
    """When a UUIDv7 was made, in ms since 1970."""
    return UUID(identifier).int >> 80


# -- the soak


async def soak(
    data: Path, kills: int, *, seed: int = 1, clients: int = 16, pause_s: float = 1.0, most_s: float = 1e9
) -> Report:
    """Run an installation in `data`, kill `kills` times under load (or for `most_s` seconds), and report."""
    report, done, started = Report(), Acknowledged(), time.monotonic()
    installation = Installation(data)
    installation.start()
    try:
        _, made = await asyncio.to_thread(_make_key, installation)
        line = Connection(installation.port, made["key"])
        await _ready(line)
        await _furnish(line)
        await _warm_up(line)
        shoppers = [Shopper(i, seed, installation.port, made["key"], report, done) for i in range(clients)]
        tasks = [asyncio.create_task(shopper.run()) for shopper in shoppers]
        times = await _kill_often(installation, line, kills, random.Random(seed), pause_s, most_s, report, done)
        await asyncio.sleep(pause_s)
        for shopper in shoppers:
            shopper.ended.set()
        await asyncio.wait_for(asyncio.gather(*tasks), GIVE_UP_S + 30)
        await _compare_journal(installation, report, done)
        await asyncio.to_thread(_verify, installation, report)
        line.close()  # it was idle meanwhile: the server may have closed it
        await _compare(line, done, report, random.Random(seed))
        line.close()
        code = await asyncio.to_thread(installation.stop)
        if code != 0:
            report.surprises += 1
            report.findings.append(f"the server ended with {code}")
        if left := await asyncio.to_thread(installation.orphans):
            report.surprises += len(left)
            report.findings.append(
                f"outlived their server: {[Path(f'/proc/{pid}/stat').read_text()[:60] for pid in left]}"
            )
    finally:
        await asyncio.to_thread(installation.clear)
    times.sort()
    if times:
        report.ready_seconds = {"p50": round(times[len(times) // 2], 2), "max": round(times[-1], 2)}
    report.seconds = round(time.monotonic() - started, 1)
    return report


def _make_key(installation: Installation) -> tuple[int, Any]:
    until = time.monotonic() + READY_S
    while True:
        code, made = installation.run("keys", "create", "--brand", "soak")
        if code == 0 or time.monotonic() > until:
            return code, made
        time.sleep(0.5)


async def _furnish(line: Connection) -> None:
    """Stores, offers, and stock that is soon short."""
    stores = [
        {"code": f"S{i}", "name": f"Store {i}", "kind": "store", "lat": 39.9 + i / 50, "lon": 116.4, "region": "110105"}
        for i in range(STORES)
    ]
    names = [*(f"X{i}" for i in range(OFFERS)), PROBE]
    offers = [{"sku": n, "name": n, "kind": "good", "price": {"amount": 100, "currency": "CNY"}} for n in names]
    counts = [{"location": s["code"], "offer": n, "on_hand": UNITS} for s in stores for n in names]
    for path, body in (
        ("/v1/locations/batch", {"locations": stores}),
        ("/v1/offers/batch", {"offers": offers}),
        ("/v1/stock/counts", {"counts": counts}),
    ):
        status, answer = await line.send("POST", path, body, key=f"furnish{path}")
        if status != 200 or any(item["status"] >= 300 for item in answer["results"]):
            raise RuntimeError(f"{path}: {status} {str(answer)[:500]}")


async def _warm_up(line: Connection) -> None:
    """One order, placed and cancelled: on a machine's first start the kernels are compiled for it, and kept."""
    where = {"lat": 39.9, "lon": 116.4, "region": "110105"}
    body = {"channel": "app", "channel_order_id": "0", "deliver_to": where, "lines": [{"offer": "X0", "quantity": 1}]}
    async with asyncio.timeout(2 * READY_S):
        order = await _insist(line, "/v1/orders", body)
        await _insist(line, f"/v1/orders/{order['id']}/cancel", {})


async def _insist(line: Connection, path: str, body: object) -> Any:
    while True:
        with suppress(*AWAY):
            status, answer = await line.send("POST", path, body, f"insist{path}")
            if status < 300:
                return answer
        await asyncio.sleep(0.2)


async def _ready(line: Connection) -> None:
    """Wait until the installation is ready."""
    async with asyncio.timeout(READY_S):
        while True:
            with suppress(*AWAY):
                if (await line.send("GET", "/readyz"))[0] == 200:
                    return
            await asyncio.sleep(0.01)


async def _kill_often(
    installation: Installation,
    line: Connection,
    kills: int,
    chance: random.Random,
    pause_s: float,
    most_s: float,
    report: Report,
    done: Acknowledged,
) -> list[float]:
    """Kill at random moments; returns the seconds until a write was acknowledged again."""
    times: list[float] = []
    until = time.monotonic() + most_s
    for number in range(kills):
        if time.monotonic() > until:
            break
        await asyncio.sleep(chance.random() * pause_s)
        victim = chance.choice(VICTIMS)
        async with asyncio.timeout(READY_S):
            while not (killed := await asyncio.to_thread(installation.kill, victim)):
                await asyncio.sleep(0.05)  # it is just being started
        since = time.monotonic()
        report.kills += 1
        report.by_victim[victim] = report.by_victim.get(victim, 0) + 1
        try:
            await _writes_again(installation, line, victim, killed, number)
        except TimeoutError as late:
            alive = {each: installation.pids(each) for each in VICTIMS}
            raise TimeoutError(f"kill {number}, of the {victim}: no write for {READY_S} s; alive: {alive}") from late
        if victim != "worker":
            times.append(time.monotonic() - since)
        await asyncio.to_thread(_verify, installation, report)
        if number % 10 == 9:
            await _compare_journal(installation, report, done)
    return times


async def _writes_again(
    installation: Installation, line: Connection, victim: str, killed: list[int], number: int
) -> None:
    """Wait until a write is acknowledged, and another process stands in the killed one's place.

    The write first: who writes is replaced when there is something to write.
    """
    body = {"lines": [{"location": "S0", "offer": PROBE, "quantity": 1}], "ttl_s": 1}
    async with asyncio.timeout(READY_S):
        while True:
            with suppress(*AWAY):
                if (await line.send("POST", "/v1/reservations", body, f"probe-{number}"))[0] == 201:
                    break
            installation.revive()
            await asyncio.sleep(0.01)
        while not set(installation.pids(victim)) - set(killed):
            installation.revive()
            await asyncio.sleep(0.01)


def _verify(installation: Installation, report: Report) -> None:
    """The installation's own proof of its books, while it works."""
    code, verdict = installation.run("stock", "verify")
    report.verified += 1
    if code != 0 or not verdict["sound"]:
        report.refused_books += 1
        report.findings.append(f"stock verify: {code} {verdict}")


async def _compare_journal(installation: Installation, report: Report, done: Acknowledged) -> None:
    """The journal against what was acknowledged."""

    def prove() -> None:
        with installation.connect() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            connection.execute("SELECT 1 FROM lease")
            check(connection, snapshot, report)

    # only what was told before the snapshot; clients go on meanwhile
    snapshot = Acknowledged(dict(done.facts), set(done.received), set(done.late), list(done.contradictions))
    await asyncio.to_thread(prove)


async def _compare(line: Connection, done: Acknowledged, report: Report, chance: random.Random) -> None:
    """What HTTP tells at the end of a sample, against what was acknowledged."""
    held = sorted(subject for name, subject in done.facts if name == "reservation.held")
    for subject in chance.sample(held, min(40, len(held))):
        status, answer = await line.send("GET", f"/v1/reservations/{subject}")
        states = {"held", "expired", "released"}
        if ("reservation.confirmed", subject) in done.facts:
            states = {"confirmed"}
        elif ("reservation.released", subject) in done.facts:
            states = {"released"}
        if status != 200 or answer["state"] not in states:
            report.lost += 1
            report.findings.append(f"hold {subject}: {status} {answer}")
    placed = sorted(subject for name, subject in done.facts if name == "order.placed")
    for subject in chance.sample(placed, min(40, len(placed))):
        status, answer = await line.send("GET", f"/v1/orders/{subject}")
        cancelled = ("order.cancelled", subject) in done.facts
        if status != 200 or (cancelled and answer["state"] != "cancelled"):
            report.lost += 1
            report.findings.append(f"order {subject}: {status} {str(answer)[:200]}")


def main() -> None:
    """Soak, and print the counts as JSON; exit code 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description="Kill an installation under load and prove its books.")
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=1e6, help="kill no longer than so many minutes")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--keep", type=Path, help="folder for the data, kept afterwards")
    chosen = parser.parse_args()
    data = chosen.keep or Path(tempfile.mkdtemp(prefix="manystores-soak-"))
    data.mkdir(parents=True, exist_ok=True)
    try:
        report = asyncio.run(
            soak(data, chosen.kills, seed=chosen.seed, clients=chosen.clients, most_s=chosen.minutes * 60)
        )
    finally:
        if chosen.keep is None:
            shutil.rmtree(data, ignore_errors=True)
    print(msgspec.json.format(msgspec.json.encode(report)).decode())
    sys.exit(0 if report.sound else 1)


if __name__ == "__main__":
    main()
