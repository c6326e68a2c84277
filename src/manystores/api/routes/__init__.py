"""One module per group of routes; ROUTERS is what the application includes."""

from typing import Final

from fastapi import APIRouter

from manystores.api.routes import (
    audit,
    board,
    carriers,
    exports,
    fulfilment,
    health,
    idp,
    keys,
    locations,
    me,
    network,
    offers,
    orders,
    people,
    policies,
    returns,
    scan,
    search,
    sign_in,
    status,
    stock,
    tracking,
    views,
    webhooks,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    locations.router,
    network.router,
    offers.router,
    carriers.router,
    policies.router,
    stock.router,
    exports.router,
    orders.router,
    fulfilment.router,
    scan.router,
    returns.router,
    tracking.router,
    search.router,
    views.router,
    board.router,
    webhooks.router,
    keys.router,
    people.router,
    audit.router,
    me.router,
    sign_in.router,
    idp.router,
    health.router,
    status.router,
)
