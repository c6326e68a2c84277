"""A session ends by itself, is narrowed to one store for who is bound to some; its CSRF token tells nothing."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.core.clock import SECOND_US
from manystores.core.errors import Problem
from manystores.people.roles import BOUND, ROLES, Role
from manystores.people.sessions import ABSOLUTE_US, IDLE_US, Session, check_csrf, cookie_of, csrf_token
from manystores.people.sign_in import local_path

ID = UUID(int=1)


def session(
    role: Role = "planner", *, locations: tuple[int, ...] = (), at: int | None = None, **more: object
) -> Session:
    given = {"expires_us": ABSOLUTE_US, "seen_us": 0, "enabled": True, "home_party_no": 1, "party_no": 1} | more
    return Session(
        session_id=ID, person_id=ID, party_code="demo", kind="brand", partition_id=1, location_no=at, role=role,
        locations=locations, **given,  # type: ignore[arg-type]
    )  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 4 * 3600), max_size=12))
def test_a_session_lives_until_two_hours_after_the_last_request_and_never_beyond_twelve(waits: list[int]) -> None:
    seen_us = now_us = 0
    for wait_s in waits:
        now_us += wait_s * SECOND_US
        alive = session(seen_us=seen_us).alive(now_us)
        assert alive == (now_us - seen_us < IDLE_US and now_us < ABSOLUTE_US)
        if not alive:
            return
        assert session(seen_us=seen_us).ends_us(now_us) <= min(now_us + IDLE_US, ABSOLUTE_US)
        seen_us = now_us


def test_who_is_disabled_or_has_no_store_any_more_is_out() -> None:
    assert not session(enabled=False).alive(1)
    assert not session("store_associate").alive(1)
    assert session("store_associate", locations=(7,)).alive(1)


@pytest.mark.parametrize("role", ROLES)
def test_bound_roles_act_in_one_of_their_stores_whatever_the_session_says(role: Role) -> None:
    if role not in BOUND:
        assert session(role).principal().location_no is None
        return
    assert session(role, locations=(7, 9), at=9).principal().location_no == 9
    assert session(role, locations=(7, 9), at=8).principal().location_no == 7
    assert session(role, locations=(7, 9)).principal().location_no == 7


def test_a_platform_operator_may_what_operations_may_only_inside_a_brand() -> None:
    assert "orders:write" not in session("platform_operator").principal().scopes
    assert "orders:write" in session("platform_operator", party_no=2).principal().scopes


def test_the_csrf_token_belongs_to_one_session_and_does_not_tell_it() -> None:
    token = csrf_token("secret-of-the-cookie")
    check_csrf("secret-of-the-cookie", token)
    assert "secret" not in token
    for wrong in (None, "", token + "x", csrf_token("another"), "é"):
        with pytest.raises(Problem, match="csrf"):
            check_csrf("secret-of-the-cookie", wrong)


def test_the_cookie_is_found_among_others() -> None:
    assert cookie_of("a=1; ms_session=x-y_z; b=2") == "x-y_z"
    assert cookie_of("xms_session=1; ms_session=") is None


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=30) | st.from_regex(r"/[/\\:.a-z]{0,8}", fullmatch=True))
def test_next_never_leaves_this_server(wanted: str) -> None:
    found = local_path(wanted)
    assert found.startswith("/")
    assert not found.startswith(("//", "/\\"))
    assert not any(c in found for c in "\\\r\n\t ")
