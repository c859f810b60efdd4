"""Files written as a whole: a half-written one never stands under its name."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

# What is kept here is no file of a person's, though it may look like one.
SYSTEM_FOLDERS = ("/dev/", "/proc/")


def write_whole(path: Path, pieces: Iterable[str | bytes]) -> None:
    """Write a file, replacing it in one step; what is no plain file (a pipe) is written into.

    Text becomes UTF-8. OSError: where it should stand is no place, or the disk is full; it
    names the file, and what stood there stands.
    """
    try:
        if path.exists() and (
            not path.is_file() or str(path.absolute()).startswith(SYSTEM_FOLDERS)
        ):
            with path.open("wb") as file:
                file.writelines(map(_bytes, pieces))
            return
        _replace(path.resolve(), pieces)
    except OSError as fault:
        raise OSError(fault.errno, fault.strerror, str(path)) from fault


def _replace(path: Path, pieces: Iterable[str | bytes]) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(map(_bytes, pieces))
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _bytes(piece: str | bytes) -> bytes:
    return piece.encode() if isinstance(piece, str) else piece


def _umask() -> int:
    """What new files of this process are not allowed; it can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
