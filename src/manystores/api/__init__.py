"""The public HTTP API."""

from manystores.api.app import Application, create_app

__all__ = ["Application", "create_app"]
