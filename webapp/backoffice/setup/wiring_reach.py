"""What rewiring a site reaches: orders that wait for a ledger. Posted ones keep theirs."""

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from platforms.money import ZERO
from webapp.backoffice.books.channel_ledgers import Wiring
from webapp.backoffice.errors import Code
from webapp.backoffice.setup.wiring import Place
from webapp.backoffice.sites.settings import REQUIRED_ROLES
from webapp.backoffice.states import State
from webapp.models.orders import ChannelOrder

MOST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WiringReach:
    """`waiting` orders want a ledger; `going_on` of them, worth `total`, would go on when saved.

    `total` is of those in the site's currency. `keeping`: orders that went through and keep
    their ledgers. No count goes further than one above 10,000.
    """

    waiting: int
    going_on: int
    total: Decimal
    keeping: int


def wiring_reach(
    session: Session, site_id: int, wired: Collection[Place], *, currency: str
) -> WiringReach:
    """What saving this wiring, without fault, would let go on: what `rewire` re-queues."""
    waiting = (
        select(ChannelOrder.payment_method, ChannelOrder.currency, ChannelOrder.total)
        .where(
            ChannelOrder.site_id == site_id,
            ChannelOrder.state == State.BLOCKED.value,
            ChannelOrder.code == Code.LEDGER_NOT_WIRED.value,
        )
        .limit(MOST + 1)
        .subquery()
    )
    rows = session.execute(
        select(
            waiting.c.payment_method,
            waiting.c.currency,
            func.count().label("orders"),
            func.sum(waiting.c.total).label("total"),
        ).group_by(waiting.c.payment_method, waiting.c.currency)
    ).all()
    wiring = Wiring(dict.fromkeys(wired, 1))
    freed = [
        row
        for row in rows
        if all(wiring.ledger_for(role, row.payment_method) for role in REQUIRED_ROLES)
    ]
    posted = (
        select(ChannelOrder.id)
        .where(ChannelOrder.site_id == site_id, ChannelOrder.state == State.SYNCED.value)
        .limit(MOST + 1)
        .subquery()
    )
    sums = [row.total for row in freed if row.currency == currency and row.total is not None]
    return WiringReach(
        waiting=sum(row.orders for row in rows),
        going_on=sum(row.orders for row in freed),
        total=sum(sums, ZERO),
        keeping=session.scalar(select(func.count()).select_from(posted)) or 0,
    )
