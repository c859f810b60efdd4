"""One page of a long list, whatever its rows are; no list is counted beyond the cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from webapp.admin.frame.formatters import CAP

PAGE_SIZE = 50

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """`number` counts from 1. `total` is one above the cap when there are more."""

    rows: Sequence[Row]
    number: int
    total: int

    @property
    def first(self) -> int:
        return (self.number - 1) * PAGE_SIZE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

    @property
    def has_next(self) -> bool:
        return self.last < min(self.total, CAP)


def within_cap(number: int) -> int:
    """A page number from 1, and none that lies behind the cap."""
    return max(1, min(number, CAP // PAGE_SIZE))
