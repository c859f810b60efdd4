"""How an amount of the journal came about: the store's fields with their values, and the sum. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from platforms.money import ZERO, round_to
from webapp.backoffice.reports.order_view import EntryView, SideView
from webapp.backoffice.reports.payload_fields import Field, fields_named

MOST_FIELDS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Arithmetic:
    """The way to one amount, all in the entry's currency and on the line's own side.

    `fields` add up to `known`; `before` is what the part's earlier entries posted of it.
    `is_exact`: known − before is the amount. Else it is a share, or rests on what was decided
    since; `because` says which.
    """

    fields: tuple[Field, ...]
    known: Decimal
    before: Decimal
    posted: Decimal
    is_exact: bool


def arithmetic_of(
    entries: Sequence[EntryView], payloads: Mapping[int, Any], digits: int
) -> dict[tuple[int, int], Arithmetic]:
    """By (entry's id, place of the line in it). `payloads`: the version each entry rests on."""
    found: dict[tuple[int, int], Arithmetic] = {}
    sums: dict[tuple[str, str, str, str | None], Decimal] = {}
    for entry in entries:
        for place, line in enumerate(entry.lines):
            key = (entry.chapter, entry.part, line.role, line.tax_rate)
            before = sums.get(key, ZERO)
            found[entry.id, place] = _of_line(line, payloads.get(entry.id), before, digits)
            sums[key] = before + line.debit - line.credit
    return found


def _of_line(line: SideView, payload: Any, before: Decimal, digits: int) -> Arithmetic:
    side = 1 if line.debit else -1
    posted = line.debit or line.credit
    fields = tuple(each for each in fields_named(payload, line.because) if each.amount is not None)
    known = sum((each.amount or ZERO for each in fields), ZERO)
    had = before * side
    rounded = round_to(known, digits)
    # The store writes some of what is taken off as less than nothing.
    fits = next((sum_ for sum_ in (rounded, -rounded) if sum_ - had == posted), None)
    if fits is not None and fits != rounded:
        fields = tuple(Field(path=each.path, value=each.value, sign=-each.sign) for each in fields)
    return Arithmetic(
        fields=fields[:MOST_FIELDS],
        known=rounded if fits is None else fits,
        before=had,
        posted=posted,
        is_exact=fits is not None and bool(fields),
    )
