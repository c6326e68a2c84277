"""Passwords: what makes one good enough, and its Argon2id hash (RFC 9106), which takes some 50 ms and 64 MiB."""

import asyncio
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from manystores.core.errors import FieldError

CHARS_MIN: Final = 10
CHARS_MAX: Final = 200
_AT_ONCE: Final = 2  # so that many tries at once take neither all processors nor much memory

# the first that anybody tries, of those that are long enough to pass the other rules
_COMMON_WORDS: Final = """
1234567890 12345678910 0123456789 0987654321 1q2w3e4r5t 1qaz2wsx3edc qwertyuiop qwerty12345 asdfghjkl1 password12
password123 password1234 passw0rd123 p@ssw0rd123 admin12345 admin123456 administrator iloveyou123 woaini1314
woaini520520 5201314520 a123456789 aa12345678 abc1234567 abcd123456 abcdefghij qq123456789 zxcvbnm123 changeme123
letmein12345 welcome123 manystores manystores1 manystores123
"""
_COMMON: Final = frozenset(_COMMON_WORDS.split())
_hasher = PasswordHasher()


@cache
def _nobodys() -> str:
    """Checked when there is no such login, so that an answer does not come sooner for it."""
    return _hasher.hash("nobody has this one")


def password_errors(password: str, login: str, pointer: str = "/password") -> list[FieldError]:
    """The rules that a new password breaks, each with its way out."""
    plain = password.casefold()
    if not CHARS_MIN <= len(password) <= CHARS_MAX:
        en = f"Use {CHARS_MIN} to {CHARS_MAX} characters; a sentence of several words is easy to keep."
        zh = f"密码须为 {CHARS_MIN} 至 {CHARS_MAX} 个字符；用几个词连成一句更好记。"
        return [FieldError(pointer, "wrong_length", en, zh)]
    if plain in _COMMON or len(set(plain)) < 4:
        en, zh = "This is among the first that anybody would try; choose another.", "该密码过于常见，请换一个。"
        return [FieldError(pointer, "too_common", en, zh)]
    if len(login) >= 4 and login.casefold().partition("@")[0] in plain:
        en, zh = "The login is in it; choose another.", "密码不能包含登录名，请换一个。"
        return [FieldError(pointer, "contains_login", en, zh)]
    return []


def hashed(password: str) -> str:
    """What is stored of a password."""
    return _hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether it is the password of that hash; takes as long when there is none."""
    try:
        return _hasher.verify(stored or _nobodys(), password) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


class Checker:
    """Checks passwords beside the event loop, a few at once."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(_AT_ONCE)

    async def matches(self, password: str, stored: str | None) -> bool:
        """`matches`, without holding other requests up."""
        async with self._turns:
            return await asyncio.to_thread(matches, password, stored)

    async def hashed(self, password: str) -> str:
        """`hashed`, without holding other requests up."""
        async with self._turns:
            return await asyncio.to_thread(hashed, password)
