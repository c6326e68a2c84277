"""A fresh database for each test of the owner, and a clock that stands still until the test moves it."""

import pytest
from tests.integration.promise.world import World


@pytest.fixture
def world(fresh_database_url: str) -> World:
    """A fresh database and a clock that stands still."""
    return World(fresh_database_url)
