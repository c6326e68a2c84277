"""GET /v1/availability: where near me is it, and when can I have it?"""

from typing import Any
from urllib.parse import parse_qsl

import msgspec

from manystores.api.http import Reply, Request
from manystores.api.services import Services
from manystores.core.auth import Principal
from manystores.core.clock import rfc3339
from manystores.core.errors import INVALID, FieldError, Problem
from manystores.flows.availability import Place, look
from manystores.network.body import looks_swapped
from manystores.orders.draft import swapped
from manystores.orders.order import CHANNELS

_encode = msgspec.json.Encoder().encode
MAX_QUANTITY = 100_000


async def get(services: Services, principal: Principal, request: Request) -> Reply:
    """GET /v1/availability"""
    values = dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))
    errors: list[FieldError] = []
    lat = _number(values, "lat", -90, 90, errors)
    lon = _number(values, "lon", -180, 180, errors)
    quantity = _number(values | {"quantity": values.get("quantity", "1")}, "quantity", 1, MAX_QUANTITY, errors)
    if looks_swapped(lat, lon):
        errors.append(swapped("/lat"))
    channel = values.get("channel", "web")
    if channel not in CHANNELS:
        choices = ", ".join(CHANNELS)
        errors.append(FieldError("/channel", "unknown_channel", f"Choose from {choices}.", f"可选：{choices}。"))
    if not values.get("offer"):
        errors.append(FieldError("/offer", "required", "Name the offer by its SKU.", "请提供商品 SKU。"))
    if quantity != int(quantity):
        errors.append(FieldError("/quantity", "not_whole", "Whole base units only.", "数量须为整数。"))
    unknown = values.keys() - {"lat", "lon", "quantity", "channel", "offer", "region"}
    errors += [FieldError(f"/{name}", "unknown", "There is no such parameter.", "没有此参数。") for name in unknown]
    if errors:
        raise Problem(INVALID, fields=tuple(errors))
    offer = services.catalogue.for_sale(principal.party_no, values["offer"], "/offer")
    place = Place(lat, lon, values.get("region", ""))
    found = look(
        services.router, services.owner.ledger, principal.party_no, offer, int(quantity), place, channel,
        services.clock.now_us(),
    )  # fmt: skip
    options: list[dict[str, Any]] = [
        {
            "kind": option.kind,
            # a store's device sells what others send, without seeing who has it
            "locations": [services.location_code(no) for no in option.location_nos if principal.sees_location(no)],
            "km": round(option.km, 1),
            "fee": option.fee,
            "currency": offer.price.currency,
            "from": rfc3339(option.from_us),
            "to": rfc3339(option.to_us),
            "basis": "learned" if option.learned else "configured",
        }
        for option in found.options
        if principal.location_no is None or option.kind != "pick_up" or principal.location_no in option.location_nos
    ]
    body = {"offer": offer.sku, "quantity": int(quantity), "channel": channel, "options": options}
    return Reply(200, _encode(body | {"not_possible": found.reasons}))


def _number(values: dict[str, str], name: str, low: float, high: float, errors: list[FieldError]) -> float:
    try:
        value = float(values.get(name, ""))
        if low <= value <= high:
            return value
    except ValueError:
        pass
    errors.append(
        FieldError(
            f"/{name}", "out_of_range", f"A number from {low:g} to {high:g}.", f"须为 {low:g} 到 {high:g} 的数字。"
        )
    )
    return low
