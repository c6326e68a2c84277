"""What members' data is hashed and sealed with."""

import base64
from collections.abc import Callable
from typing import Final

from msgspec import Struct

from manystores.core.crypto import Vault
from manystores.members.identifiers import Hash, hasher

VALUE: Final = "member.identifier"
EVENT: Final = "member.event"


class Secrets(Struct, frozen=True):
    """Hashes identifiers, seals what brands call their members, and what is in events."""

    hash_of: Hash
    seal_value: Callable[[str], bytes]
    open_value: Callable[[bytes], str]
    seal_event: Callable[[bytes], str]
    open_event: Callable[[str], bytes]


def secrets_of(vault: Vault) -> Secrets:
    """All by the installation's keys."""
    return Secrets(
        hasher(vault.hash("members", "identifiers")),
        lambda value: vault.seal(value.encode(), VALUE),
        lambda sealed: vault.open(sealed, VALUE).decode(),
        lambda event: base64.b64encode(vault.seal(event, EVENT)).decode(),
        lambda sealed: vault.open(base64.b64decode(sealed), EVENT),
    )
