"""When work in hand is given back: the worker ends, or the site has had its turn."""

import time
from collections.abc import Callable
from dataclasses import dataclass


class GaveWay(Exception):
    """The worker ends: what was written stands, the rest is due and another takes it up."""


class OutOfTime(BaseException):
    """A piece of work had all the time that it may take: what was written stands, it is due again.

    No Exception, for what isolates one bad order must not catch it.
    """


def never() -> bool:
    """Work that is in nobody's way."""
    return False


@dataclass(slots=True)
class Turn:
    """A slice of time: after `seconds` of work a site lets others have the worker."""

    seconds: float
    _ends_at: float = 0.0

    def __post_init__(self) -> None:
        self._ends_at = time.monotonic() + self.seconds

    def is_over(self) -> bool:
        return time.monotonic() >= self._ends_at


@dataclass(slots=True)
class Stopping:
    """Whether this process was asked to end. Set by a signal, read between two writes."""

    is_wanted: bool = False

    def want(self) -> None:
        self.is_wanted = True

    def __call__(self) -> bool:
        return self.is_wanted


Asked = Callable[[], bool]
