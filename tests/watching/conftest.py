"""The application as a monitor asks it, over a database of the test's own and a real queue."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from jobs.bundled import using
from tests.admin.conftest import config_for_tests
from webapp.admin.frame import session
from webapp.app import create_app
from webapp.config import Config
from webapp.database import make_engine
from webapp.migrations import HEAD

Ask = Callable[..., FlaskClient]


@pytest.fixture(scope="session")
def watched_app(
    encryption_keys: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    engine = make_engine("sqlite://")
    config = config_for_tests(encryption_keys, tmp_path_factory.mktemp("home"))
    yield create_app(config, engine=engine)
    engine.dispose()


@pytest.fixture(scope="session")
def queue_home() -> Iterator[Path]:
    """A home whose queue's server runs; the path is short enough for its socket."""
    with tempfile.TemporaryDirectory(prefix="tb-watch-") as folder, using(Path(folder)):
        yield Path(folder)


@pytest.fixture
def stepped(engine: Engine) -> Engine:
    """A database of either kind that says where it stands in its story."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        connection.execute(text("INSERT INTO alembic_version VALUES (:step)"), {"step": HEAD})
    return engine


@pytest.fixture
def config(queue_home: Path, encryption_keys: tuple[str, ...]) -> Config:
    return config_for_tests(encryption_keys, queue_home)


@pytest.fixture
def ask(watched_app: Flask, stepped: Engine, config: Config) -> Ask:
    """A monitor at the application: on this test's database, or another, with changed settings."""

    def monitor(engine: Engine | None = None, **changes: object) -> FlaskClient:
        changed = replace(config, **changes)  # type: ignore[arg-type]
        session.stand_on(watched_app, changed, engine or stepped)
        return watched_app.test_client()

    return monitor
