"""Brands' offers (goods, services, quotas), variants, kits, prices."""

from manystores.catalogue.body import body_of, offer_of, patched
from manystores.catalogue.gtin import BrokenGtin, gtin14
from manystores.catalogue.kits import KitLine, Part, check_kits, expand
from manystores.catalogue.offer import (
    KINDS,
    PRICE_MAX,
    QUANTITY_MAX,
    UNITS,
    Component,
    Kind,
    Offer,
    amount_of,
    name_in,
    weight_of,
)
from manystores.catalogue.registry import (
    FIRST_OFFER_NO,
    KIND_CODES,
    OFFER_DISABLED,
    ORDERS_PER_DAY,
    ORDERS_PER_HOUR,
    UNKNOWN_OFFER,
    Registry,
    unknown_offer,
)

__all__ = [
    "FIRST_OFFER_NO",
    "KINDS",
    "KIND_CODES",
    "OFFER_DISABLED",
    "ORDERS_PER_DAY",
    "ORDERS_PER_HOUR",
    "PRICE_MAX",
    "QUANTITY_MAX",
    "UNITS",
    "UNKNOWN_OFFER",
    "BrokenGtin",
    "Component",
    "Kind",
    "KitLine",
    "Offer",
    "Part",
    "Registry",
    "amount_of",
    "body_of",
    "check_kits",
    "expand",
    "gtin14",
    "name_in",
    "offer_of",
    "patched",
    "unknown_offer",
    "weight_of",
]
