"""The command line in this process, on a home of the test's own."""

import shutil
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine

from webapp.cli.context import Context
from webapp.cli.init import run as initialise
from webapp.cli.main import main
from webapp.config import read_config, unlock
from webapp.database import make_engine
from webapp.encryption import use_keys


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.json.decode(self.out)
        return found


Run = Callable[..., Said]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home; nothing of the machine's environment reaches the command."""
    for name in (
        "DATABASE_URL",
        "REDIS_URL",
        "TILLBRIDGE_SECRET_KEY",
        "TILLBRIDGE_ENCRYPTION_KEYS",
        "TILLBRIDGE_ADMIN_EMAIL",
        "TILLBRIDGE_ADMIN_PASSWORD",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TILLBRIDGE_ALLOW_PRIVATE_STORES", "1")
    monkeypatch.setenv("TILLBRIDGE_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def run(
    home: Path, capsys: pytest.CaptureFixture[str], encryption_keys: tuple[str, ...]
) -> Iterator[Run]:
    """Runs a command line, word by word, and gives what it said."""

    def call(*words: str) -> Said:
        capsys.readouterr()
        status = main([str(word) for word in words])
        said = capsys.readouterr()
        return Said(status, said.out, said.err)

    yield call
    use_keys(encryption_keys)


@pytest.fixture(scope="session")
def initialised_home(
    tmp_path_factory: pytest.TempPathFactory, encryption_keys: tuple[str, ...]
) -> Path:
    """A home as `init` leaves it, made once: tests work on copies."""
    home = tmp_path_factory.mktemp("initialised") / "home"
    with closing(Context(environment={"TILLBRIDGE_HOME": str(home)})) as context:
        initialise(Namespace(), context)
    use_keys(encryption_keys)
    return home


@pytest.fixture
def ready(run: Run, home: Path, initialised_home: Path) -> Run:
    """`run`, in a home that was initialised."""
    shutil.copytree(initialised_home, home)
    unlock(read_config())
    return run


@pytest.fixture
def home_engine(ready: Run) -> Iterator[Engine]:
    engine = make_engine(read_config().database_url)
    yield engine
    engine.dispose()
