"""Bring what the process knows of master data up to the database's.

Routes tell the registries what they wrote once it is committed. When the connection breaks during a commit, nobody
knows whether it happened, so the next write looks it up first.
"""

from manystores.api.services import Services, load_policies
from manystores.catalogue import store as offer_store
from manystores.network import DeliveryFee
from manystores.network import store as location_store


async def refresh(here: Services) -> None:
    """Read locations, carriers, fees, offers and policies anew; what is known already stays as it is."""
    async with here.pool.connection() as connection:
        here.network.apply(await location_store.load_locations(connection))
        here.network.set_carriers(await location_store.load_carriers(connection))
        rows = await (await connection.execute("SELECT party_no FROM parties")).fetchall()
        fees: dict[int, list[DeliveryFee]] = {party_no: [] for (party_no,) in rows}
        for fee in await location_store.load_fees(connection):
            fees.setdefault(fee.party_no, []).append(fee)
        for party_no, own in fees.items():
            here.network.set_fees(party_no, own)
        async for offers in offer_store.load_all(connection):
            here.catalogue.apply(offers)
    for party_no, policy in await load_policies(here.pool):
        if policy.version > here.router.policy_of(party_no).version:
            here.router.set_policy(party_no, policy)
    here.router.network_changed()
