"""A floor of each test's own, on a socket in a short folder."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from jobs.bundled import Bundled
from tests.queue.floor import CHECKOUT, Floor
from webapp.database import make_engine
from webapp.migrations import HEAD
from webapp.migrations.state import VERSIONS


@pytest.fixture
def home() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="tillbridge-q-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def server(home: Path) -> Iterator[Bundled]:
    """A Valkey that answers."""
    server = Bundled(home)
    server.ensure()
    yield server
    server.stop()


@pytest.fixture
def floor(
    home: Path, server: Bundled, sqlite_template: Path, encryption_keys: tuple[str, ...]
) -> Iterator[Floor]:
    """An installation without sites, its server running, nobody at work."""
    shutil.copyfile(sqlite_template, home / "tillbridge.sqlite3")
    engine = make_engine(f"sqlite:///{home / 'tillbridge.sqlite3'}")
    with engine.begin() as connection:
        VERSIONS.create(connection)
        connection.execute(insert(VERSIONS).values(version_num=HEAD))
    environment = {
        "PYTHONPATH": str(CHECKOUT),
        "TILLBRIDGE_HOME": str(home),
        "TILLBRIDGE_ALLOW_PRIVATE_STORES": "1",
        "TILLBRIDGE_SECRET_KEY": "a key of these tests",
        "TILLBRIDGE_ENCRYPTION_KEYS": ",".join(encryption_keys),
        "DATABASE_URL": "",
        "REDIS_URL": "",
    }
    floor = Floor(home, engine, server, environment)
    yield floor
    floor.close()
    engine.dispose()
