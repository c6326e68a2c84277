"""What routes need of members: the graph's owner, what their data is hashed and sealed with, and how they are named."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from psycopg_pool import AsyncConnectionPool

from manystores.core.auth import Principal
from manystores.core.clock import from_datetime, rfc3339
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.core.sql import queries
from manystores.members.identifiers import Identifier, Namespace, identifier
from manystores.members.owner import Owner
from manystores.members.secrets import Secrets
from manystores.members.tracking import Reader, scope_of
from manystores.members.turn import PARTITION

SQL = queries("manystores.members")

IdentifierType = Literal["account", "card", "phone", "email", "alipay", "wechat", "device"]


class IdentifierBody(Struct, forbid_unknown_fields=True):
    """What somebody is known by. A wallet's id is of one application: `application` names it."""

    type: IdentifierType
    value: Annotated[str, Meta(min_length=1, max_length=512)]
    application: Annotated[str, Meta(min_length=1, max_length=128)] | None = None


_NAMESPACES: dict[str, Namespace] = {
    "account": Namespace.USER,
    "card": Namespace.CARD,
    "phone": Namespace.PHONE,
    "email": Namespace.EMAIL,
    "alipay": Namespace.ALIPAY,
    "wechat": Namespace.WECHAT,
    "device": Namespace.DEVICE,
}
TYPES: dict[Namespace, str] = {namespace: name for name, namespace in _NAMESPACES.items()} | {
    Namespace.ANONYMOUS: "browser"
}


@dataclass
class Members:
    """One per process."""

    owner: Owner
    secrets: Secrets
    pool: AsyncConnectionPool[Any]
    _readers: dict[UUID, Reader] = field(default_factory=dict)

    def reader(self, principal: Principal) -> Reader:
        """Reads events of a brand's source."""
        found = self._readers.get(principal.key_id)
        if found is None:
            channel = f"source:{principal.key_id}"
            found = Reader(self.secrets.hash_of, principal.party_no, principal.party_code, channel)
            self._readers[principal.key_id] = found
        return found

    def identifier(self, principal: Principal, body: IdentifierBody, pointer: str) -> Identifier:
        """The identifier that a body names; a Problem when it can't be one."""
        namespace, scope, value = _NAMESPACES[body.type], 0, body.value
        if namespace in (Namespace.USER, Namespace.CARD):
            scope = principal.party_no
        elif namespace in (Namespace.ALIPAY, Namespace.WECHAT):
            if body.application is None:
                en, zh = "Say of which application the wallet's id is.", "请指明钱包标识所属的应用。"
                raise Problem(INVALID, fields=(FieldError(f"{pointer}/application", "missing", en, zh),))
            scope, value = scope_of(body.application), f"{body.application}/{value}"
        found = identifier(self.secrets.hash_of, namespace, scope, value)
        if found is None:
            en, zh = f"This is no {body.type}.", f"这不是有效的 {body.type}。"
            raise Problem(INVALID, fields=(FieldError(f"{pointer}/value", f"not_a_{body.type}", en, zh),))
        return found

    async def timeline(self, principal: Principal, keys: Sequence[bytes], most: int) -> list[dict[str, Any]]:
        """What a brand's journal has of some identifiers, newest first; events are opened."""
        async with self.pool.connection() as connection:
            asked = {
                "partition": PARTITION,
                "keys": [UUID(bytes=key) for key in keys],
                "party": principal.party_no,
                "most": most,
            }
            rows = await (await connection.execute(SQL["timeline"], asked)).fetchall()
        return [self._entry(*row) for row in rows]

    def _entry(self, name: str, subject: UUID, actor: str, at: datetime, body: str | None) -> dict[str, Any]:
        told: dict[str, Any] = msgspec.json.decode(body) if body else {}
        sealed = told.pop("sealed", None)
        if sealed is not None:
            told["data"] = msgspec.json.decode(self.secrets.open_event(sealed))
        told.pop("other", None)
        heard = rfc3339(from_datetime(at))
        return {
            "name": name,
            "key": subject.bytes,
            "at": told.pop("at", heard),
            "heard_at": heard,
            "actor": actor,
            **told,
        }

    async def erasure(self, principal: Principal, erasure_id: UUID) -> dict[str, Any] | None:
        """The report of an erasure; None of somebody else's."""
        async with self.pool.connection() as connection:
            asked = {"partition": PARTITION, "erasure": erasure_id, "party": principal.party_no}
            row = await (await connection.execute(SQL["erasure"], asked)).fetchone()
        if row is None:
            return None
        found, asked_at, identifiers, pairs, facts, lake_files, lake_facts, found_after, done_at = row
        return {
            "id": str(found),
            "asked_at": rfc3339(from_datetime(asked_at)),
            "identifiers": identifiers,
            "pairs": pairs,
            "facts": facts,
            "lake_files": lake_files,
            "lake_facts": lake_facts,
            "found_after": found_after,
            "done_at": None if done_at is None else rfc3339(from_datetime(done_at)),
        }

    async def values(self, keys: Sequence[bytes]) -> dict[bytes, str]:
        """What brands call their members, by key; of keys that have no such name, nothing."""
        async with self.pool.connection() as connection:
            asked = {"partition": PARTITION, "keys": [UUID(bytes=key) for key in keys]}
            rows = await (await connection.execute(SQL["values"], asked)).fetchall()
        return {key.bytes: self.secrets.open_value(value) for key, value in rows}
