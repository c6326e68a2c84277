"""What people are known by: namespaces, one form of each value, keyed hashes, and sketches of names.

An identifier is a namespace, whose namespace it is (a brand's accounts, a wallet's application; 0: everybody's), and a
value in one form. Only its keyed hash is kept in memory: 16 bytes, as two int64 halves.
"""

import re
import unicodedata
from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache
from hashlib import blake2b
from typing import Final, NamedTuple

import phonenumbers


class Namespace(IntEnum):
    """Kinds of identifiers; the numbers are stored."""

    USER = 0
    """A brand's online account (Segment's userId)."""
    CARD = 1
    """A brand's membership card."""
    ALIPAY = 2
    """buyer_open_id, of one application."""
    WECHAT = 3
    """openid, of one application."""
    PHONE = 4
    EMAIL = 5
    ANONYMOUS = 6
    """A browser or an app before anybody signs in (Segment's anonymousId), of one brand."""
    DEVICE = 7
    RECORD = 8
    """A record of an imported file, of one brand."""
    GONE = 9
    """Of a number whose identifier was forgotten."""


RECORDS: Final = frozenset({Namespace.USER, Namespace.CARD, Namespace.ALIPAY, Namespace.WECHAT, Namespace.RECORD})
"""Somebody's relationship with a brand or a wallet: two of them are joined only by consent."""

_BLOCKED: Final = frozenset(
    re.split(
        ", ",
        "null, none, nil, undefined, unknown, n/a, na, nan, test, guest, anonymous, true, false, {}, not_found, "
        "not-found, not found, id, distinct_id, user, email, phone, admin, root, default, [object object]",
    )
)
_BLOCKED_EMAILS: Final = re.compile(
    r"(test|tests|testing|asdf|abc|aaa|example|noreply|no-reply|none|null|unknown|guest|customer)@.*|.*@(example|test)\..*"
)
_PLACEHOLDER_DIGITS: Final = re.compile(r"(\d)\1{7,}$|0?1?2345678\d*$|\d*0{8,}$")
_SKETCH_BITS: Final = 128
_HASHES: Final = 3


class Identifier(NamedTuple):
    """One identifier, as the graph knows it."""

    namespace: Namespace
    scope: int
    hi: int
    lo: int
    blocked: bool

    @property
    def key(self) -> bytes:
        """16 bytes, as the database knows it."""
        return self.hi.to_bytes(8, signed=True) + self.lo.to_bytes(8, signed=True)


Hash = Callable[[bytes], bytes]
"""Keyed, 16 bytes."""


def hasher(key: bytes) -> Hash:
    """Keyed BLAKE2b (RFC 7693); `key` has up to 64 bytes."""
    return lambda message: blake2b(message, digest_size=16, key=key).digest()


@lru_cache(50_000)  # who does something does more of it
def identifier(hash_of: Hash, namespace: Namespace, scope: int, value: str) -> Identifier | None:
    """The identifier of a value as somebody typed it; None where it is no value of that kind at all."""
    form = in_one_form(namespace, value)
    if not form:
        return None
    digest = hash_of(b"%d/%d/%s" % (namespace, scope, form.encode()))
    hi, lo = int.from_bytes(digest[:8], signed=True), int.from_bytes(digest[8:], signed=True)
    return Identifier(namespace, scope, hi, lo, is_blocked(namespace, form))


def of_key(namespace: Namespace, scope: int, key: bytes) -> Identifier:
    """An identifier by the key that the database knows."""
    hi, lo = int.from_bytes(key[:8], signed=True), int.from_bytes(key[8:], signed=True)
    return Identifier(namespace, scope, hi, lo, False)


def in_one_form(namespace: Namespace, value: str) -> str:
    """Phones as E.164 (Chinese where no country is said), e-mails in lower case, others as they are but trimmed."""
    text = unicodedata.normalize("NFKC", value).strip()
    if namespace == Namespace.PHONE:
        return _phone(text)
    if namespace == Namespace.EMAIL:
        return text.lower() if text.count("@") == 1 and len(text) <= 254 else ""
    return text if len(text) <= 512 else ""


def is_blocked(namespace: Namespace, form: str) -> bool:
    """Whether a value is nobody's: a placeholder, a test's."""
    low = form.lower()
    if namespace == Namespace.PHONE:
        return _PLACEHOLDER_DIGITS.search(form.removeprefix("+86")) is not None
    if namespace == Namespace.EMAIL:
        return _BLOCKED_EMAILS.fullmatch(low) is not None
    return low in _BLOCKED or (len(low) > 1 and not low.strip("0-"))


@lru_cache(100_000)
def _phone(text: str) -> str:
    digits = re.sub(r"[\s()\-.]", "", text)
    if re.fullmatch(r"1\d{10}", digits):  # by far the most
        return f"+86{digits}"
    try:
        number = phonenumbers.parse(digits, "CN")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def sketch(hash_of: Hash, name: str) -> tuple[int, int]:
    """A name's letter pairs as 128 bits in two halves, (0, 0) where it has none: names that sound alike in Mandarin or
    are written alike have most of their bits in common."""
    bits = 0
    for token in sorted(set(letters(name))):
        padded = f"_{token}_"
        for pair in {padded[i : i + 2] for i in range(len(padded) - 1)}:
            digest = hash_of(pair.encode())
            for n in range(_HASHES):
                bits |= 1 << (int.from_bytes(digest[2 * n : 2 * n + 2]) % _SKETCH_BITS)
    both = bits.to_bytes(16)
    return int.from_bytes(both[:8], signed=True), int.from_bytes(both[8:], signed=True)


@lru_cache(50_000)
def letters(name: str) -> tuple[str, ...]:
    """The words of a name in plain letters: Chinese characters as pinyin without tones, a word each."""
    from pypinyin import lazy_pinyin

    text = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in text if not unicodedata.combining(c)).lower()
    words: list[str] = []
    for run in re.findall(r"[a-z]+|[㐀-鿿]+", plain):
        words += [run] if run.isascii() else lazy_pinyin(run)
    return tuple(words)
