"""Who is erased is gone: from memory, tables and files, at once or within seconds, and the report proves it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import psycopg
import pytest
from tests.journeys.conftest import running_api
from tests.journeys.test_recognitions import NOBODY, Brand, Person

from manystores.core.clock import SystemClock
from manystores.core.crypto import open_vault
from manystores.core.database import connect
from manystores.members.identifiers import Namespace, identifier
from manystores.members.secrets import secrets_of
from manystores.worker import erasing, lake

if TYPE_CHECKING:
    from tests.journeys.conftest import Api


@pytest.fixture
def brand(api: Api) -> Brand:
    return Brand(api)


def exported(api: Api) -> Path:
    """The lake, with all that the journal has."""
    folder = api.settings.data_dir / "lake"
    with connect(api.database_url) as connection:
        lake.export(connection, folder, SystemClock(), interval_s=0)
    return folder


def finished(api: Api) -> int:
    """As the worker does it."""
    with connect(api.database_url) as connection:
        folder = api.settings.data_dir / "lake"
        return erasing.finish(connection, folder, SystemClock(), threading.Lock())


def everything(api: Api) -> str:
    """All rows of all tables as text, and all facts of the lake."""
    with psycopg.connect(api.database_url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        rows = [
            str(row) for (table,) in tables for row in connection.execute(f'SELECT t::text FROM "{table}" t').fetchall()
        ]
    files = sorted((api.settings.data_dir / "lake").rglob("*.parquet"))
    return "\n".join([*rows, *(str(pl.read_parquet(file).rows()) for file in files)])


def keys(api: Api, person: Person, party_no: int) -> list[str]:
    """The keyed hashes of a person's phone and account, as bodies and columns have them."""
    hash_of = secrets_of(open_vault(api.settings)).hash_of
    phone = identifier(hash_of, Namespace.PHONE, 0, person.phone)
    account = identifier(hash_of, Namespace.USER, party_no, person.account)
    assert phone is not None
    assert account is not None
    return [phone.key.hex(), *(_dashed(one.key.hex()) for one in (phone, account)), account.key.hex()]


def _dashed(text: str) -> str:
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


def party_no(api: Api, brand: Brand) -> int:
    with psycopg.connect(api.database_url) as connection:
        row = connection.execute("SELECT party_no FROM parties WHERE code = %s", (brand.code,)).fetchone()
    assert row is not None
    return int(row[0])


def lives(brand: Brand, person: Person) -> None:
    """A shopper's life with a brand."""
    brand.signs_in(person, name="欧阳修文", email=f"{person.account}@mail.cn")
    brand.buys_online_by_wallet(person)
    brand.hear(type="track", event="Seen", userId=person.account, anonymousId=f"b-{person.n}", messageId=f"{person.n}")
    brand.says(person, link=True, share_with_brand=True)
    brand.at_the_till("phone", person.phone)


def erase(brand: Brand, person: Person) -> dict[str, Any]:
    body = {"type": "account", "value": person.account, "reason": "asked for by letter"}
    answer = brand.shop.post("/v1/erasures", json=body)
    assert answer.status_code == 202, answer.text
    told: dict[str, Any] = answer.json()
    return told


def test_of_an_erased_member_nothing_is_found(api: Api, brand: Brand) -> None:
    """Complaint 23: every table, every file, and the proof."""
    person, other = Person(), Person()
    for one in (person, other):
        lives(brand, one)
    mine = [*keys(api, person, party_no(api, brand)), person.account]
    folder = exported(api)
    before = everything(api)
    assert all(mark in before for mark in mine[:3])
    told = erase(brand, person)
    assert told["done_at"] is None
    assert told["identifiers"] == 5  # account, wallet, phone, e-mail, browser
    assert brand.at_the_till("phone", person.phone) == NOBODY
    assert brand.at_the_till("account", person.account) == NOBODY
    assert brand.shop.get(f"/v1/members/account/{person.account}").status_code == 404
    assert finished(api) >= 1
    report = brand.shop.get(f"/v1/erasures/{told['id']}").json()
    assert report["found_after"] == 0
    assert report["done_at"] is not None
    assert report["facts"] >= 8
    assert report["lake_facts"] >= 8
    exported(api)
    after = everything(api)
    assert [mark for mark in mine if mark in after] == []
    for file in [path for path in folder.parent.rglob("*") if path.is_file()]:
        data = file.read_bytes()
        assert person.phone.encode() not in data
        assert "欧阳修文".encode() not in data
    assert brand.at_the_till("phone", other.phone)["recognised"]
    assert finished(api) == 0


def test_who_was_erased_may_come_again_as_a_stranger(api: Api, brand: Brand) -> None:
    person = Person()
    lives(brand, person)
    told = erase(brand, person)
    brand.signs_in(person)
    assert brand.at_the_till("account", person.account)["member"]["accounts"] == [person.account]
    page = brand.shop.get(f"/v1/members/account/{person.account}").json()
    assert not any(page["may"].values())
    assert {entry["name"] for entry in page["timeline"] if entry["name"].startswith("event.")} == {"event.identify"}
    exported(api)
    finished(api)
    assert brand.shop.get(f"/v1/erasures/{told['id']}").json()["found_after"] == 0
    assert brand.at_the_till("account", person.account)["recognised"]
    assert len(brand.shop.get(f"/v1/members/account/{person.account}").json()["timeline"]) > len(page["timeline"])


def test_another_brands_member_keeps_the_phone_and_its_consent(api: Api, brand: Brand) -> None:
    person, second = Person(), Brand(api)
    for shop in (brand, second):
        lives(shop, person)
    told = erase(brand, person)
    assert told["identifiers"] == 2  # the account and the browser: the rest is the other brand's too
    assert brand.at_the_till("phone", person.phone) == NOBODY
    assert second.at_the_till("phone", person.phone)["member"]["accounts"] == [person.account]
    assert second.at_the_till("alipay", person.wallet)["recognised"]
    assert second.shop.get(f"/v1/erasures/{told['id']}").status_code == 404


@contextmanager
def restarted(api: Api) -> Iterator[Api]:
    with running_api(api.database_url, api.settings.data_dir) as again:
        yield again


def test_what_was_erased_stays_so_after_a_restart(new_database: Any, tmp_path: Path) -> None:
    with new_database() as url, running_api(url, tmp_path) as api:
        brand, person, other = Brand(api), Person(), Person()
        for one in (other, person):
            lives(brand, one)
        erase(brand, person)
        with restarted(api) as again:
            reopened = again.anonymous(dict(brand.shop.headers))
            brand.shop = reopened
            assert brand.at_the_till("phone", person.phone) == NOBODY
            assert brand.at_the_till("phone", other.phone)["recognised"]
            brand.signs_in(person)
            assert brand.at_the_till("account", person.account)["member"]["accounts"] == [person.account]
