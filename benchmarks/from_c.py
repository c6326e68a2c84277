"""One transaction per request from a client in C: pgbench, which comes with PostgreSQL.

A client in Python takes processor time from the database on the same two cores; pgbench takes next to none, so this is
the most that one transaction per request can do here. It makes ids on the server and doesn't derive idempotency keys
or fingerprints from requests, which the engine's side and the Python baseline do.
"""

import asyncio
import re
from pathlib import Path

import psycopg

from benchmarks.baselines import PER_REQUEST, PER_REQUEST_ONE
from benchmarks.engine import CONNECTIONS, PARTY, Side
from benchmarks.harness import fsync_latency
from manystores.core.programs import bundled_binaries

GIVEN = "WITH given AS MATERIALIZED (SELECT gen_random_uuid() AS id, gen_random_uuid() AS key), key AS ("
BODY_HEAD = '{"id": "'
BODY_TAIL = '", "cart": null, "state": "held", "expires_at": "2026-11-11T00 00 00.123456Z", "lines": ['
BODY_LINE = '{"location": "S231", "offer": "CJ1099", "quantity": 2, "window": null}'


def available() -> bool:
    """Whether the embedded PostgreSQL came with pgbench."""
    return (bundled_binaries() / "pgbench").exists()


def script(lines: int, hot: tuple[int, int] | None, locations: int, first_offer: int, offers: int, short: int) -> str:
    """A pgbench script that holds so many buckets; one in `short` of them asks for the bucket that is empty."""
    out = []
    for n in range(lines):
        if hot:
            out += [f"\\set l{n} {hot[0]}", f"\\set o{n} {hot[1]}"]
            continue
        low, high = 1 + n * locations // lines, (n + 1) * locations // lines
        out += [f"\\set l{n} random({low}, {high})", f"\\set o{n} random({first_offer}, {first_offer + offers - 1})"]
    if short:
        out += [f"\\set e random(1, {short})", "\\if :e = 1", "\\set l0 1", "\\set o0 999", "\\endif"]
    out += [f"\\set q{n} {1 if hot else 'random(1, 3)'}" for n in range(lines)]
    return "\n".join([*out, _statement(lines)]) + "\n"


def _statement(lines: int) -> str:
    body = f"('{BODY_HEAD}' || (SELECT id FROM given) || '{BODY_TAIL}{', '.join([BODY_LINE] * lines)}]}}')"
    values = {
        "key": "(SELECT key FROM given)",
        "id": "(SELECT id FROM given)",
        "mark": "1234567890123",
        "party": str(PARTY),
        "day": "(now() AT TIME ZONE 'utc')::date",
        "at": "now()",
        "expires": "now() + interval '1 hour'",
        "body": body,
        "location": ":l0",
        "offer": ":o0",
        "quantity": ":q0",
        "locations": _array("l", lines),
        "offers": _array("o", lines),
        "quantities": _array("q", lines),
    }
    text = (PER_REQUEST_ONE if lines == 1 else PER_REQUEST).strip().replace("WITH key AS (", GIVEN, 1)
    return " ".join((text % values).split()) + ";"


def _array(name: str, lines: int) -> str:
    return f"ARRAY[{', '.join(f':{name}{n}::int' for n in range(lines))}]"


class FromC:
    """pgbench as a side of a comparison; scripts are drawn evenly."""

    def __init__(self, url: str, directory: Path, scripts: list[str]) -> None:
        self._url, self._files = url, [directory / f"request-{n}.sql" for n in range(len(scripts))]
        for file, text in zip(self._files, scripts, strict=True):
            file.write_text(text)
        self.acknowledged = 0

    async def run(self, many: int, seconds: float, directory: Path) -> Side:
        """Keep the connections busy; what is in flight beyond them would only wait in the client."""
        probe, before = fsync_latency(directory), self._recorded()
        command = [str(bundled_binaries() / "pgbench"), "-n", "-M", "prepared", "-j", "1"]
        command += ["-c", str(min(many, CONNECTIONS)), "-T", str(max(1, round(seconds)))]
        for file in self._files:
            command += ["-f", str(file)]
        pipe = asyncio.subprocess.PIPE
        ran = await asyncio.create_subprocess_exec(*command, self._url, stdout=pipe, stderr=pipe)
        told, errors = (each.decode() for each in await ran.communicate())
        found = re.search(r"actually processed: (\d+)[\s\S]*\ntps = ([\d.]+)", told)
        if ran.returncode or not found:
            raise RuntimeError(f"pgbench: {errors[-500:]}")
        processed, accepted = int(found[1]), self._recorded() - before
        self.acknowledged += accepted
        return Side(accepted, processed - accepted, processed / float(found[2]), [], probe, 0)

    def _recorded(self) -> int:
        with psycopg.connect(self._url, autocommit=True) as connection:
            row = connection.execute("SELECT count(*) FROM journal").fetchone()
        return row[0] if row else 0
