"""Named SQL: every statement of a file is found under its name."""

from manystores.core.sql import queries


def test_statements_are_found_by_name_without_the_sentence_above_the_next() -> None:
    found = queries("manystores.core")
    assert {"find_party", "insert_key", "find_key"} <= set(found)
    assert found["find_party"].startswith("SELECT party_no")
    assert found["find_party"].endswith("WHERE code = %(code)s;")


CONTEXTS = ("api", "catalogue", "core", "flows", "network", "orders", "people", "promise", "worker")


def test_every_named_statement_says_something() -> None:
    for context in CONTEXTS:
        assert all(body for body in queries(f"manystores.{context}").values()), context


def test_what_statements_have_in_common_stands_in_each() -> None:
    found = queries("manystores.orders")
    for name in ("search_orders", "search_unserved_orders"):
        assert "%(channel)s" in found[name]
        assert found[name].endswith("LIMIT %(limit)s;")
    assert "of_orders" not in found
    assert not [
        name for context in CONTEXTS for name, body in queries(f"manystores.{context}").items() if "-- with:" in body
    ]
