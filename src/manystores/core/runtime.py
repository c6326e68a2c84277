"""How a serving process treats its memory."""

import ctypes
import gc
from contextlib import suppress


def start() -> None:
    """Call first: what is loaded from here on stays, so that looking for garbage in it again and again is in vain."""
    gc.disable()


def settle() -> None:
    """Call once when everything that stays is loaded: the collector no longer looks through it, and looks less often.

    What a request makes is freed by its reference count; cycles are rare, so collections find next to nothing.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()
    with suppress(AttributeError, OSError, TypeError):  # only glibc keeps what starting took, and only it gives it back
        ctypes.CDLL(None).malloc_trim(0)
