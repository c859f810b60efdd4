"""Keyrings that a test can look into: a real one of a process, with a book of what happened."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from platforms.base import Keyring
from platforms.errors import RenewalLost
from platforms.keys import KeysInHand


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """Keys that were stored, and how many requests the store had answered by then."""

    keys: Mapping[str, str]
    requests_before: int
    requests: int


@dataclass(slots=True)
class WatchedRenewal:
    ring: "WatchedKeyring"
    began: int

    @property
    def keys(self) -> Mapping[str, str]:
        return self.ring.inside.read()

    def store(self, keys: Mapping[str, str]) -> None:
        self.ring.note(keys, self.began)
        if self.ring.losing > 0:
            self.ring.losing -= 1
            raise RenewalLost("Another process has renewed the keys meanwhile.")
        self.ring.inside.store(keys)


@dataclass(slots=True)
class WatchedKeyring:
    """One keyring for several connections. `losing`: so many renewals come too late."""

    inside: KeysInHand
    sandbox: Any
    stored: list[Stored] = field(default_factory=list)
    losing: int = 0

    def read(self) -> Mapping[str, str]:
        return self.inside.read()

    @contextmanager
    def renewing(self) -> Iterator[WatchedRenewal]:
        with self.inside.renewing():
            yield WatchedRenewal(self, len(self.sandbox.log.requests))

    def note(self, keys: Mapping[str, str], began: int) -> None:
        now = len(self.sandbox.log.requests)
        self.stored.append(Stored(keys=dict(keys), requests_before=began, requests=now))


def watched(keys: Mapping[str, str], sandbox: Any) -> WatchedKeyring:
    ring = WatchedKeyring(KeysInHand(keys), sandbox)
    _: Keyring = ring
    return ring
