"""Who is one person: identifiers joined by evidence, as a function of the evidence that stands.

An identifier gets a number when it is first seen, and is a person of its own. Evidence says that two identifiers are
one person's. All that stands is taken strongest first, and joins two persons unless a guard forbids it; the joined
person is known by the lowest number of its identifiers. So nothing depends on the order in which evidence came: take a
piece away, and everybody is who they would have been without it.

Guards: blocked values join nobody; a value of many is several persons', and loses its strength; devices alone are weak;
a person has so many phones and cards at most; names that contradict each other wait for a human; who was told apart
stays apart; and two relationships (an account, a card, a wallet) are joined only if somebody of them agreed to it and
nobody refused.
"""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from manystores.kernels import identity as kernel
from manystores.kernels import identity_tables as tables
from manystores.members.identifiers import RECORDS, Identifier, Namespace, of_key

I32 = NDArray[np.int32]
I64 = NDArray[np.int64]


class Rule(IntEnum):
    """Why two identifiers are one person's; the numbers are stored."""

    IDENTIFIED = 0
    """Whoever is signed in told a phone or an e-mail."""
    SIGNED_IN = 1
    """Whoever used a browser or an app signed in there."""
    ALIASED = 2
    """A client said that one id is another's."""
    BOUGHT = 3
    """Told of together at a purchase: a wallet and an account, a card and a phone."""
    BOUND = 4
    """A card was bound to an account by whoever has both."""
    SAID_BY_HUMAN = 5
    LIKELY = 6
    """A model's word."""
    SAME_DEVICE = 7
    ON_FILE = 8
    """Told of together in an imported record."""


class Verdict(IntEnum):
    """What became of a pair."""

    NOTHING = kernel.NOTHING
    JOINED = kernel.JOINED
    BLOCKED = kernel.BLOCKED
    SHARED = kernel.SHARED
    WEAK = kernel.TOO_WEAK
    LIMIT = kernel.LIMIT
    NAMES = kernel.NAMES
    CONSENT = kernel.CONSENT
    APART = kernel.APART


class Said(IntEnum):
    """What somebody said to having their relationships linked."""

    NOTHING = kernel.SAID_NOTHING
    YES = kernel.SAID_YES
    NO = kernel.SAID_NO


CERTAIN: Final = (Rule.BOUND, Rule.SAID_BY_HUMAN)
STRONG: Final = (Rule.IDENTIFIED, Rule.SIGNED_IN, Rule.ALIASED, Rule.BOUGHT, Rule.ON_FILE)
LIKELY: Final = (Rule.LIKELY,)


class Limits(NamedTuple):
    """What a person may have, by namespace; where one isn't named, any number."""

    most: Mapping[Namespace, int] = {
        Namespace.USER: 2,
        Namespace.CARD: 3,
        Namespace.ALIPAY: 2,
        Namespace.WECHAT: 2,
        Namespace.PHONE: 4,
        Namespace.EMAIL: 4,
    }
    """Identifiers of one namespace and scope that one person has at most."""
    shared_from: Mapping[Namespace, int] = {
        Namespace.PHONE: 5,
        Namespace.EMAIL: 4,
        Namespace.ALIPAY: 3,
        Namespace.WECHAT: 3,
        Namespace.ANONYMOUS: 2,
    }
    """A value with so many neighbours of one namespace and scope is several persons'."""
    alike: float = 0.6
    """Names agree from this coefficient on."""


STORED: Final = np.dtype(
    [
        ("key", "V16"),
        ("name", "V16"),
        ("number", np.int32),
        ("scope", np.int32),
        ("namespace", np.int8),
        ("blocked", np.int8),
        ("says", np.int8),
    ]
)
"""What is stored of an identifier."""


class Pair(NamedTuple):
    """Two identifiers, by number, the lower first, and what is said of them."""

    left: int
    right: int
    rules: frozenset[Rule]
    since: int
    apart: bool
    verdict: Verdict

    @property
    def bits(self) -> int:
        """The rules as they are stored."""
        return _bits(self.rules)


class Known(NamedTuple):
    """An identifier, as it is stored."""

    key: bytes
    namespace: Namespace
    scope: int
    blocked: bool
    name: bytes
    says: Said


class Graph:
    """All identifiers and the evidence that stands. Not for several threads at once."""

    def __init__(self, limits: Limits | None = None, identifiers: int = 1 << 10, pairs: int = 1 << 10) -> None:
        limits = limits or Limits()
        self._rules = tables.Rules(
            _bits(CERTAIN),
            _bits(STRONG),
            _bits(LIKELY),
            _by_namespace(limits.most),
            _by_namespace(limits.shared_from),
            np.array([namespace in RECORDS for namespace in Namespace], np.int8),
            float(limits.alike),
        )
        self._counts = max(limits.shared_from.values(), default=0)  # an identifier begins with so many, when it does
        self._state = _empty(identifiers, pairs)

    # -- reading

    def __len__(self) -> int:
        """Identifiers ever seen, those that were forgotten among them."""
        return int(self._state.tally[tables.IDENTIFIERS])

    @property
    def pairs(self) -> int:
        """Pairs that anything was ever said of."""
        return int(self._state.tally[tables.PAIRS])

    @property
    def largest(self) -> int:
        """Identifiers in the largest set that had to be worked out together."""
        return int(self._state.tally[tables.LARGEST])

    @property
    def memory(self) -> int:
        """Bytes of all arrays."""
        return sum(array.nbytes for array in self._state)

    def find(self, identifier: Identifier) -> int:
        """Number of an identifier, or -1."""
        state = self._state
        return int(tables.find_many(state, np.array([[identifier.hi, identifier.lo]], np.int64))[0])

    def find_many(self, keys: I64) -> I32:
        """Numbers [n] by keys [n, 2]; -1 where one was never seen."""
        found: I32 = tables.find_many(self._state, keys)
        return found

    def person(self, number: int) -> int:
        """The lowest number of an identifier of the same person."""
        return int(self._state.node[number]["person"])

    def persons(self, numbers: I32) -> I32:
        """`person` of many."""
        found: I32 = self._state.node["person"][numbers]
        return found

    def members(self, number: int) -> list[int]:
        """All identifiers of the same person, ascending."""
        found: list[int] = sorted(tables.members(self._state, number).tolist())
        return found

    def namespace(self, number: int) -> Namespace:
        return Namespace(int(self._state.node[number]["namespace"]))

    def scope(self, number: int) -> int:
        return int(self._state.node[number]["scope"])

    def identifier(self, number: int) -> Identifier:
        """An identifier by its number."""
        one = self.one(number)
        return of_key(one.namespace, one.scope, one.key)

    def key(self, number: int) -> bytes:
        """The identifier's keyed hash, 16 bytes."""
        halves = np.array([self._state.hi[number], self._state.lo[number]], ">i8")
        return halves.tobytes()

    def said(self, number: int) -> Said:
        return Said(int(self._state.node[number]["says"]))

    def one(self, number: int) -> Known:
        """All that is kept of an identifier."""
        node: Any = self._state.node[number]
        name = np.array([node["name_hi"], node["name_lo"]], ">i8").tobytes()
        namespace, says = Namespace(int(node["namespace"])), Said(int(node["says"]))
        return Known(self.key(number), namespace, int(node["scope"]), bool(node["blocked"]), name, says)

    def known_pairs(self, ones: I32, others: I32) -> NDArray[np.bool_]:
        """Of which pairs [n] something was ever said."""
        known: NDArray[np.bool_] = tables.find_pairs(self._state, ones, others) >= 0
        return known

    def pair(self, one: int, other: int) -> Pair | None:
        """What stands of two identifiers."""
        found = int(tables.find_pair(self._state, one, other))
        return None if found < 0 else self._pair(found)

    def stored(self, numbers: I32) -> "NDArray[np.void]":
        """Of identifiers [n]: all that is kept of them, as columns."""
        state = self._state
        found = np.empty(len(numbers), STORED)
        found["key"] = np.stack([state.hi[numbers], state.lo[numbers]], 1).astype(">i8").view("V16").reshape(-1)
        nodes = state.node[numbers]
        found["name"] = np.stack([nodes["name_hi"], nodes["name_lo"]], 1).astype(">i8").view("V16").reshape(-1)
        for column in ("namespace", "scope", "blocked", "says"):
            found[column] = nodes[column]
        found["number"] = numbers
        return found

    def stored_pairs(self, ones: I32, others: I32) -> "NDArray[np.void]":
        """Of pairs [n] of which anything was ever said: left, right, rules, since, apart, as columns."""
        found: NDArray[np.void] = self._state.pair[tables.find_pairs(self._state, ones, others)]
        return found

    def around(self, number: int) -> list[Pair]:
        """All that stands of an identifier and others, oldest first."""
        return sorted((self._pair(p) for p in tables.around(self._state, number).tolist()), key=lambda p: p.since)

    def neighbours(self, number: int) -> list[int]:
        """All identifiers that anything was ever said of together with this one and that are still known, ascending."""
        others = tables.neighbours(self._state, number)
        return sorted(other for other in others.tolist() if self.namespace(other) != Namespace.GONE)

    # -- changing

    def see(self, identifiers: list[Identifier]) -> I32:
        """Numbers [n] of identifiers, made where they were never seen."""
        table = np.array([(one.hi, one.lo) for one in identifiers], np.int64).reshape(-1, 2)
        return self.see_many(
            table,
            np.array([one.namespace for one in identifiers], np.int8),
            np.array([one.scope for one in identifiers], np.int32),
            np.array([one.blocked for one in identifiers], np.int8),
        )

    def see_many(self, keys: I64, namespaces: NDArray[np.int8], scopes: I32, blocked: NDArray[np.int8]) -> I32:
        """`see`, as columns."""
        self._room(len(keys), 0)
        found: I32 = tables.see_many(self._state, keys, namespaces, scopes, blocked)
        return found

    def state(self, one: int, other: int, rule: Rule, stamp: int) -> bool:
        """Evidence that two identifiers are one person's; returns whether it is new. `stamp` grows with time."""
        self._room(0, 1, 2 * self._counts)
        return bool(kernel.state(self._state, self._rules, one, other, int(rule), stamp))

    def state_many(self, ones: I32, others: I32, rules: NDArray[np.int8], stamps: I64) -> NDArray[np.bool_]:
        """`state`, in order; whether each [n] is new."""
        self._room(0, len(ones), 2 * self._counts * len(ones))
        new: NDArray[np.bool_] = kernel.state_many(self._state, self._rules, ones, others, rules, stamps)
        return new

    def withdraw(self, one: int, other: int) -> bool:
        """All evidence of a pair is taken back, with what followed; returns whether any stood."""
        return bool(kernel.withdraw(self._state, self._rules, one, other))

    def set_apart(self, one: int, other: int, *, apart: bool) -> bool:
        """They are two persons whatever evidence says, or that is taken back; returns whether it is new."""
        self._room(0, 1, 2 * self._counts)
        return bool(kernel.set_apart(self._state, self._rules, one, other, int(apart)))

    def say(self, number: int, said: Said) -> None:
        """What whoever an identifier is of says to being linked."""
        kernel.say(self._state, self._rules, number, int(said))

    def name(self, number: int, sketch: tuple[int, int]) -> None:
        """The name that whoever an identifier is of goes by."""
        kernel.name(self._state, self._rules, number, *sketch)

    def forget(self, number: int) -> None:
        """An identifier is gone, with all that was said of it."""
        kernel.forget(self._state, self._rules, number)

    def load(
        self,
        keys: I64,
        namespaces: NDArray[np.int8],
        scopes: I32,
        blocked: NDArray[np.int8],
        names: I64,
        says: NDArray[np.int8],
        pairs: tuple[I32, I32, I32, I64, NDArray[np.int8]],
    ) -> None:
        """Fill an empty graph: identifiers in the order of their numbers with their names [n, 2] and consent, and pairs
        (ones, others, bits of rules, since, apart) by those numbers."""
        self._room(len(keys), len(pairs[0]), 2 * len(pairs[0]))
        state = self._state
        tables.load_identifiers(state, keys, namespaces, scopes, blocked, names, says)
        with ThreadPoolExecutor(1) as beside:
            linked = beside.submit(tables.relink, state)
            ones, others, rules, since, apart = pairs
            left, right = np.minimum(ones, others), np.maximum(ones, others)
            order = np.argsort(left.astype(np.int64) << 32 | right)
            tables.load_pairs(state, self._rules, left[order], right[order], rules[order], since[order], apart[order])
            kernel.settle_all(state, self._rules)
            linked.result()

    def _pair(self, p: int) -> Pair:
        pair: Any = self._state.pair[p]
        return Pair(
            int(pair["left"]),
            int(pair["right"]),
            frozenset(rule for rule in Rule if pair["rules"] >> rule & 1),
            int(pair["since"]),
            bool(pair["apart"]),
            Verdict(int(kernel.held_back(self._state, self._rules, p))),
        )

    def _room(self, identifiers: int, pairs: int, counts: int = 0) -> None:
        """Make room for so many more."""
        state = self._state
        n, p = int(state.tally[tables.IDENTIFIERS]), int(state.tally[tables.PAIRS])
        if n + identifiers > len(state.hi):
            self._state = state = _grown(
                state, max(n + identifiers, 2 * len(state.hi)), ("hi", "lo", "node", "reached")
            )
        if p + pairs > len(state.pair):
            self._state = state = _grown(state, max(p + pairs, 2 * len(state.pair)), ("pair", "pieces"))
        if (n + identifiers) * 3 > len(state.table) * 2:
            self._state = state = state._replace(table=_table(n + identifiers))
            tables.relink(state)
        fans = int(state.tally[tables.FANS]) + counts
        if counts and fans * 3 > len(state.fan_key) * 2:
            size = _size(fans)
            self._state = state._replace(fan_key=np.zeros(size, np.int64), fan=np.zeros(size, np.int32))
            tables.move_fans(self._state, state.fan_key, state.fan)


def _empty(identifiers: int, pairs: int) -> tables.State:
    return tables.State(
        hi=np.zeros(identifiers, np.int64),
        lo=np.zeros(identifiers, np.int64),
        node=np.zeros(identifiers, tables.NODE),
        reached=np.zeros(identifiers, np.int32),
        table=_table(identifiers),
        pair=np.zeros(pairs, tables.PAIR),
        pieces=np.zeros(pairs, np.int32),
        fan_key=np.zeros(_size(8), np.int64),
        fan=np.zeros(_size(8), np.int32),
        tally=np.zeros(5, np.int64),
    )


def _grown(state: tables.State, most: int, names: tuple[str, ...]) -> tables.State:
    larger: dict[str, Any] = {}
    for name in names:
        old = getattr(state, name)
        larger[name] = np.zeros(most, old.dtype)
        larger[name][: len(old)] = old
    return state._replace(**larger)


def _size(most: int) -> int:
    """A power of two that so many fill to two thirds at most, and to half after it has grown."""
    return 1 << max(4, (most * 2).bit_length())


def _table(most: int) -> I32:
    return np.full(_size(most), -1, np.int32)


def _bits(rules: Iterable[Rule]) -> int:
    return sum(1 << rule for rule in rules)


def _by_namespace(known: Mapping[Namespace, int]) -> I32:
    return np.array([known.get(namespace, 0) for namespace in Namespace], np.int32)
