"""`manystores people`: who signs in. Passwords come from a prompt or from standard input, never from a flag."""

import asyncio
import secrets
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import click

from manystores.cli.common import emit, json_flag, open_database, setting_flags
from manystores.core import auth
from manystores.core.auth import Party
from manystores.core.clock import SystemClock, rfc3339
from manystores.core.database import AsyncConnection, connect, connect_async
from manystores.core.errors import INVALID, NOT_FOUND, FieldError, Problem
from manystores.core.settings import Settings
from manystores.people import store
from manystores.people.audit import Entry, add
from manystores.people.passwords import hashed, password_errors
from manystores.people.person import Person, Wanted, login_of, wanted_of
from manystores.people.roles import ROLES

T = TypeVar("T")
_ALL = auth.SCOPES  # whoever may run commands on the installation's database may give every role
_SETTINGS = ("data_dir", "database_url", "postgres_bin")
password_flag = click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
brand_flag = click.option("--brand", required=True, help="Code of the brand (or of the platform).")


@click.group()
def people() -> None:
    """Add, list and disable people who sign in; set passwords."""


@people.command()
@click.option("--brand", required=True, help="Code of the brand; made if there is none.")
@click.option("--login", required=True, help="What they sign in with: a name, or an e-mail address.")
@click.option("--name", required=True, help="Their name, as colleagues see it.")
@click.option("--role", required=True, type=click.Choice(ROLES), help="What they may do.")
@click.option("--location", "locations", multiple=True, help="Code of a store they work in; may be given often.")
@click.option("--no-password", is_flag=True, help="For people whom an issuer of your own signs in.")
@password_flag
@setting_flags(*_SETTINGS)
@json_flag
def create(
    brand: str,
    login: str,
    name: str,
    role: str,
    locations: tuple[str, ...],
    no_password: bool,
    password_stdin: bool,
    settings: Settings,
    as_json: bool,
) -> None:
    """Add somebody. Exit code 1 if the login is taken or a value breaks a rule.

    \b
    manystores people create --brand demo --login ops --name 陈晨 --role brand_operations
    manystores people create --brand demo --login lin --name 林一 --role store_associate --location S1
    """
    password = "" if no_password else _password(password_stdin)
    kind: auth.PartyKind = "platform" if role == "platform_operator" else "brand"
    body: dict[str, Any] = {"login": login, "name": name, "role": role, "locations": list(locations)}

    async def act(connection: AsyncConnection, party: Party) -> Person:
        wanted = wanted_of(body | ({"password": password} if password else {}), party.kind)
        numbers = await _numbers(connection, party, wanted.locations)
        now_us = SystemClock().now_us()
        made = await store.create(
            connection, party, wanted, numbers, hashed(password) if password else None, _ALL, now_us
        )
        await _note(connection, party, made, "created", now_us)
        return made

    with open_database(settings) as url:
        with connect(url) as connection:
            auth.create_party(connection, brand, clock=SystemClock(), kind=kind)
        made, codes = asyncio.run(_run(url, brand, act))
    emit(as_json, _document(made, codes), f"{made.login} is {made.role} of {made.party_code}")


@people.command(name="list")
@click.option("--brand", help="Of this brand only.")
@setting_flags(*_SETTINGS)
@json_flag
def list_(brand: str | None, settings: Settings, as_json: bool) -> None:
    """List people, their roles and when they signed in last.

    \b
    manystores people list --brand demo
    """

    async def read(url: str) -> tuple[list[Person], dict[int, str]]:
        async with await connect_async(url) as connection:
            party = await _party(connection, brand) if brand else None
            found = await store.find(connection, party.party_no if party else None, limit=100_000)
            return found, await _codes(connection, found)

    with open_database(settings) as url:
        found, codes = asyncio.run(read(url))
    lines = [
        f"{one.party_code:16} {one.login:24} {one.role:18} {'' if one.enabled else 'disabled':9}{one.name}"
        for one in found
    ]
    emit(as_json, {"people": [_document(one, codes) for one in found]}, "\n".join(lines) or "nobody")


@people.command()
@click.argument("login")
@brand_flag
@setting_flags(*_SETTINGS)
@json_flag
def disable(login: str, brand: str, settings: Settings, as_json: bool) -> None:
    """Disable LOGIN: sessions end within five seconds, and nobody signs in with it. Exit code 1 if there is none.

    \b
    manystores people disable lin --brand demo
    """
    _change(settings, as_json, brand, login, {"enabled": False}, "disabled")


@people.command()
@click.argument("login")
@brand_flag
@setting_flags(*_SETTINGS)
@json_flag
def enable(login: str, brand: str, settings: Settings, as_json: bool) -> None:
    """Let LOGIN sign in again. Exit code 1 if there is none.

    \b
    manystores people enable lin --brand demo
    """
    _change(settings, as_json, brand, login, {"enabled": True}, "enabled")


@people.command()
@click.argument("login")
@brand_flag
@password_flag
@setting_flags(*_SETTINGS)
@json_flag
def set_password(login: str, brand: str, password_stdin: bool, settings: Settings, as_json: bool) -> None:
    """Give LOGIN a new password; the old one and all sessions end. Exit code 1 if there is none, or it is too weak.

    \b
    manystores people set-password lin --brand demo
    """
    password = _password(password_stdin)
    errors = password_errors(password, login_of(login))
    if errors:
        raise Problem(INVALID, fields=tuple(errors))
    _change(settings, as_json, brand, login, {"password": password}, "has a new password")


def new_password() -> str:
    """A password for somebody who shall be told it once."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that looks like something else
    return "-".join("".join(secrets.choice(alphabet) for _ in range(4)) for _ in range(4))


def _change(settings: Settings, as_json: bool, brand: str, login: str, change: dict[str, Any], told: str) -> None:
    async def act(connection: AsyncConnection, party: Party) -> Person:
        await store.lock(connection, party.party_no)
        found = await store.find(connection, party.party_no, login=login_of(login))
        if not found:
            raise Problem(NOT_FOUND, en=f"{brand} has nobody {login}.", zh=f"{brand} 没有人员 {login}。")
        before, now_us = found[0], SystemClock().now_us()
        kept = Wanted(before.login, before.name, before.role, tuple(map(str, before.locations)), before.enabled)
        wanted = wanted_of(change, party.kind, kept)
        secret = hashed(wanted.password) if wanted.password else None
        changed = await store.change(connection, before, wanted, before.locations, secret, _ALL, now_us)
        await _note(connection, party, changed, told.split()[0] if " " not in told else "password", now_us)
        return changed

    with open_database(settings) as url:
        changed, codes = asyncio.run(_run(url, brand, act))
    emit(as_json, _document(changed, codes), f"{changed.login} of {changed.party_code}: {told}")


async def _run(
    url: str, brand: str, act: Callable[[AsyncConnection, Party], Coroutine[Any, Any, Person]]
) -> tuple[Person, dict[int, str]]:
    """Do something in one transaction; the person, and the codes of their locations."""
    async with await connect_async(url) as connection:
        person = await act(connection, await _party(connection, brand))
        return person, await _codes(connection, [person])


async def _party(connection: AsyncConnection, code: str) -> Party:
    row = await (await connection.execute(auth.party_query(), {"code": code})).fetchone()
    if row is None:
        raise Problem(NOT_FOUND, en=f"There is no brand {code}.", zh=f"品牌 {code} 不存在。")
    return Party(*row)


async def _numbers(connection: AsyncConnection, party: Party, codes: tuple[str, ...]) -> list[int]:
    from manystores.network.store import find_locations  # loads what knows maps and opening hours

    found = await find_locations(connection, party.party_no, list(codes)) if codes else {}
    unknown = [code for code in codes if code not in found]
    if unknown:
        en, zh = f"{party.code} has no location {unknown[0]}.", f"{party.code} 没有编码为 {unknown[0]} 的地点。"
        raise Problem(INVALID, fields=(FieldError("/locations", "unknown_location", en, zh),))
    return [found[code].location_no for code in codes]


async def _codes(connection: AsyncConnection, people: list[Person]) -> dict[int, str]:
    numbers = sorted({number for person in people for number in person.locations})
    rows = await (await connection.execute(store.SQL["location_codes"], {"numbers": numbers})).fetchall()
    return dict(rows)


async def _note(connection: AsyncConnection, party: Party, person: Person, what: str, now_us: int) -> None:
    """The audit has what was done on the command line, too; by whom, the machine's own log knows."""
    details = {"person": str(person.person_id), "role": person.role, "what": what}
    entry = Entry(at_us=now_us, route="command_line", path="people", party_no=party.party_no, details=details)
    await add(connection, entry)


def _password(from_stdin: bool) -> str:
    if from_stdin:
        password = sys.stdin.readline().rstrip("\n")
        if not password:
            raise click.UsageError("standard input has no password")
        return password
    if not sys.stdin.isatty():
        raise click.UsageError("there is nobody to ask for a password: send it with --password-stdin")
    typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    return typed


def _document(person: Person, codes: dict[int, str]) -> dict[str, object]:
    return {
        "id": str(person.person_id),
        "brand": person.party_code,
        "login": person.login,
        "name": person.name,
        "role": person.role,
        "locations": [codes[number] for number in person.locations if number in codes],
        "enabled": person.enabled,
        "has_password": person.has_password,
        "created_at": rfc3339(person.created_us),
        "signed_in_at": rfc3339(person.signed_in_us) if person.signed_in_us else None,
    }
