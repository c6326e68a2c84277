"""Named SQL: every statement of a file is found under its name."""

from manystores.core.sql import queries


def test_statements_are_found_by_name_without_the_sentence_above_the_next() -> None:
    found = queries("manystores.core")
    assert {"find_party", "insert_key", "find_key"} <= set(found)
    assert found["find_party"].startswith("SELECT party_no")
    assert found["find_party"].endswith("WHERE code = %(code)s;")


def test_every_named_statement_says_something() -> None:
    for package in ("manystores.core", "manystores.catalogue", "manystores.promise", "manystores.worker"):
        assert all(body for body in queries(package).values()), package
