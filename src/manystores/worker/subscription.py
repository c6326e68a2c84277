"""A webhook as the courier sees it: what it wants, where it wants it, and the keys its deliveries are signed with."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from standardwebhooks import Webhook

from manystores.core.clock import from_datetime, to_datetime
from manystores.core.events import glob_pattern

Unseal = Callable[[bytes], bytes]
"""Opens the sealed secret of a webhook (core.crypto)."""


class Subscription(msgspec.Struct, frozen=True):
    """An active webhook. `secrets` are the raw keys, the present one first, then the one it replaced while both count.

    `failures` counts failed attempts since the last success; until `hold_until` the endpoint is left alone.
    """

    webhook_id: UUID
    party_no: int
    location_no: int | None
    url: str
    pattern: str
    secrets: tuple[bytes, ...]
    failures: int
    hold_until: datetime | None

    @property
    def consumer(self) -> str:
        """The name of its cursors."""
        return f"webhook:{self.webhook_id}"


def subscription(row: dict[str, Any], unseal: Unseal, now: datetime) -> Subscription:
    """A subscription from its row; after a rotation the earlier secret also signs until it runs out."""
    secrets = [unseal(bytes(row["secret"]))]
    if row["previous_secret"] is not None and row["previous_until"] > now:
        secrets.append(unseal(bytes(row["previous_secret"])))
    return Subscription(
        webhook_id=row["webhook_id"],
        party_no=row["party_no"],
        location_no=row["location_no"],
        url=row["url"],
        pattern=glob_pattern(tuple(row["events"])),
        secrets=tuple(secrets),
        failures=row["failures"],
        hold_until=row["hold_until"],
    )


def signed_headers(secrets: tuple[bytes, ...], event_id: str, body: bytes, now_us: int) -> dict[str, str]:
    """The headers of Standard Webhooks 1.0.0 for one attempt: id, time of this attempt, one signature a secret."""
    # the library reads the wall time of the datetime as UTC, so it must be given in UTC
    at = to_datetime(now_us)
    text = body.decode()
    return {
        "content-type": "application/cloudevents+json; charset=utf-8",
        "webhook-id": event_id,
        "webhook-timestamp": str(from_datetime(at) // 1_000_000),
        "webhook-signature": " ".join(Webhook(secret).sign(event_id, at, text) for secret in secrets),
    }
