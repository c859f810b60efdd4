"""`backup FILE`: the whole database in one consistent file, while everything runs."""

import argparse
import fcntl
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from webapp.backups.keys import keys_of
from webapp.backups.manifest import Manifest
from webapp.backups.taking import take_backup
from webapp.cli.context import Context
from webapp.cli.faults import CommandFault
from webapp.cli.output import Answer
from webapp.cli.progress import shown_progress
from webapp.cli.stopping import interrupted_by_sigterm
from webapp.cli.tables import count
from webapp.cli.whole_files import SYSTEM_FOLDERS
from webapp.config import unlock
from webapp.database import utc_now

UNFINISHED = ".unfinished"


def declare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", help="where to; what stood there is replaced")
    parser.add_argument(
        "--with-keys",
        action="store_true",
        help="put this home's keys in too: whoever has the file can then read every secret",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace, context: Context) -> Answer:
    path = _place(arguments.file)
    if arguments.with_keys:
        unlock(context.config)  # says so where there are none, or bad ones
    keys = keys_of(context.config) if arguments.with_keys else None
    engine = context.any_engine
    with interrupted_by_sigterm(), _whole_file(path) as file, shown_progress() as progress:
        manifest = take_backup(engine, file, keys=keys, now=utc_now(), progress=progress)
        if manifest is None:
            raise CommandFault(
                "not_initialised",
                "This Tillbridge has no tables yet, so there is nothing to put by.",
                "Run: bin/tillbridge init",
            )
    data = backup_data(path.stat().st_size, manifest)
    return Answer(data=data, text=_text(path, data["bytes"], manifest))


def backup_data(size: int, manifest: Manifest) -> dict[str, int]:
    """What `backup` and `restore` answer with."""
    counts = manifest.counts
    return {"bytes": size, "orders": counts.orders, "entries": counts.entries}


def _text(path: Path, size: int, manifest: Manifest) -> str:
    counts = manifest.counts
    kept = (
        "It holds this home's keys: whoever has it can read the stores' credentials."
        if manifest.has_keys
        else "It holds no keys: keep the home's encryption_keys (or TILLBRIDGE_ENCRYPTION_KEYS) "
        "elsewhere, or nobody can open the stores' credentials in it."
    )
    return "\n".join(
        (
            f"{path}: {size:,} bytes, {count(counts.orders, 'order')}, "
            f"{count(counts.entries, 'journal entry', 'journal entries')}.",
            f"{kept} Only this user may read it.",
        )
    )


def _place(name: str) -> Path:
    path = Path(name)
    if path.exists() and (not path.is_file() or str(path.absolute()).startswith(SYSTEM_FOLDERS)):
        raise CommandFault(
            "file_unusable", f"{name} is no file that a backup could be.", "Give another name."
        )
    return path.resolve()


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file for this user alone that stands under its name once it is whole and on the disk.

    OSError: where it should stand is no place, or the disk is full; it names the file.
    """
    begins = f".{path.name[:80]}."
    try:
        _sweep(path.parent, begins)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=begins, suffix=UNFINISHED)
        try:
            with os.fdopen(handle, "wb") as file:
                with suppress(OSError):  # some network folders know no locks, and are not swept
                    fcntl.flock(file, fcntl.LOCK_EX)
                yield file
                file.flush()
                os.fsync(file.fileno())
                Path(name).replace(path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from fault


def _sweep(folder: Path, begins: str) -> None:
    """Remove what killed backups of this file left; one that is being written is locked."""
    ours = re.compile(re.escape(begins) + r"\w{8}" + re.escape(UNFINISHED))
    for left in folder.iterdir():
        if ours.fullmatch(left.name):
            with suppress(OSError), left.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                left.unlink()
