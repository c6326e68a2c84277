"""Wrong passwords: a few are slips, then each costs twice the time of the one before."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from manystores.core.clock import SECOND_US
from manystores.people.throttle import FIRST_WAIT_US, WINDOW_US, Throttle

TRIES = 3


def test_slips_cost_nothing() -> None:
    throttle = Throttle(TRIES)
    for _ in range(TRIES - 1):
        throttle.failed("chen", 0)
    assert throttle.wait_s("chen", 0) == 0


def test_the_wait_doubles_up_to_the_window_and_is_over_by_itself() -> None:
    throttle, now_us = Throttle(TRIES), 0
    for _ in range(TRIES):
        throttle.failed("chen", now_us)
    waits = []
    for _ in range(8):
        wait_s = throttle.wait_s("chen", now_us)
        waits.append(wait_s)
        now_us += wait_s * SECOND_US
        assert throttle.wait_s("chen", now_us) == 0
        throttle.failed("chen", now_us)
    assert waits == [30, 60, 120, 240, 480, 900, 900, 900]


def test_another_name_is_not_held_up_and_success_forgives() -> None:
    throttle = Throttle(TRIES)
    for _ in range(TRIES):
        throttle.failed("chen", 0)
    assert throttle.wait_s("lin", 0) == 0
    throttle.succeeded("chen")
    assert throttle.wait_s("chen", 0) == 0


class Attack(RuleBasedStateMachine):
    """Somebody tries whenever they may, for as long as they like: how many passwords can they try?"""

    def __init__(self) -> None:
        super().__init__()
        self.throttle, self.now_us, self.began_us, self.tried = Throttle(TRIES), 0, 0, 0

    @rule()
    def try_a_password(self) -> None:
        if self.throttle.wait_s("chen", self.now_us) == 0:
            self.throttle.failed("chen", self.now_us)
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
        assert self.throttle.wait_s("chen", self.now_us) <= WINDOW_US // SECOND_US


Attack.TestCase.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
TestAttack = Attack.TestCase
