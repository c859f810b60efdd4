"""One sleeping thread hangs up on a server that takes too long."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import enumerate as threads
from time import monotonic

import pytest

from platforms.hanging_up import Watch

SOON = 0.1
LATER = 30.0
PATIENCE = 5.0


@contextmanager
def a_call() -> Iterator[socket.socket]:
    """Our end of a connection on which the other end says nothing."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(PATIENCE)
        yield ours


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    watch.stop()


def watchers() -> set[int | None]:
    return {thread.ident for thread in threads() if thread.name == "hanging-up"}


def test_who_says_nothing_is_hung_up_on_at_the_moment(watch: Watch) -> None:
    with a_call() as call:
        began = monotonic()
        watch.begin(call, began + SOON)

        assert call.recv(1) == b""

        assert SOON <= monotonic() - began < PATIENCE


def test_a_moment_that_has_passed_hangs_up_at_once(watch: Watch) -> None:
    with a_call() as call:
        watch.begin(call, monotonic() - 1)

        assert call.recv(1) == b""


def test_a_call_that_has_ended_is_left_alone(watch: Watch) -> None:
    with a_call() as ended, a_call() as other:
        watch.begin(ended, monotonic() + SOON)
        watch.end()
        watch.begin(other, monotonic() + SOON)
        assert other.recv(1) == b""

        ended.settimeout(SOON)
        with pytest.raises(TimeoutError):
            ended.recv(1)


def test_an_earlier_moment_than_the_last_ones_counts(watch: Watch) -> None:
    with a_call() as patient, a_call() as hasty:
        watch.begin(patient, monotonic() + LATER)
        watch.end()
        watch.begin(hasty, monotonic() + SOON)

        assert hasty.recv(1) == b""


def test_many_calls_take_one_thread_which_ends_when_it_is_stopped(watch: Watch) -> None:
    before = watchers()
    with a_call() as call:
        for _ in range(5):
            watch.begin(call, monotonic() + LATER)
            watch.end()
    (mine,) = [thread for thread in threads() if thread.ident in watchers() - before]

    watch.stop()

    mine.join(PATIENCE)
    assert not mine.is_alive()


def test_a_stopped_watch_can_be_used_again(watch: Watch) -> None:
    with a_call() as call:
        watch.begin(call, monotonic() + LATER)
        watch.stop()
        watch.begin(call, monotonic() + SOON)

        assert call.recv(1) == b""
