"""What was measured, as a table for people, and kept in docs/performance.md."""

import os
import platform
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
END = "<!-- end of figures -->"
HEADINGS = ("What", "Beside it", "Product", "Measured", "Goal", "Verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One line of the table. `measured` is compared with `goal`, and with `alarm` if there is one.

    `more_is_better` False: the goal is an upper bound.
    """

    what: str
    beside: str
    product: str
    measured: float
    goal: float
    alarm: float | None = None
    more_is_better: bool = True
    unit: str = ""

    @property
    def verdict(self) -> str:
        if self.is_alarming:
            return "ALARM"
        good = self.measured >= self.goal if self.more_is_better else self.measured <= self.goal
        return "reached" if good else "missed"

    @property
    def is_alarming(self) -> bool:
        return self.alarm is not None and self.measured < self.alarm

    def cells(self) -> tuple[str, ...]:
        sign = "≥" if self.more_is_better else "≤"
        return (
            self.what,
            self.beside,
            self.product,
            _shown(self.measured, self.unit),
            f"{sign} {_shown(self.goal, self.unit)}",
            self.verdict,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A part of the bench: its lines of the table, and what is said beside them."""

    part: str
    results: tuple[Result, ...]
    notes: tuple[str, ...]


def ratio_result(
    what: str,
    floors: Sequence[float],
    products: Sequence[float],
    orders: int,
    *,
    goal: float,
    alarm: float,
) -> Result:
    """Floor and product of the same run: seconds each, compared by their medians."""
    floor, product = median(floors), median(products)
    return Result(
        what=what,
        beside=_speed(floors, orders),
        product=_speed(products, orders),
        measured=floor / product,
        goal=goal,
        alarm=alarm,
    )


def _speed(seconds: Sequence[float], orders: int) -> str:
    spread = ""
    if len(seconds) > 1:
        spread = f" ({orders / max(seconds):,.0f} to {orders / min(seconds):,.0f})"
    return f"{orders / median(seconds):,.0f} orders/s{spread}"


def _shown(number: float, unit: str) -> str:
    if unit == "MB":
        return f"{number:.0f} MB"
    if unit == "requests":
        return f"{number:.0f} requests"
    return f"{number:.2f} {unit}".strip()


def text_table(results: Iterable[Result]) -> str:
    rows = [HEADINGS, *(result.cells() for result in results)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(HEADINGS))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def write_document(measured: Iterable[Measured], postgres: str, document: Path = DOCUMENT) -> None:
    """Put the figures into docs/performance.md, in place of the last ones of the same parts.

    LookupError: the page has no place for a part.
    """
    text = document.read_text(encoding="utf-8")
    for each in measured:
        begin = f"<!-- figures of {each.part}: written by bin/bench --write -->"
        before, found, rest = text.partition(begin)
        if not found:
            raise LookupError(f"{document} has no place for the figures of {each.part}")
        after = rest.partition(END)[2]
        text = before + "\n\n".join([begin, _figures(each, postgres), END]) + after
    document.write_text(text, encoding="utf-8")


def _figures(measured: Measured, postgres: str) -> str:
    rows = [
        HEADINGS,
        tuple("---" for _ in HEADINGS),
        *(result.cells() for result in measured.results),
    ]
    return "\n\n".join(
        [
            f"Measured on {datetime.now(UTC):%Y-%m-%d}: {machine(postgres)}.",
            "\n".join(f"| {' | '.join(row)} |" for row in rows),
            "\n".join(f"- {note}" for note in measured.notes),
        ]
    )


def machine(postgres: str) -> str:
    """The machine in general words: nothing that names it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}, PostgreSQL {postgres}"
    )
