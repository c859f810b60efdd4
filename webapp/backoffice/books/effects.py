"""What an order should have caused in the books, what it has caused, and the difference. Pure.

Amounts are signed here: debit plus, credit minus. A part's lines add up to zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from platforms.money import ZERO


class Chapter(StrEnum):
    SALE = "sale"
    FEES = "fees"
    REFUND = "refund"
    PAYOUT = "payout"


class DesiredLine(NamedTuple):
    """A signed amount on a role; `tax_rate` is the store's rate code on lines of tax."""

    role: str
    signed: Decimal
    because: str
    tax_rate: str | None = None


@dataclass(frozen=True, slots=True)
class DesiredPart:
    """What one part of a chapter should come to. `first_on` dates its first entry.

    `first_on` None: on the day of the version that shows it.
    """

    chapter: str
    part: str
    first_on: date | None
    memo: str
    lines: tuple[DesiredLine, ...]


@dataclass(frozen=True, slots=True)
class PostedPart:
    """What a part's entries have come to so far, by (role, tax rate)."""

    last_seq: int
    amounts: Mapping[tuple[str, str | None], Decimal]


@dataclass(frozen=True, slots=True)
class Posted:
    """Everything an order has posted: its parts, and the ledger that each role first used."""

    parts: Mapping[tuple[str, str], PostedPart] = field(default_factory=dict)
    ledgers: Mapping[str, int] = field(default_factory=dict)

    @property
    def stands(self) -> bool:
        """Whether anything is left of it: what was reversed whole has come to nothing."""
        return any(any(part.amounts.values()) for part in self.parts.values())


NOTHING_POSTED = Posted()


@dataclass(frozen=True, slots=True)
class PartDifference:
    """The entry that a part still lacks.

    `first_on` is None for a difference (seq 2 and on): the version that shows it dates it.
    """

    chapter: str
    part: str
    seq: int
    first_on: date | None
    memo: str
    lines: tuple[DesiredLine, ...]


def difference(desired: Sequence[DesiredPart], posted: Posted) -> tuple[PartDifference, ...]:
    """One entry per part where desired and posted differ, in the order of `desired`.

    A posted part that is no longer desired has the empty set as its target (POSTING rule
    *The engine*). Nothing to post gives ().
    """
    if not posted.parts:
        return tuple(
            PartDifference(part.chapter, part.part, 1, part.first_on, part.memo, part.lines)
            for part in desired
            if part.lines
        )
    found = []
    wanted = {(part.chapter, part.part): part for part in desired}
    for key, part in wanted.items():
        before = posted.parts.get(key)
        if before is None:
            if part.lines:
                found.append(PartDifference(*key, 1, part.first_on, part.memo, part.lines))
            continue
        lines = _less(part.lines, before.amounts)
        if lines:
            memo = f"Difference: {part.memo}"
            found.append(PartDifference(*key, before.last_seq + 1, None, memo, lines))
    for key, before in posted.parts.items():
        if key not in wanted:
            lines = _less((), before.amounts)
            if lines:
                memo = f"Reversal: {key[0]} {key[1]}"
                found.append(PartDifference(*key, before.last_seq + 1, None, memo, lines))
    return tuple(found)


def as_posted(posted: Posted) -> tuple[DesiredPart, ...]:
    """The parts of sale, fees and refund as they stand, for an order that is left alone."""
    return tuple(
        DesiredPart(
            chapter,
            part,
            date.min,
            "as posted",
            tuple(
                DesiredLine(role, amount, "as posted", rate)
                for (role, rate), amount in before.amounts.items()
            ),
        )
        for (chapter, part), before in posted.parts.items()
        if chapter != Chapter.PAYOUT
    )


def _less(
    lines: tuple[DesiredLine, ...], amounts: Mapping[tuple[str, str | None], Decimal]
) -> tuple[DesiredLine, ...]:
    left = dict(amounts)
    kept = []
    for line in lines:
        signed = line.signed - left.pop((line.role, line.tax_rate), ZERO)
        if signed:
            kept.append(line._replace(signed=signed))
    for (role, rate), amount in left.items():
        if amount:
            kept.append(DesiredLine(role, -amount, "no longer in the order", rate))
    return tuple(kept)
