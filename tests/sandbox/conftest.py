"""A store over HTTPS with Basic keys, empty or seeded, and a client for it."""

from collections.abc import Iterator

import pytest

from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from tests.sandbox.caller import Caller


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """An empty order book, the fixed catalogue, HTTPS."""
    with open_sandbox(https=True) as opened:
        yield opened


@pytest.fixture
def seeded() -> Iterator[Sandbox]:
    """The fifteen cases and 65 generated orders, HTTPS."""
    with open_sandbox(https=True, orders=80) as opened:
        yield opened


@pytest.fixture
def http() -> Iterator[Sandbox]:
    """The fifteen cases over plain HTTP, where only OAuth is looked at."""
    with open_sandbox(with_cases=True) as opened:
        yield opened


@pytest.fixture
def shop(sandbox: Sandbox) -> Iterator[Caller]:
    caller = Caller(sandbox)
    yield caller
    caller.close()


@pytest.fixture
def busy_shop(seeded: Sandbox) -> Iterator[Caller]:
    caller = Caller(seeded)
    yield caller
    caller.close()
