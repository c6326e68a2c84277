"""Ten million buckets, five million open reservations, five million request keys of 24 hours: memory, and recovery.

Tables are filled by SQL as an owner would have filled them. Then a real owner works with 1,000 holds in flight for 60 s
while nothing projects its journal, and is killed in the middle of it. Measured are its memory, and how long the next
owner takes from its start as a process until it decides, the projection of those 60 s included. PostgreSQL lives on.

    python -m benchmarks.scale [--quick]     about 20 minutes and 15 GB of disk; a hundredth of it with --quick
"""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any

import msgspec
import psycopg
import uvloop

from benchmarks import engine
from benchmarks.harness import Measure, Options, fsync_latency, main
from manystores.core.clock import to_datetime
from manystores.core.database import connect
from manystores.core.errors import Problem
from manystores.core.sql import queries
from manystores.core.writer import ensure_day
from manystores.promise.owner import Owner
from manystores.promise.verify import verify_partition

OFFERS = 1_250
FIRST_OFFER = 1_001
LOAD_S, IN_FLIGHT = 60.0, 1_000
START_TIMEOUT_S = 900.0
PROMISE = queries("manystores.promise")


class Size(msgspec.Struct, frozen=True):
    """How much is there."""

    buckets: int
    reservations: int
    load_s: float

    @property
    def opening_batches(self) -> int:
        return -(-self.buckets // 5_000)

    @property
    def hold_batches(self) -> int:
        return -(-self.reservations // 1_000)


FULL = Size(10_000_000, 5_000_000, LOAD_S)
QUICK = Size(100_000, 50_000, 5.0)

# Bucket i is offer i % OFFERS at location i / OFFERS. Reservation i claims one unit of bucket i. Stock came in batches
# of 5,000 a day ago, holds in batches of 1,000 over the 23 hours since.
STEPS = (
    (
        "buckets",
        """INSERT INTO buckets
        SELECT 1, 1 + i / %(offers)s, %(first_offer)s + i %% %(offers)s, 0, 0, 1000, (i < %(reservations)s)::int, 0, 0
        FROM generate_series(0, %(buckets)s - 1) i""",
    ),
    (
        "reservations",
        """INSERT INTO reservations
        SELECT 1, md5('r' || i)::uuid, 1, false, 1, %(expires)s, NULL
        FROM generate_series(0, %(reservations)s - 1) i""",
    ),
    (
        "their lines",
        """INSERT INTO reservation_lines
        SELECT 1, md5('r' || i)::uuid, 1 + i / %(offers)s, %(first_offer)s + i %% %(offers)s, 0, 0, 1
        FROM generate_series(0, %(reservations)s - 1) i""",
    ),
    (
        "movements of the stock",
        """INSERT INTO movements
        SELECT 1, %(since)s::date, 1 + i / 5000, 0, i %% 5000, 1 + i / %(offers)s, %(first_offer)s + i %% %(offers)s,
               0, 0, 1000, 0, 0, 0, '00000000-0000-0000-0000-000000000000', 1
        FROM generate_series(0, %(buckets)s - 1) i""",
    ),
    (
        "facts of the stock",
        """INSERT INTO journal
        SELECT 1, %(since)s::date, i, 0, 'stock.receive', md5('s' || i)::uuid, 1, 0, NULL, 0, 'bench', %(since)s,
               NULL, NULL, NULL, 1, '{}'
        FROM generate_series(1, %(opening)s) i""",
    ),
    (
        "movements of the holds",
        """INSERT INTO movements
        SELECT 1, (%(since)s + i * %(step)s::interval)::date, 1 + %(opening)s + i / 1000, i %% 1000, 0,
               1 + i / %(offers)s, %(first_offer)s + i %% %(offers)s, 0, 0, 0, 1, 0, 0, md5('r' || i)::uuid, 6
        FROM generate_series(0, %(reservations)s - 1) i""",
    ),
    (
        "facts of the holds, with their request keys",
        """INSERT INTO journal
        SELECT 1, (%(since)s + i * %(step)s::interval)::date, 1 + %(opening)s + i / 1000, i %% 1000,
               'reservation.held', md5('r' || i)::uuid, 1, 0, md5('k' || i)::uuid, 1 + i, 'bench',
               %(since)s + i * %(step)s::interval, 1, %(expires)s, NULL, 1,
               jsonb_build_object('id', md5('r' || i)::uuid, 'cart', NULL, 'state', 'held', 'expires_at', %(expires)s,
                   'lines', jsonb_build_array(jsonb_build_object('location', 'S' || (1 + i / %(offers)s),
                   'offer', 'CJ' || (%(first_offer)s + i %% %(offers)s), 'quantity', 1, 'window', NULL)))::text
        FROM generate_series(0, %(reservations)s - 1) i""",
    ),
)


def fill(url: str, size: Size) -> None:
    """The tables as they are after a day."""
    now_us = engine.clock.now_us()
    values = {
        "offers": OFFERS,
        "first_offer": FIRST_OFFER,
        "buckets": size.buckets,
        "reservations": size.reservations,
        "opening": size.opening_batches,
        "since": to_datetime(now_us - 23 * 3_600_000_000),
        "step": f"{23 * 3600 / size.reservations:.9f} seconds",
        "expires": to_datetime(now_us + 86_400_000_000),
    }
    with connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(PROMISE["open_partition"], {"partition": 1, "at": to_datetime(now_us)})
        for day in (now_us // 86_400_000_000 - 1, now_us // 86_400_000_000):
            ensure_day(cursor, day)
        for name, statement in STEPS:
            started = time.monotonic()
            cursor.execute(statement, values)
            connection.commit()
            say(f"{cursor.rowcount:>12,} {name}: {time.monotonic() - started:.0f} s")
        last = {"seq": size.opening_batches + size.hold_batches, "day": to_datetime(now_us).date()}
        cursor.execute("UPDATE lease SET seq = %(seq)s", last)
        cursor.execute("UPDATE projection SET seq = %(seq)s, day = %(day)s", last)
    with connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")


def run(options: Options) -> list[Measure]:
    """Fill, work, kill, recover, prove the books."""
    size = QUICK if options.quick else FULL
    with engine.server(options.data) as embedded:
        url = engine.database(embedded, "scale")
        fill(url, size)
        first = _Child(url, size)
        ready = first.expect("ready")
        say(f"the first owner: {ready}")
        worked = {"peak_mb": 0} | first.kill_while_working(size.load_s)
        say(f"killed: {worked}")
        with psycopg.connect(url, autocommit=True) as connection:
            row = connection.execute(
                "SELECT l.seq - p.seq FROM lease l JOIN projection p USING (partition_id)"
            ).fetchone()
        unprojected = row[0] if row else 0
        probe = fsync_latency(options.data)
        second = _Child(url, size)
        again = second.expect("ready")
        second.kill()
        say(f"the next owner, {unprojected:,} batches to project: {again}")
        sound, check = prove(url, size, worked["acknowledged"])
    work = f"{size.buckets / 1e6:g} million buckets, {size.reservations / 1e6:g} million open reservations and keys"
    return [
        Measure(
            work=f"{work}: memory of the owner at its peak, recovering and working",
            figure=round(max(each["peak_mb"] for each in (ready, worked, again)) / 1024, 2),
            unit="GB",
            must=-4,
            aim=-2,
            sound=sound,
            check=check,
            detail={"first": ready, "working": worked, "second": again},
        ),
        Measure(
            work=f"{work}: ready after a kill with {size.load_s:.0f} s of journal not projected "
            f"({worked['acknowledged']:,} holds)",
            figure=round(again["ready_s"], 1),
            unit="s",
            must=-60,
            aim=-10,
            fsync=probe,
            sound=sound,
            check=check,
            detail={"batches_not_projected": unprojected, "ready_with_all_projected_s": ready["ready_s"]},
        ),
    ]


def prove(url: str, size: Size, acknowledged: int) -> tuple[bool, str]:
    """The books from the journal alone, and that no acknowledged hold is missing."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET work_mem = '512MB'")
        verdict = verify_partition(connection, 1)
    held = verdict.open_reservations - size.reservations
    good = verdict.sound and verdict.short == 0 and held >= acknowledged
    under_way = held - acknowledged
    return good, (
        f"{acknowledged} acknowledged, {held} recorded ({under_way} not heard of when it was killed), "
        f"{verdict.movements} movements add up"
    )


class _Child:
    """An owner in a process of its own, which tells what it does in lines of JSON."""

    def __init__(self, url: str, size: Size) -> None:
        command = [sys.executable, "-m", "benchmarks.scale", "--owner", url, str(size.buckets)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self._out: IO[str] = self._process.stdout
        self.started = time.monotonic()

    def expect(self, name: str) -> dict[str, Any]:
        """The next line, which must be of that name."""
        line = self._out.readline()
        if not line:
            raise RuntimeError(f"the owner ended before it was {name}")
        found: dict[str, Any] = json.loads(line)
        return found | {"ready_s": round(time.monotonic() - self.started, 2)}

    def kill_while_working(self, seconds: float) -> dict[str, Any]:
        """Kill -9 in the middle of the load; what it had acknowledged by then."""
        last: dict[str, Any] = {"acknowledged": 0}
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            last = json.loads(self._out.readline())
        time.sleep(0.1)  # so that a batch is under way, not just told
        self.kill()
        for line in self._out:
            last = json.loads(line) if line.endswith("}\n") else last
        return last

    def kill(self) -> None:
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()


async def _own(url: str, buckets: int) -> None:
    owner = Owner(url, engine.clock)
    await owner.start()
    tell({"event": "ready", "buckets": owner.ledger.bucket_count, "open": owner.ledger.open_count} | memory())
    names, draw = engine.request_names(), random.Random(1)
    acknowledged = 0

    async def caller() -> None:
        nonlocal acknowledged
        while True:
            i = draw.randrange(buckets)
            key = (1 + i // OFFERS, FIRST_OFFER + i % OFFERS, 0, 0)
            (result,) = await owner.submit([engine.hold([key], [1], next(names))])
            acknowledged += not isinstance(result, Problem)

    callers = [asyncio.create_task(caller()) for _ in range(IN_FLIGHT)]
    while not any(each.done() for each in callers):
        await asyncio.sleep(0.25)
        tell({"event": "working", "acknowledged": acknowledged} | memory())


def tell(line: dict[str, Any]) -> None:
    print(json.dumps(line), flush=True)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def memory() -> dict[str, int]:
    """This process's memory in MB: now, and the most that it ever had."""
    lines = Path("/proc/self/status").read_text().splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return {"now_mb": found["VmRSS"] // 1024, "peak_mb": found["VmHWM"] // 1024}


if __name__ == "__main__":
    if sys.argv[1:2] == ["--owner"]:
        os.setpgid(0, 0)
        uvloop.run(_own(sys.argv[2], int(sys.argv[3])))
    else:
        main("scale", run, __doc__)
