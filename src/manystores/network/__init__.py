"""Locations, hours, areas, capacities, carriers: where things are and who may serve whom."""

from manystores.network.body import body_of, location_of, patched
from manystores.network.carriers import (
    Carrier,
    DeliveryFee,
    Quote,
    Zone,
    carrier_body,
    carrier_of,
    delivery_fee,
    fee_body,
    fee_of,
    quote,
)
from manystores.network.hours import NEVER_US, next_cut_off, next_open
from manystores.network.location import CAPABILITIES, KINDS, Location
from manystores.network.registry import CAPABILITY_BITS, KIND_CODES, UNKNOWN_LOCATION, UNLIMITED, Registry

__all__ = [
    "CAPABILITIES",
    "CAPABILITY_BITS",
    "KINDS",
    "KIND_CODES",
    "NEVER_US",
    "UNKNOWN_LOCATION",
    "UNLIMITED",
    "Carrier",
    "DeliveryFee",
    "Location",
    "Quote",
    "Registry",
    "Zone",
    "body_of",
    "carrier_body",
    "carrier_of",
    "delivery_fee",
    "fee_body",
    "fee_of",
    "location_of",
    "next_cut_off",
    "next_open",
    "patched",
    "quote",
]
