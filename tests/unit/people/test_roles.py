"""Roles never have more than their brand, and nobody who does not serve shoppers sees who they are."""

from manystores.core.auth import BRAND_SCOPES, STORE_SCOPES
from manystores.people.roles import BOUND, IN_A_BRAND, ROLE_SCOPES, ROLES, SEES_SHOPPERS, roles_of


def test_every_role_has_scopes_that_a_brand_has() -> None:
    assert set(ROLE_SCOPES) == set(ROLES)
    for role in roles_of("brand"):
        assert ROLE_SCOPES[role] <= BRAND_SCOPES, role
    assert {"brands:read"} == IN_A_BRAND - BRAND_SCOPES


def test_who_reads_only_writes_nothing() -> None:
    for role in ("brand_marketing", "analyst", "partner"):
        assert not [scope for scope in ROLE_SCOPES[role] if scope.endswith(":write")], role
    assert [scope for scope in ROLE_SCOPES["planner"] if scope.endswith(":write")] == ["policies:write"]


def test_bound_roles_have_no_more_than_a_stores_device() -> None:
    for role in BOUND:
        assert ROLE_SCOPES[role] <= STORE_SCOPES, role


def test_who_writes_orders_sees_for_whom() -> None:
    for role in roles_of("brand"):
        assert ("orders:write" in ROLE_SCOPES[role]) == (role in SEES_SHOPPERS), role


def test_each_kind_of_party_has_its_roles() -> None:
    assert roles_of("platform") == ("platform_operator",)
    assert "platform_operator" not in roles_of("brand")
    assert roles_of("partner") == ()
