"""What somebody in a store must know of an offer to find it on the shelf and to tell it by its barcode."""

from collections.abc import Iterable
from typing import Any

from manystores.api.services import Services
from manystores.catalogue.offer import Offer
from manystores.core.auth import Principal


def article(offer: Offer) -> dict[str, Any]:
    """An offer as a picker sees it. `shelf`, `image` and `serials` (whether each unit has a serial number to be noted)
    are attributes that a brand may keep."""
    shelf, image = offer.attributes.get("shelf"), offer.attributes.get("image")
    return {
        "sku": offer.sku,
        "name": dict(offer.names),
        "gtin": offer.gtin,
        "unit": offer.unit,
        "scale": offer.scale,
        "options": dict(offer.options),
        "shelf": shelf if isinstance(shelf, str) else None,
        "image": image if isinstance(image, str) else None,
        "serials": offer.attributes.get("serials") is True,
    }


def articles(here: Services, who: Principal, works: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """`{"offers": […]}` of all lines of fulfilment orders as told, each offer once."""
    skus = dict.fromkeys(line["offer"] for work in works for line in work["lines"])
    found = (here.catalogue.find(who.party_no, sku) for sku in skus)
    return {"offers": [article(offer) for offer in found if offer is not None]}
