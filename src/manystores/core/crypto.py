"""Sealing of what must not lie open in the database, and keyed hashes of identifiers that must still be found.

AES-256-GCM with a random 96-bit nonce (NIST SP 800-38D allows 2^32 messages a key: rotate before). The envelope names
its key, so that old envelopes open after a rotation: version (1 byte), key id (4), nonce (12), ciphertext with tag.
"""

import base64
import hashlib
import hmac
import os
import tempfile
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from manystores.core.settings import SettingError, Settings

VERSION = 1
KEY_BYTES = 32
KEY_ID_BYTES = 4
NONCE_BYTES = 12
HEADER_BYTES = 1 + KEY_ID_BYTES + NONCE_BYTES
MAC_BYTES = 16
SIGNATURE_BYTES = KEY_ID_BYTES + MAC_BYTES


class SealError(ValueError):
    """An envelope can't be opened: another key sealed it, it was for another purpose, or it was changed."""


class Vault:
    """Seals with the first key, opens with any of them.

    Identifiers are hashed under the last (oldest) key, so that they are still found after a rotation, which puts a new
    key in front. To drop the last key, hash the identifiers anew first.
    """

    def __init__(self, keys: tuple[bytes, ...]) -> None:
        if not keys or any(len(key) != KEY_BYTES for key in keys):
            raise ValueError(f"a vault needs keys of {KEY_BYTES} bytes")
        self._ciphers = {_key_id(key): AESGCM(_derived(key, "seal")) for key in keys}
        self._first = _key_id(keys[0])
        self._signing = {_key_id(key): _derived(key, "sign") for key in keys}
        self._hash_key = _derived(keys[-1], "identifier")

    def seal(self, plain: bytes, purpose: str) -> bytes:
        """An envelope that opens only for the same `purpose` ('order.address', 'webhook.secret')."""
        nonce = os.urandom(NONCE_BYTES)
        header = bytes((VERSION,)) + self._first + nonce
        return header + self._ciphers[self._first].encrypt(nonce, plain, _bound(header, purpose))

    def open(self, envelope: bytes, purpose: str) -> bytes:
        """What was sealed; SealError if it can't be opened."""
        header, sealed = envelope[:HEADER_BYTES], envelope[HEADER_BYTES:]
        if len(header) < HEADER_BYTES or header[0] != VERSION:
            raise SealError("this is no envelope of ours")
        cipher = self._ciphers.get(header[1 : 1 + KEY_ID_BYTES])
        if cipher is None:
            key_id = header[1 : 1 + KEY_ID_BYTES].hex()
            raise SealError(f"sealed with key {key_id}, which isn't among the keys of `encryption_key`")
        try:
            return cipher.decrypt(header[1 + KEY_ID_BYTES :], sealed, _bound(header, purpose))
        except InvalidTag:
            raise SealError(f"it was changed, or not sealed for {purpose}") from None

    def sign(self, message: bytes, purpose: str) -> bytes:
        """SIGNATURE_BYTES that only a key of ours can make: the first key's id, and 128 bits of HMAC-SHA-256."""
        return self._first + _mac(self._signing[self._first], message, purpose)

    def signed(self, message: bytes, signature: bytes, purpose: str) -> bool:
        """Whether any of the keys signed the message for this purpose; compared in constant time."""
        key = self._signing.get(signature[:KEY_ID_BYTES])
        # an unknown key is compared too, so that time tells nothing
        made = _mac(key or bytes(KEY_BYTES), message, purpose)
        return hmac.compare_digest(made, signature[KEY_ID_BYTES:]) and key is not None

    def hash(self, namespace: str, identifier: str) -> bytes:
        """32 bytes by which an identifier (a phone, a member number) is found again but not read back."""
        message = namespace.encode() + b"\x00" + identifier.encode()
        return hmac.digest(self._hash_key, message, "sha256")


def open_vault(settings: Settings) -> Vault:
    """The vault of the installation: keys from `encryption_key`, else from data_dir/secret.key, made if missing."""
    if settings.encryption_key:
        return Vault(_decoded(settings.encryption_key.split(","), "encryption_key"))
    path = settings.data_dir / "secret.key"
    if not path.exists():
        _make_key_file(path)
    if path.stat().st_mode & 0o077:
        raise SettingError(f"encryption_key: {path} can be read by others; run: chmod 600 {path}")
    return Vault(_decoded(path.read_text(encoding="ascii").split(), str(path)))


def new_key() -> str:
    """A fresh key as it stands in `encryption_key` and secret.key."""
    return base64.b64encode(os.urandom(KEY_BYTES)).decode()


def _make_key_file(path: Path) -> None:
    """Write beside and link, so that of two processes one wins, and nobody reads half a key."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret.")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(new_key() + "\n")
            file.flush()
            os.fsync(file.fileno())
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


def _decoded(texts: list[str], source: str) -> tuple[bytes, ...]:
    try:
        keys = tuple(base64.b64decode(text.strip(), validate=True) for text in texts)
    except ValueError:
        keys = ()
    if not keys or any(len(key) != KEY_BYTES for key in keys):
        raise SettingError(f"encryption_key ({source}): the value (hidden) is not base64 of {KEY_BYTES} bytes")
    return keys


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"manystores key id\x00" + key).digest()[:KEY_ID_BYTES]


def _derived(key: bytes, use: str) -> bytes:
    """One key a use, so that a hash can't weaken a cipher."""
    return hmac.digest(key, b"manystores " + use.encode(), "sha256")


def _mac(key: bytes, message: bytes, purpose: str) -> bytes:
    return hmac.digest(key, purpose.encode() + b"\x00" + message, "sha256")[:MAC_BYTES]


def _bound(header: bytes, purpose: str) -> bytes:
    return header + purpose.encode()
