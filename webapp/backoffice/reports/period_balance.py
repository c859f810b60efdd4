"""The trial balance of a period: what every ledger opened with, took, gave and closed with."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import Session

from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodRow:
    """A ledger over a period. `opening` and `closing` are debit when positive, else credit."""

    ledger_id: int
    ledger: str
    name: str
    type: str
    opening: Decimal
    debit: Decimal
    credit: Decimal

    @property
    def closing(self) -> Decimal:
        return self.opening + self.debit - self.credit


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodBalance:
    """All ledgers of one currency over a period, by code, with the sums below them."""

    currency: str
    rows: tuple[PeriodRow, ...]

    @property
    def opening(self) -> Decimal:
        return sum((row.opening for row in self.rows), ZERO)

    @property
    def debit(self) -> Decimal:
        return sum((row.debit for row in self.rows), ZERO)

    @property
    def credit(self) -> Decimal:
        return sum((row.credit for row in self.rows), ZERO)

    @property
    def closing_debit(self) -> Decimal:
        return sum((max(row.closing, ZERO) for row in self.rows), ZERO)

    @property
    def closing_credit(self) -> Decimal:
        return sum((max(-row.closing, ZERO) for row in self.rows), ZERO)

    @property
    def is_balanced(self) -> bool:
        """Whether debits equal credits, before the period, in it and after it."""
        return self.opening == ZERO and self.debit == self.credit


def period_balance(
    session: Session,
    *,
    site_id: int | None = None,
    since: date | None = None,
    until: date | None = None,
) -> dict[str, PeriodBalance]:
    """Opening, turnover and closing of every ledger from `since` to `until`, both in, by currency.

    Without `since` everything is turnover. Ledgers that nothing was ever posted to are left out.
    """
    day = JournalEntry.posted_on
    before = literal(0) if since is None else case((day < since, 1), else_=0)
    query = (
        select(
            JournalEntry.currency,
            Ledger.id,
            Ledger.code,
            Ledger.name,
            Ledger.type,
            before.label("is_before"),
            func.sum(JournalLine.debit).label("debit"),
            func.sum(JournalLine.credit).label("credit"),
        )
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .join(Ledger, Ledger.id == JournalLine.ledger_id)
        .group_by(
            JournalEntry.currency, Ledger.id, Ledger.code, Ledger.name, Ledger.type, "is_before"
        )
        .order_by(JournalEntry.currency, Ledger.code)
    )
    if site_id is not None:
        query = query.where(JournalEntry.site_id == site_id)
    if until is not None:
        query = query.where(day <= until)
    found: dict[str, dict[int, PeriodRow]] = defaultdict(dict)
    for row in session.execute(query):
        known = found[row.currency].get(row.id)
        opening = row.debit - row.credit if row.is_before else ZERO
        found[row.currency][row.id] = PeriodRow(
            ledger_id=row.id,
            ledger=row.code,
            name=row.name,
            type=row.type,
            opening=opening + (known.opening if known else ZERO),
            debit=(ZERO if row.is_before else row.debit) + (known.debit if known else ZERO),
            credit=(ZERO if row.is_before else row.credit) + (known.credit if known else ZERO),
        )
    return {
        currency: PeriodBalance(
            currency=currency, rows=tuple(sorted(rows.values(), key=lambda row: row.ledger))
        )
        for currency, rows in sorted(found.items())
    }
