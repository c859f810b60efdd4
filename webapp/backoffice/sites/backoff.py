"""Attempt number to the next instant: exponential, with jitter, Retry-After honoured. Pure."""

from datetime import datetime, timedelta

FIRST_WAIT = 30
LONGEST_WAIT = 6 * 3600


def next_attempt(
    now: datetime, *, attempt: int, limit: int, spread: int, retry_after: int | None = None
) -> datetime | None:
    """When to try again after attempt number `attempt` failed; None: the limit is reached.

    The wait doubles from 30 s up to 6 h. `spread` (an id) scatters it by up to a quarter, so
    that orders which failed together do not come back together. `retry_after` (seconds, the
    store's own wish) is a lower bound.
    """
    if attempt >= limit:
        return None
    wait = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(attempt - 1, 20))
    wait += wait * (spread * 2654435761 % 1000) // 4000
    return now + timedelta(seconds=max(wait, retry_after or 0))
