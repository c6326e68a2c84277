"""Envelopes open for their purpose and key only; identifiers are found again but not read back."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.core.crypto import SealError, Vault, new_key, open_vault
from manystores.core.settings import SettingError, Settings

OLD, NEW = bytes(32), bytes(range(32))


@given(st.binary(max_size=200), st.text(max_size=20))
@settings(max_examples=25)
def test_what_is_sealed_opens_again(plain: bytes, purpose: str) -> None:
    assert Vault((OLD,)).open(Vault((OLD,)).seal(plain, purpose), purpose) == plain


def test_the_same_address_never_looks_the_same_twice() -> None:
    vault = Vault((OLD,))
    one, other = (
        vault.seal("北京市朝阳区".encode(), "order.address"),
        vault.seal("北京市朝阳区".encode(), "order.address"),
    )
    assert one != other
    assert "北京".encode() not in one


def test_an_envelope_does_not_open_for_another_purpose() -> None:
    vault = Vault((OLD,))
    with pytest.raises(SealError, match=r"not sealed for webhook\.secret"):
        vault.open(vault.seal(b"x", "order.address"), "webhook.secret")


@given(st.data())
@settings(max_examples=40)
def test_a_changed_envelope_does_not_open(data: st.DataObject) -> None:
    vault = Vault((OLD,))
    envelope = bytearray(vault.seal(b"address", "order.address"))
    at = data.draw(st.integers(0, len(envelope) - 1))
    envelope[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealError):
        vault.open(bytes(envelope), "order.address")


@pytest.mark.parametrize("envelope", [b"", b"\x01", b"\x01" * 16, b"\x02" * 40])
def test_what_is_no_envelope_is_refused(envelope: bytes) -> None:
    with pytest.raises(SealError):
        Vault((OLD,)).open(envelope, "order.address")


def test_after_a_rotation_old_envelopes_open_and_identifiers_are_still_found() -> None:
    before, after = Vault((OLD,)), Vault((NEW, OLD))
    assert after.open(before.seal(b"x", "p"), "p") == b"x"
    assert after.hash("phone", "+8613800138000") == before.hash("phone", "+8613800138000")
    with pytest.raises(SealError, match="isn't among the keys"):
        before.open(after.seal(b"x", "p"), "p")


def test_a_hash_depends_on_key_namespace_and_identifier() -> None:
    vault = Vault((OLD,))
    hashes = {
        vault.hash("phone", "1"),
        vault.hash("phone", "2"),
        vault.hash("mail", "1"),
        Vault((NEW,)).hash("phone", "1"),
    }
    assert len(hashes) == 4
    assert vault.hash("a", "bc") != vault.hash("ab", "c")


def test_without_a_setting_a_key_is_made_once_for_us_alone(tmp_path: Path) -> None:
    made = Settings(data_dir=tmp_path / "data")
    sealed = open_vault(made).seal(b"x", "p")
    assert open_vault(made).open(sealed, "p") == b"x"
    assert stat.S_IMODE((tmp_path / "data" / "secret.key").stat().st_mode) == 0o600
    assert os.listdir(tmp_path / "data") == ["secret.key"]


def test_processes_that_start_at_once_agree_on_the_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as many:
        vaults = list(many.map(open_vault, [Settings(data_dir=tmp_path)] * 8))
    assert len({vault.hash("n", "i") for vault in vaults}) == 1


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    open_vault(Settings(data_dir=tmp_path))
    (tmp_path / "secret.key").chmod(0o644)
    with pytest.raises(SettingError, match="chmod 600"):
        open_vault(Settings(data_dir=tmp_path))


def test_keys_from_the_setting_need_no_file(tmp_path: Path) -> None:
    first, second = new_key(), new_key()
    sealed = open_vault(Settings(data_dir=tmp_path, encryption_key=first)).seal(b"x", "p")
    assert open_vault(Settings(data_dir=tmp_path, encryption_key=f"{second}, {first}")).open(sealed, "p") == b"x"
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize("key", ["short", "QUJD", "密钥", ","])
def test_a_bad_key_is_refused_without_showing_it(key: str) -> None:
    with pytest.raises(SettingError, match="not base64 of 32 bytes") as refused:
        open_vault(Settings(encryption_key=key))
    assert key == "," or key not in str(refused.value)
