"""What a webhook's URL and events must be, with every fault named."""

import socket
from ipaddress import ip_address
from urllib.parse import urlsplit

from manystores.core.addresses import is_public
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.core.events import valid_glob

EVENTS_MAX = 50


def checked_url(url: str, allow_private: bool) -> str:
    """The URL if deliveries may go there; Problem otherwise.

    What its host resolves to is checked at each delivery; here only what can be seen from the text.
    """
    code, en, zh = _fault(url, allow_private)
    if code:
        raise Problem(INVALID, fields=(FieldError("/url", code, en, zh),))
    return url


def checked_events(events: list[str]) -> list[str]:
    """The globs without repeats; Problem for none, too many, or one that names no events."""
    if not 1 <= len(events) <= EVENTS_MAX:
        raise Problem(
            INVALID,
            fields=(
                FieldError(
                    "/events",
                    "out_of_range",
                    f'Name 1 to {EVENTS_MAX} events; "*" stands for all.',
                    f'请指定 1 至 {EVENTS_MAX} 个事件，"*" 表示全部。',
                ),
            ),
        )
    wrong = tuple(
        FieldError(
            f"/events/{i}",
            "not_an_event",
            f'{glob[:40]!r} names no events; write "*", "order.*" or "order.placed".',
            f'{glob[:40]!r} 不是有效的事件名，可写作 "*"、"order.*" 或 "order.placed"。',
        )
        for i, glob in enumerate(events)
        if not valid_glob(glob)
    )
    if wrong:
        raise Problem(INVALID, fields=wrong)
    return list(dict.fromkeys(events))


def _fault(url: str, allow_private: bool) -> tuple[str, str, str]:
    """(code, en, zh) of the first rule that the URL breaks; empty texts if it breaks none."""
    malformed = (
        "not_a_url",
        "Write it like https://shop.example/hooks.",
        "请填写形如 https://shop.example/hooks 的地址。",
    )
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return malformed
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return malformed
    if parts.scheme not in ("https", "http") or not host or port == 0:
        return malformed
    if parts.scheme == "http" and not allow_private:
        return "https_required", "Use https; events are confidential.", "请使用 https，事件内容须加密传输。"
    if parts.username is not None or parts.password is not None:
        return (
            "no_credentials",
            "Leave user and password out; check the signature.",
            "请勿在地址中携带账号密码，应校验签名。",
        )
    if parts.fragment:
        return "no_fragment", "Leave out what follows #.", "请去掉 # 之后的部分。"
    if not allow_private and _is_private(host):
        return (
            "private_address",
            "The host must be reachable from the internet.",
            "主机须为公网可访问的地址。",
        )
    return "", "", ""


def _is_private(host: str) -> bool:
    """Whether the text alone says that the host is not public: an address, in any spelling, or a local name."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not is_public(str(ip_address(name)))
    except ValueError:
        pass
    try:
        # 2130706433, 0x7f.1 and 127.1 are addresses too, as the resolver reads them
        return not is_public(socket.inet_ntoa(socket.inet_aton(name)))
    except (OSError, UnicodeError):
        return False
