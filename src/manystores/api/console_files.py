"""The console's files: a page for people at every address that no route has, and hashed assets that never change.

`make setup` builds console/ into the folder `console` beside this file, with a gzip and a brotli copy of every text; a
wheel carries it. They are read once, and served from memory.
"""

import mimetypes
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Final, NamedTuple

from manystores.api.http import Reply, Scope

NOT_PAGES: Final = ("/v1", "/idp", "/assets")
"""Whatever is not found below these is a 404, also for browsers."""

SHOPPERS: Final = "/t/"
"""Below it are pages of shoppers' links, which no search engine shall list."""

_POLICY: Final = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",  # Ant Design writes its styles into the page
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self' blob:",  # the map's workers
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
_SAFE: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"permissions-policy", b"camera=(self), microphone=(), geolocation=()"),
)
_TYPES: Final = {
    ".webmanifest": "application/manifest+json",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".geojson": "application/json",
}
_NOT_BUILT: Final = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>manystores</title>
<h1>The console is not built</h1>
<p>Run <code>make setup</code> in the source tree, then start the server again.</p>
<p lang="zh-CN">控制台尚未构建：请在源码目录运行 <code>make setup</code>，然后重启服务。</p>
<p><a href="/status">/status</a> · <a href="/openapi.json">/openapi.json</a></p>
</html>
"""


class File(NamedTuple):
    """One file as it is sent: its media type, how long it is good, and its copies by content coding."""

    media_type: bytes
    caching: bytes
    copies: dict[bytes, bytes]  # the best coding first; b"" is the plain one

    def reply(self, accepted: bytes, tiles: str = "") -> Reply:
        """The file in the best coding that the client takes; browsers may load the map's tiles from that origin."""
        taken = [coding for coding in self.copies if coding and accepted.find(coding) >= 0]
        coding = taken[0] if taken else b""
        encoded = ((b"content-encoding", coding),) if coding else ()
        policy = (b"content-security-policy", content_policy(tiles))
        headers = (*_SAFE, policy, (b"cache-control", self.caching), (b"vary", b"accept-encoding"), *encoded)
        return Reply(200, self.copies[coding], headers, self.media_type)


@cache
def content_policy(tiles: str = "") -> bytes:
    """What browsers may load: only what is ours, and the map's tiles from their origin, if there are any."""
    more = f" {tiles}" if tiles else ""
    widened = ("img-src", "connect-src")
    return "; ".join(rule + more if rule.startswith(widened) else rule for rule in _POLICY).encode()


def answer(scope: Scope, tiles: str = "") -> Reply | None:
    """The console's answer to a request that no route takes; None when it has none either. `tiles` is the origin of the
    map's tiles."""
    if scope["method"] not in ("GET", "HEAD"):
        return None
    headers: dict[bytes, bytes] = dict(scope["headers"])
    accepted, path = headers.get(b"accept-encoding", b""), scope["path"]
    found = _files().get(path)
    if found is None and _is_page(path, headers.get(b"accept", b"")):
        found = _page()
    if found is None:
        return None
    reply = found.reply(accepted, tiles)
    if path.startswith(SHOPPERS):
        reply = reply._replace(headers=(*reply.headers, (b"x-robots-tag", b"noindex")))
    return reply._replace(body=b"") if scope["method"] == "HEAD" else reply


def built() -> bool:
    """Whether there is a console to serve."""
    return "/index.html" in _files()


def _is_page(path: str, accept: bytes) -> bool:
    """Whether a browser asks for a page; what pages load (scripts, images) is never asked for as HTML."""
    below = any(path == prefix or path.startswith(f"{prefix}/") for prefix in NOT_PAGES)
    return path == "/" or (b"text/html" in accept and not below)


def _page() -> File:
    return _files().get("/index.html") or File(b"text/html; charset=utf-8", b"no-cache", {b"": _NOT_BUILT.encode()})


@cache
def _files() -> dict[str, File]:
    """Every file of the build by its address."""
    found: dict[str, File] = {}
    plain, packed = _sorted(_walk(files(__package__).joinpath("console"), ""))
    for path, body in plain.items():
        ending = path[path.rfind(".") :]
        media_type = _TYPES.get(ending) or mimetypes.guess_type(path)[0] or "application/octet-stream"
        if media_type.startswith("text/"):
            media_type += "; charset=utf-8"
        caching = b"public, max-age=31536000, immutable" if path.startswith("/assets/") else b"no-cache"
        codings = ((b"br", f"{path}.br"), (b"gzip", f"{path}.gz"))
        copies = {coding: packed[copy] for coding, copy in codings if copy in packed} | {b"": body}
        found[path] = File(media_type.encode(), caching, copies)
    return found


def _sorted(read: Iterable[tuple[str, bytes]]) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """(files, their packed copies), by path."""
    plain: dict[str, bytes] = {}
    packed: dict[str, bytes] = {}
    for path, body in read:
        (packed if path.endswith((".br", ".gz")) else plain)[path] = body
    return plain, packed


def _walk(folder: Traversable, path: str) -> Iterable[tuple[str, bytes]]:
    if not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.name.startswith("."):
            continue  # the stamp of the build
        if entry.is_dir():
            yield from _walk(entry, f"{path}/{entry.name}")
        else:
            yield f"{path}/{entry.name}", entry.read_bytes()
