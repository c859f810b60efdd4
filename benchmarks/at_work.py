"""A command of ours at work in the background, as a person leaves it running."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from benchmarks.far_end import ROOT

ENDS_WITHIN = 15


@contextmanager
def at_work(environment: Mapping[str, str], log: Path, *words: str) -> Iterator[int]:
    """A command in the background, what it says in `log`; its pid. Ended as people end it."""
    command = [sys.executable, "-P", "-m", "webapp.cli", *words]
    with log.open("ab") as said:
        process = subprocess.Popen(
            command,
            env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
        )
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(ENDS_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
