"""A local store, empty of orders, and a client for it."""

from collections.abc import Iterator

import pytest

from platforms.sandbox.shopee import Sandbox, open_sandbox
from tests.sandbox.shopee.caller import Caller


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    """No order, the fixed catalogue."""
    with open_sandbox() as opened:
        yield opened


@pytest.fixture
def shop(sandbox: Sandbox) -> Iterator[Caller]:
    caller = Caller(sandbox)
    yield caller
    caller.close()
