"""The schedule of Standard Webhooks 1.0.0, and what each answer means."""

import pytest

from manystores.core.clock import SECOND_US
from manystores.worker.outbound import Answer, parse_retry_after
from manystores.worker.retry import ATTEMPTS_MAX, Verdict, judge

NOW = 1_763_000_000_000_000


def test_the_ten_attempts_wait_as_the_specification_says() -> None:
    waits = []
    for attempt in range(1, ATTEMPTS_MAX):
        verdict = judge(attempt, Answer(500), NOW)
        assert verdict.state == "pending"
        assert verdict.next_at_us is not None
        waits.append((verdict.next_at_us - NOW) // SECOND_US)
    assert waits == [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]
    assert judge(ATTEMPTS_MAX, Answer(500), NOW) == Verdict("failed")


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_delivered(status: int) -> None:
    assert judge(1, Answer(status), NOW) == Verdict("delivered")


@pytest.mark.parametrize("status", [None, 100, 301, 302, 307, 400, 401, 404, 409, 500, 599])
def test_everything_else_is_tried_again_redirects_too(status: int | None) -> None:
    assert judge(1, Answer(status), NOW) == Verdict("pending", NOW + 5 * SECOND_US)


def test_410_ends_it_for_the_whole_endpoint() -> None:
    assert judge(1, Answer(410), NOW) == Verdict("failed", gone=True)


@pytest.mark.parametrize("status", [429, 503])
def test_an_endpoint_that_asks_for_peace_gets_it(status: int) -> None:
    later = NOW + 120 * SECOND_US
    assert judge(1, Answer(status, retry_after_s=120), NOW) == Verdict("pending", later, later)


def test_peace_ends_no_later_than_a_day_and_never_shortens_the_schedule() -> None:
    assert judge(1, Answer(429, retry_after_s=10**9), NOW).next_at_us == NOW + 86_400 * SECOND_US
    assert judge(3, Answer(429, retry_after_s=1), NOW).next_at_us == NOW + 1800 * SECOND_US


def test_retry_after_of_other_statuses_means_nothing() -> None:
    assert judge(1, Answer(500, retry_after_s=120), NOW).hold_until_us is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        (" 0 ", 0),
        ("Thu, 13 Nov 2025 02:14:20 GMT", 60),
        ("Thu, 13 Nov 2025 02:13:00 GMT", 0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, seconds: int | None) -> None:
    assert parse_retry_after(value, 1_763_000_000_000_000) == seconds
