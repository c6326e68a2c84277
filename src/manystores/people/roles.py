"""What each role may do: the one table that sessions, forms and docs/concepts/people.md go by."""

from typing import Final, Literal, get_args

from manystores.core.auth import BRAND_SCOPES, PEOPLE_SCOPES, PLATFORM_SCOPES, STORE_SCOPES, PartyKind

Role = Literal[
    "platform_operator",
    "brand_operations",
    "brand_marketing",
    "planner",
    "analyst",
    "store_associate",
    "partner",
]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

_GOODS: Final = frozenset({"locations:read", "offers:read", "availability:read"})
_READS: Final = _GOODS | {
    "stock:read",
    "reservations:read",
    "orders:read",
    "fulfilment:read",
    "returns:read",
    "policies:read",
    "stream:read",
}

ROLE_SCOPES: Final[dict[Role, frozenset[str]]] = {
    "platform_operator": PLATFORM_SCOPES | PEOPLE_SCOPES,
    "brand_operations": BRAND_SCOPES,
    "brand_marketing": _GOODS | {"orders:read", "stream:read"},
    "planner": _READS | {"policies:write"},
    "analyst": _READS,
    "store_associate": STORE_SCOPES,
    "partner": _READS - {"policies:read", "reservations:read"},
}
"""Scopes of a role, at home in its own party."""

IN_A_BRAND: Final = ROLE_SCOPES["brand_operations"] | {"brands:read"}
"""Scopes of a platform operator who entered a brand: what its operations may do, and to leave it again."""

BOUND: Final[frozenset[Role]] = frozenset({"store_associate", "partner"})
"""Roles that act in one location at a time, and only in those that they were given."""

SEES_SHOPPERS: Final[frozenset[Role]] = frozenset({"platform_operator", "brand_operations", "store_associate"})
"""Roles that are shown names, phones, addresses and notes of shoppers; to the others orders have none."""


def roles_of(kind: PartyKind) -> tuple[Role, ...]:
    """The roles that people of such a party may have."""
    if kind == "platform":
        return ("platform_operator",)
    return tuple(role for role in ROLES if role != "platform_operator") if kind == "brand" else ()
