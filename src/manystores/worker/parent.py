"""Notice the death of the process that started us: a worker without its server must not live on."""

import ctypes
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

POLL_S = 1.0
PARENT_VARIABLE = "MANYSTORES_PARENT_PID"
"""Who started us: by the time we look, it may be gone already."""
_PR_SET_PDEATHSIG = 1


def watch(on_death: Callable[[], None], stop: threading.Event) -> threading.Thread:
    """Call `on_death` once when the parent process is gone; call it from the main thread.

    Linux tells us at once by a signal; everywhere else, and if the signal came for a thread of the parent that merely
    ended, the parent's number is looked at every second.
    """
    parent = int(os.environ.get(PARENT_VARIABLE) or os.getppid())
    woken, wake = os.pipe()
    os.set_blocking(wake, False)

    def tell(*_: object) -> None:
        with suppress(BlockingIOError):  # a write takes no lock of ours: a handler may interrupt itself
            os.write(wake, b"!")

    if sys.platform == "linux":
        signal.signal(signal.SIGUSR1, tell)
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGUSR1)

    def look() -> None:
        while not stop.is_set():
            if select.select([woken], [], [], POLL_S)[0]:
                os.read(woken, 4096)
            if os.getppid() != parent:
                on_death()
                return

    thread = threading.Thread(target=look, name="parent", daemon=True)
    thread.start()
    return thread
