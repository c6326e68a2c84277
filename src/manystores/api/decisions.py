"""A decision as the API tells it: candidates, what each would cost and where they are, who was left out; in words."""

from typing import Any, Literal, NamedTuple

import msgspec

from manystores.api.services import Services
from manystores.core.auth import Principal
from manystores.orders.order import Order
from manystores.sourcing.plan import LOOKED_AHEAD, Candidate, Decision, NotChosen
from manystores.sourcing.reasons import Reason, explain, reason_words, summary, why_not

Tongue = Literal["en", "zh"]
Json = dict[str, Any]
_DECISION = msgspec.json.Decoder(Decision)


class Written(NamedTuple):
    """A decision's row; `at` is RFC 3339."""

    number: int
    policy_version: int
    at: str
    body: str


def told(here: Services, who: Principal, order: Order, row: Written, tongue: Tongue) -> Json:
    """The decision in words and figures; a store's device is told of its own store only."""
    made, mine = _DECISION.decode(row.body), who.location_no

    def name_of(location_no: int) -> str:
        return here.network.location(location_no).name if location_no in here.network else "?"

    def place(location_no: int) -> Json:
        known = here.network.location(location_no) if location_no in here.network else None
        told: Json = {"location": here.location_code(location_no), "name": known.name if known else "?"}
        return told | ({"kind": known.kind, "lat": known.lat, "lon": known.lon} if known else {})

    def candidate(one: Candidate) -> Json:
        return place(one.location_no) | {
            "km": one.metres / 1000,
            "lines": [i + 1 for i in range(one.lines.bit_length()) if one.lines >> i & 1],
            "carriage": one.carriage,
            "handling": one.handling,
            "rank": one.rank,
            "rejection": one.rejection,
            "stock_worth": one.stock_worth,
            "room_worth": one.room_worth,
            "cost": one.cost,
        }

    def left_out(one: NotChosen) -> Json:
        reason = Reason(one.reason).name.lower()
        words = reason_words(one.reason, tongue)
        return place(one.location_no) | {"km": one.metres / 1000, "reason": reason, "text": words}

    answer: Json = {
        "number": row.number,
        "policy_version": row.policy_version,
        "decided_at": row.at,
        "words": explain(made, name_of, tongue, order.currency)
        if mine is None
        else [why_not(made, mine, name_of, tongue, order.currency)],
        "summary": summary(made, tongue),
        "chosen": [candidate(one) for one in made.chosen if mine in (None, one.location_no)],
        "others": [candidate(one) for one in made.others if mine in (None, one.location_no)],
        "near": [left_out(one) for one in made.near if mine in (None, one.location_no)],
    }
    if made.saved and mine is None:
        answer |= {"saved": made.saved, "left": [place(location_no) for location_no in made.left]}
    if mine is None:
        answer |= {"kind": made.kind, "holders": made.holders, "candidates": made.candidates}
        answer["looked_ahead"] = made.ahead == LOOKED_AHEAD
        answer["left_out"] = [
            {"reason": Reason(code).name.lower(), "text": reason_words(code, tongue), "locations": count}
            for code, count in sorted(made.excluded.items(), key=lambda item: (-item[1], item[0]))
        ]
        answer["detail"] = msgspec.to_builtins(made, str_keys=True)
    return answer
