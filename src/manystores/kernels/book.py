"""The ledger's state, handed to the machine code once instead of with every operation.

A call from Python unpacks each array that it takes; for the three dozen of `State` that costs more than most operations
do. A book holds them on the far side. It must be opened anew whenever one of the arrays is replaced.
"""

from numba import njit, types
from numba.experimental import structref

from manystores.kernels import ledger
from manystores.kernels.ledger import State


@structref.register
class _BookType(types.StructRef):
    def preprocess_fields(self, fields):  # type: ignore[no-untyped-def]
        return tuple((name, types.unliteral(kind)) for name, kind in fields)  # type: ignore[no-untyped-call]


class Book(structref.StructRefProxy):
    """A ledger's arrays, alive as long as the book; only machine code looks inside."""

    state: State


structref.define_proxy(Book, _BookType, ["state"])  # type: ignore[no-untyped-call]


@njit(cache=True, nogil=True)
def open_book(state):  # type: ignore[no-untyped-def]
    """The book of these arrays."""
    return Book(state)  # type: ignore[no-untyped-call]


@njit(cache=True, nogil=True)
def ensure_bucket(book, location, offer, window, lot):  # type: ignore[no-untyped-def]
    """See `manystores.kernels.ledger`, as for all that follow."""
    return ledger.ensure_bucket(book.state, location, offer, window, lot)


@njit(cache=True, nogil=True)
def move(book, n, b, on_hand, reserved, unavailable, incoming, hi, lo, reason):  # type: ignore[no-untyped-def]
    ledger.move(book.state, n, b, on_hand, reserved, unavailable, incoming, hi, lo, reason)


@njit(cache=True, nogil=True)
def hold_one(book, n, hi, lo, state, order, party, expires, holder_hi, holder_lo, wanted, reason):  # type: ignore[no-untyped-def]
    return ledger.hold_one(book.state, n, hi, lo, state, order, party, expires, holder_hi, holder_lo, wanted, reason)


@njit(cache=True, nogil=True)
def claim(book, n, r, wanted, reason):  # type: ignore[no-untyped-def]
    return ledger.claim(book.state, n, r, wanted, reason)


@njit(cache=True, nogil=True)
def take(book, n, r, b, quantity, how, reason):  # type: ignore[no-untyped-def]
    return ledger.take(book.state, n, r, b, quantity, how, reason)


@njit(cache=True, nogil=True)
def take_all(book, n, r, how, reason):  # type: ignore[no-untyped-def]
    ledger.take_all(book.state, n, r, how, reason)


@njit(cache=True, nogil=True)
def close_slot(book, r):  # type: ignore[no-untyped-def]
    ledger.close_slot(book.state, r)


@njit(cache=True, nogil=True)
def leave_holder(book, r):  # type: ignore[no-untyped-def]
    ledger.leave_holder(book.state, r)


@njit(cache=True, nogil=True)
def find_holder(book, hi, lo):  # type: ignore[no-untyped-def]
    return ledger.find_holder(book.state, hi, lo)
