"""A backup that is ended on its way leaves nothing, or nothing for longer than until the next one."""

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.cli.conftest import Run

CHECKOUT = Path(__file__).parent.parent.parent
MANY = """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 200000)
    INSERT INTO stock_items (sku, name, on_hand, reserved, created_at)
    SELECT 'S' || n, hex(randomblob(100)), 1, 0, '2026-11-24T04:00:00.000000' FROM numbers
"""


def unfinished(folder: Path) -> list[Path]:
    return sorted(folder.glob(".*.unfinished"))


@contextmanager
def on_its_way(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """`backup` as a process, in the middle of writing."""
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "webapp.cli", "backup", str(folder / "shop.backup")],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        deadline = time.monotonic() + 20
        while not any(path.stat().st_size for path in unfinished(folder)):
            assert process.poll() is None, "the backup was over before it could be ended"
            assert time.monotonic() < deadline
            time.sleep(0.005)
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def large(ready: Run, home_engine: Engine) -> Run:
    """A home whose backup takes seconds."""
    with home_engine.begin() as connection:
        connection.exec_driver_sql(MANY)
    return ready


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_backup_that_is_asked_to_end_leaves_nothing_and_fails(
    large: Run, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "shop.backup").write_bytes(b"the one before")

    with on_its_way(tmp_path) as process:
        process.send_signal(number)
        status = process.wait(20)

    assert status == 1
    assert unfinished(tmp_path) == []
    assert (tmp_path / "shop.backup").read_bytes() == b"the one before"


def test_what_a_killed_backup_left_goes_with_the_next_one(large: Run, tmp_path: Path) -> None:
    with on_its_way(tmp_path) as process:
        process.kill()
        process.wait(20)
    assert len(unfinished(tmp_path)) == 1

    assert large("backup", tmp_path / "shop.backup").status == 0

    assert unfinished(tmp_path) == []


def test_files_of_others_and_of_a_backup_at_work_are_not_swept(ready: Run, tmp_path: Path) -> None:
    others = [".shop.backup.swp", ".shop.backup.unfinished", ".shop.backup.2026.unfinished"]
    for name in others:
        (tmp_path / name).write_bytes(b"")
    at_work = tmp_path / ".shop.backup.abcd_123.unfinished"

    with at_work.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert ready("backup", tmp_path / "shop.backup").status == 0

        assert at_work.exists()
    assert all((tmp_path / name).exists() for name in others)
