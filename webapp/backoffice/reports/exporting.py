"""The journal for other programs: a beancount file or a CSV, the same bytes every time."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from platforms.money import currency_digits, plain
from webapp.backoffice.files.sheets import escaped
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

ROOTS = {
    "asset": "Assets",
    "liability": "Liabilities",
    "equity": "Equity",
    "income": "Income",
    "expense": "Expenses",
}
CSV_COLUMNS = (
    "entry",
    "date",
    "original_date",
    "site",
    "order",
    "store_id",
    "chapter",
    "part",
    "seq",
    "memo",
    "currency",
    "ledger",
    "name",
    "type",
    "role",
    "debit",
    "credit",
    "because",
)
PER_FETCH = 2_000


@dataclass(slots=True)
class Exported:
    """How much was written so far."""

    entries: int = 0
    lines: int = 0


def beancount_text(session: Session, exported: Exported) -> Iterator[str]:
    """The journal as a beancount ledger, piece by piece; `bean-check` finds nothing to say.

    Accounts open on the day of the first entry; each entry links its order as `^site-store_id`.
    Amounts stand at the currency's digits. No entries gives the head alone.
    """
    first = session.scalar(select(func.min(JournalEntry.posted_on)))
    yield 'option "title" "Tillbridge"\n'
    yield from (f'option "operating_currency" "{code}"\n' for code in _currencies(session))
    if first is None:
        return
    yield "\n"
    yield from (f"{first} commodity {currency}\n" for currency in _currencies(session))
    yield "\n"
    accounts = _accounts(session)
    for ledger, account in accounts.values():
        yield f'{first} open {account}\n  name: "{_quoted(ledger.name)}"\n'
    for entry, lines in _entries(session):
        exported.entries += 1
        exported.lines += len(lines)
        yield _beancount_entry(entry, lines, accounts)


def csv_text(
    session: Session, exported: Exported, *conditions: ColumnElement[bool]
) -> Iterator[str]:
    """The journal as CSV, one line a row, piece by piece; no cell is a formula to a spreadsheet.

    `conditions` on `JournalEntry` take a part of it.
    """
    yield _csv_row(CSV_COLUMNS)
    for entry, lines in _entries(session, *conditions):
        exported.entries += 1
        exported.lines += len(lines)
        digits = currency_digits(entry.currency)
        for line in lines:
            yield _csv_row(
                (
                    str(entry.entry_id),
                    entry.posted_on.isoformat(),
                    entry.original_on.isoformat() if entry.original_on else "",
                    escaped(entry.site),
                    escaped(entry.number),
                    escaped(entry.remote_id),
                    entry.chapter,
                    escaped(entry.part),
                    str(entry.seq),
                    escaped(entry.memo),
                    entry.currency,
                    escaped(line.code),
                    escaped(line.name),
                    line.type,
                    line.role,
                    plain(line.debit, digits),
                    plain(line.credit, digits),
                    escaped(line.because),
                )
            )


def _entries(session: Session, *conditions: ColumnElement[bool]) -> Iterator[tuple[Any, list[Any]]]:
    """Each entry with its lines, by date and then as they were written."""
    rows = session.execute(
        select(
            JournalEntry.id.label("entry_id"),
            JournalEntry.posted_on,
            JournalEntry.original_on,
            JournalEntry.chapter,
            JournalEntry.part,
            JournalEntry.seq,
            JournalEntry.memo,
            JournalEntry.currency,
            Site.name.label("site"),
            ChannelOrder.number,
            ChannelOrder.remote_id,
            Ledger.id.label("ledger_id"),
            Ledger.code,
            Ledger.name,
            Ledger.type,
            JournalLine.role,
            JournalLine.debit,
            JournalLine.credit,
            JournalLine.because,
        )
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .join(Ledger, Ledger.id == JournalLine.ledger_id)
        .join(ChannelOrder, ChannelOrder.id == JournalEntry.channel_order_id)
        .join(Site, Site.id == JournalEntry.site_id)
        .where(*conditions)
        .order_by(JournalEntry.posted_on, JournalEntry.id, JournalLine.position, JournalLine.id)
        .execution_options(yield_per=PER_FETCH)
    )
    for _, group in groupby(rows, key=attrgetter("entry_id")):
        lines = list(group)
        yield lines[0], lines


def _currencies(session: Session) -> list[str]:
    return list(
        session.scalars(select(JournalEntry.currency).distinct().order_by(JournalEntry.currency))
    )


def _accounts(session: Session) -> dict[int, tuple[Ledger, str]]:
    """Each ledger with its beancount account, by code; two that would be one get their id on."""
    found: dict[int, tuple[Ledger, str]] = {}
    taken: set[str] = set()
    for ledger in session.scalars(select(Ledger).order_by(Ledger.code)):
        account = f"{ROOTS[ledger.type]}:{_component(ledger.code)}-{_component(ledger.name)}"
        account = account.rstrip("-")
        if account in taken:
            account = f"{account}-{ledger.id}"
        taken.add(account)
        found[ledger.id] = (ledger, account)
    return found


def _beancount_entry(entry: Any, lines: list[Any], accounts: dict[int, tuple[Ledger, str]]) -> str:
    link = f"{_component(entry.site)}-{_component(entry.remote_id)}"
    written = [
        f'\n{entry.posted_on} * "{_quoted(entry.site)} {_quoted(entry.number)}" "{_quoted(entry.memo)}" ^{link}\n',
        f"  entry: {entry.entry_id}\n",
        f'  part: "{_quoted(f"{entry.chapter}:{entry.part}:{entry.seq}")}"\n',
    ]
    if entry.original_on:
        written.append(f"  original_date: {entry.original_on}\n")
    digits = currency_digits(entry.currency)
    for line in lines:
        signed: Decimal = line.debit - line.credit
        written.append(
            f"  {accounts[line.ledger_id][1]}  {plain(signed, digits)} {entry.currency}\n"
            f'    because: "{_quoted(line.because)}"\n'
        )
    return "".join(written)


def _component(text: str) -> str:
    """Text as a part of a beancount account or link: letters, digits and dashes, first one large."""
    kept = re.sub(r"[^A-Za-z0-9]+", "-", text).strip("-")
    return kept[:1].upper() + kept[1:]


def _quoted(text: str) -> str:
    """Text inside a beancount string: one line, quotes and backslashes escaped."""
    return " ".join(text.split()).replace("\\", "\\\\").replace('"', '\\"')


def _csv_row(cells: tuple[str, ...]) -> str:
    row = io.StringIO()
    csv.writer(row, lineterminator="\n").writerow(cells)
    return row.getvalue()
