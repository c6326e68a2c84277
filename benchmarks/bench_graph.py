"""The identity graph alone: memory of 10 M identifiers, a rebuild from 5 M pairs, pairs a second as they come.

python -m benchmarks.bench_graph [--persons 2500000]

Each person has four identifiers and two pairs or more: an account with a phone, half of them a wallet seen with the
phone, some a browser; one in fifty shares a phone with somebody else. Half of the accounts agree to being linked.
"""

import argparse
import json
import time
from typing import Any

import numpy as np

from manystores.members.graph import Graph, Rule, Said
from manystores.members.identifiers import Namespace

KINDS = (Namespace.USER, Namespace.PHONE, Namespace.ALIPAY, Namespace.ANONYMOUS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--persons", type=int, default=2_500_000)
    persons: int = parser.parse_args().persons
    rng = np.random.default_rng(1)
    keys = rng.integers(-(2**62), 2**62, (4 * persons, 2))
    namespaces = np.tile(np.array(KINDS, np.int8), persons)
    scopes = np.where(np.isin(namespaces, (Namespace.USER, Namespace.ANONYMOUS)), 7, 0).astype(np.int32)
    account = np.arange(persons, dtype=np.int32) * 4
    shares = rng.random(persons) < 0.02
    phone = np.where(shares, rng.permutation(account) + 1, account + 1).astype(np.int32)
    paid, browsed = rng.random(persons) < 0.5, rng.random(persons) < 0.5
    ones = np.concatenate([account, (account + 2)[paid], account[browsed]])
    others = np.concatenate([phone, phone[paid], (account + 3)[browsed]])
    rules = np.repeat(
        np.array([Rule.IDENTIFIED, Rule.BOUGHT, Rule.SIGNED_IN], np.int8), [persons, paid.sum(), browsed.sum()]
    )
    order = rng.permutation(len(ones))
    ones, others, rules = ones[order], others[order], rules[order]
    says = np.zeros(4 * persons, np.int8)
    says[account[::2]] = Said.YES
    figures: dict[str, Any] = {"identifiers": 4 * persons, "pairs": len(ones)}

    Graph(identifiers=8, pairs=8).see_many(keys[:8], namespaces[:8], scopes[:8], np.zeros(8, np.int8))  # compiled
    warm = Graph(identifiers=8, pairs=8)
    _load(warm, keys[:8], namespaces[:8], scopes[:8], says[:8], (account[:2], account[:2] + 1, rules[:2]))
    begun = time.perf_counter()
    graph = Graph(identifiers=4 * persons, pairs=len(ones))
    _load(graph, keys, namespaces, scopes, says, (ones, others, rules))
    figures["rebuild_s"] = round(time.perf_counter() - begun, 2)
    figures["memory_mb"] = round(graph.memory / 2**20)
    figures["largest_worked_out"] = graph.largest
    rebuilt = graph.persons(np.arange(4 * persons, dtype=np.int32))

    coming = Graph()
    coming.see_many(keys, namespaces, scopes, np.zeros(4 * persons, np.int8))
    for number in account[::2][:100_000].tolist():
        coming.say(number, Said.YES)
    begun = time.perf_counter()
    for first in range(0, len(ones), 4_096):
        part = slice(first, first + 4_096)
        stamps = np.arange(first, first + len(ones[part]), dtype=np.int64)
        coming.state_many(ones[part], others[part], rules[part], stamps)
    figures["pairs_per_s"] = round(len(ones) / (time.perf_counter() - begun))
    for number in account[::2][100_000:].tolist():
        coming.say(number, Said.YES)
    assert np.array_equal(coming.persons(np.arange(4 * persons, dtype=np.int32)), rebuilt), "not what a rebuild gives"

    begun = time.perf_counter()
    found = graph.find_many(keys[rng.permutation(4 * persons)[:1_000_000]])
    figures["lookups_per_s"] = round(1_000_000 / (time.perf_counter() - begun))
    assert (found >= 0).all()
    print(json.dumps(figures))


def _load(graph: Graph, keys: Any, namespaces: Any, scopes: Any, says: Any, pairs: Any) -> None:
    ones, others, rules = pairs
    nothing = np.zeros(len(keys), np.int8)
    names = np.zeros((len(keys), 2), np.int64)
    bits = np.left_shift(1, rules.astype(np.int32)).astype(np.int32)
    stand = (ones, others, bits, np.arange(len(ones), dtype=np.int64), np.zeros(len(ones), np.int8))
    graph.load(keys, namespaces, scopes, nothing, names, says, stand)


if __name__ == "__main__":
    main()
