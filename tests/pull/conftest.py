"""A shop without orders, connected; each test on SQLite."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from platforms.sandbox.woocommerce import open_sandbox
from tests.pull.shops import Shop, connected


@pytest.fixture
def shop(sqlite_engine: Engine) -> Iterator[Shop]:
    """The catalogue is mapped and counted, nothing is sold yet."""
    with open_sandbox() as sandbox:
        yield connected(sqlite_engine, sandbox)
