"""What is left on the clearing ledger, order by order: sold, and not paid out to the cent yet."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from platforms.money import ZERO
from webapp.backoffice.books.effects import Chapter
from webapp.backoffice.sites.settings import Role
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

CHAPTERS = (Chapter.SALE, Chapter.FEES, Chapter.REFUND, Chapter.PAYOUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearedOrder:
    """One order with something left. Amounts are debit less credit, in the site's currency.

    `since` is the date of its sale, or of its first entry where it has none; `chapters` what
    each brought to clearing, zeros too.
    """

    order_id: int
    number: str
    since: date
    age_days: int
    balance: Decimal
    chapters: dict[str, Decimal]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """The orders with something left, the oldest first, and what it comes to."""

    currency: str
    balance: Decimal
    orders: tuple[UnclearedOrder, ...]


def clearing(session: Session, site: Site, *, at: date) -> Clearing:
    """What a site's clearing holds after the day `at`, whatever ledgers the role is wired to.

    Positive is owed to the seller, negative to a customer or the marketplace. The age counts
    from the sale to `at`. Everything paid out: no orders, and zero.
    """
    signed = JournalLine.debit - JournalLine.credit
    dated = func.coalesce(JournalEntry.original_on, JournalEntry.posted_on)
    by_chapter = [
        func.sum(case((JournalEntry.chapter == chapter.value, signed))).label(chapter.value)
        for chapter in CHAPTERS
    ]
    sold_on = func.min(case((JournalEntry.chapter == Chapter.SALE.value, dated)))
    since = func.coalesce(sold_on, func.min(dated))
    rows = session.execute(
        select(
            ChannelOrder.id,
            ChannelOrder.number,
            since.label("since"),
            func.sum(signed).label("balance"),
            *by_chapter,
        )
        .select_from(JournalEntry)
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .join(ChannelOrder, ChannelOrder.id == JournalEntry.channel_order_id)
        .where(
            JournalEntry.site_id == site.id,
            JournalEntry.posted_on <= at,
            JournalLine.role == Role.CUSTOMER_PAYMENT.value,
        )
        .group_by(ChannelOrder.id, ChannelOrder.number)
        .having(func.sum(JournalLine.debit) != func.sum(JournalLine.credit))
        .order_by(since, ChannelOrder.id)
    )
    orders = tuple(
        UnclearedOrder(
            order_id=row.id,
            number=row.number,
            since=row.since,
            age_days=max(0, (at - row.since).days),
            balance=row.balance,
            chapters={chapter.value: getattr(row, chapter.value) or ZERO for chapter in CHAPTERS},
        )
        for row in rows
    )
    balance = sum((each.balance for each in orders), ZERO)
    return Clearing(currency=site.currency, balance=balance, orders=orders)
