"""What became of assigned work, read from the facts of orders."""

from typing import Any

import msgspec
import polars as pl
import pytest

from manystores.core.clock import MINUTE_US, from_datetime, to_datetime
from manystores.foresight.assignments import UNLIMITED_LOAD, Sites, assignments_of, with_factors

AT = "2026-11-18T09:00:00Z"


def at(minutes: float) -> str:
    from datetime import datetime

    began = from_datetime(datetime.fromisoformat(AT))
    return to_datetime(began + round(minutes * MINUTE_US)).isoformat()


def work(location: str = "XIDAN", state: str = "open", *steps: str, minute: float = 0.0, **more: Any) -> dict[str, Any]:
    part = {"offer": "SCARF", "quantity": 2, "short": 0, "withdrawn": 0, "shipped": 0}
    body = {
        "location": location, "kind": "ship", "state": state, "reject_reason": None,
        "lines": [part | more.pop("part", {})], "created_at": at(minute), "updated_at": at(more.pop("until", minute)),
        "history": [{"kind": step} for step in steps],
    }  # fmt: skip
    return body | more


def told(*works: dict[str, Any], **more: Any) -> pl.DataFrame:
    body = {"backfilled": False, "fulfilment_orders": works, "history": []} | more
    return pl.DataFrame(
        {"party_no": [1], "body": [msgspec.json.encode(body).decode()]}, schema_overrides={"party_no": pl.Int32}
    )


@pytest.mark.parametrize(
    ("one", "known", "reason", "short"),
    [
        (work(), False, "", False),  # nobody answered yet
        (work("XIDAN", "cancelled"), False, "", False),  # taken back before anybody did
        (work("XIDAN", "in_progress", "fulfilment.accepted"), True, "", False),
        (work("XIDAN", "closed", part={"shipped": 2}), True, "", False),
        (work("XIDAN", "rejected", "fulfilment.rejected", reject_reason="too_busy"), True, "too_busy", False),
        (work("XIDAN", "in_progress", "fulfilment.accepted", "fulfilment.picked", part={"short": 1}), True,
         "cannot_find", True),
        (work("XIDAN", "in_progress", "fulfilment.lines_rejected", reject_reason="damaged"), True, "damaged", False),
        (work("XIDAN", "rejected", "fulfilment.accepted", "fulfilment.rejected", reject_reason="cannot_find",
              part={"short": 2}), True, "cannot_find", True),
    ],
)  # fmt: skip
def test_the_outcome_of_work(one: dict[str, Any], known: bool, reason: str, short: bool) -> None:
    [row] = assignments_of(told(one)).to_dicts()
    assert (row["known"], row["reason"], row["short"]) == (known, reason, short)


def test_imported_orders_and_other_facts_teach_nothing() -> None:
    assert assignments_of(told(work(), backfilled=True)).is_empty()
    other = pl.DataFrame({"party_no": [1], "body": ['{"fulfilment_orders": ["a"]}']})
    assert assignments_of(other).is_empty()


def sites(per_hour: int | None) -> Sites:
    return Sites(
        zone=lambda _party, _code: "Asia/Shanghai",
        group=lambda _party, code: code[:1],
        per_hour=lambda _party, _code: per_hour,
        starts_us=lambda _party, _code, at_us: at_us,
        classes={(1, "SCARF"): "knitwear"},
    )


def test_load_is_the_share_of_the_hour_that_was_taken_when_it_came() -> None:
    orders = [told(work(minute=n)) for n in range(10)]
    orders += [told(work(minute=70)), told(work("SANLITUN", minute=9.5))]  # the next hour, and another store
    found = with_factors(assignments_of(pl.concat(orders)), sites(10))
    assert found["load"].to_list() == [0] * 5 + [1] * 3 + [2] * 2 + [0, 0]
    assert set(found["hour"].to_list()) == {17, 18}
    assert set(found["group"].to_list()) == {"X", "S"}
    assert found["classes"].to_list() == [["knitwear"]] * 12
    assert set(with_factors(assignments_of(pl.concat(orders)), sites(None))["load"].to_list()) == {UNLIMITED_LOAD}


def test_what_was_given_back_holds_no_capacity() -> None:
    gone = [told(work("XIDAN", "rejected", "fulfilment.rejected", minute=n, until=5)) for n in range(4)]
    orders = [*gone, told(work(minute=4.5)), told(work(minute=6))]
    found = with_factors(assignments_of(pl.concat(orders)), sites(5))
    assert found["load"].to_list() == [0, 0, 0, 1, 2, 0]
