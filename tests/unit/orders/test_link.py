"""A shopper's link: read back as it was made, and nothing else is one."""

from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from manystores.core.clock import SECOND_US
from manystores.core.crypto import SIGNATURE_BYTES, Vault
from manystores.orders.link import PURPOSE, TOKEN_LENGTH, Link, make_token, read_token

OLD, NEW, OTHER = bytes(32), bytes(range(32)), bytes(range(1, 33))
LINK = Link(UUID("019a7f3c-0000-7000-8000-000000000001"), 1_763_000_000 * SECOND_US)


def made(link: Link, *keys: bytes) -> str:
    """The token that an installation with these keys makes."""
    return make_token(link, lambda message: Vault(keys).sign(message, PURPOSE))


def read(token: str, *keys: bytes) -> Link | None:
    """What an installation with these keys reads in it."""
    return read_token(token, lambda message, signature: Vault(keys).signed(message, signature, PURPOSE))


@given(st.uuids(), st.integers(0, 2**33), st.booleans())
def test_a_link_is_read_as_it_was_made(order_id: UUID, second: int, shows_code: bool) -> None:
    link = Link(order_id, second * SECOND_US, shows_code)
    token = made(link, OLD)
    assert len(token) == TOKEN_LENGTH == 58
    assert read(token, OLD) == link


@given(st.data())
@settings(max_examples=300)
def test_a_token_with_one_letter_changed_is_none_of_ours(data: st.DataObject) -> None:
    token = made(LINK, OLD)
    at = data.draw(st.integers(0, len(token) - 1))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    other = data.draw(st.sampled_from(letters.replace(token[at], "")))
    assert read(token[:at] + other + token[at + 1 :], OLD) is None


@given(st.one_of(st.text(max_size=80), st.binary(min_size=43, max_size=43).map(lambda raw: raw.hex())))
def test_whatever_else_is_sent_is_no_link(text: str) -> None:
    assert read(text, OLD) is None


@given(st.text(alphabet="ABCDEFab01-_", min_size=TOKEN_LENGTH, max_size=TOKEN_LENGTH))
def test_nor_what_only_has_the_right_length(text: str) -> None:
    assert read(text, OLD) is None


def test_a_link_outlives_a_change_of_keys_and_ends_with_its_key() -> None:
    token = made(LINK, OLD)
    assert read(token, NEW, OLD) == LINK
    assert read(made(LINK, NEW, OLD), NEW) == LINK
    assert read(token, NEW) is None
    assert read(token, OTHER) is None


def test_a_signature_for_something_else_makes_no_link() -> None:
    vault = Vault((OLD,))
    token = make_token(LINK, lambda message: vault.sign(message, "session"))
    assert read(token, OLD) is None
    assert len(vault.sign(b"", PURPOSE)) == SIGNATURE_BYTES


def test_the_code_can_not_be_switched_on_in_the_link() -> None:
    """The flag is signed with the rest."""
    hidden, shown = (made(Link(LINK.order_id, LINK.expires_us, shows), OLD) for shows in (False, True))
    assert [a == b for a, b in zip(hidden[:2], shown[:2], strict=True)] == [True, True]
    forged = shown[:4] + hidden[4:]
    assert forged != hidden
    assert read(forged, OLD) is None
