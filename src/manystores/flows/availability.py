"""Availability with everything the house knows: stock, policy, hours, cut-offs, carriers, fees."""

from typing import NamedTuple

from manystores.catalogue.offer import Offer
from manystores.core.clock import DAY_US, SECOND_US
from manystores.flows.routing import Router
from manystores.ledger import Ledger
from manystores.network.carriers import delivery_fee, quote
from manystores.network.hours import next_cut_off
from manystores.network.registry import Registry as Network
from manystores.sourcing.availability import Availability, Query, Terms, availability
from manystores.sourcing.plan import DemandLine, point
from manystores.sourcing.policy import Kind
from manystores.sourcing.promise_dates import Hours, Transit

RIDER = Transit(minutes_min=20, minutes_max=40, minutes_per_km=4.0)


class Place(NamedTuple):
    """Where the shopper is: WGS-84 degrees, and the region code if known."""

    lat: float
    lon: float
    region: str


def look(
    router: Router,
    ledger: Ledger,
    party_no: int,
    offer: Offer,
    quantity: int,
    place: Place,
    channel: str,
    now_us: int,
) -> Availability:
    """The best ways for a shopper at a place to have so much of an offer."""
    planner = router.planner(ledger, party_no, now_us)
    line = DemandLine(offer.offer_no, quantity, offer.weight_g / 1000, offer.sku)
    query = Query(channel=channel, line=line, to=point(place.lat, place.lon))
    amount = offer.price.amount * quantity
    terms: dict[Kind, Terms] = {
        kind: _terms(router.network, party_no, kind, place, now_us, amount, offer.weight_g * quantity)
        for kind in planner.policy.policy.kinds
    }
    return availability(planner, query, now_us, terms)


def _terms(network: Network, party_no: int, kind: Kind, place: Place, now_us: int, amount: int, grams: int) -> Terms:
    times = network.calendar.at(now_us)
    carriers = network.carriers_of(party_no) if kind == "ship" else []

    def hours(location_no: int) -> Hours:
        location = network.location(location_no)
        return Hours(
            opens_us=int(times.opens_us[location_no]),
            closes_us=int(times.closes_us[location_no]),
            lead_time_minutes=location.lead_time_minutes,
            cut_off_us=None if kind == "pick_up" else next_cut_off(location, kind, now_us),
            day_ends_us=day_end_us(float(network.lon[location_no]), now_us),
        )

    def transit(location_no: int, km: float) -> Transit | None:
        if kind == "same_day":
            return RIDER
        if not carriers:
            return default_transit(km)
        region = network.location(location_no).region
        found = [q for c in carriers if (q := quote(c, region, place.region, km, grams)) is not None]
        if not found:
            return None
        best = min(found, key=lambda q: q.cost)
        return Transit(days_min=best.days_min, days_max=best.days_max)

    def fee(_location_no: int, _km: float) -> int:
        return 0 if kind == "pick_up" else delivery_fee(network.fees_of(party_no), place.region, amount)

    return Terms(hours, transit, fee)


def default_transit(km: float) -> Transit:
    """Where the brand named no carrier: a day near by, and a day more for every 700 km."""
    days = 1 + int(km // 700)
    return Transit(days_min=days, days_max=days + 1)


def day_end_us(lon: float, now_us: int) -> int:
    """The next midnight by the mean solar time of a longitude, to the hour."""
    shift = round(lon / 15) * 3600 * SECOND_US
    return ((now_us + shift) // DAY_US + 1) * DAY_US - shift
