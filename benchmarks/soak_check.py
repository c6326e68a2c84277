"""What a soak's clients were told, held against the journal by SQL that shares nothing with the code that wrote it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import msgspec
import psycopg


class Report(msgspec.Struct):
    """What a soak found. All of lost, torn, oversold, refused_books and surprises must be zero."""

    kills: int = 0
    by_victim: dict[str, int] = {}
    acknowledged: int = 0
    lost: int = 0
    torn: int = 0
    oversold: int = 0
    verified: int = 0  # times that `manystores stock verify` was asked: after each kill, and at the end
    refused_books: int = 0  # times that it said no
    surprises: int = 0  # answers of a kind that no client should ever see
    gave_up: int = 0  # requests that got no answer for GIVE_UP_S
    durable_unacknowledged: int = 0  # committed, but the first answer never arrived: repeated under the same key
    unavailable: int = 0  # answers 503
    ready_seconds: dict[str, float] = {}
    seconds: float = 0.0
    findings: list[str] = []

    @property
    def sound(self) -> bool:
        return not (self.lost or self.torn or self.oversold or self.refused_books or self.surprises or self.gave_up)


@dataclass
class Acknowledged:
    """What clients were told is done, by what the journal must show for it."""

    facts: dict[tuple[str, UUID], int] = field(default_factory=dict)  # (fact's name, subject) -> times told
    received: set[str] = field(default_factory=set)  # notes of goods that were put on a shelf
    late: set[UUID] = field(default_factory=set)  # made by an attempt that was never answered
    contradictions: list[str] = field(default_factory=list)

    def tell(self, name: str, subject: UUID) -> None:
        self.facts[name, subject] = self.facts.get((name, subject), 0) + 1


CHECKS = {
    "movements of no fact": """
        SELECT count(*) FROM movements m WHERE NOT EXISTS (SELECT FROM journal j
        WHERE j.partition_id = m.partition_id AND j.seq = m.seq AND j.n = m.n AND j.day = m.day)""",
    "batches missing, or beyond the lease": """
        SELECT (SELECT sum(seq) FROM lease) - (SELECT count(DISTINCT seq) FROM journal)
             + (SELECT count(*) FROM journal WHERE seq > (SELECT max(seq) FROM lease))""",
    "facts missing within a batch": """
        SELECT count(*) FROM (SELECT seq FROM journal GROUP BY seq HAVING max(n) + 1 <> count(*)) gaps""",
    "request keys recorded twice": """
        SELECT count(*) FROM (SELECT FROM journal WHERE request_key IS NOT NULL
        GROUP BY request_key HAVING count(*) > 1) twice""",
    "holds without their claims": """
        SELECT count(*) FROM journal j WHERE name = 'reservation.held' AND NOT EXISTS (SELECT FROM movements m
        WHERE m.seq = j.seq AND m.n = j.n AND m.reservation_id = j.subject AND m.d_reserved > 0)""",
    "orders placed that are not in the book": """
        SELECT count(*) FROM journal j WHERE name = 'order.placed'
        AND NOT EXISTS (SELECT FROM orders o WHERE o.order_id = j.subject)""",
    "orders in the book that were not placed": """
        SELECT count(*) FROM orders o
        WHERE (SELECT count(*) FROM journal j WHERE j.subject = o.order_id AND name = 'order.placed') <> 1""",
    "orders without claims, work or reasons": """
        SELECT count(*) FROM orders o WHERE NOT (
            EXISTS (SELECT FROM movements m WHERE m.reservation_id = o.order_id AND d_reserved > 0)
            AND EXISTS (SELECT FROM fulfilment_orders f WHERE f.order_id = o.order_id)
            AND EXISTS (SELECT FROM decisions d WHERE d.order_id = o.order_id))""",
    "orders whose claims are not those of their state": """
        SELECT count(*) FROM orders o LEFT JOIN (
            SELECT reservation_id, sum(d_reserved) AS open FROM movements GROUP BY 1) m ON m.reservation_id = o.order_id
        WHERE (o.state = 'cancelled') <> (coalesce(m.open, 0) = 0)""",
    "ended holds that still claim, open holds that do not": """
        SELECT count(*) FROM (
            SELECT subject, (array_agg(reservation_state ORDER BY seq DESC, n DESC))[1] AS state FROM journal
            WHERE reservation_state IS NOT NULL GROUP BY subject) r
        LEFT JOIN (SELECT reservation_id, sum(d_reserved) AS open FROM movements GROUP BY 1) m
            ON m.reservation_id = r.subject
        WHERE (r.state = 3) <> (coalesce(m.open, 0) = 0)""",
}
OVERSOLD = """
    SELECT count(*) FROM (
        SELECT d_reserved, sum(d_on_hand - d_reserved - d_unavailable) OVER (
            PARTITION BY location_no, offer_no, window_at_us, lot_no ORDER BY seq, n, line) AS left
        FROM movements) m WHERE m.left < 0 AND d_reserved > 0"""


def check(connection: psycopg.Connection[tuple[Any, ...]], done: Acknowledged, report: Report) -> None:
    """Hold what clients were told against the journal; what is wrong is counted and said."""
    wanted = dict(done.facts)
    found: Counter[tuple[str, UUID]] = Counter()
    for name, subject in connection.execute(
        "SELECT name, subject FROM journal WHERE name = ANY(%s)", (sorted({name for name, _ in wanted}),)
    ):
        found[name, subject] += 1
    wrong = [f"{name} {subject}: {found[name, subject]} times" for name, subject in wanted if found[name, subject] != 1]
    goods: Counter[str] = Counter()
    for (note,) in connection.execute("SELECT body::json ->> 'note' FROM journal WHERE name = 'stock.receive'"):
        goods[note] += 1
    wrong += [f"{note}: {goods[note]} times" for note in done.received if goods[note] != 1]
    report.lost = len(wrong) + len(done.contradictions)
    torn = {what: int((connection.execute(sql).fetchone() or (0,))[0] or 0) for what, sql in CHECKS.items()}
    report.torn = sum(abs(number) for number in torn.values())
    report.oversold = int((connection.execute(OVERSOLD).fetchone() or (0,))[0])
    report.acknowledged = len(wanted) + len(done.received)
    unheard = sum(
        1 for (name, subject) in found if name in ("reservation.held", "order.placed") and (name, subject) not in wanted
    )
    report.durable_unacknowledged = len(done.late) + unheard
    for text in [*wrong[:5], *done.contradictions[:5], *(f"{n} {what}" for what, n in torn.items() if n)]:
        if text not in report.findings:
            report.findings.append(text)
