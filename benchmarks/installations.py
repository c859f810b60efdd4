"""Installations for a run that is struck: homes of their own, set up by the commands people type."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Engine

from benchmarks.at_work import at_work
from benchmarks.databases import Databases, fresh_databases
from benchmarks.far_end import ROOT
from benchmarks.queue_servers import QueueServer, bundled_server, given_server
from platforms.sandbox.woocommerce import Sandbox
from webapp.cli.context import Context
from webapp.cli.demo_stage import run_words
from webapp.cli.sandbox import write_files

POSTGRESQL = "postgresql"
DATABASES = ("sqlite", POSTGRESQL)
# As often as may be; pushes come of sales.
PULL_EVERY = 10
PUSH_EVERY = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """A home with a database and a queue's server; nobody is at work in it yet."""

    home: Path
    environment: dict[str, str]
    context: Context
    server: QueueServer

    @property
    def engine(self) -> Engine:
        return self.context.engine

    def do(self, *words: str) -> Any:
        """What a command answers with, run in this process."""
        return run_words(self.context, *words).data

    def type(self, *words: str) -> Any:
        """What a command answers with, run as a process. AssertionError: it failed; what it said."""
        done = subprocess.run(
            [sys.executable, "-P", "-m", "webapp.cli", *words, "--json"],
            env=self._surroundings(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise AssertionError(f"{' '.join(words)}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout)

    def set_up(self, stores: dict[str, Sandbox]) -> None:
        """The stores as sites that pull by themselves and may push; the stock counted once."""
        self.do("init")
        for number, (name, sandbox) in enumerate(stores.items()):
            files = self.home / "files" / name
            declaration = sandbox.declaration(name)
            declaration["integration"] |= {"pull_every": PULL_EVERY, "push_every": PUSH_EVERY}
            write_files(files, declaration, sandbox)
            self.do("site", "apply", str(files / "site.json"))
            if number == 0:
                self.do("stock", "import", str(files / "stock.csv"))
            self.do("catalogue", "pull", name)
            self.do("mapping", "import", name, str(files / "mapping.csv"))

    def open_pushes(self, stores: dict[str, Sandbox]) -> None:
        """As a person who has seen what the first push would send."""
        for name in stores:
            self.do("push", name, "--dry-run")

    def running(self) -> AbstractContextManager[int]:
        """`run`, with what it says in a file of the home; its pid."""
        return at_work(self.environment, self.home / "run.log", "run", "--port", "0")

    def _surroundings(self) -> dict[str, str]:
        return {**os.environ, **self.environment, "PYTHONPATH": str(ROOT)}


@dataclass(slots=True)
class Ground:
    """Where installations are made; all of them are gone when it is left. One set of keys for all."""

    folder: Path
    databases: Databases | None
    stack: ExitStack
    key: str = field(default_factory=lambda: Fernet.generate_key().decode())

    def installation(self, name: str) -> Installation:
        """An empty home. On PostgreSQL as on several machines: everything is given by address."""
        home = self.folder / name
        home.mkdir(mode=0o700)
        if self.databases is None:
            database = ""
            server = self.stack.enter_context(bundled_server(home))
        else:
            address = self.databases.postgres_empty()
            database = address.replace("postgresql://", "postgresql+psycopg://", 1)
            server = self.stack.enter_context(given_server(self.folder / f"{name}-queue"))
        environment = {
            "TILLBRIDGE_HOME": str(home),
            "TILLBRIDGE_ALLOW_PRIVATE_STORES": "1",
            "TILLBRIDGE_SECRET_KEY": "of this benchmark",
            "TILLBRIDGE_ENCRYPTION_KEYS": self.key,
            "DATABASE_URL": database,
            "REDIS_URL": server.redis_url,
        }
        context = Context(environment=environment)
        self.stack.callback(context.close)
        return Installation(home=home, environment=environment, context=context, server=server)


@contextmanager
def ground(kind: str) -> Iterator[Ground]:
    """For installations on "sqlite" or "postgresql"."""
    folder = Path(tempfile.mkdtemp(prefix="tillbridge-chaos-"))
    try:
        with ExitStack() as stack:
            databases = None
            if kind == POSTGRESQL:
                databases = stack.enter_context(fresh_databases())
            yield Ground(folder, databases, stack)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
