"""What happens to real servers, done on purpose to a running installation."""

import os
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from jobs import broker
from jobs.bundled import Bundled
from platforms.sandbox.woocommerce import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A running installation on SQLite and the bundled server. `supervisor`: the pid of `run`."""

    home: Path
    supervisor: int
    stores: tuple[Sandbox, ...]

    @property
    def server(self) -> Bundled:
        return Bundled(self.home)

    @property
    def database(self) -> Path:
        return self.home / "tillbridge.sqlite3"


@dataclass(frozen=True, slots=True)
class Blow:
    """`strike` returns when it is over: from then on the seconds to recover count."""

    name: str
    strike: Callable[[Place], None]


def blows(*, away: float, locked: float, down: float, kills: int) -> list[Blow]:
    """Every blow, with how many seconds the server, the database, a store are away."""
    return [
        Blow(f"a worker and its child killed, {kills} times", lambda place: _kill(place, kills)),
        Blow("the scheduler killed", lambda place: _kill_part(place, "scheduler")),
        Blow("the queue's server killed", _kill_server),
        Blow("the queue emptied", _empty),
        Blow(f"the queue's server hangs for {away:g} s", lambda place: _hang(place, away)),
        Blow(f"the database locked for {locked:g} s", lambda place: _lock(place, locked)),
        Blow(f"a store's network down for {down:g} s", lambda place: _cut_off(place, down)),
    ]


def _kill(place: Place, times: int) -> None:
    for number in range(times):
        if number:
            time.sleep(3)
        _kill_part(place, "worker")


def _kill_part(place: Place, word: str) -> None:
    """The first process of this command, and its children, at once."""
    for pid in children(place.supervisor):
        if word in _words(pid):
            for victim in (pid, *children(pid)):
                os.kill(victim, signal.SIGKILL)
            return


def _kill_server(place: Place) -> None:
    os.kill(_server_pid(place), signal.SIGKILL)


def _empty(place: Place) -> None:
    broker.for_people(place.server.url).flushall()


def _hang(place: Place, seconds: float) -> None:
    pid = _server_pid(place)
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(seconds)
    finally:
        os.kill(pid, signal.SIGCONT)


def _lock(place: Place, seconds: float) -> None:
    with closing(sqlite3.connect(place.database, isolation_level=None, timeout=10)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(seconds)
        connection.execute("ROLLBACK")


def _cut_off(place: Place, seconds: float) -> None:
    store = place.stores[0]
    store.faults.set("drop=1")
    try:
        time.sleep(seconds)
    finally:
        store.faults.clear()


def _server_pid(place: Place) -> int:
    found: int = broker.for_people(place.server.url).info("server")["process_id"]
    return found


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
