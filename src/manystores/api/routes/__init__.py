"""One module per group of routes; ROUTERS is what the application includes."""

from typing import Final

from fastapi import APIRouter

from manystores.api.routes import fulfilment, health, orders, returns, stock

ROUTERS: Final[tuple[APIRouter, ...]] = (
    stock.router,
    orders.router,
    fulfilment.router,
    returns.router,
    health.router,
)
