"""Long times cut into windows, to the store's own clock."""

import time
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from platforms.shopee.windows import (
    BEGINNING,
    LONGEST,
    SHORTEST,
    Span,
    StoreClock,
    Windows,
)

DAY = 86_400


def now() -> datetime:
    return datetime.now(UTC)


def spans(since: datetime | None, until: datetime | None = None) -> list[Span]:
    return list(Windows(StoreClock(), since, until))


@pytest.mark.parametrize("days", [0, 1, 14, 15, 16, 31, 400])
def test_windows_leave_nothing_out_and_none_is_too_long(days: int) -> None:
    since = now() - timedelta(days=days)

    found = spans(since)

    assert found[0].start == int(since.timestamp())
    assert found[-1].end >= int(time.time()) - 1
    for span in found:
        assert 0 < span.end - span.start <= LONGEST.total_seconds()
    for earlier, later in pairwise(found):
        assert later.start == earlier.end - 1


def test_without_a_beginning_the_last_three_years_are_cut() -> None:
    found = spans(None)

    assert abs(found[0].start - (now() - BEGINNING).timestamp()) < 5
    assert len(found) == 74


def test_a_beginning_in_the_future_is_asked_for_once() -> None:
    (span,) = spans(now() + timedelta(days=3))

    assert span.end == span.start + 1


def test_an_end_is_kept_to() -> None:
    since = now() - timedelta(days=40)

    found = spans(since, since + timedelta(days=20))

    assert [span.end - span.start for span in found] == [15 * DAY, 5 * DAY + 1]


def test_an_end_in_the_future_is_the_stores_clock() -> None:
    (span,) = spans(now() - timedelta(days=1), now() + timedelta(days=400))

    assert abs(span.end - time.time()) < 5


def test_the_windows_end_where_the_store_says_that_it_is() -> None:
    clock = StoreClock()
    ahead = now() + timedelta(days=20)
    found: list[Span] = []

    for span in Windows(clock, now()):
        found.append(span)
        clock.heard(ahead)

    assert abs(found[-1].end - ahead.timestamp()) < 5


def test_a_window_that_is_cut_comes_again_half_as_long() -> None:
    since = now() - timedelta(days=30)
    windows = Windows(StoreClock(), since)
    found: list[Span] = []

    for number, span in enumerate(windows):
        found.append(span)
        if number < 2:
            assert windows.cut()
        if number == 3:
            windows.stretch()

    lengths = [span.end - span.start for span in found]
    assert [span.start for span in found[:3]] == [int(since.timestamp())] * 3
    assert lengths[:4] == [15 * DAY, 15 * DAY // 2, 15 * DAY // 4, 15 * DAY // 4]
    assert lengths[4] == 15 * DAY // 2


def test_a_short_window_cannot_be_cut_for_ever() -> None:
    windows = Windows(StoreClock(), now() - timedelta(days=15))
    cuts = 0

    for span in windows:
        if not windows.cut():
            assert span.end - span.start <= SHORTEST.total_seconds()
            break
        cuts += 1

    assert cuts == 12
