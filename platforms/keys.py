"""Keys that a store renews while we use them, and the consent that they rest on.

A platform knows no database. Whoever connects it hands in a `Keyring`, which keeps the keys,
lets one process at a time renew them, and has the new ones stored before anyone uses them.
"""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from threading import RLock
from typing import Protocol

# Who renews keys must be done by then: another process may begin after it.
RENEWAL_SECONDS = 30.0


class Renewal(Protocol):
    """The right to renew one store's keys, held by one process at a time."""

    @property
    def keys(self) -> Mapping[str, str]:
        """The keys as they stand now that the right is held: another may have renewed them."""

    def store(self, keys: Mapping[str, str]) -> None:
        """Keep these keys in place of the others. They may be used once this has returned."""


class Keyring(Protocol):
    """The keys of one store: what a person gave, and what the store renewed since."""

    def read(self) -> Mapping[str, str]:
        """All keys as they are stored now, the renewed ones over those that a person gave."""

    def renewing(self) -> AbstractContextManager[Renewal]:
        """Wait for the right to renew, for RENEWAL_SECONDS at most, and hold it.

        TryAgain: another process holds it for too long.
        """


class KeysInHand:
    """A keyring of this process alone: for one connection test, and for tests."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._lock = RLock()
        self._keys = dict(keys)

    def read(self) -> Mapping[str, str]:
        with self._lock:
            return dict(self._keys)

    @contextmanager
    def renewing(self) -> Iterator["KeysInHand"]:
        with self._lock:
            yield self

    @property
    def keys(self) -> Mapping[str, str]:
        return self.read()

    def store(self, keys: Mapping[str, str]) -> None:
        with self._lock:
            self._keys |= keys


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentLink:
    """An address where a shop's owner lets us in. `label` says which page of the store it is."""

    label: str
    url: str
