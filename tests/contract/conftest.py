"""One suite for every platform there is.

A new platform inherits it by existing: its folder declares it, and its sandbox is the package of
the same name with `open_sandbox` and a `story`. What a platform does not declare is not asked of
it; no test here knows a platform's name.
"""

from collections.abc import Iterator
from typing import Any

import pytest

from platforms import registry
from platforms.base import Platform, Store
from platforms.sandbox.local_store import LocalStore
from platforms.sandbox.story import Story
from tests.contract.connecting import ORDERS, connected, local_store, told_story


@pytest.fixture(params=registry.names())
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def platform(name: str) -> Platform:
    return registry.get(name)


@pytest.fixture
def sandbox(name: str) -> Iterator[Any]:
    """The platform's local store with more orders than a page holds."""
    opened: LocalStore = local_store(name, orders=ORDERS)
    with opened:
        yield opened


@pytest.fixture
def store(platform: Platform, sandbox: Any) -> Store:
    return connected(platform, sandbox)


@pytest.fixture
def story(name: str) -> Iterator[Story]:
    """The platform's local store with some orders, and the things that can happen in it."""
    opened = told_story(name)
    with opened.store:
        yield opened
