"""The journal as a list: filtered, one page of it, how many entries there are.

Sorted by the day of posting, the newest first, along the index of each site. What no index knows
(a chapter, a currency, an amount) is looked for in the newest entries only: `REACH` of each site,
so that a list costs the same with a thousand entries and with ten million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Select, func, or_, select, union, union_all
from sqlalchemy.orm import Session

from webapp.backoffice.books.effects import Chapter
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder

REACH = 20_000
MOST_SUMMED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFilter:
    """What is asked for; None: all. `posted_from` and `posted_to` are days of posting, both in.

    `moved`: only entries that would have stood in a closed period. `found`: an entry's number or
    its order's; `amount`: a line's, on either side.
    """

    site_id: int | None = None
    ledger_id: int | None = None
    chapter: Chapter | None = None
    currency: str | None = None
    posted_from: date | None = None
    posted_to: date | None = None
    is_moved: bool = False
    found: str | None = None
    amount: Decimal | None = None

    @property
    def is_looked_for(self) -> bool:
        """Whether some of it is looked for in the newest entries only."""
        asks = (self.chapter, self.currency, self.ledger_id, self.amount)
        return self.is_moved or any(each is not None for each in asks)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedLine:
    role: str
    ledger: str
    ledger_name: str
    debit: Decimal
    credit: Decimal
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedEntry:
    id: int
    site_id: int
    order_id: int
    number: str
    chapter: str
    part: str
    seq: int
    posted_on: date
    original_on: date | None
    currency: str
    memo: str
    lines: tuple[ListedLine, ...]


def find_entries(
    session: Session, asked: JournalFilter, sites: Sequence[int], *, offset: int, limit: int
) -> list[ListedEntry]:
    """Matching entries with their lines, the newest first; [] when nothing fits."""
    matches = _matches(asked, sites, offset + limit).subquery()
    ids = session.scalars(
        select(matches.c.id)
        .order_by(matches.c.posted_on.desc(), matches.c.id.desc())
        .offset(offset)
        .limit(limit)
    ).all()
    return _entries(session, ids)


def count_entries(
    session: Session, asked: JournalFilter, sites: Sequence[int], *, most: int
) -> int:
    """How many entries match, counted no further than `most`."""
    ids = _matches(asked, sites, most).subquery()
    return min(session.scalar(select(func.count()).select_from(ids)) or 0, most)


def sum_entries(
    session: Session, asked: JournalFilter, sites: Sequence[int]
) -> dict[str, tuple[Decimal, Decimal]]:
    """Debit and credit of the matching entries, by currency; for short lists (`MOST_SUMMED`)."""
    ids = _matches(asked, sites, MOST_SUMMED).subquery()
    rows = session.execute(
        select(JournalEntry.currency, func.sum(JournalLine.debit), func.sum(JournalLine.credit))
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .where(JournalEntry.id.in_(select(ids.c.id)))
        .group_by(JournalEntry.currency)
        .order_by(JournalEntry.currency)
    )
    return {currency: (debit, credit) for currency, debit, credit in rows}


def conditions_of(asked: JournalFilter) -> list[Any]:
    """The whole filter as conditions on `JournalEntry`, for an export: no reach, no limit."""
    conditions = [*_of_entry(asked), *_of_days(asked)]
    if asked.site_id is not None:
        conditions.append(JournalEntry.site_id == asked.site_id)
    if asked.found is not None:
        conditions.append(JournalEntry.id.in_(_found_ids(asked.found)))
    on_lines = _of_lines(asked)
    if on_lines:
        conditions.append(JournalEntry.id.in_(select(JournalLine.entry_id).where(*on_lines)))
    return conditions


def _matches(asked: JournalFilter, sites: Sequence[int], reach: int) -> Any:
    """Ids and days of matching entries, at most `reach` a walk, not yet sorted together."""
    columns = (JournalEntry.id, JournalEntry.posted_on)
    chosen = [asked.site_id] if asked.site_id is not None else list(sites)
    if not chosen:
        return select(*columns).where(JournalEntry.id < 0)
    if asked.found is not None:
        return select(*columns).where(*conditions_of(asked))
    on_lines = _of_lines(asked)
    if on_lines:
        lines = (
            select(JournalLine.entry_id)
            .where(*on_lines)
            .order_by(JournalLine.entry_id.desc())
            .limit(REACH)
        )
        if asked.ledger_id is None:
            newest = select(JournalLine).order_by(JournalLine.id.desc()).limit(2 * REACH).subquery()
            amount = or_(newest.c.debit == asked.amount, newest.c.credit == asked.amount)
            lines = select(newest.c.entry_id).where(amount)
        rest = (*_of_entry(asked), *_of_days(asked), JournalEntry.site_id.in_(chosen))
        return select(*columns).where(JournalEntry.id.in_(lines), *rest)
    return union_all(*(_walk(asked, site_id, reach) for site_id in chosen))


def _walk(asked: JournalFilter, site_id: int, reach: int) -> Select[Any]:
    """One site's entries along its index; a condition that is not in it looks `REACH` far."""
    columns = (JournalEntry.id, JournalEntry.posted_on)
    told = (JournalEntry.chapter, JournalEntry.currency, JournalEntry.original_on)
    walk = (
        select(*columns, *(told if asked.is_looked_for else ()))
        .where(JournalEntry.site_id == site_id, *_of_days(asked))
        .order_by(JournalEntry.posted_on.desc(), JournalEntry.id.desc())
    )
    if not asked.is_looked_for:
        return select(walk.limit(reach).subquery())
    near = walk.limit(REACH).subquery()
    return select(near.c.id, near.c.posted_on).where(*_of_entry(asked, near.c))


def _of_days(asked: JournalFilter) -> list[Any]:
    conditions: list[Any] = []
    if asked.posted_from is not None:
        conditions.append(JournalEntry.posted_on >= asked.posted_from)
    if asked.posted_to is not None:
        conditions.append(JournalEntry.posted_on < asked.posted_to + timedelta(days=1))
    return conditions


def _of_entry(asked: JournalFilter, entry: Any = JournalEntry) -> list[Any]:
    """Conditions on an entry, or on columns of the same names."""
    conditions: list[Any] = []
    if asked.chapter is not None:
        conditions.append(entry.chapter == asked.chapter.value)
    if asked.currency is not None:
        conditions.append(entry.currency == asked.currency)
    if asked.is_moved:
        conditions.append(entry.original_on.is_not(None))
    return conditions


def _of_lines(asked: JournalFilter) -> list[Any]:
    conditions: list[Any] = []
    if asked.ledger_id is not None:
        conditions.append(JournalLine.ledger_id == asked.ledger_id)
    if asked.amount is not None:
        conditions.append(
            or_(JournalLine.debit == asked.amount, JournalLine.credit == asked.amount)
        )
    return conditions


def _found_ids(text: str) -> Any:
    """Entries with this number (J-57 or 57), and those of orders with this number."""
    of_order = (
        select(JournalEntry.id)
        .join(ChannelOrder, ChannelOrder.id == JournalEntry.channel_order_id)
        .where(ChannelOrder.number == text.lstrip("#"))
    )
    own = text.upper().removeprefix("J-")
    if not own.isdecimal() or len(own) > 15:
        return of_order
    return union(of_order, select(JournalEntry.id).where(JournalEntry.id == int(own)))


def _entries(session: Session, ids: Sequence[int]) -> list[ListedEntry]:
    rows = session.execute(
        select(
            JournalEntry.id.label("entry_id"),
            JournalEntry.site_id,
            JournalEntry.channel_order_id,
            ChannelOrder.number,
            JournalEntry.chapter,
            JournalEntry.part,
            JournalEntry.seq,
            JournalEntry.posted_on,
            JournalEntry.original_on,
            JournalEntry.currency,
            JournalEntry.memo,
            JournalLine.role,
            Ledger.code,
            Ledger.name,
            JournalLine.debit,
            JournalLine.credit,
            JournalLine.because,
        )
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .join(Ledger, Ledger.id == JournalLine.ledger_id)
        .join(ChannelOrder, ChannelOrder.id == JournalEntry.channel_order_id)
        .where(JournalEntry.id.in_(ids))
        .order_by(
            JournalEntry.posted_on.desc(),
            JournalEntry.id.desc(),
            JournalLine.position,
            JournalLine.id,
        )
    )
    return [_entry(list(group)) for _, group in groupby(rows, key=attrgetter("entry_id"))]


def _entry(rows: Sequence[Any]) -> ListedEntry:
    first = rows[0]
    return ListedEntry(
        id=first.entry_id,
        site_id=first.site_id,
        order_id=first.channel_order_id,
        number=first.number,
        chapter=first.chapter,
        part=first.part,
        seq=first.seq,
        posted_on=first.posted_on,
        original_on=first.original_on,
        currency=first.currency,
        memo=first.memo,
        lines=tuple(
            ListedLine(
                role=row.role,
                ledger=row.code,
                ledger_name=row.name,
                debit=row.debit,
                credit=row.credit,
                because=row.because,
            )
            for row in rows
        ),
    )
