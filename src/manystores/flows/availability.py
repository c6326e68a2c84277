"""Availability with everything the house knows: stock, policy, hours, cut-offs, carriers, fees."""

from typing import NamedTuple

from manystores.catalogue.offer import Offer, amount_of
from manystores.flows import promising
from manystores.flows.routing import Router
from manystores.ledger import Ledger
from manystores.network.carriers import delivery_fee
from manystores.sourcing.availability import Availability, Query, Terms, availability
from manystores.sourcing.plan import DemandLine, point
from manystores.sourcing.policy import Kind
from manystores.sourcing.promise_dates import Transit


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
    line = DemandLine(offer.offer_no, quantity, offer.weight_g / (1000 * offer.scale), offer.sku)
    amount, risk_class = amount_of(offer, quantity), router.risk_class(party_no, [offer.offer_no])
    query = Query(channel=channel, line=line, to=point(place.lat, place.lon), risk_class=risk_class)
    terms: dict[Kind, Terms] = {
        kind: _terms(
            router, party_no, kind, place, now_us, amount, offer.weight_g * quantity // offer.scale, risk_class
        )
        for kind in planner.policy.policy.kinds
    }
    return availability(planner, query, now_us, terms)


def _terms(
    router: Router, party_no: int, kind: Kind, place: Place, now_us: int, amount: int, grams: int, risk_class: str
) -> Terms:
    network, foreseen = router.network, router.foreseen(party_no)
    parcel = promising.Parcel(place.region, grams)
    moving = router.moving(party_no, kind, risk_class)
    known = promising.terms(network, party_no, kind, parcel, now_us, foreseen=foreseen, moving=moving)
    served = None
    if kind != "pick_up" and network.areas:
        served = network.areas.mask(network.size, place.lat, place.lon, place.region)

    def transit(location_no: int, km: float) -> Transit | None:
        """None also from where nothing is delivered to this place."""
        return known.transit(location_no, km) if served is None or served[location_no] else None

    def fee(_location_no: int, _km: float) -> int:
        return 0 if kind == "pick_up" else delivery_fee(network.fees_of(party_no), place.region, amount)

    return Terms(known.hours, transit, fee, known.learned)
