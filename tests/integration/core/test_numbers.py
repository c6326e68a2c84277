"""Numbers are dense and never given twice."""

from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from manystores.core import database
from manystores.core.numbers import allocate, allocate_async


def test_numbers_begin_with_one_and_follow_each_other(connection: database.Connection) -> None:
    assert allocate(connection, "t-location", 3) == range(1, 4)
    assert allocate(connection, "t-location") == range(4, 5)
    assert allocate(connection, "t-offer") == range(1, 2)


def test_a_number_of_a_failed_transaction_is_given_again_so_none_is_missing(connection: database.Connection) -> None:
    with connection.transaction():
        allocate(connection, "t-location")
    with connection.transaction():
        assert allocate(connection, "t-location") == range(2, 3)
        raise psycopg.Rollback
    assert allocate(connection, "t-location") == range(2, 3)


def test_no_number_is_given_twice_when_many_ask_at_once(fresh_database_url: str) -> None:
    def ask(_: int) -> list[int]:
        with database.connect(fresh_database_url) as mine:
            return list(allocate(mine, "party", 5))

    with ThreadPoolExecutor(4) as many:
        given = [number for numbers in many.map(ask, range(12)) for number in numbers]
    assert sorted(given) == list(range(1, 61))


def test_asking_for_no_number_is_refused(connection: database.Connection) -> None:
    with pytest.raises(ValueError, match="can't allocate 0 numbers"):
        allocate(connection, "party", 0)


async def test_an_event_loop_gets_the_same_numbers(fresh_database_url: str) -> None:
    async with await database.connect_async(fresh_database_url) as mine:
        assert await allocate_async(mine, "party", 2) == range(1, 3)
        assert await allocate_async(mine, "party") == range(3, 4)
