"""Files written as a whole: a half-written one never stands under its name."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path


def write_whole(path: Path, pieces: Iterable[str]) -> None:
    """Write text to a file, replacing it in one step. OSError: where it should stand is no place."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(pieces)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)


def _umask() -> int:
    """What new files of this process are not allowed; it can only be read by setting it."""
    umask = os.umask(0o077)
    os.umask(umask)
    return umask
