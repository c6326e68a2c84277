"""How a serving process treats its memory."""

import gc


def settle() -> None:
    """Call once when everything that stays is loaded: the collector no longer looks through it, and looks less often.

    What a request makes is freed by its reference count; cycles are rare, so collections find next to nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
