"""How a serving process treats its memory and its threads."""

import ctypes
import gc
import sys
from contextlib import suppress

SWITCH_S = 0.0005
"""How long a thread with work of its own may keep the event loop waiting; Python's own choice is 5 ms."""


def start() -> None:
    """Call first: what is loaded from here on stays, so that looking for garbage in it again and again is in vain."""
    gc.disable()


def settle() -> None:
    """Call once when everything that stays is loaded: the collector no longer looks through it, and looks less often.

    What a request makes is freed by its reference count; cycles are rare, so collections find next to nothing.
    """
    sys.setswitchinterval(SWITCH_S)
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
    with suppress(AttributeError, OSError, TypeError):  # only glibc keeps what starting took, and only it gives it back
        ctypes.CDLL(None).malloc_trim(0)
