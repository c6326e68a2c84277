"""GET /status and /status.json: does it work, how much does it do, where is stock. Sums over all brands only."""

import asyncio
import base64
import hashlib
import time
from collections import deque
from html import escape
from importlib.resources import files
from itertools import groupby
from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from manystores.api.deps import Here, language
from manystores.api.idempotency import SQL
from manystores.api.network_map import WIDTH, Dots, dots, frame, land
from manystores.api.resources import answers
from manystores.api.routes.status_words import FACTS, WORDS
from manystores.api.services import Services
from manystores.core.clock import SECOND_US, from_datetime, rfc3339
from manystores.core.database import DATABASE_AWAY
from manystores.core.errors import Problem
from manystores.network.registry import KIND_CODES, Registry

router = APIRouter(tags=["operations"])
FRESH_S: Final = 1.0
WINDOW_S: Final = 10.0
LATEST: Final = 12
_LOOKED_AT: Final = 500  # facts among which the latest are, alike ones told as one
_COUNTED_BEHIND_US: Final = 300 * SECOND_US  # orders so old are all committed, so their count is final
_ID_LAST: Final = UUID(int=2**128 - 1)

_PAGE, _STYLE, _SCRIPT = (
    files(__package__).joinpath(f"status.{kind}").read_text("utf-8") for kind in ("html", "css", "js")
)


_SPARK: Final = (
    '<svg id="spark" viewBox="0 0 100 18" preserveAspectRatio="none" aria-hidden="true"><polyline id="line"/></svg>'
)


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


_HEADERS: Final = {
    "cache-control": "no-store",
    "vary": "accept-language",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "content-security-policy": f"default-src 'none'; connect-src 'self'; img-src data:; style-src {_hash(_STYLE)}; "
    f"script-src {_hash(_SCRIPT)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}


class Watcher:
    """Reads the figures at most once a second, however many look at them."""

    def __init__(self, here: Services) -> None:
        self.here = here
        self._lock = asyncio.Lock()
        self._known: dict[str, Any] = {}
        self._until = 0.0
        self._orders = self._counted = 0  # orders in all; of these, counted for good
        self._counted_to = UUID(int=0)
        self._samples: deque[tuple[float, int, int]] = deque()  # (moment, seq, facts since the first sample)
        self._latest: list[dict[str, Any]] = []
        self._map: tuple[tuple[float, ...], Dots] | None = None

    async def figures(self) -> dict[str, Any]:
        """What /status.json answers."""
        async with self._lock:
            if time.monotonic() >= self._until:
                self._known = await self._read()
                self._until = time.monotonic() + FRESH_S
        return self._known

    def picture(self) -> Dots:
        """The dots of the network, drawn anew when it has changed."""
        network = self.here.network
        mark = (
            len(network),
            *(float(np.sum(part)) for part in (network.lat, network.lon, network.enabled, network.kind)),
        )
        if self._map is None or self._map[0] != mark:
            self._map = mark, dots(network)
        return self._map[1]

    async def _read(self) -> dict[str, Any]:
        owner = self.here.owner
        ready, rate = owner.ready, None
        try:
            await self._read_database()
            rate = self._rate()
        except (*DATABASE_AWAY, Problem):
            ready = False
        figures = {
            "orders": self._orders,
            "facts_per_s": rate,
            "open_reservations": owner.ledger.open_count if owner.ready else None,
            "buckets": owner.ledger.bucket_count if owner.ready else None,
            "waiting": owner.waiting,
            "locations": len(self.here.network),
            "offers": len(self.here.catalogue),
        }
        return {"ready": ready, "at": rfc3339(self.here.clock.now_us()), "figures": figures, "latest": self._latest}

    async def _read_database(self) -> None:
        partition, seq = self.here.owner.partition_id, self.here.owner.committed
        moment = time.monotonic()
        while self._samples and moment - self._samples[0][0] > WINDOW_S:
            self._samples.popleft()
        async with self.here.pool.connection(timeout=1) as connection:
            await self._count_orders(connection, partition)
            facts = 0
            if self._samples:
                _, last_seq, before = self._samples[-1]
                new = {"partition": partition, "after": last_seq, "upto": seq}
                (n,) = await (await connection.execute(SQL["count_facts"], new)).fetchone()
                facts = before + n
            last = {"partition": partition, "after": seq - 10_000, "limit": _LOOKED_AT}
            rows = await (await connection.execute(SQL["latest_facts"], last)).fetchall()
        self._samples.append((moment, seq, facts))
        runs = [list(run) for _, run in groupby(rows, key=lambda row: row[0])]
        self._latest = [
            {"name": run[0][0], "at": rfc3339(from_datetime(run[0][1])), "times": len(run)} for run in runs[:LATEST]
        ]

    async def _count_orders(self, connection: Any, partition: int) -> None:
        """Count what is new: an order's id begins with its time, so old ones are counted once and for all."""
        boundary = _first_id(self.here.clock.now_us() - _COUNTED_BEHIND_US)
        if boundary > self._counted_to:
            self._counted += await _between(connection, partition, self._counted_to, boundary)
            self._counted_to = boundary
        self._orders = self._counted + await _between(connection, partition, self._counted_to, _ID_LAST)

    def _rate(self) -> float | None:
        """Facts a second since the oldest sample of the last seconds; None until there are two."""
        (begin, _, before), (end, _, now) = self._samples[0], self._samples[-1]
        return round((now - before) / (end - begin), 1) if end > begin else None


def _first_id(at_us: int) -> UUID:
    """The first UUIDv7 of a millisecond."""
    return UUID(int=max(at_us, 0) // 1000 << 80)


async def _between(connection: Any, partition: int, begin: UUID, end: UUID) -> int:
    values = {"partition": partition, "from": begin, "before": end}
    (n,) = await (await connection.execute(SQL["count_orders"], values)).fetchone()
    return int(n)


def _watcher(request: Request, here: Services) -> Watcher:
    """The application's watcher; a new one when its services were opened anew."""
    found: Watcher | None = getattr(request.app.state, "watcher", None)
    if found is None or found.here is not here:
        found = request.app.state.watcher = Watcher(here)
    return found


_EXAMPLE: Final = {
    "ready": True,
    "at": "2026-11-11T00:00:02Z",
    "figures": {
        "orders": 1204511,
        "facts_per_s": 10893.4,
        "open_reservations": 88123,
        "buckets": 412000,
        "waiting": 12,
        "locations": 7216,
        "offers": 2000,
    },
    "latest": [{"name": "order.placed", "at": "2026-11-11T00:00:01.998Z", "times": 41}],
}
_SCHEMA: Final = {
    "type": "object",
    "required": ["ready", "at", "figures", "latest"],
    "properties": {
        "ready": {"type": "boolean"},
        "at": {"type": "string", "format": "date-time"},
        "figures": {"type": "object", "additionalProperties": {"type": ["number", "null"]}},
        "latest": {
            "type": "array",
            "description": "Newest first; alike facts in a row are told once.",
            "items": {
                "type": "object",
                "required": ["name", "at", "times"],
                "properties": {
                    "name": {"type": "string"},
                    "at": {"type": "string", "format": "date-time"},
                    "times": {"type": "integer", "minimum": 1},
                },
            },
        },
    },
}


@router.get(
    "/status.json",
    summary="Figures of the status page",
    responses={200: answers("Sums of all brands.", _SCHEMA, _EXAMPLE)},
)
async def figures(request: Request, here: Here) -> Response:
    """Ready or not, how much there is and happens, and the kinds of the latest facts; nothing of any brand alone. Needs
    no key."""
    body = msgspec.json.encode(await _watcher(request, here).figures())
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


@router.get("/status", include_in_schema=False)
async def page(request: Request, here: Here, lang: Annotated[str | None, Query()] = None) -> HTMLResponse:
    """The page for people; it fetches /status.json every two seconds, and nothing from elsewhere."""
    watcher = _watcher(request, here)
    words = WORDS.get(lang or "") or WORDS[language(request)]
    return HTMLResponse(
        _filled(_parts(words, await watcher.figures(), watcher.picture(), here.network)), headers=_HEADERS
    )


# -- the page's parts, as HTML


def _filled(parts: dict[str, str]) -> str:
    page = _PAGE
    for name, part in parts.items():
        page = page.replace("{{" + name + "}}", part)
    return page


def _parts(words: dict[str, str], now: dict[str, Any], drawn: Dots, network: Registry) -> dict[str, str]:
    state = "ready" if now["ready"] else "down"
    plain = (
        "lang",
        "title",
        "other_lang",
        "other_name",
        "question",
        "map_title",
        "map_label",
        "facts_title",
        "facts_hint",
    )
    links = (("link_api", "/openapi.json"), ("link_ready", "/readyz"), ("link_metrics", "/metrics"))
    parts = {name: escape(words[name]) for name in plain}
    parts |= {
        "state": state,
        "state_text": escape(words[state]),
        "answer": escape(words[f"answer_{state}"]),
        "figures": _figures(words, now["figures"]),
        "legend": _legend(words, network),
        "map_note": _note(words, drawn),
        "facts": _facts(words, now["latest"]),
        "links": "".join(f'<a href="{address}">{escape(words[name])}</a>' for name, address in links),
        "refreshed": f"{escape(words['refreshed'])} {now['at'][11:19]} UTC",
        "width": str(WIDTH),
        "height": str(frame().height),
        "style": _STYLE,
        "script": _SCRIPT,
        "words": _for_script(words),
    }
    return parts | {"land": land(), "dots": drawn.svg}


def _figures(words: dict[str, str], figures: dict[str, Any]) -> str:
    cells = []
    for name in ("orders", "facts_per_s", "open_reservations", "buckets", "waiting", "locations"):
        value = figures[name]
        hint = escape(words.get(f"{name}_hint", ""))
        if name == "facts_per_s":
            hint = _SPARK
        if name == "locations":
            hint = hint.replace("{offers}", f'<span id="n-offers">{figures["offers"]:,}</span>')
        shown = "–" if value is None else f"{value:,}"
        cells.append(f'<div><dt>{escape(words[name])}</dt><dd id="n-{name}">{shown}</dd><dd>{hint}</dd></div>')
    return "".join(cells)


def _legend(words: dict[str, str], network: Registry) -> str:
    counts: dict[str, int] = {}
    for kind, code in KIND_CODES.items():
        counts[kind] = int((network.enabled & (network.kind == code)).sum())
    counts["off"] = int((~network.enabled & (network.kind > 0)).sum())
    shown = [(kind, n) for kind, n in counts.items() if n]
    return "".join(f'<span class="{kind}"><i></i>{escape(words[kind])} {n:,}</span>' for kind, n in shown)


def _note(words: dict[str, str], drawn: Dots) -> str:
    notes = []
    if not drawn.shown and not drawn.outside:
        notes.append(words["map_empty"])
    if drawn.outside:
        notes.append(words["map_outside"].format(outside=f"{drawn.outside:,}"))
    notes.append(words["map_source"])
    return f'<p class="note">{" ".join(escape(note) for note in notes)}</p>'


def _facts(words: dict[str, str], latest: list[dict[str, Any]]) -> str:
    if not latest:
        return f'<li><span class="empty">{escape(words["facts_empty"])}</span></li>'
    names = _fact_names(words["lang"])
    return "".join(
        f"<li><span>{escape(names.get(fact['name'], ''))}<code>{escape(fact['name'])}</code></span>"
        f'{_times(fact["times"])}<time datetime="{fact["at"]}">{fact["at"][11:19]}</time></li>'
        for fact in latest
    )


def _times(n: int) -> str:
    return f"<b>× {n:,}</b>" if n > 1 else ""


def _fact_names(lang: str) -> dict[str, str]:
    return {name: text[lang == "zh"] for name, text in FACTS.items()}


def _for_script(words: dict[str, str]) -> str:
    """What the script needs, as JSON that can't end its element."""
    states = ("ready", "down", "lost")
    told = {
        "lang": words["lang"],
        "refreshed": words["refreshed"],
        "states": {state: words[state] for state in states},
        "answers": {state: words[f"answer_{state}"] for state in states},
        "facts": _fact_names(words["lang"]),
    }
    return msgspec.json.encode(told).decode().replace("<", "\\u003c")
