"""An entry with its lines, straight into the journal: for tests of what reads it."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.conftest import NOW
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site


def posted(
    session: Session,
    site: Site,
    sides: Sequence[tuple[str, str, str]],
    *,
    order: ChannelOrder | None = None,
    on: date = date(2026, 3, 5),
    currency: str = "MYR",
    memo: str = "Sale",
    because: str = "order.total",
) -> JournalEntry:
    """`sides` are (ledger code, debit, credit)."""
    order = order or make.order(session, site, currency=currency)
    seq = session.scalar(
        select(func.count())
        .select_from(JournalEntry)
        .where(JournalEntry.channel_order_id == order.id)
    )
    entry = JournalEntry(
        site_id=site.id,
        channel_order_id=order.id,
        chapter="sale",
        part="order",
        seq=(seq or 0) + 1,
        posted_on=on,
        currency=currency,
        memo=memo,
        created_at=NOW,
    )
    session.add(entry)
    session.flush()
    ledgers = {row.code: row.id for row in session.scalars(select(Ledger))}
    for position, (code, debit, credit) in enumerate(sides):
        session.add(
            JournalLine(
                entry_id=entry.id,
                position=position,
                role="customer_payment" if code == "1150" else "sales_revenue",
                ledger_id=ledgers[code],
                debit=Decimal(debit),
                credit=Decimal(credit),
                because=because,
            )
        )
    session.flush()
    return entry
