"""A marketplace's shop without orders, connected; on SQLite, or on both databases."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from tests.market_jobs.connected import Market, open_market


@pytest.fixture
def market(sqlite_engine: Engine) -> Iterator[Market]:
    """The catalogue is mapped and counted, nothing is sold yet."""
    with open_market(sqlite_engine, products=4) as market:
        yield market


@pytest.fixture
def market_on_both(engine: Engine) -> Iterator[Market]:
    """The same, once on each database."""
    with open_market(engine, products=4) as market:
        yield market
