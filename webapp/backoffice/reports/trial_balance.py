"""The trial balance: what every ledger stands at, per currency, to the cent."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """What one ledger stands at: the net, on the side where it is; the other side is zero."""

    ledger: str
    name: str
    type: str
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyBalance:
    """All ledgers of one currency, by code. The books balance when `debit` equals `credit`."""

    currency: str
    debit: Decimal
    credit: Decimal
    rows: tuple[BalanceRow, ...]


def trial_balance(
    session: Session, *, site_id: int | None = None, at: date | None = None
) -> dict[str, CurrencyBalance]:
    """What the ledgers stand at after the day `at` (None: all entries), by currency, sorted.

    `site_id` takes one site's entries only. Ledgers that stand at zero are left out, so that two
    ways to the same books give the same balance. No entries: {}.
    """
    query = (
        select(
            JournalEntry.currency,
            Ledger.code,
            Ledger.name,
            Ledger.type,
            func.sum(JournalLine.debit).label("debit"),
            func.sum(JournalLine.credit).label("credit"),
        )
        .join(JournalEntry, JournalEntry.id == JournalLine.entry_id)
        .join(Ledger, Ledger.id == JournalLine.ledger_id)
        .group_by(JournalEntry.currency, Ledger.id, Ledger.code, Ledger.name, Ledger.type)
        .order_by(JournalEntry.currency, Ledger.code)
    )
    if site_id is not None:
        query = query.where(JournalEntry.site_id == site_id)
    if at is not None:
        query = query.where(JournalEntry.posted_on <= at)
    rows: dict[str, list[BalanceRow]] = defaultdict(list)
    for row in session.execute(query):
        signed = row.debit - row.credit
        if signed:
            rows[row.currency].append(
                BalanceRow(
                    ledger=row.code,
                    name=row.name,
                    type=row.type,
                    debit=max(signed, ZERO),
                    credit=max(-signed, ZERO),
                )
            )
    return {currency: _balance(currency, found) for currency, found in sorted(rows.items())}


def _balance(currency: str, rows: list[BalanceRow]) -> CurrencyBalance:
    return CurrencyBalance(
        currency=currency,
        debit=sum((row.debit for row in rows), ZERO),
        credit=sum((row.credit for row in rows), ZERO),
        rows=tuple(sorted(rows, key=lambda row: row.ledger)),
    )
