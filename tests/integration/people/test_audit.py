"""The audit is append-only: rows come, none changes or goes."""

import re
from pathlib import Path

import manystores
from manystores.core.database import Connection

CHANGES = re.compile(
    r"\b(UPDATE|DELETE\s+FROM|TRUNCATE(\s+TABLE)?|ALTER\s+TABLE|DROP\s+TABLE)\s+(ONLY\s+)?audit\b", re.IGNORECASE
)


def test_no_code_changes_or_removes_a_row() -> None:
    """No statement in any source or SQL file of ours, and none without the table's name either."""
    package = Path(next(iter(manystores.__path__)))
    files = [file for file in package.rglob("*") if file.suffix in (".py", ".sql")]
    assert len(files) > 100
    assert [str(file) for file in files if CHANGES.search(file.read_text("utf-8"))] == []
    inserts = [file.name for file in files if re.search(r"INSERT\s+INTO\s+audit\b", file.read_text("utf-8"))]
    assert inserts == ["queries.sql"]


def test_the_search_for_it_would_find_one() -> None:
    """So that the test above can fail."""
    for text in ("UPDATE audit SET", "delete from audit where", "TRUNCATE audit", "ALTER TABLE audit DROP"):
        assert CHANGES.search(text), text


def test_nothing_in_the_schema_removes_rows_by_itself(connection: Connection) -> None:
    """No foreign key cascades into it."""
    found = connection.execute("SELECT conname FROM pg_constraint WHERE conrelid = 'audit'::regclass AND contype = 'f'")
    assert found.fetchall() == []
