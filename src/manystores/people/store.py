"""People in the database: made, changed, found. The same rules for the API and for the command line."""

from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

import msgspec
from psycopg import AsyncConnection
from psycopg.rows import dict_row, tuple_row

from manystores.core.auth import Party
from manystores.core.clock import from_datetime, to_datetime
from manystores.core.errors import FORBIDDEN, NOT_FOUND, FieldError, Problem, rule
from manystores.core.ids import uuid7
from manystores.core.sql import queries
from manystores.people.person import LAST_OPERATIONS, Person, Wanted, last_operations_error
from manystores.people.roles import ROLE_SCOPES, Role

SQL = queries("manystores.people")
CANDIDATES_MAX: Final = 4
"""As many people of one login are looked at; where more brands share one, people write brand/login."""
LOGIN_TAKEN = rule("login_taken", 409, "Somebody has this login already", "该登录名已被使用")

Connection = AsyncConnection[Any]


class Candidate(msgspec.Struct, frozen=True):
    """Somebody who may be meant by what was typed, or by what an outside issuer says."""

    person_id: UUID
    party_no: int
    party_code: str
    login: str
    name: str
    role: Role
    enabled: bool
    password_hash: str | None
    subject: str | None
    has_locations: bool


async def create(
    connection: Connection,
    party: Party,
    wanted: Wanted,
    locations: Sequence[int],
    password_hash: str | None,
    scopes: frozenset[str],
    now_us: int,
) -> Person:
    """A new person of a party; Problem when the login is taken, or the maker has less than the role has."""
    check_giveable(wanted.role, scopes)
    person_id = uuid7(now_us)
    row: dict[str, Any] = {"person_id": person_id, "party_no": party.party_no, "login": wanted.login}
    row |= {
        "name": wanted.name,
        "role": wanted.role,
        "password_hash": password_hash,
        "enabled": wanted.enabled,
        "now": to_datetime(now_us),
    }
    if (await connection.execute(SQL["insert_person"], row)).rowcount == 0:
        en, zh = f"{wanted.login} is taken; choose another.", f"登录名 {wanted.login} 已被使用，请换一个。"
        raise Problem(LOGIN_TAKEN, fields=(FieldError("/login", "taken", en, zh),))
    await _set_locations(connection, person_id, locations)
    return await get(connection, party.party_no, person_id)


async def change(
    connection: Connection,
    before: Person,
    wanted: Wanted,
    locations: Sequence[int],
    password_hash: str | None,
    scopes: frozenset[str],
    now_us: int,
    keep_session: bytes | None = None,
) -> Person:
    """Change a person of a locked party (`lock`). Whoever loses a role, a store or a password is signed out (but for
    the session that asks); Problem when nobody of brand operations would remain, or somebody gives more than they have.
    """
    check_giveable(before.role, scopes)
    check_giveable(wanted.role, scopes)
    if before.role == "brand_operations" and before.enabled:
        lost = "/enabled" if not wanted.enabled else "/role" if wanted.role != before.role else ""
        if lost and not await _others(connection, before):
            raise Problem(LAST_OPERATIONS, fields=(last_operations_error(lost),))
    row = {"person_id": before.person_id, "name": wanted.name, "role": wanted.role, "enabled": wanted.enabled}
    await connection.execute(SQL["update_person"], row | {"password_hash": password_hash})
    await _set_locations(connection, before.person_id, locations)
    if password_hash is not None or not wanted.enabled or wanted.role != before.role:
        values = {"person_id": before.person_id, "but": keep_session, "now": to_datetime(now_us)}
        await connection.execute(SQL["end_sessions"], values)
    return await get(connection, before.party_no, before.person_id)


async def lock(connection: Connection, party_no: int) -> None:
    """Let nobody else change people of the party until the transaction ends."""
    await connection.execute(SQL["lock_party"], {"party_no": party_no})


async def get(connection: Connection, party_no: int, person_id: UUID) -> Person:
    """One person of a party; 404 for another's."""
    found = await find(connection, party_no, person_id=person_id)
    if not found:
        raise Problem(NOT_FOUND, f"There is nobody {person_id}.", f"没有人员 {person_id}。")
    return found[0]


async def find(
    connection: Connection,
    party_no: int | None,
    *,
    person_id: UUID | None = None,
    login: str | None = None,
    role: str | None = None,
    enabled: bool | None = None,
    text: str | None = None,
    after: tuple[str, UUID] | None = None,
    limit: int = 1000,
) -> list[Person]:
    """People in the order of their logins; a filter that is None lets all pass."""
    values = {"party_no": party_no, "person_id": person_id, "login": login, "role": role, "enabled": enabled}
    values |= {"text": text, "after_login": after and after[0], "after_id": after and after[1], "limit": limit}
    async with connection.cursor(row_factory=dict_row) as cursor:
        rows = await (await cursor.execute(SQL["find_people"], values)).fetchall()
    return [_person(row) for row in rows]


async def candidates(connection: Connection, login: str, brand: str | None) -> list[Candidate]:
    """Who may be meant by a login; one more than CANDIDATES_MAX when there are too many."""
    values = {"login": login, "party": brand, "limit": CANDIDATES_MAX + 1}
    return await _candidates(connection, "find_candidates", values)


async def candidates_by_subject(
    connection: Connection, subject: str, logins: Sequence[str], brand: str | None
) -> list[Candidate]:
    """Who may be meant by an identity at an outside issuer."""
    values = {"subject": subject, "logins": list(logins), "party": brand, "limit": CANDIDATES_MAX + 1}
    return await _candidates(connection, "find_by_subject", values)


async def candidate(connection: Connection, person_id: UUID) -> Candidate | None:
    """One person who was found already."""
    found = await _candidates(connection, "find_candidate", {"person_id": person_id})
    return found[0] if found else None


def check_giveable(role: Role, scopes: frozenset[str]) -> None:
    """Problem when a role may do more than who gives it (or takes it away, or sets its password)."""
    lacking = sorted(ROLE_SCOPES[role] - scopes)
    if lacking:
        en = f"You can't give or change the role {role}: you lack {', '.join(lacking)} yourself."
        zh = f"你不能授予或更改角色 {role}：你自己没有 {'、'.join(lacking)} 权限。"
        raise Problem(FORBIDDEN, en, zh, fields=(FieldError("/role", "not_yours_to_give", en, zh),))


async def _others(connection: Connection, person: Person) -> int:
    values = {"party_no": person.party_no, "role": person.role, "person_id": person.person_id}
    row = await (await connection.execute(SQL["count_others"], values)).fetchone()
    assert row is not None
    return int(row[0])


async def _set_locations(connection: Connection, person_id: UUID, locations: Sequence[int]) -> None:
    await connection.execute(SQL["clear_locations"], {"person_id": person_id})
    for location_no in sorted(set(locations)):
        await connection.execute(SQL["insert_location"], {"person_id": person_id, "location_no": location_no})


async def _candidates(connection: Connection, statement: str, values: dict[str, Any]) -> list[Candidate]:
    async with connection.cursor(row_factory=tuple_row) as cursor:
        rows = await (await cursor.execute(SQL[statement], values)).fetchall()
    return [Candidate(*row) for row in rows]


def _person(row: dict[str, Any]) -> Person:
    signed_in = row["signed_in_at"]
    return Person(
        row["person_id"],
        row["party_no"],
        row["party"],
        row["login"],
        row["name"],
        row["role"],
        row["enabled"],
        tuple(row["locations"]),
        row["has_password"],
        from_datetime(row["created_at"]),
        None if signed_in is None else from_datetime(signed_in),
        row["revision"],
    )
