"""Keys: who a token is, what it may do, and how soon a revoked one stops."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from psycopg_pool import AsyncConnectionPool

from manystores.core import auth, database
from manystores.core.auth import BRAND_SCOPES, STORE_SCOPES, KeyRing, bearer_token, create_key, create_party
from manystores.core.clock import SECOND_US, ManualClock
from manystores.core.errors import Problem

CLOCK = ManualClock()


@pytest.fixture
async def pool(fresh_database_url: str) -> AsyncIterator[AsyncConnectionPool[Any]]:
    async with database.pool(fresh_database_url, size_min=1, size_max=2) as opened:
        yield opened


def made_key(url: str, *args: Any, **kwargs: Any) -> str:
    with database.connect(url) as connection:
        create_party(connection, "demo", clock=CLOCK)
        return create_key(connection, "demo", *args, clock=kwargs.pop("clock", CLOCK), **kwargs)


def key_id(token: str) -> UUID:
    return UUID(hex=token.split("_")[1])


def test_a_party_is_made_once_and_numbered(connection: database.Connection) -> None:
    demo = create_party(connection, "demo", clock=CLOCK, name="Demo 咖啡")
    assert create_party(connection, "demo", clock=CLOCK) == demo
    assert create_party(connection, "other", clock=CLOCK, kind="partner").party_no == demo.party_no + 1
    assert demo.partition_id == 1


@pytest.mark.parametrize("code", ["", "a b", "-a", "品牌", "a" * 65, "a\n"])
def test_a_bad_party_code_is_refused(connection: database.Connection, code: str) -> None:
    with pytest.raises(Problem) as refused:
        create_party(connection, code, clock=CLOCK)
    assert refused.value.fields[0].pointer == "/code"


def test_the_secret_is_not_in_the_database(connection: database.Connection) -> None:
    create_party(connection, "demo", clock=CLOCK)
    token = create_key(connection, "demo", clock=CLOCK)
    assert re.fullmatch(r"ms_[0-9a-f]{32}_[A-Za-z0-9_-]{43}", token)
    row = connection.execute("SELECT api_keys::text FROM api_keys").fetchone()
    assert row is not None
    secret = token.split("_", 2)[2]
    assert secret not in row[0]
    assert secret.encode().hex() not in row[0]


def test_a_key_has_all_scopes_of_a_brand_unless_told_otherwise(connection: database.Connection) -> None:
    create_party(connection, "demo", clock=CLOCK)
    create_key(connection, "demo", clock=CLOCK, name="all")
    create_key(connection, "demo", ["orders:read"], clock=CLOCK, name="reader")
    create_key(connection, "demo", location_no=7, clock=CLOCK, name="till")
    scopes = {key.name: frozenset(key.scopes) for key in auth.list_keys(connection, "demo")}
    assert scopes == {"all": BRAND_SCOPES, "reader": {"orders:read"}, "till": STORE_SCOPES}


@pytest.mark.parametrize(
    ("scopes", "location_no"), [(["orders:raed"], None), (["brands:write"], None), (["keys:write"], 7)]
)
def test_a_scope_that_the_key_may_not_have_is_refused(
    connection: database.Connection, scopes: list[str], location_no: int | None
) -> None:
    create_party(connection, "demo", clock=CLOCK)
    with pytest.raises(Problem, match=rf"/scopes: {scopes[0]} can't be given to this key; choose from .*orders:read"):
        create_key(connection, "demo", scopes, location_no, clock=CLOCK)
    assert auth.list_keys(connection, "demo") == []


def test_a_key_for_an_unknown_party_is_refused(connection: database.Connection) -> None:
    with pytest.raises(Problem, match="no party nobody"):
        create_key(connection, "nobody", clock=CLOCK)


def test_a_brand_can_not_revoke_anothers_key(connection: database.Connection) -> None:
    create_party(connection, "demo", clock=CLOCK)
    create_party(connection, "other", clock=CLOCK)
    token = create_key(connection, "demo", clock=CLOCK)
    assert not auth.revoke_key(connection, key_id(token), clock=CLOCK, party_code="other")
    assert auth.revoke_key(connection, key_id(token), clock=CLOCK, party_code="demo")
    assert not auth.revoke_key(connection, key_id(token), clock=CLOCK)
    assert auth.list_keys(connection, "other") == []
    assert auth.list_keys(connection, "demo")[0].revoked_us == CLOCK.now_us()


async def test_a_token_tells_who_it_is(pool: AsyncConnectionPool[Any], fresh_database_url: str) -> None:
    token = made_key(fresh_database_url, ["orders:read"], 7)
    ring = KeyRing(pool, CLOCK)
    assert ring.cached(token) is None
    who = await ring.principal(token)
    assert (who.party_code, who.partition_id, who.location_no, who.kind) == ("demo", 1, 7, "brand")
    assert who.actor == f"key:{key_id(token)}"
    assert ring.cached(token) is who
    who.require("orders:read")
    with pytest.raises(Problem, match="lacks the scope orders:write") as refused:
        who.require("orders:write")
    assert refused.value.rule.status == 403
    assert who.sees_location(7)
    assert not who.sees_location(8)


async def test_a_token_with_another_secret_or_shape_is_nobody(
    pool: AsyncConnectionPool[Any], fresh_database_url: str
) -> None:
    token = made_key(fresh_database_url)
    ring = KeyRing(pool, CLOCK)
    await ring.principal(token)
    last = "A" if token[-1] != "A" else "B"
    strangers = [token[:-1] + last, token[:-1], token + "A", "", "ms_", f"ms_{'0' * 32}_{'A' * 43}", "ms_\udcff_x"]
    for stranger in strangers:
        for _ in range(2):  # the second time from the cache
            with pytest.raises(Problem) as refused:
                await ring.principal(stranger)
            assert refused.value.rule.status == 401
        assert ring.cached(stranger) is None


async def test_a_revoked_key_stops_within_five_seconds(pool: AsyncConnectionPool[Any], fresh_database_url: str) -> None:
    clock = ManualClock()
    token = made_key(fresh_database_url, clock=clock)
    ring = KeyRing(pool, clock)
    await ring.principal(token)
    with database.connect(fresh_database_url) as connection:
        assert auth.revoke_key(connection, key_id(token), clock=clock)
    clock.advance(5)
    with pytest.raises(Problem):
        await ring.principal(token)


async def test_an_expired_key_stops_at_once(pool: AsyncConnectionPool[Any], fresh_database_url: str) -> None:
    clock = ManualClock()
    token = made_key(fresh_database_url, clock=clock, expires_us=clock.now_us() + 2 * SECOND_US)
    ring = KeyRing(pool, clock)
    await ring.principal(token)
    clock.advance(2)
    assert ring.cached(token) is None
    with pytest.raises(Problem):
        await ring.principal(token)


async def test_a_known_key_is_not_trusted_when_the_database_can_not_confirm_it(fresh_database_url: str) -> None:
    clock = ManualClock()
    token = made_key(fresh_database_url, clock=clock)
    pool = database.pool(fresh_database_url, size_min=1, size_max=1)
    await pool.open()
    ring = KeyRing(pool, clock)
    await ring.principal(token)
    await pool.close()
    assert (await ring.principal(token)).party_code == "demo"
    clock.advance(5)
    with pytest.raises(database.DATABASE_AWAY):
        await ring.principal(token)
    with pytest.raises(database.DATABASE_AWAY):
        await ring.principal(token)


def test_the_header_must_carry_a_bearer_token() -> None:
    assert bearer_token("Bearer ms_x") == "ms_x"
    assert bearer_token("bearer ms_x ") == "ms_x"
    for header in (None, "", "Bearer", "Basic ms_x", "ms_x"):
        with pytest.raises(Problem) as refused:
            bearer_token(header)
        assert refused.value.rule.status == 401
