"""Things found by a piece of their code or name, the best matches first."""

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from manystores.api.text_index import Entry, Found, TextIndex
from manystores.data import pinyin_initials, real_stores

STORES = [
    Entry(1, "BJ-001", ("东方明珠店",), ("浦东新区世纪大道 1 号",)),
    Entry(2, "BJ-0010", ("王府井店", "Wangfujing"), ("东城区王府井大街 255 号",)),
    Entry(3, "SH-007", ("重庆解放碑店",), ("渝中区",)),
    Entry(4, "GZ-1", ("东方宝泰店",)),
]


@pytest.fixture(scope="module")
def stores() -> TextIndex:
    return TextIndex(STORES, pinyin_initials())


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("bj-001", [(1, "exact"), (2, "prefix")]),
        ("BJ-0010", [(2, "exact")]),
        ("王府井店", [(2, "exact")]),
        ("东方", [(1, "prefix"), (4, "prefix")]),
        ("明珠", [(1, "text")]),
        ("世纪大道", [(1, "text")]),
        ("dfmz", [(1, "initials")]),
        ("cqjfb", [(3, "initials")]),
        ("wang", [(2, "prefix")]),
        ("大街 王府井", [(2, "text")]),
        ("  东方   宝泰 ", [(4, "text")]),
        ("nothing", []),
        ("", []),
        ("\n", []),
        ("\t", []),
        (".*", []),
    ],
)
def test_by_code_name_place_and_initials(stores: TextIndex, query: str, found: list[tuple[int, str]]) -> None:
    assert stores.find(query, 10) == [Found(*one) for one in found]  # type: ignore[arg-type]


def test_no_more_than_asked_for(stores: TextIndex) -> None:
    assert [one.number for one in stores.find("店", 2)] == [1, 2]
    assert stores.find("店", 0) == []


def test_nothing_is_found_in_nothing() -> None:
    assert TextIndex([], {}).find("x", 5) == []


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=8), st.data())
def test_whatever_is_in_a_name_finds_it(names: list[str], data: st.DataObject) -> None:
    """Any piece of any name, whatever characters are in it, finds that thing among the others."""
    index = TextIndex((Entry(i, f"C{i}", (name,)) for i, name in enumerate(names)), {})
    i = data.draw(st.integers(0, len(names) - 1))
    start = data.draw(st.integers(0, len(names[i]) - 1))
    piece = names[i][start:]
    numbers = {one.number for one in index.find(piece, 100)}
    assert i in numbers or not piece.split()


def test_seven_thousand_stores_are_looked_through_in_milliseconds() -> None:
    rows = real_stores()
    entries = (Entry(i, f"S{i}", (row["name"],), (row["address"],)) for i, row in enumerate(rows))
    index = TextIndex(entries, pinyin_initials())
    for query in ("万达", "zzzz", "bjsl", "nowhere to be found"):
        best = min(_took(index, query) for _ in range(3))
        assert best < 0.05, (query, best)


def _took(index: TextIndex, query: str) -> float:
    started = perf_counter()
    index.find(query, 8)
    return perf_counter() - started
