"""People of the demo's brand, to sign in to the console with: one password for all, told once."""

from typing import Final, NamedTuple

from manystores.core.auth import BRAND_SCOPES, Party
from manystores.core.database import connect_async
from manystores.people import store
from manystores.people.passwords import hashed
from manystores.people.person import Wanted
from manystores.people.roles import BOUND, Role

# where most waits to be done; before anything waits, where most offers lie on the shelf
_BUSIEST: Final = """
    SELECT l.location_no, l.code FROM locations l
    LEFT JOIN (SELECT location_no, count(*) AS open FROM fulfilment_orders
               WHERE partition_id = %(partition_id)s AND party_no = %(party_no)s AND state IN ('open', 'in_progress')
               GROUP BY location_no) w USING (location_no)
    LEFT JOIN (SELECT location_no, count(*) AS offers FROM buckets
               WHERE partition_id = %(partition_id)s AND on_hand > 0
               GROUP BY location_no) b USING (location_no)
    WHERE l.party_no = %(party_no)s AND l.kind = 'store'
    ORDER BY coalesce(w.open, 0) DESC, coalesce(b.offers, 0) DESC, l.code
    LIMIT 1
"""
PEOPLE: Final[tuple[tuple[str, str, Role], ...]] = (
    ("ops", "陈晨", "brand_operations"),
    ("marketing", "林悦", "brand_marketing"),
    ("planner", "周宁", "planner"),
    ("store", "王磊", "store_associate"),
)


class Somebody(NamedTuple):
    """Somebody who can sign in; `location` is the store of an associate."""

    login: str
    name: str
    role: str
    location: str | None


async def settle_people(database_url: str, party: Party, password: str, now_us: int) -> list[Somebody]:
    """Make the demo's people if they are missing, give all of them this password ('' leaves it as it is), and put the
    associate into the store where most is to be done."""
    secret = hashed(password) if password else None
    told = []
    async with await connect_async(database_url) as connection:
        await store.lock(connection, party.party_no)
        values = {"partition_id": party.partition_id, "party_no": party.party_no}
        busiest = await (await connection.execute(_BUSIEST.encode(), values)).fetchone()
        for login, name, role in PEOPLE:
            at = busiest if role in BOUND else None
            if role in BOUND and at is None:
                continue
            numbers = (int(at[0]),) if at else ()
            wanted = Wanted(login, name, role, (), True)
            before = await store.find(connection, party.party_no, login=login)
            if before:
                await store.change(connection, before[0], wanted, numbers, secret, BRAND_SCOPES, now_us)
            else:
                await store.create(connection, party, wanted, numbers, secret, BRAND_SCOPES, now_us)
            told.append(Somebody(login, name, role, str(at[1]) if at else None))
    return told
