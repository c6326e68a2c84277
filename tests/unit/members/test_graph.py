"""Who is one person depends on what stands, never on the order in which it came or went."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from manystores.members.graph import CERTAIN, LIKELY, STRONG, Graph, Limits, Rule, Said, Verdict
from manystores.members.identifiers import RECORDS, Identifier, Namespace, hasher, identifier, sketch

HASH = hasher(b"a test's key")
LIMITS = Limits(
    most={Namespace.PHONE: 2, Namespace.CARD: 1, Namespace.USER: 2},
    shared_from={Namespace.PHONE: 3, Namespace.ANONYMOUS: 2},
)
BRAND, OTHER = 7, 8


def known(namespace: Namespace, value: str, scope: int = 0) -> Identifier:
    found = identifier(HASH, namespace, scope, value)
    assert found is not None
    return found


ACCOUNTS = [known(Namespace.USER, f"u{n}", BRAND) for n in range(4)]
CARDS = [known(Namespace.CARD, f"c{n}", BRAND) for n in range(2)]
ELSEWHERE = known(Namespace.USER, "u0", OTHER)
PHONES = [known(Namespace.PHONE, f"1391234567{n}") for n in range(3)]
NOBODYS = known(Namespace.PHONE, "13800000000")
BROWSER = known(Namespace.ANONYMOUS, "b-1", BRAND)
TABLET = known(Namespace.DEVICE, "tablet")
ALL = [*ACCOUNTS, *CARDS, ELSEWHERE, *PHONES, NOBODYS, BROWSER, TABLET]
A, B, C, D, CARD, CARD_2, E, P, P_2, P_3, NOBODY, COOKIE, DEVICE = range(len(ALL))


def graph(*pieces: tuple[int, int, Rule], agreed: tuple[int, ...] = ()) -> Graph:
    """All identifiers seen, in order; then evidence, then who agrees to being linked."""
    made = Graph(LIMITS, identifiers=1, pairs=1)
    made.see(ALL)
    for n, (one, other, why) in enumerate(pieces, 1):
        made.state(one, other, why, n)
    for number in agreed:
        made.say(number, Said.YES)
    return made


def one(made: Graph, *numbers: int) -> bool:
    return len({made.person(number) for number in numbers}) == 1


def verdict(made: Graph, left: int, right: int) -> Verdict:
    pair = made.pair(left, right)
    assert pair is not None
    return pair.verdict


def test_evidence_joins_and_the_oldest_stays() -> None:
    made = graph((B, P, Rule.IDENTIFIED), (P, CARD, Rule.BOUGHT), agreed=(B,))
    assert made.members(P) == [B, CARD, P]
    assert made.person(P) == made.person(CARD) == B


def test_two_relationships_are_joined_only_by_consent() -> None:
    """Default is deny; a refusal of either side outweighs the other's consent, and is heard at once."""
    made = graph((B, P, Rule.IDENTIFIED), (P, CARD, Rule.BOUGHT))
    assert not one(made, B, CARD)
    assert verdict(made, P, CARD) is Verdict.CONSENT
    made.say(CARD, Said.YES)
    assert one(made, B, CARD)
    made.say(B, Said.NO)
    assert not one(made, B, CARD)
    made.say(B, Said.NOTHING)
    assert one(made, B, CARD)


def test_what_is_taken_back_restores_both_and_what_followed() -> None:
    made = graph((B, P, Rule.IDENTIFIED), (P, CARD, Rule.BOUGHT), agreed=(B,))
    assert made.withdraw(P, CARD)
    assert (made.person(P), made.person(CARD)) == (B, CARD)
    assert not made.withdraw(P, CARD)


def test_who_is_told_apart_stays_apart_whatever_comes() -> None:
    made = graph((B, P, Rule.IDENTIFIED), (P, CARD, Rule.BOUGHT), agreed=(B, CARD))
    made.set_apart(B, CARD, apart=True)
    assert not one(made, B, CARD)
    made.state(B, CARD, Rule.SAID_BY_HUMAN, 9)
    assert verdict(made, B, CARD) is Verdict.APART
    made.set_apart(B, CARD, apart=False)
    assert one(made, B, CARD)


def test_blocked_values_and_devices_join_nobody() -> None:
    """The tablet on the counter signs many people in, and 13800000000 is typed for everybody without a phone."""
    same = [(DEVICE, A, Rule.SAME_DEVICE), (DEVICE, B, Rule.SAME_DEVICE)]
    made = graph((NOBODY, A, Rule.SAID_BY_HUMAN), (NOBODY, B, Rule.IDENTIFIED), *same, agreed=(A, B))
    assert verdict(made, A, NOBODY) is Verdict.BLOCKED
    assert verdict(made, A, DEVICE) is Verdict.WEAK
    assert not one(made, A, B)


def test_a_value_of_many_loses_its_strength_and_gets_it_back() -> None:
    made = graph(*[(P, account, Rule.IDENTIFIED) for account in (A, B)], agreed=(A, B))
    assert one(made, A, B)
    made.state(P, C, Rule.IDENTIFIED, 9)
    assert len({made.person(account) for account in (A, B, C, P)}) == 4
    assert verdict(made, P, A) is Verdict.SHARED
    made.withdraw(P, C)
    assert one(made, A, B)


def test_accounts_of_several_brands_dont_make_a_phone_shared() -> None:
    made = graph((P, A, Rule.IDENTIFIED), (P, B, Rule.IDENTIFIED), (P, E, Rule.IDENTIFIED), agreed=(A, B, E))
    assert one(made, A, B, E)


def test_a_person_has_so_many_cards_at_most_unless_a_human_says_so() -> None:
    made = graph((A, CARD, Rule.BOUGHT), (A, CARD_2, Rule.BOUGHT), agreed=(A,))
    assert verdict(made, A, CARD_2) is Verdict.LIMIT
    made.state(A, CARD_2, Rule.SAID_BY_HUMAN, 9)
    assert one(made, A, CARD_2)
    assert verdict(made, A, CARD) is Verdict.LIMIT
    made.state(A, CARD, Rule.SAID_BY_HUMAN, 10)
    assert one(made, A, CARD, CARD_2)


def test_names_that_contradict_each_other_wait_for_a_human() -> None:
    made = graph((A, P, Rule.IDENTIFIED), (P, CARD, Rule.BOUGHT), agreed=(A, CARD))
    made.name(A, sketch(HASH, "王小明"))
    made.name(CARD, sketch(HASH, "李强"))
    assert verdict(made, P, CARD) is Verdict.NAMES
    assert not one(made, A, CARD)
    made.name(CARD, sketch(HASH, "Wang Xiaoming"))
    assert one(made, A, CARD)


def test_who_is_forgotten_leaves_nothing() -> None:
    made = graph((A, P, Rule.IDENTIFIED), (P, CARD, Rule.BOUGHT), agreed=(A,))
    made.forget(P)
    assert made.find(PHONES[0]) == -1
    assert not one(made, A, CARD)
    assert made.around(P) == []
    assert made.see([PHONES[0]])[0] == len(ALL)
    assert made.find(ACCOUNTS[0]) == A


def test_many_are_kept_while_it_grows() -> None:
    made = Graph(LIMITS, identifiers=1, pairs=1)
    keys = np.random.default_rng(3).integers(-(2**62), 2**62, (5_000, 2))
    namespaces = np.tile(np.array([Namespace.USER, Namespace.PHONE], np.int8), 2_500)
    numbers = made.see_many(keys, namespaces, np.full(5_000, BRAND, np.int32), np.zeros(5_000, np.int8))
    rules = np.full(2_500, Rule.IDENTIFIED, np.int8)
    new = made.state_many(numbers[::2], numbers[1::2], rules, np.arange(2_500))
    assert new.all()
    assert not made.state_many(numbers[::2], numbers[1::2], rules, np.arange(2_500)).any()
    assert made.find_many(keys).tolist() == numbers.tolist() == list(range(5_000))
    assert made.persons(numbers).tolist() == [n // 2 * 2 for n in range(5_000)]
    assert (made.largest, made.pairs) == (2, 2_500)
    for number in range(0, 5_000, 3):
        made.forget(number)
    left = made.find_many(keys)
    assert [n for n in range(5_000) if left[n] >= 0] == [n for n in range(5_000) if n % 3]


class Standing:
    """What was said and not taken back; who is one by it, worked out slowly and plainly."""

    def __init__(self) -> None:
        self.rules: dict[tuple[int, int], set[Rule]] = {}
        self.since: dict[tuple[int, int], int] = {}
        self.apart: set[tuple[int, int]] = set()
        self.says: dict[int, Said] = {}
        self.names: dict[int, str] = {}
        self.gone: set[int] = set()

    def persons(self) -> dict[int, int]:
        shared = {i for i in range(len(ALL)) if self._shared(i)}
        of = {i: {i} for i in range(len(ALL)) if i not in self.gone}
        waiting = sorted(self.rules, key=lambda pair: (-self._strength(pair), self.since[pair], pair))
        waiting = [pair for pair in waiting if self._counts(pair, shared)]
        again = True
        while again:
            again, later = False, []
            for pair in waiting:
                left, right = of[pair[0]], of[pair[1]]
                if left is right:
                    continue
                if self._may(pair, left, right):
                    left |= right
                    of |= dict.fromkeys(right, left)
                    again = True
                elif self._waits_for_consent(left, right):
                    later.append(pair)
            waiting = later
        return {i: min(of[i]) for i in of}

    def _strength(self, pair: tuple[int, int]) -> int:
        strengths = {**dict.fromkeys(LIKELY, 2), **dict.fromkeys(STRONG, 3), **dict.fromkeys(CERTAIN, 4)}
        return max(strengths.get(why, 1) for why in self.rules[pair])

    def _counts(self, pair: tuple[int, int], shared: set[int]) -> bool:
        strength = self._strength(pair)
        return strength > 1 and NOBODY not in pair and (strength == 4 or not shared & set(pair))

    def _shared(self, i: int) -> bool:
        most = LIMITS.shared_from.get(ALL[i].namespace)
        others = [ALL[pair[0] + pair[1] - i] for pair in self.rules if i in pair]
        kinds = [(other.namespace, other.scope) for other in others]
        return most is not None and any(kinds.count(kind) >= most for kind in kinds)

    def _refused(self, left: set[int], right: set[int]) -> bool:
        records = all(any(ALL[i].namespace in RECORDS for i in side) for side in (left, right))
        said = {self.says.get(i, Said.NOTHING) for i in left | right}
        return records and (Said.NO in said or Said.YES not in said)

    def _told_apart(self, left: set[int], right: set[int]) -> bool:
        return any((min(a, b), max(a, b)) in self.apart for a in left for b in right)

    def _waits_for_consent(self, left: set[int], right: set[int]) -> bool:
        return not self._told_apart(left, right) and self._refused(left, right)

    def _may(self, pair: tuple[int, int], left: set[int], right: set[int]) -> bool:
        if self._told_apart(left, right) or self._refused(left, right):
            return False
        if self._strength(pair) == 4:
            return True
        mine, others = ([(ALL[i].namespace, ALL[i].scope) for i in side] for side in (left, right))
        both = set(mine) & set(others)
        if any(mine.count(kind) + others.count(kind) > LIMITS.most.get(kind[0], 99) for kind in both):
            return False
        ours, theirs = ({self.names[i] for i in side if i in self.names} for side in (left, right))
        return not ours or not theirs or bool(ours & theirs)


numbers = st.integers(0, len(ALL) - 1)
NAMES = ["王小明", "李强"]


class Machine(RuleBasedStateMachine):
    """Evidence, consent and people come and go."""

    @initialize()
    def begin(self) -> None:
        self.graph, self.standing, self.stamp = graph(), Standing(), 0

    @rule(left=numbers, right=numbers, why=st.sampled_from(Rule))
    def state(self, left: int, right: int, why: Rule) -> None:
        pair = min(left, right), max(left, right)
        if left == right or self.standing.gone & set(pair):
            return
        self.stamp += 1
        self.graph.state(left, right, why, self.stamp)
        self.standing.since.setdefault(pair, self.stamp)
        self.standing.rules.setdefault(pair, set()).add(why)

    @precondition(lambda self: self.standing.rules)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        pair = data.draw(st.sampled_from(sorted(self.standing.rules)))
        del self.standing.rules[pair], self.standing.since[pair]
        assert self.graph.withdraw(*pair)

    @rule(left=numbers, right=numbers, apart=st.booleans())
    def set_apart(self, left: int, right: int, apart: bool) -> None:
        pair = min(left, right), max(left, right)
        if left == right or self.standing.gone & set(pair):
            return
        self.graph.set_apart(left, right, apart=apart)
        (self.standing.apart.add if apart else self.standing.apart.discard)(pair)

    @rule(number=numbers, said=st.sampled_from(Said))
    def say(self, number: int, said: Said) -> None:
        if number not in self.standing.gone:
            self.graph.say(number, said)
            self.standing.says[number] = said

    @rule(number=numbers, name=st.sampled_from(NAMES))
    def name(self, number: int, name: str) -> None:
        if number not in self.standing.gone:
            self.graph.name(number, sketch(HASH, name))
            self.standing.names[number] = name

    @rule(number=numbers)
    def forget(self, number: int) -> None:
        standing = self.standing
        if number in standing.gone:
            return
        self.graph.forget(number)
        standing.gone.add(number)
        for pair in [pair for pair in standing.rules if number in pair]:
            del standing.rules[pair], standing.since[pair]
        standing.apart = {pair for pair in standing.apart if number not in pair}
        standing.says.pop(number, None)
        standing.names.pop(number, None)

    @invariant()
    def persons_follow_from_what_stands(self) -> None:
        found = self.standing.persons()
        assert {i: self.graph.person(i) for i in found} == found
        for i, person in found.items():
            assert self.graph.members(i) == sorted(j for j in found if found[j] == person)

    @invariant()
    def a_graph_that_is_loaded_is_the_same(self) -> None:
        standing = self.standing
        made = Graph(LIMITS)
        keys = np.array([(one.hi, one.lo) for one in ALL], np.int64)
        pairs = sorted(standing.rules.keys() | standing.apart, reverse=True)
        made.load(
            keys,
            np.array([one.namespace for one in ALL], np.int8),
            np.array([one.scope for one in ALL], np.int32),
            np.array([one.blocked for one in ALL], np.int8),
            np.array([sketch(HASH, standing.names.get(i, "")) for i in range(len(ALL))], np.int64),
            np.array([standing.says.get(i, Said.NOTHING) for i in range(len(ALL))], np.int8),
            (
                np.array([left for left, _ in pairs], np.int32),
                np.array([right for _, right in pairs], np.int32),
                np.array([sum(1 << why for why in standing.rules.get(pair, ())) for pair in pairs], np.int32),
                np.array([standing.since.get(pair, 0) for pair in pairs], np.int64),
                np.array([pair in standing.apart for pair in pairs], np.int8),
            ),
        )
        assert [made.person(i) for i in range(len(ALL))] == [self.graph.person(i) for i in range(len(ALL))]
        for left, right in combinations(range(len(ALL)), 2):
            ours, theirs = self.graph.pair(left, right), made.pair(left, right)
            if theirs is not None:
                assert ours == theirs


TestMachine = Machine.TestCase
TestMachine.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)


@pytest.mark.parametrize(
    ("name", "other", "alike"),
    [
        ("王小明", "wang xiao ming", True),
        ("王小明", "王晓明", True),
        ("Jürgen Müller", "jurgen muller", True),
        ("王小明", "李强", False),
        ("Ann Lee", "Bo Xu", False),
    ],
)
def test_names_agree_by_how_they_are_written(name: str, other: str, *, alike: bool) -> None:
    made = graph((A, P, Rule.IDENTIFIED), (P, CARD, Rule.BOUGHT), agreed=(A, CARD))
    made.name(A, sketch(HASH, name))
    made.name(CARD, sketch(HASH, other))
    assert one(made, A, CARD) is alike
