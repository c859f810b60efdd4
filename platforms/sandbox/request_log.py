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
    """Every request so far, in order of their answers."""

    def __init__(self, generic: Callable[[str], str]) -> None:
        """`generic`: a path as it is counted, without what differs from row to row."""
        self._lock = Lock()
        self._generic = generic
        self.requests: list[Logged] = []

    def add(self, entry: Logged) -> None:
        with self._lock:
            self.requests.append(entry)

    def clear(self) -> None:
        with self._lock:
            self.requests.clear()

    def counts(self) -> Counter[str]:
        """How often each "METHOD path" was asked."""
        with self._lock:
            return Counter(f"{entry.method} {self._generic(entry.path)}" for entry in self.requests)
