"""Databases as `init` leaves them, with their triggers, on either kind; a shop to put by."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.backups.copies import Make
from webapp.database import make_engine
from webapp.migrations import running


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "migrated.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    running.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture
def make_database(
    request: pytest.FixtureRequest, migrated_file: Path, tmp_path: Path
) -> Iterator[Make]:
    """Makes a database of a kind: migrated, or without any table (`empty=True`)."""
    opened: list[tuple[Engine, Callable[[], None]]] = []

    def make(kind: str, *, empty: bool = False) -> Engine:
        def drop() -> None:
            pass

        if kind == "sqlite":
            path = tmp_path / f"database{len(opened)}.sqlite3"
            if not empty:
                shutil.copyfile(migrated_file, path)
            engine = make_engine(f"sqlite:///{path}")
        else:
            url, drop = request.getfixturevalue("postgres_database")(empty=True)
            engine = make_engine(url)
            if not empty:
                running.upgrade(engine)
        opened.append((engine, drop))
        return engine

    yield make
    for engine, drop in opened:
        engine.dispose()
        drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, make_database: Make) -> Engine:
    """A migrated database; the test runs on both kinds."""
    kind: str = request.param
    return make_database(kind)
