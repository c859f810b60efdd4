"""Backups taken and put back, and databases compared row by row, whatever kind they are."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine, select

from tests.conftest import NOW
from webapp.backups.manifest import BackupKeys, Manifest
from webapp.backups.restoring import opened, restore_backup
from webapp.backups.taking import take_backup
from webapp.database import reading
from webapp.models import all_tables


class Make(Protocol):
    def __call__(self, kind: str, *, empty: bool = False) -> Engine: ...


def unwatched(done: int, total: int | None, what: str) -> None:
    """Progress that nobody watches."""


def backed_up(engine: Engine, path: Path, keys: BackupKeys | None = None) -> Manifest:
    with path.open("wb") as file:
        manifest = take_backup(engine, file, keys=keys, now=NOW, progress=unwatched)
    assert manifest is not None
    return manifest


def restored(path: Path, engine: Engine) -> Engine:
    with opened(path, unwatched) as backup:
        restore_backup(engine, backup, now=NOW, progress=unwatched)
    return engine


Rows = dict[str, list[dict[str, Any]]]


def all_rows(engine: Engine, leave_out: Callable[[str], bool] = lambda name: False) -> Rows:
    """Every row of every table, as Python sees them, in the order of their keys."""
    with reading(engine) as session:
        return {
            table.name: [
                {name: value for name, value in row._mapping.items() if not leave_out(name)}
                for row in session.execute(select(table).order_by(*table.primary_key))
            ]
            for table in all_tables().sorted_tables
        }
