"""What happens to real servers, done on purpose to a running installation."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import text

from benchmarks.installations import Installation
from benchmarks.selling import NAMES
from platforms.sandbox.woocommerce import Sandbox

# In the order in which every write takes them, so that nobody waits for each other.
HOT_TABLES = "sites, channel_orders, stock_items, stock_moves, journal_entries"
KILLS_APART = 3.0
CUTS_APART = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A running installation. `supervisor`: the pid of `run`."""

    installation: Installation
    supervisor: int
    stores: dict[str, Sandbox]

    @property
    def is_sqlite(self) -> bool:
        return self.installation.engine.dialect.name == "sqlite"


@dataclass(frozen=True, slots=True)
class Blow:
    """`strike` returns when it is over: from then on the seconds to recover count.

    `spared`: the stores that it does not touch, whose orders must come in meanwhile.
    """

    name: str
    strike: Callable[[Place], None]
    spared: tuple[str, ...] = ()


def blows(*, away: float, locked: float, down: float, kills: int, is_sqlite: bool) -> list[Blow]:
    """Every blow, with how many seconds the server, the database, a store are away."""
    return [
        Blow(f"a worker and its child killed, {kills} times", lambda place: _kill(place, kills)),
        Blow("the scheduler killed", lambda place: _kill_part(place, "scheduler")),
        Blow("the queue's server killed", lambda place: place.installation.server.kill()),
        Blow("the queue emptied", lambda place: place.installation.server.empty()),
        Blow(
            f"the queue's server hangs for {away:g} s",
            lambda place: place.installation.server.hang(away),
        ),
        Blow(
            f"the queue's server away for {away:g} s",
            lambda place: place.installation.server.away(away),
        ),
        Blow(f"the database locked for {locked:g} s", lambda place: _lock(place, locked)),
        *(
            []
            if is_sqlite
            else [Blow(f"connections cut, {kills} times", lambda place: _cut(place, kills))]
        ),
        Blow(
            f"a store's network down for {down:g} s",
            lambda place: _unplug(place, down),
            spared=NAMES[1:],
        ),
    ]


def _kill(place: Place, times: int) -> None:
    for number in range(times):
        if number:
            time.sleep(KILLS_APART)
        _kill_part(place, "worker")


def _kill_part(place: Place, word: str) -> None:
    """The first process of this command, and its children, at once."""
    for pid in children(place.supervisor):
        if word in _words(pid):
            for victim in (pid, *children(pid)):
                os.kill(victim, signal.SIGKILL)
            return
    raise AssertionError(f"run has no {word} to kill")


def _lock(place: Place, seconds: float) -> None:
    """SQLite: another process writes. PostgreSQL: somebody holds the tables, even against readers."""
    engine = place.installation.engine
    if place.is_sqlite:
        file = str(engine.url.database)
        with closing(sqlite3.connect(file, isolation_level=None, timeout=10)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            time.sleep(seconds)
            connection.execute("ROLLBACK")
        return
    with engine.connect() as connection, connection.begin():
        connection.execute(text(f"LOCK TABLE {HOT_TABLES} IN ACCESS EXCLUSIVE MODE"))
        time.sleep(seconds)


def _cut(place: Place, times: int) -> None:
    """The database's server ends every connection but the one that asks for it."""
    everyone = text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    for number in range(times):
        if number:
            time.sleep(CUTS_APART)
        with place.installation.engine.connect() as connection:
            connection.execute(everyone)


def _unplug(place: Place, seconds: float) -> None:
    """Half of the time connections are refused, then they are taken and dropped."""
    store = place.stores[NAMES[0]]
    with store.unplugged():
        time.sleep(seconds / 2)
    store.faults.set("drop=1")
    try:
        time.sleep(seconds / 2)
    finally:
        store.faults.clear()


def children(pid: int) -> list[int]:
    """The living processes that a process has started."""
    return [each for each, parent in _parents() if parent == pid]


def _parents() -> Iterator[tuple[int, int]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] != "Z":
            yield int(path.parent.name), int(fields[1])


def _words(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    except OSError:
        return []
