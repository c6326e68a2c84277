"""A simulation in a process of its own, for the server: what is asked on standard input, progress and the end on
standard output, a JSON document a line. It is given little of the processor, so that whoever sells goes first."""

import asyncio
import os
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from manystores.core.database import connect
from manystores.core.errors import Problem
from manystores.flows.what_if_run import Ask, load_brand, run_brand
from manystores.whatif.report import Report

NICE = 10
EVERY_S = 0.2


class Job(Struct, frozen=True):
    """What is asked, of whom, and where to find it. The database's address comes by the environment."""

    party_no: int
    partition_id: int
    data_dir: str
    time_zone: str
    ask: Ask


def main() -> int:
    """Read the job, do it, tell the end: {"result": …} or {"problem": …}."""
    with suppress(OSError):
        os.nice(NICE)
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    try:
        _tell({"result": _done(job, os.environ["MANYSTORES_DATABASE_URL"])})
    except Problem as problem:
        _tell({"problem": {"en": problem.document("en"), "zh": problem.document("zh")}})
        return 1
    return 0


def _done(job: Job, url: str) -> Report:
    told_s = 0.0

    def progress(phase: str, share: float) -> None:
        nonlocal told_s
        now_s = time.monotonic()
        if share in (0.0, 1.0) or now_s - told_s >= EVERY_S:
            told_s = now_s
            _tell({"phase": phase, "share": round(share, 3)})

    progress("reading", 0.0)

    async def loaded() -> Any:
        from psycopg import AsyncConnection

        async with await AsyncConnection.connect(url) as connection:
            return await load_brand(connection, job.party_no, job.ask)

    house, policies = asyncio.run(loaded())
    with connect(url) as connection:
        return run_brand(
            connection, house, job.partition_id, policies, job.ask, Path(job.data_dir), job.time_zone, progress
        )


def _tell(document: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(document) + b"\n")
    sys.stdout.buffer.flush()
