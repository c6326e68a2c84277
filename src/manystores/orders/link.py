"""The shopper's link to an order: an opaque reference, an expiry and a signature, and nothing else.

A token is 43 bytes as base64url (58 characters): version (1 byte), flags (1), the order's id (16), expiry in seconds
since 1970 (5, big-endian), signature (20: key id and 128 bits of HMAC). Whoever has it sees what the shopper sees;
it opens nothing else.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import Final
from uuid import UUID

from msgspec import Struct

from manystores.core.clock import SECOND_US

PURPOSE: Final = "order.link"
VERSION: Final = 1
SHOWS_CODE: Final = 1  # bit of the flags
_BODY_BYTES: Final = 1 + 1 + 16 + 5
_SIGNATURE_BYTES: Final = 20
TOKEN_LENGTH: Final = -(-(_BODY_BYTES + _SIGNATURE_BYTES) * 4 // 3)


class Link(Struct, frozen=True):
    """What a token says: which order, until when (µs), and whether a pick-up's code is shown."""

    order_id: UUID
    expires_us: int
    shows_code: bool = True


def make_token(link: Link, sign: Callable[[bytes], bytes]) -> str:
    """The token of a link; its expiry is kept to the second."""
    flags = SHOWS_CODE if link.shows_code else 0
    body = bytes((VERSION, flags)) + link.order_id.bytes + (link.expires_us // SECOND_US).to_bytes(5)
    return urlsafe_b64encode(body + sign(body)).decode().rstrip("=")


def read_token(token: str, signed: Callable[[bytes, bytes], bool]) -> Link | None:
    """The link of a token that we made, also when it has expired; None for anything else, whatever is wrong with it."""
    if len(token) != TOKEN_LENGTH or not token.isascii():
        return None
    try:
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except binascii.Error:
        return None
    body, signature = raw[:_BODY_BYTES], raw[_BODY_BYTES:]
    # one token a link: base64 would also take other letters for the bits that are left over
    if urlsafe_b64encode(raw).decode().rstrip("=") != token or not signed(body, signature) or body[0] != VERSION:
        return None
    return Link(UUID(bytes=body[2:18]), int.from_bytes(body[18:]) * SECOND_US, bool(body[1] & SHOWS_CODE))
