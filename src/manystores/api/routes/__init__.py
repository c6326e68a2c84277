"""One module per group of routes; ROUTERS is what the application includes."""

from typing import Final

from fastapi import APIRouter

ROUTERS: Final[tuple[APIRouter, ...]] = ()
