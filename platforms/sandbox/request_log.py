"""Every request that a local store was sent, as tests look at it."""

from collections import Counter
from collections.abc import Callable
from threading import Lock
from typing import NamedTuple


class Logged(NamedTuple):
    """One request. `status` 0: the connection ended without an answer."""

    method: str
    path: str
    query: str
    status: int


class RequestLog:
    """Every request so far, in order of their answers.

    `most_at_once`: so many were in hand at the same moment, at the most.
    """

    def __init__(self, generic: Callable[[str], str]) -> None:
        """`generic`: a path as it is counted, without what differs from row to row."""
        self._lock = Lock()
        self._generic = generic
        self.requests: list[Logged] = []
        self.most_at_once = 0
        self._in_hand = 0

    def begin(self) -> None:
        """A request has come."""
        with self._lock:
            self._in_hand += 1
            self.most_at_once = max(self.most_at_once, self._in_hand)

    def add(self, entry: Logged) -> None:
        """The answer to one goes out: to the client the request is over from then on."""
        with self._lock:
            self._in_hand -= 1
            self.requests.append(entry)

    def clear(self) -> None:
        with self._lock:
            self.requests.clear()
            self.most_at_once = 0

    def counts(self) -> Counter[str]:
        """How often each "METHOD path" was asked."""
        with self._lock:
            return Counter(f"{entry.method} {self._generic(entry.path)}" for entry in self.requests)
