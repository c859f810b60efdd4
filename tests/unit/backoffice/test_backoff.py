"""When a failed attempt is made again: doubling, scattered, bounded, and never sooner than asked."""

from datetime import timedelta

import pytest

from tests.factories import NOW
from webapp.backoffice.sites.backoff import FIRST_WAIT, LONGEST_WAIT, next_attempt


def wait(attempt: int, *, limit: int = 99, spread: int = 0, retry_after: int | None = None) -> int:
    at = next_attempt(NOW, attempt=attempt, limit=limit, spread=spread, retry_after=retry_after)
    assert at is not None
    return int((at - NOW) / timedelta(seconds=1))


def test_the_wait_doubles_up_to_its_longest() -> None:
    assert [wait(attempt) for attempt in (1, 2, 3, 4)] == [30, 60, 120, 240]
    assert wait(40) == LONGEST_WAIT


@pytest.mark.parametrize("attempt", [1, 2, 5, 40])
def test_orders_that_failed_together_do_not_come_back_together(attempt: int) -> None:
    waits = {wait(attempt, spread=order) for order in range(200)}

    shortest = min(LONGEST_WAIT, FIRST_WAIT * 2 ** (attempt - 1))
    assert len(waits) > 5
    assert min(waits) >= shortest
    assert max(waits) <= shortest * 5 // 4


def test_the_store_is_not_asked_sooner_than_it_wishes() -> None:
    assert wait(1, retry_after=600) == 600
    assert wait(6, retry_after=10) == FIRST_WAIT * 32


def test_after_the_last_attempt_there_is_none() -> None:
    assert next_attempt(NOW, attempt=8, limit=8, spread=1) is None
    assert next_attempt(NOW, attempt=7, limit=8, spread=1) is not None
