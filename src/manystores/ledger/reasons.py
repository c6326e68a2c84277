"""Why a counter moved. The number is what the journal stores; it never changes its meaning."""

from enum import IntEnum


class Reason(IntEnum):
    """The reason of a movement."""

    RECEIVED = 1  # goods came in
    COUNTED = 2  # an external count, or a cycle count in the store
    ADJUSTED = 3  # a correction by hand
    TRANSFER_OUT = 4  # left for another location
    TRANSFER_IN = 5  # arrived from another location
    HELD = 6  # claimed by a hold with a time to live
    RELEASED = 7  # a claim given back
    EXPIRED = 8  # a hold whose time was over
    FULFILLED = 9  # left the shelf for the shopper
    MOVED = 10  # a claim re-allocated to another location
    SET_ASIDE = 11  # can't be sold: damaged, not found, under inspection
    PUT_BACK = 12  # can be sold again
    ORDERED = 13  # claimed by an order
    CANCELLED = 14  # an order's claim given back
    REJECTED = 15  # a location refused to serve
    RETURNED = 16  # came back from the shopper
    WRITTEN_OFF = 17  # gone for good
    OPENED = 18  # capacity or slots put on offer
    EXPECTED = 19  # announced to come in


CODES = {reason: reason.name.lower() for reason in Reason}
