"""Sends what standard input says by an official client: {"client", "host", "key", "gzip", "calls": [[method, {…}]]}.

Run with the clients' own packages first on the path. Ends with 1 and the error when the client gave an event up.
"""

import json
import sys
from importlib import import_module
from typing import Any


def main() -> None:
    """Send all calls and wait until the last one is answered."""
    asked: dict[str, Any] = json.load(sys.stdin)
    client = import_module(asked["client"]).Client(
        asked["key"], host=asked["host"], gzip=asked["gzip"], max_retries=2, on_error=_give_up
    )
    for method, values in asked["calls"]:
        getattr(client, method)(**values)
    client.shutdown()
    sys.exit(_given_up)


_given_up = 0


def _give_up(error: Exception, items: list[Any]) -> None:
    global _given_up
    _given_up = 1
    print(f"{len(items)} events given up: {error!r}", file=sys.stderr)


if __name__ == "__main__":
    main()
