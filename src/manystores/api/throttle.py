"""So many requests at once, and so many a second afterwards: a bucket of tokens for each name, bounded in memory."""

from collections import OrderedDict

from manystores.core.clock import SECOND_US, Clock
from manystores.core.errors import Problem, rule

TOO_OFTEN = rule("too_often", 429, "Asked too often", "请求过于频繁")


class Throttle:
    """Lets each name through `burst` times at once and `per_second` times a second from then on."""

    def __init__(self, clock: Clock, burst: int, per_second: float, names_max: int = 20_000) -> None:
        self._clock, self._burst, self._per_second, self._most = clock, burst, per_second, names_max
        self._left: OrderedDict[str, tuple[float, int]] = OrderedDict()  # (tokens left, when in µs)

    def check(self, name: str) -> None:
        """Take a token of this name; Problem 429 tells when there is one again."""
        now_us = self._clock.now_us()
        left, at_us = self._left.pop(name, (float(self._burst), now_us))
        gained = max(0, now_us - at_us) / SECOND_US * self._per_second
        left = min(float(self._burst), left + gained)
        allowed = left >= 1
        self._left[name] = (left - allowed, now_us)
        if len(self._left) > self._most:  # who was not here for longest has a full bucket again, or nearly
            self._left.popitem(last=False)
        if not allowed:
            wait_s = max(1, round((1 - left) / self._per_second))
            raise Problem(TOO_OFTEN, f"Ask again in {wait_s} s.", f"请在 {wait_s} 秒后重试。", retry_after_s=wait_s)
