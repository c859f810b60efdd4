"""A transport's connections: as many as the store may be asked at once, each by one thread."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from threading import Condition

import requests

from platforms.addresses import Deadline, GuardedAdapter


class CalledOff(Exception):
    """Nobody waits for this answer any more. Only the thread that asks ever meets it."""


class Line:
    """One connection, kept alive, and the moment by which its present request must be over."""

    def __init__(self, *, allow_private: bool, ca_file: str) -> None:
        self.deadline = Deadline()
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.verify = ca_file or True
        self.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        adapter = GuardedAdapter(allow_private=allow_private, deadline=self.deadline)
        self.session.mount("https://", adapter)
        self.session.mount("http://", adapter)

    def close(self) -> None:
        self.session.close()
        self.deadline.watch.stop()


class Lines:
    """All lines of a transport. Whoever finds none free waits for one."""

    def __init__(self, count: int, *, allow_private: bool, ca_file: str) -> None:
        self._told = Condition()
        self._at_once = count
        self._free = [Line(allow_private=allow_private, ca_file=ca_file) for _ in range(count)]
        self._busy: set[Line] = set()
        self._is_off = False

    @property
    def at_once(self) -> int:
        """How many requests may be on their way at once."""
        return self._at_once

    def narrow(self) -> None:
        """One request at a time from now on: the store does not bear more."""
        with self._told:
            self._at_once = 1

    @contextmanager
    def one(self, seconds: float) -> Iterator[Line]:
        """A line for one request that must be over in so many seconds. CalledOff: see `call_off`."""
        with self._told:
            while len(self._busy) >= self._at_once:
                self._told.wait()
            if self._is_off:
                raise CalledOff
            line = self._free.pop()
            self._busy.add(line)
            line.deadline.start(seconds)
        try:
            yield line
        finally:
            with self._told:
                self._busy.discard(line)
                self._free.append(line)
                self._told.notify_all()

    @contextmanager
    def called_off(self) -> Iterator[None]:
        """Hang up on what is on its way; until the block ends, nothing new is asked."""
        with self._told:
            self._is_off = True
            for line in self._busy:
                line.deadline.end_now()
        try:
            yield
        finally:
            with self._told:
                self._is_off = False

    def close(self) -> None:
        """Close what is kept alive. The next request opens anew."""
        for line in (*self._free, *self._busy):
            line.close()
