"""Both local stores, and the real web server that they send to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from platforms.sandbox import shopee, woocommerce
from tests.admin.conftest import config_for_tests
from tests.webhooks.serving import Served, connect, serve
from webapp.app import create_app
from webapp.database import make_engine
from webapp.encryption import use_keys


@pytest.fixture(scope="session")
def webhook_app(
    encryption_keys: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application, built once."""
    engine = make_engine("sqlite://")
    home = tmp_path_factory.mktemp("webhook-home")
    yield create_app(config_for_tests(encryption_keys, home), engine=engine)
    engine.dispose()


@pytest.fixture
def served(
    webhook_app: Flask, engine: Engine, encryption_keys: tuple[str, ...], tmp_path: Path
) -> Iterator[Served]:
    """The application on a database of this test, served; the test runs on both databases."""
    use_keys(encryption_keys)
    with serve(webhook_app, engine, encryption_keys, tmp_path) as served:
        yield served


@pytest.fixture
def served_on_sqlite(
    webhook_app: Flask, sqlite_engine: Engine, encryption_keys: tuple[str, ...], tmp_path: Path
) -> Iterator[Served]:
    """The same where the kind of database does not matter."""
    use_keys(encryption_keys)
    with serve(webhook_app, sqlite_engine, encryption_keys, tmp_path) as served:
        yield served


@pytest.fixture
def shop() -> Iterator[woocommerce.Sandbox]:
    """A shop of its own, without orders."""
    with woocommerce.open_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def market() -> Iterator[shopee.Sandbox]:
    """A shop on a marketplace, without orders."""
    with shopee.open_sandbox() as sandbox:
        yield sandbox


@pytest.fixture(params=["woocommerce", "shopee"])
def platform_name(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def sandbox(platform_name: str) -> Iterator[Any]:
    """A store of each platform in turn, without orders."""
    opened: Any = {"woocommerce": woocommerce, "shopee": shopee}[platform_name]
    with opened.open_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def site_id(served_on_sqlite: Served, sandbox: Any, platform_name: str) -> int:
    """That store, connected."""
    return connect(served_on_sqlite.engine, sandbox, platform_name)
