"""How a serving process treats its memory."""

import gc


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
