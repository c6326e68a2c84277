"""A person who signs in: login, name, role, and the stores that the role is bound to; how bodies of it are read."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import msgspec

from manystores.core.auth import PartyKind
from manystores.core.errors import FieldError, rule
from manystores.core.fields import MISSING, Fields
from manystores.people.passwords import password_errors
from manystores.people.roles import BOUND, Role, roles_of

LOCATIONS_MAX: Final = 200
FIELDS: Final = ("login", "name", "role", "locations", "password", "enabled")
CHANGEABLE: Final = ("name", "role", "locations", "password", "enabled")
_LOGIN: Final = re.compile(r"[a-z0-9][a-z0-9._+-]*(@[a-z0-9.-]+)?")

LAST_OPERATIONS = rule(
    "last_operations", 409, "Somebody of brand operations must remain", "至少须保留一名可登录的品牌运营人员"
)


class Person(msgspec.Struct, frozen=True):
    """A person as stored. Times are microseconds UTC."""

    person_id: UUID
    party_no: int
    party_code: str
    login: str
    name: str
    role: Role
    enabled: bool
    locations: tuple[int, ...]
    has_password: bool
    created_us: int
    signed_in_us: int | None
    revision: int


class Wanted(msgspec.Struct, frozen=True):
    """A person as a body wants it; `locations` are codes, `password` '' leaves it as it is."""

    login: str
    name: str
    role: Role
    locations: tuple[str, ...]
    enabled: bool
    password: str = ""


def login_of(text: str) -> str:
    """A login as it is stored: people type capitals and spaces around it by accident."""
    return text.strip().lower()


def wanted_of(body: Mapping[str, Any], kind: PartyKind, before: Wanted | None = None) -> Wanted:
    """What a body asks for, on top of what was before; Problem with every field that breaks a rule."""
    fields = Fields(body)
    fields.known(FIELDS if before is None else CHANGEABLE)
    login = _login(fields) if before is None else before.login
    name = fields.text("name", 100, required=before is None or "name" in body) or (before.name if before else "")
    role = _role(fields, kind, before)
    given = fields.get("locations") is not MISSING
    locations = fields.texts("locations", LOCATIONS_MAX, 64) if given else before.locations if before else ()
    _check_locations(fields, role, locations, given)
    enabled = fields.flag("enabled", before.enabled if before else True)
    password = _password(fields, body, login)
    fields.raise_if_wrong()
    return Wanted(login, name, role, () if role not in BOUND else locations, enabled, password)


def _login(fields: Fields) -> str:
    login = login_of(fields.text("login", 100, required=True))
    if login and not _LOGIN.fullmatch(login):
        fields.wrong(
            "login",
            "bad_login",
            "A login is an e-mail address, or letters, digits, dots, dashes and underscores",
            "登录名应为邮箱地址，或由字母、数字、点、短横线、下划线组成",
        )
    return login


def _role(fields: Fields, kind: PartyKind, before: Wanted | None) -> Role:
    choices = roles_of(kind)
    if not choices:
        fields.wrong(
            "role", "no_people", "A partner has no people of its own; the brand makes them", "合作方人员由品牌创建"
        )
        return "partner"
    chosen: Any = fields.choice("role", choices, before.role if before else "")
    return chosen or choices[-1]


def _check_locations(fields: Fields, role: Role, locations: tuple[str, ...], given: bool) -> None:
    if "role" in {error.pointer.strip("/") for error in fields.errors}:
        return
    if role in BOUND and not locations:
        en, zh = f"{role} acts in stores: name at least one", "该角色只能在指定门店工作，请至少选择一家门店"
        fields.wrong("locations", "required", en, zh)
    if role not in BOUND and locations and given:
        en, zh = f"{role} is not bound to stores; leave them out", "该角色不限门店，请勿填写门店"
        fields.wrong("locations", "not_bound", en, zh)


def _password(fields: Fields, body: Mapping[str, Any], login: str) -> str:
    value = body.get("password")
    if value is None:
        return ""
    if not isinstance(value, str):
        fields.wrong("password", "not_text", "This should be text", "此处应为文本")
        return ""
    fields.errors.extend(password_errors(value, login, f"{fields.at}/password"))
    return value


def last_operations_error(pointer: str) -> FieldError:
    """Nobody could make people any more."""
    return FieldError(
        pointer,
        "last_operations",
        "This is the last person of brand operations who can sign in; make another one first.",
        "这是最后一名可登录的品牌运营人员，请先添加另一名。",
    )
