"""When to try a delivery again, and when to stop: the schedule of Standard Webhooks 1.0.0, as pure functions."""

from typing import Literal

import msgspec

from manystores.core.clock import SECOND_US
from manystores.worker.outbound import Answer

DELAYS_S = (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
"""Wait before the first, second, … tenth attempt, each counted from the attempt before it."""

ATTEMPTS_MAX = len(DELAYS_S)
RETRY_AFTER_S_MAX = 24 * 3600
GONE = 410
BUSY = (429, 503)


class Verdict(msgspec.Struct, frozen=True):
    """What an answer means for its delivery and its endpoint.

    `next_at_us` is set while the delivery is pending; `hold_until_us` asks to leave the whole endpoint alone until
    then; `gone` means the endpoint wants nothing any more.
    """

    state: Literal["pending", "delivered", "failed"]
    next_at_us: int | None = None
    hold_until_us: int | None = None
    gone: bool = False


def judge(attempt: int, answer: Answer, now_us: int) -> Verdict:
    """The verdict on attempt number `attempt` (the first is 1) which ended at `now_us`.

    Any 2xx is delivered; a redirect is a failure as any other, since it is not followed.
    """
    if answer.status is not None and 200 <= answer.status < 300:
        return Verdict("delivered")
    if answer.status == GONE:
        return Verdict("failed", gone=True)
    hold_until_us = None
    if answer.status in BUSY and answer.retry_after_s is not None:
        hold_until_us = now_us + min(answer.retry_after_s, RETRY_AFTER_S_MAX) * SECOND_US
    if attempt >= ATTEMPTS_MAX:
        return Verdict("failed", hold_until_us=hold_until_us)
    next_at_us = now_us + DELAYS_S[attempt] * SECOND_US
    return Verdict("pending", max(next_at_us, hold_until_us or 0), hold_until_us)
