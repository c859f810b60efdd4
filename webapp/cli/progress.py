"""Progress of long work on stderr: a bar on a terminal, a line every few seconds elsewhere."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from jobs.runtime import Progress

EVERY_SECONDS = 3.0


@contextmanager
def shown_progress() -> Iterator[Progress]:
    """What long work is told to call; the bar goes away when the work ends."""
    if sys.stderr.isatty():
        with _bar() as progress:
            yield progress
    else:
        yield _Lines()


@contextmanager
def _bar() -> Iterator[Progress]:
    # rich takes a tenth of a second to import: only a terminal pays for it.
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as RichProgress

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[count]}", justify="right"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with RichProgress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks: dict[str, tuple[int, float]] = {}

        def progress(done: int, total: int | None, what: str) -> None:
            if what not in tasks:
                added = bar.add_task(what, total=total, rate="", count="")
                tasks[what] = (int(added), time.monotonic())
            task, begun = tasks[what]
            rate = f"{done / max(time.monotonic() - begun, 0.1):,.0f}/s" if done else ""
            count = f"{done:,} of {total:,}" if total else f"{done:,}"
            bar.update(bar.task_ids[task], completed=done, total=total, rate=rate, count=count)

        yield progress


class _Lines:
    """Not a terminal: say where we are, but no more often than every few seconds."""

    def __init__(self) -> None:
        self._begun = self._said = time.monotonic()

    def __call__(self, done: int, total: int | None, what: str) -> None:
        now = time.monotonic()
        if now - self._said < EVERY_SECONDS:
            return
        self._said = now
        of = f" of {total:,}" if total else ""
        rate = done / max(now - self._begun, 0.1)
        left = f", {int((total - done) / rate)} s left" if total and rate and total > done else ""
        sys.stderr.write(f"{what}: {done:,}{of} ({rate:,.0f}/s{left})\n")
        sys.stderr.flush()
