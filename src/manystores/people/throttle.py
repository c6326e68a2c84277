"""How often somebody may try to sign in: a few wrong passwords a login, more an address, then waiting that doubles.

It lives in the memory of the one process that answers; a restart forgets it, which gives an attacker a few tries more.
"""

from collections import OrderedDict
from hashlib import sha256
from typing import Final

from manystores.core.clock import SECOND_US

WINDOW_US: Final = 15 * 60 * SECOND_US
LOGIN_TRIES: Final = 5
ADDRESS_TRIES: Final = 30  # a whole shop may come from one address
FIRST_WAIT_US: Final = 30 * SECOND_US
REMEMBERED_MAX: Final = 50_000


class _Count:
    """Wrong tries in a row, the last of them, and until when there may be no other."""

    __slots__ = ("last_us", "tries", "until_us")

    def __init__(self) -> None:
        self.tries, self.last_us, self.until_us = 0, 0, 0


class Throttle:
    """Counts wrong tries by name; after `tries` of them each further one doubles the wait, up to the window."""

    def __init__(self, tries: int, window_us: int = WINDOW_US, first_wait_us: int = FIRST_WAIT_US) -> None:
        self._tries, self._window_us, self._first_us = tries, window_us, first_wait_us
        self._counts: OrderedDict[bytes, _Count] = OrderedDict()

    def wait_s(self, name: str, now_us: int) -> int:
        """Whole seconds until `name` may try again; 0: now."""
        count = self._counts.get(_mark(name))
        return 0 if count is None else max(0, -(-(count.until_us - now_us) // SECOND_US))

    def failed(self, name: str, now_us: int) -> None:
        """Somebody tried in vain."""
        mark = _mark(name)
        count = self._counts.pop(mark, None)
        if count is None or now_us - max(count.last_us, count.until_us) >= self._window_us:
            count = _Count()
        count.tries, count.last_us = count.tries + 1, now_us
        if count.tries >= self._tries:
            doubled = self._first_us << min(count.tries - self._tries, 20)
            count.until_us = now_us + min(doubled, self._window_us)
        self._counts[mark] = count  # now the youngest
        while len(self._counts) > REMEMBERED_MAX:
            self._counts.popitem(last=False)

    def succeeded(self, name: str) -> None:
        """Somebody got in: what was tried before was a slip."""
        self._counts.pop(_mark(name), None)


def _mark(name: str) -> bytes:
    """Names are what people typed, passwords by mistake among them: only a hash stays in memory."""
    return sha256(name.encode(errors="replace")).digest()
