"""Wrong passwords: a few are slips, then each costs twice the time of the one before."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from manystores.core.clock import SECOND_US
from manystores.people.throttle import FIRST_WAIT_US, WINDOW_US, Count

TRIES = 3


def failed(times: int, count: Count | None = None, now_us: int = 0) -> Count:
    """So many wrong tries at one moment."""
    count = count or Count()
    for _ in range(times):
        count = count.after(now_us, TRIES)
    return count


def test_slips_cost_nothing() -> None:
    assert failed(TRIES - 1).wait_s(0) == 0
    assert failed(TRIES).wait_s(0) == FIRST_WAIT_US // SECOND_US


def test_the_wait_doubles_up_to_the_window_and_is_over_by_itself() -> None:
    count, now_us = failed(TRIES), 0
    waits = []
    for _ in range(8):
        wait_s = count.wait_s(now_us)
        waits.append(wait_s)
        now_us += wait_s * SECOND_US
        assert count.wait_s(now_us) == 0
        count = failed(1, count, now_us)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_what_was_long_ago_is_forgotten() -> None:
    count = failed(TRIES)
    assert failed(1, count, count.until_us + WINDOW_US - 1).tries == TRIES + 1
    assert failed(1, count, count.until_us + WINDOW_US).tries == 1


class Attack(RuleBasedStateMachine):
    """Somebody tries whenever they may, for as long as they like: how many passwords can they try?"""

    def __init__(self) -> None:
        super().__init__()
        self.count, self.now_us, self.began_us, self.tried = Count(), 0, 0, 0

    @rule()
    def try_a_password(self) -> None:
        if self.count.wait_s(self.now_us) == 0:
            self.count = self.count.after(self.now_us, TRIES)
            self.tried += 1

    @rule(seconds=st.integers(1, 2 * WINDOW_US // SECOND_US))
    def wait(self, seconds: int) -> None:
        self.now_us += seconds * SECOND_US

    @invariant()
    def few_passwords_are_tried(self) -> None:
        """However they wait, never more than a few a window and its end."""
        windows = 1 + (self.now_us - self.began_us) // WINDOW_US
        doubled_in_a_window = (WINDOW_US // FIRST_WAIT_US).bit_length()
        assert self.tried <= windows * (TRIES + doubled_in_a_window)

    @invariant()
    def nobody_waits_for_ever(self) -> None:
        assert self.count.wait_s(self.now_us) <= WINDOW_US // SECOND_US


Attack.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestAttack = Attack.TestCase
