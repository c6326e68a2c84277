"""People: who signs in, with which role, in which stores; their sessions, and the audit of what they did."""

from manystores.people.audit import Audit, Entry
from manystores.people.person import Person, Wanted, wanted_of
from manystores.people.roles import BOUND, ROLE_SCOPES, ROLES, SEES_SHOPPERS, Role
from manystores.people.sessions import COOKIE, CSRF_HEADER, Session, SessionRing

__all__ = [
    "BOUND",
    "COOKIE",
    "CSRF_HEADER",
    "ROLES",
    "ROLE_SCOPES",
    "SEES_SHOPPERS",
    "Audit",
    "Entry",
    "Person",
    "Role",
    "Session",
    "SessionRing",
    "Wanted",
    "wanted_of",
]
