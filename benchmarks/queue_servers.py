"""The queue's server of an installation that is struck: the bundled one, or one that was given."""

import fcntl
import os
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from jobs import broker
from jobs.bundled import Bundled

# As long as what watches over a server of one's own takes to start it again.
RESTARTED_AFTER = 2.0


@dataclass(slots=True)
class QueueServer(ABC):
    """A server that can be killed, emptied, hung and taken away."""

    server: Bundled

    @property
    @abstractmethod
    def redis_url(self) -> str:
        """What `REDIS_URL` is for `run`."""

    @abstractmethod
    def kill(self) -> None:
        """As the kernel kills it when memory runs out; whoever looks after it starts it again."""

    @abstractmethod
    def away(self, seconds: float) -> None:
        """Nothing listens at its address for so long."""

    def empty(self) -> None:
        broker.for_people(self.server.url).flushall()

    def hang(self, seconds: float) -> None:
        """It is there, takes connections, and says nothing."""
        pid = self._pid()
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)

    def _pid(self) -> int:
        found: int = broker.for_people(self.server.url).info("server")["process_id"]
        return found

    def _strike(self) -> None:
        os.kill(self._pid(), signal.SIGKILL)


class BundledServer(QueueServer):
    """The one that `run` starts in its home, and starts again."""

    @property
    def redis_url(self) -> str:
        return ""

    def kill(self) -> None:
        self._strike()

    def away(self, seconds: float) -> None:
        """Killed, and kept from starting by the lock that two servers in one home are kept apart by."""
        with (self.server.home / "redis.lock").open("a") as lock:
            self._strike()
            while not _is_locked_within(lock, 0.5):
                self._strike()  # run was faster, and it is there again
            time.sleep(seconds)


class GivenServer(QueueServer):
    """One of the benchmark's own, as `REDIS_URL` names it: `run` cannot start it again."""

    @property
    def redis_url(self) -> str:
        return self.server.url

    def kill(self) -> None:
        self._strike()
        time.sleep(RESTARTED_AFTER)
        self.server.ensure()

    def away(self, seconds: float) -> None:
        self.server.stop()
        try:
            time.sleep(seconds)
        finally:
            self.server.ensure()


def _is_locked_within(file: TextIO, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(0.001)
    return False


@contextmanager
def bundled_server(home: Path) -> Iterator[QueueServer]:
    server = Bundled(home)
    try:
        yield BundledServer(server)
    finally:
        server.stop()


@contextmanager
def given_server(folder: Path) -> Iterator[QueueServer]:
    server = Bundled(folder)
    server.ensure()
    try:
        yield GivenServer(server)
    finally:
        server.stop()
