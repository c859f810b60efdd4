"""Commands that run until they are stopped: Ctrl-C and SIGTERM end them cleanly, with status 0."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(SystemExit):
    """SIGTERM came. A SystemExit, which nothing on the way takes for a fault to go on from."""


@contextmanager
def until_stopped() -> Iterator[None]:
    """Let the body run until Ctrl-C or SIGTERM, which both end it quietly."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped

    in_main_thread = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, stop) if in_main_thread else None
    try:
        yield
    except (Stopped, KeyboardInterrupt):
        return
    finally:
        if in_main_thread:
            signal.signal(signal.SIGTERM, before)


@contextmanager
def interrupted_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end the body as Ctrl-C does: it cleans up after itself, and the command fails."""
    in_main_thread = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, signal.default_int_handler) if in_main_thread else None
    try:
        yield
    finally:
        if in_main_thread:
            signal.signal(signal.SIGTERM, before)


def wait_forever() -> None:
    """Sleep until a signal comes; inside `until_stopped`."""
    while True:
        time.sleep(3600)
