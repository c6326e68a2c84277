"""Which buckets somebody asks for, as masks over locations and offers; and buckets as they are told outside."""

from typing import Annotated, Any, Final, Literal

import msgspec
import numpy as np
from fastapi import Depends, Query
from numpy.typing import NDArray

from manystores.api.network_points import Wanted as WantedPlaces
from manystores.api.network_points import select
from manystores.api.places import ANYWHERE, Places, own
from manystores.api.resources import after as key_of
from manystores.api.resources import bad_cursor, cursor_of
from manystores.api.services import EVERYWHERE, Services
from manystores.catalogue.offer import name_in
from manystores.core.auth import Principal
from manystores.core.clock import rfc3339
from manystores.ledger import Counters, Key
from manystores.ledger.shelves import SUMS, Place, Wanted, Which
from manystores.network.location import Kind

LIMIT_MAX: Final = 500
_NUMBERS = msgspec.json.Decoder(list[int])


class Asked(msgspec.Struct, frozen=True):
    """Which buckets, as a request names them."""

    location: str | None = None
    offer: str | None = None
    places: WantedPlaces = ANYWHERE
    state: Which = "all"
    now: bool = False


def _asked(
    places: Places,
    location: Annotated[
        str | None, Query(max_length=128, description="`*` is the network as a whole.", examples=["S1"])
    ] = None,
    offer: Annotated[str | None, Query(max_length=128, examples=["X1"])] = None,
    location_kind: Annotated[Kind | None, Query()] = None,
    state: Annotated[
        Which,
        Query(
            description="out: nothing available; short: promised more than there is; the others: something is …",
        ),
    ] = "all",
    window: Annotated[Literal["now"] | None, Query(description="`now`: nothing of dates and slots to come.")] = None,
) -> Asked:
    chosen = msgspec.structs.replace(places, kind=location_kind)
    return Asked(location, offer, chosen, state, window is not None)


Filter = Annotated[Asked, Depends(_asked)]
Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="How many in a page.")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next` of the page before, as it came.")]


def wanted(here: Services, who: Principal, asked: Asked) -> Wanted:
    """The buckets that are asked for, of those that may be seen; Problem for a location or an offer that is unknown."""
    network, mine = here.network, here.catalogue.numbers_of(who.party_no)
    offers: NDArray[np.bool_] = np.zeros(len(here.catalogue.kind), np.bool_)
    if asked.offer is None:
        offers[np.fromiter(mine.values(), np.int64, len(mine))] = True
    else:
        offers[here.catalogue.number(who.party_no, asked.offer, "/offer")] = True
    places: NDArray[np.bool_] = np.zeros(network.size, np.bool_)
    if asked.location == EVERYWHERE and who.location_no is None:
        places[0] = True
    elif asked.location is not None:
        places[here.location_no(who, asked.location, "/location")] = True
    else:
        places[select(network, own(who, asked.places))] = True
        places[0] = who.location_no is None and asked.places == ANYWHERE
    return Wanted(places, offers, asked.state, asked.now)


def cursor_after(cursor: str | None, order: str) -> Place | None:
    """The place behind which the page begins."""
    if not cursor:
        return None
    of, _, numbers = key_of(cursor).partition(" ")
    try:
        value, *key = _NUMBERS.decode(numbers)
        if of != order or any(abs(number) >= 1 << 62 for number in (value, *key)):
            raise ValueError(cursor)
        return Place(value, Key(*key))
    except (ValueError, TypeError, msgspec.MsgspecError):
        raise bad_cursor() from None


def cursor_at(place: Place, order: str) -> str:
    """What to send for the page behind this place."""
    return cursor_of(f"{order} {msgspec.json.encode([place.value, *place.key]).decode()}")


def bucket(here: Services, key: Key, counters: Counters, tongue: str) -> dict[str, Any]:
    """A bucket with codes and names instead of numbers."""
    return place_of(here, key, tongue) | told(counters)


def place_of(here: Services, key: Key, tongue: str) -> dict[str, Any]:
    """Which bucket it is, in codes and names."""
    offer = here.catalogue.get(key.offer_no)
    known = key.location_no in here.network
    return {
        "location": here.location_code(key.location_no),
        "location_name": here.network.location(key.location_no).name if known else "",
        "offer": here.offer_sku(key.offer_no),
        "offer_name": name_in(offer, tongue) if offer else "",
        "window": rfc3339(key.window_us) if key.window_us else None,
        "lot": here.lots.name(key.lot_no),
    }


def told(counters: Counters) -> dict[str, int]:
    """Counters with what is available."""
    return {**counters._asdict(), "available": counters.available}


def sums(row: NDArray[np.int64]) -> dict[str, int]:
    """Sums by their names."""
    return dict(zip(SUMS, row.tolist(), strict=True))
