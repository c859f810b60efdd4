"""Long times cut into the short ones that Shopee answers for, up to the store's own clock.

Source: GET /api/v2/order/get_order_list (15 days at most between its two times), and the lists
of returns and of the wallet, which keep to the same.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

LONGEST = timedelta(days=15)
SHORTEST = timedelta(minutes=10)
# How far back "from the beginning" goes: 74 windows, so 74 calls of a shop without an order.
BEGINNING = timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True)
class Span:
    """Whole seconds since 1970, both included."""

    start: int
    end: int

    @property
    def starts_at(self) -> datetime:
        return datetime.fromtimestamp(self.start, UTC)

    @property
    def ends_at(self) -> datetime:
        return datetime.fromtimestamp(self.end, UTC)


class StoreClock:
    """The store's clock, as its answers tell it; ours until the first one."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def heard(self, store_time: datetime | None) -> None:
        if store_time is not None:
            self._ahead = store_time.timestamp() - time.time()

    def seconds(self) -> int:
        return self.at(time.time())

    def at(self, ours: float) -> int:
        """What it showed when our clock showed that, as far as it is known by now."""
        return int(ours + self._ahead)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), UTC)


class Windows:
    """Spans from `since` to `until` or the store's clock, one after the other, oldest first.

    Each begins a second before the one before it ended, whichever ends a list may leave out.
    Whoever finds too much in a span may `cut` it: then its first half comes next.
    """

    def __init__(
        self,
        clock: StoreClock,
        since: datetime | None,
        until: datetime | None = None,
        *,
        longest: timedelta = LONGEST,
    ) -> None:
        self._clock = clock
        self._until = None if until is None else int(until.timestamp())
        self._longest = self._length = int(longest.total_seconds())
        beginning = clock.now() - BEGINNING if since is None else since
        self._start = max(0, int(beginning.timestamp()))
        self._is_cut = False

    def __iter__(self) -> Iterator[Span]:
        while True:
            began = time.time()
            longest = min(self._start + self._length, self._end(began))
            span = Span(self._start, max(longest, self._start + 1))
            yield span
            if self._is_cut:
                self._is_cut = False
                continue
            # What the store's clock went on while we read is for the next pull; by how much it
            # was ahead of ours is not: a push counts on every sale up to the question.
            if span.end >= self._end(began):
                return
            self._start = span.end - 1

    def cut(self) -> bool:
        """Ask for a shorter span in place of this one. False: it cannot be much shorter."""
        if self._length <= SHORTEST.total_seconds():
            return False
        self._length //= 2
        self._is_cut = True
        return True

    def stretch(self) -> None:
        """There was little in this span: the next may be longer."""
        self._length = min(self._length * 2, self._longest)

    def _end(self, ours: float) -> int:
        now = self._clock.at(ours)
        return now if self._until is None else min(now, self._until)
