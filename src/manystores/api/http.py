"""The hot routes' way to speak HTTP: bare ASGI, bytes in, bytes out, and problems as documents."""

import re
from collections.abc import Awaitable, Callable, MutableMapping
from hashlib import blake2b
from typing import Any, NamedTuple, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from manystores.core.errors import INVALID, MALFORMED, FieldError, Problem, rule
from manystores.orders.examine import examine

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

TOO_LARGE = rule("body_too_large", 413, "The body is too large", "请求体过大")
KEY_TOO_LONG = rule("idempotency_key_too_long", 422, "The Idempotency-Key is too long", "幂等键过长")
MAX_KEY = 255
_AT = re.compile(r" - at `\$(.*)`$")
_STEP = re.compile(r"\[(\d+)\]|\.([^.\[]+)")
T = TypeVar("T")


class Request(NamedTuple):
    """What a hot route needs of a request."""

    scope: Scope
    headers: dict[bytes, bytes]
    body: bytes

    @property
    def language(self) -> str:
        """'zh' when the client prefers Chinese, else 'en'."""
        return language_of(self.headers)

    def idempotency(self, asker: bytes) -> tuple[bytes | None, int]:
        """(request key of 16 bytes, fingerprint of the body); no key when the client sent none."""
        given = self.given_key()
        if given is None:
            return None, 0
        return request_key(asker, given, self.scope["path"]), fingerprint(self.body)

    def given_key(self) -> bytes | None:
        """The client's Idempotency-Key; Problem when it is too long."""
        given = self.headers.get(b"idempotency-key")
        if given and len(given) > MAX_KEY:
            raise Problem(
                KEY_TOO_LONG,
                f"An Idempotency-Key has at most {MAX_KEY} characters.",
                f"幂等键最长 {MAX_KEY} 个字符。",
            )
        return given or None


class Reply(NamedTuple):
    """An answer: status, body, and further headers."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    media_type: bytes = b"application/json"


def request_key(asker: bytes, key: bytes, path: str, item: int = -1) -> bytes:
    """The 128-bit key under which an answer is remembered; scoped by who asks (`Principal.asker`), by route, and by
    item of a batch."""
    return blake2b(b"%s\0%d\0%s\0%s" % (asker, item, path.encode(), key), digest_size=16).digest()


def item_keys(asker: bytes, key: bytes, path: str, count: int) -> NDArray[np.int64]:
    """The keys [count, 2], as halves, of the items of a batch: the batch's own, counted up."""
    keys = np.frombuffer(request_key(asker, key, path) * count, ">i8").reshape(count, 2).astype(np.int64)
    keys[:, 1] += np.arange(1, count + 1)  # wraps around
    return keys


def fingerprint(body: bytes) -> int:
    """63 bits that tell one body from another."""
    return int.from_bytes(blake2b(body, digest_size=8).digest()) >> 1


def language_of(headers: dict[bytes, bytes]) -> str:
    """The language for error texts, by the first of Accept-Language."""
    return "zh" if headers.get(b"accept-language", b"").lstrip().lower().startswith(b"zh") else "en"


async def read_body(headers: dict[bytes, bytes], receive: Receive, most: int) -> bytes:
    """The whole body, refused once it is larger than `most` bytes."""
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared) > most:
        raise too_large(most)
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        if len(body) > most:
            raise too_large(most)
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > most:
            raise too_large(most)
    return b"".join(parts)


def too_large(most: int) -> Problem:
    return Problem(
        TOO_LARGE, f"Send at most {most} bytes, or several requests.", f"请求体最多 {most} 字节，请分批发送。"
    )


async def send_reply(send: Send, reply: Reply) -> None:
    """Send an answer whole."""
    headers = [
        (b"content-type", reply.media_type),
        (b"content-length", b"%d" % len(reply.body)),
        *reply.headers,
    ]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})


def problem_reply(problem: Problem, language: str) -> Reply:
    """A problem as application/problem+json."""
    headers: list[tuple[bytes, bytes]] = [(b"content-language", language.encode())]
    if problem.retry_after_s is not None:
        headers.append((b"retry-after", b"%d" % problem.retry_after_s))
    if problem.rule.status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    body = msgspec.json.encode(problem.document(language))
    return Reply(problem.rule.status, body, tuple(headers), b"application/problem+json")


def decode(decoder: "msgspec.json.Decoder[T]", body: bytes) -> T:
    """A body as its type, or a Problem that names every field at fault, the rule and the way out.

    Right bodies cost one typed decode; only a wrong one is read again, as plain JSON.
    """
    try:
        return decoder.decode(body)
    except msgspec.ValidationError as error:
        raise Problem(INVALID, fields=_faults(decoder.type, body, str(error))) from None
    except (ValueError, RecursionError) as error:
        raise malformed(error) from None


def _faults(wanted: Any, body: bytes, first: str) -> tuple[FieldError, ...]:
    try:
        found = examine(msgspec.json.decode(body), wanted).errors
    except (ValueError, RecursionError) as error:
        raise malformed(error) from None
    return tuple(found) or (_field(first),)


def malformed(error: Exception) -> Problem:
    """The problem of a body that is no JSON in UTF-8, or that is nested too deeply."""
    if isinstance(error, UnicodeDecodeError):
        return Problem(MALFORMED, "The body is not UTF-8.", "请求体不是 UTF-8 编码。")
    if isinstance(error, RecursionError):
        return Problem(MALFORMED, "The body is nested too deeply.", "请求体嵌套过深。")
    return Problem(MALFORMED, f"The body is not JSON: {error}.", f"请求体不是合法的 JSON：{error}。")


def _field(message: str) -> FieldError:
    """What msgspec says of the first fault, for what the thorough reading does not know."""
    found = _AT.search(message)
    path = found.group(1) if found else ""
    pointer = "".join(f"/{index or name}" for index, name in _STEP.findall(path))
    text = _AT.sub("", message)
    return FieldError(pointer, "wrong_value", f"{text}.", f"值不符合要求：{text}。")
