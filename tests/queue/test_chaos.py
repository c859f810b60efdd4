"""The short form of bin/chaos: everything is struck down once while orders flow."""

import os
import subprocess
import sys

import pytest

from tests.queue.floor import CHECKOUT


@pytest.mark.slow
def test_nothing_is_lost_or_doubled_and_work_goes_on_after_each_blow() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.chaos", "--short"],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "DATABASE_URL": "", "REDIS_URL": ""},
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 lost, 0 doubled, 0 off by a cent" in done.stdout
