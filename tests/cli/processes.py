"""Commands as processes of their own: started as from a terminal, and never left behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

CHECKOUT = Path(__file__).parent.parent.parent


@contextmanager
def started(
    *words: str, stdin: int | None = None, **environment: str
) -> Iterator[subprocess.Popen[str]]:
    """A command on its way; killed at the end of the block if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "webapp.cli", *words],
        stdin=stdin,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background has them ignore Ctrl-C, and so would this.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def first_json(process: subprocess.Popen[str]) -> dict[str, Any]:
    """The first JSON object that a command prints; AssertionError: it ended without one."""
    assert process.stdout is not None
    said = ""
    while not said.endswith("}\n") or said.count("{") != said.count("}"):
        line = process.stdout.readline()
        assert line, f"it ended with status {process.wait()}, having said {said!r}"
        said += line
    found: dict[str, Any] = msgspec.json.decode(said)
    return found
