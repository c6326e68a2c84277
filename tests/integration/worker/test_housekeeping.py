"""What the worker tidies up, on a real journal."""

from datetime import UTC, datetime, timedelta
from typing import Any

from manystores.core import database
from manystores.core.clock import SECOND_US, ManualClock
from manystores.worker.housekeeping import index_movements, index_request_keys

DAY_US = 86_400 * SECOND_US


def test_request_keys_of_past_days_are_indexed_and_todays_are_not(installation: Any) -> None:
    """Given facts of today and of three days before, then the days before yesterday get an index each, once."""
    now_us = int(datetime(2031, 5, 4, 12, tzinfo=UTC).timestamp()) * SECOND_US
    for days in (3, 2, 1, 0):
        installation.publish({}, at_us=now_us - days * DAY_US)
    clock = ManualClock(now_us)
    with database.connect(installation.url) as connection:
        indexed = index_request_keys(connection, clock)
        assert {"journal_20310501", "journal_20310502"} <= set(indexed)
        assert not {"journal_20310503", "journal_20310504"} & set(indexed)
        assert index_request_keys(connection, clock) == []
        clock.advance(timedelta(days=1).total_seconds())
        assert index_request_keys(connection, clock) == ["journal_20310503"]
    made = installation.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'journal_20310501_request'")
    assert "(partition_id, request_key)" in made[0][0]


def test_movements_of_ended_days_are_indexed_by_bucket(installation: Any) -> None:
    """Half an hour after midnight yesterday is left alone; an hour later it gets its index, once."""
    now_us = int(datetime(2032, 5, 4, 0, 30, tzinfo=UTC).timestamp()) * SECOND_US
    for days in (1, 0):
        installation.publish({}, at_us=now_us - days * DAY_US)
    with database.connect(installation.url) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS movements_20320503 PARTITION OF movements"
            " FOR VALUES FROM ('2032-05-03') TO ('2032-05-04')"
        )
        connection.commit()
        clock = ManualClock(now_us)
        assert "movements_20320503" not in index_movements(connection, clock)
        clock.advance(3600)
        assert "movements_20320503" in index_movements(connection, clock)
        assert index_movements(connection, clock) == []
