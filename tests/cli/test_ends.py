"""How commands end: a reader that went away, Ctrl-C, SIGTERM, a fault from below."""

import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import msgspec
import pytest

from tests.cli.conftest import Run
from tests.cli.processes import CHECKOUT, first_json, started


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_sandbox_says_that_it_is_ready_and_ends_cleanly(number: signal.Signals) -> None:
    with started("sandbox", "woocommerce", "--orders", "2", "--json") as process:
        ready = first_json(process)
        with urllib.request.urlopen(ready["url"] + "/wp-json/", timeout=5) as answer:  # noqa: S310
            assert answer.status == 200

        process.send_signal(number)
        rest, complaints = process.communicate(timeout=10)

    assert ready["site"]["url"] == ready["url"]
    assert (process.returncode, rest) == (0, "")
    assert "Traceback" not in complaints


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "webapp.cli", "--help"],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=30,
        check=False,
    )
    os.close(writer)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_fault_from_below_is_a_sentence_and_a_trace_only_when_asked_for(
    ready: Run, home: Path
) -> None:
    (home / "tillbridge.sqlite3").write_bytes(b"this is no database at all" * 100)

    quiet, loud = ready("site", "list", "--json"), ready("--debug", "site", "list")

    assert quiet.status == loud.status == 1
    assert "Traceback" not in quiet.out + quiet.err
    assert quiet.json["error"]["code"] == "database_damaged"
    assert "Traceback" in loud.err


def test_output_for_a_pipe_holds_nothing_but_the_json(ready: Run) -> None:
    said = ready("books", "trial-balance", "--json")

    assert said.json == {"currencies": {}}
    assert said.err == ""


def test_ctrl_c_is_a_sentence_and_json_where_json_is_asked_for(ready: Run, home: Path) -> None:
    words = ("user", "add", "a@b.example", "--role", "admin", "--password-stdin", "--json")
    with started(*words, stdin=subprocess.PIPE, TILLBRIDGE_HOME=str(home)) as process:
        # It has opened the database, and waits for the password.
        until = time.monotonic() + 30
        while not (home / "tillbridge.sqlite3-shm").exists() and time.monotonic() < until:
            time.sleep(0.02)

        process.send_signal(signal.SIGINT)
        said, complaints = process.communicate(timeout=10)

    assert (process.returncode, complaints) == (1, "")
    assert msgspec.json.decode(said)["error"]["code"] == "stopped"
