"""Ids are UUIDv7: made by the application, sorted by time."""

from uuid import UUID

from manystores.core.ids import uuid7, uuid7_block, uuid_texts

NOW_US = 1_763_000_000_000_000


def test_an_id_is_a_version_7_uuid_with_its_time_in_front() -> None:
    made = uuid7(NOW_US)
    assert made.version == 7
    assert made.variant == "specified in RFC 4122"
    assert made.int >> 80 == NOW_US // 1000


def test_later_ids_sort_after_earlier_ones_and_none_is_made_twice() -> None:
    ids = [uuid7(NOW_US + ms * 1000) for ms in range(100)]
    assert ids == sorted(ids)
    assert len({uuid7(NOW_US) for _ in range(1000)}) == 1000


def test_a_block_of_ids_is_like_ids_made_one_by_one() -> None:
    block = uuid7_block(NOW_US, 500)
    ids = [UUID(bytes=block[i : i + 16]) for i in range(0, len(block), 16)]
    assert len(set(ids)) == 500
    assert {(made.version, made.variant, made.int >> 80) for made in ids} == {
        (7, "specified in RFC 4122", NOW_US // 1000)
    }
    assert uuid_texts(block) == [str(made) for made in ids]
