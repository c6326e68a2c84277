"""`manystores keys`: make, list and revoke API keys. A token is shown once, when it is made."""

import asyncio
from uuid import UUID

import click
import msgspec

from manystores.cli.common import EXIT_FAILED, emit, json_flag, open_database, setting_flags
from manystores.core import auth
from manystores.core.clock import DAY_US, Clock, SystemClock, rfc3339
from manystores.core.database import connect, connect_async
from manystores.core.errors import NOT_FOUND, Problem
from manystores.core.settings import Settings


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command()
@click.option("--brand", required=True, help="Code of the brand (or partner); made if there is none.")
@click.option("--kind", type=click.Choice(["brand", "partner", "platform"]), default="brand", help="If it is made.")
@click.option("--location", help="Code of a location: the key is for this store's devices and sees nothing else.")
@click.option("--scopes", help="Separated by commas; all that such a key may have if left out.")
@click.option("--name", default="", help="What the key is for, shown in lists.")
@click.option("--expires-in-days", type=click.IntRange(1, 3650), help="Never, if left out.")
@setting_flags("data_dir", "database_url", "postgres_bin")
@json_flag
def create(
    brand: str,
    kind: auth.PartyKind,
    location: str | None,
    scopes: str | None,
    name: str,
    expires_in_days: int | None,
    settings: Settings,
    as_json: bool,
) -> None:
    """Print a new key's token; it can't be shown again."""
    clock: Clock = SystemClock()
    wanted = None if scopes is None else [scope.strip() for scope in scopes.split(",") if scope.strip()]
    expires_us = clock.now_us() + expires_in_days * DAY_US if expires_in_days else None
    with open_database(settings) as url, connect(url) as connection:
        party = auth.create_party(connection, brand, clock=clock, kind=kind)
        location_no = asyncio.run(_location_no(url, party.party_no, location)) if location else None
        token = auth.create_key(connection, brand, wanted, location_no, clock=clock, name=name, expires_us=expires_us)
        made = next(key for key in auth.list_keys(connection, brand) if key.key_id.hex == token.split("_")[1])
    emit(as_json, {"key": token} | _document(made), token)


@keys.command(name="list")
@click.option("--brand", help="Of this brand only.")
@setting_flags("data_dir", "database_url", "postgres_bin")
@json_flag
def list_(brand: str | None, settings: Settings, as_json: bool) -> None:
    """List keys, without their secrets."""
    now_us = SystemClock().now_us()
    with open_database(settings) as url, connect(url) as connection:
        found = auth.list_keys(connection, brand)
    lines = [f"{key.key_id}  {key.party_code:16} {_state(key, now_us):8} {key.name}" for key in found]
    emit(as_json, {"keys": [_document(key) for key in found]}, "\n".join(lines) or "no keys")


@keys.command()
@click.argument("key")
@click.option("--brand", help="Only if it is this brand's.")
@setting_flags("data_dir", "database_url", "postgres_bin")
@json_flag
@click.pass_context
def revoke(context: click.Context, key: str, brand: str | None, settings: Settings, as_json: bool) -> None:
    """Revoke KEY (its id, or the whole token); servers refuse it within five seconds."""
    key_id = _key_id(key)
    with open_database(settings) as url, connect(url) as connection:
        revoked = auth.revoke_key(connection, key_id, clock=SystemClock(), party_code=brand)
    answer = f"{key_id} is revoked" if revoked else f"{key_id} is no key that still works"
    emit(as_json, {"key_id": str(key_id), "revoked": revoked}, answer)
    if not revoked:
        context.exit(EXIT_FAILED)


async def _location_no(url: str, party_no: int, code: str) -> int:
    from manystores.network.store import find_locations  # loads what knows maps and opening hours

    async with await connect_async(url) as connection:
        found = await find_locations(connection, party_no, [code])
    if code not in found:
        raise Problem(NOT_FOUND, en=f"The brand has no location {code}.", zh=f"该品牌没有编码为 {code} 的地点。")
    return found[code].location_no


def _key_id(text: str) -> UUID:
    try:
        return UUID(hex=text.split("_")[1] if text.startswith("ms_") else text)
    except (ValueError, IndexError):
        raise click.UsageError(f"{text} is neither a key's id nor a token") from None


def _state(key: auth.Key, now_us: int) -> str:
    if key.revoked_us is not None:
        return "revoked"
    return "expired" if key.expires_us is not None and key.expires_us <= now_us else "valid"


def _document(key: auth.Key) -> dict[str, object]:
    plain: dict[str, object] = msgspec.to_builtins(key)
    for name in ("created", "expires", "revoked"):
        at_us = plain.pop(f"{name}_us")
        plain[f"{name}_at"] = rfc3339(at_us) if isinstance(at_us, int) else None
    plain["brand"] = plain.pop("party_code")
    return plain
