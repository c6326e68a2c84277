"""Deliveries are signed with the present secret, and during a rotation with the one before too."""

from datetime import UTC, datetime, timedelta
from time import time_ns
from typing import Any
from uuid import uuid4

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from manystores.core.clock import SECOND_US, to_datetime
from manystores.worker.subscription import signed_headers, subscription

OLD, NEW = b"o" * 32, b"n" * 32
BODY = '{"id":"1-17-3","note":"生日"}'.encode()


def row(**changes: Any) -> dict[str, Any]:
    return {
        "webhook_id": uuid4(),
        "party_no": 5,
        "location_no": None,
        "url": "https://shop.example/hook",
        "events": ["order.*"],
        "secret": NEW,
        "previous_secret": None,
        "previous_until": None,
        "failures": 0,
        "hold_until": None,
    } | changes


def test_a_receiver_verifies_a_delivery_with_the_library_and_refuses_a_changed_body() -> None:
    headers = signed_headers((NEW,), "1-17-3", BODY, time_ns() // 1000)
    assert headers["webhook-id"] == "1-17-3"
    assert Webhook(NEW).verify(BODY, headers) == {"id": "1-17-3", "note": "生日"}
    with pytest.raises(WebhookVerificationError):
        Webhook(NEW).verify(BODY.replace(b"17", b"18"), headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(BODY, headers)


def test_the_signature_covers_the_second_of_the_attempt_in_utc() -> None:
    headers = signed_headers((NEW,), "1-17-3", BODY, 1_763_000_000 * SECOND_US + 999_999)
    assert headers["webhook-timestamp"] == "1763000000"
    at = datetime(2025, 11, 13, 2, 13, 20, tzinfo=UTC)
    assert headers["webhook-signature"] == Webhook(NEW).sign("1-17-3", at, BODY.decode())


def test_while_a_secret_is_rotated_both_verify_and_afterwards_only_the_new_one() -> None:
    now_us = time_ns() // 1000
    now = to_datetime(now_us)
    during = subscription(row(previous_secret=OLD, previous_until=now + timedelta(seconds=1)), bytes, now)
    after = subscription(row(previous_secret=OLD, previous_until=now), bytes, now)
    both = signed_headers(during.secrets, "1-17-3", BODY, now_us)
    assert len(both["webhook-signature"].split(" ")) == 2
    Webhook(OLD).verify(BODY, both)
    Webhook(NEW).verify(BODY, both)
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(BODY, signed_headers(after.secrets, "1-17-3", BODY, now_us))


def test_secrets_are_opened_before_they_sign() -> None:
    known = subscription(row(secret=b"sealed"), lambda sealed: sealed[::-1], datetime.now(UTC))
    assert known.secrets == (b"delaes",)
    assert known.consumer == f"webhook:{known.webhook_id}"
