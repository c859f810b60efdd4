"""What a change of a site's settings lets go on: exactly the orders that it unblocks or lets in."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from platforms.base import Platform
from webapp.backoffice import states
from webapp.backoffice.errors import Code
from webapp.backoffice.goods.push_wishes import wish_push_of
from webapp.backoffice.orders.rules import load_rules
from webapp.models.orders import ChannelOrder, RetailOrder
from webapp.models.sites import Site

WANTED = frozenset(
    {
        "automation.import_statuses",
        "automation.status_as",
        "integration.orders_from",
        "posting.child_orders",
    }
)
# What an order's pieces do depends on these: its moves and reservations are planned again.
GOODS = frozenset(
    {
        "automation.stock_leaves_on",
        "automation.cancel_restocks",
        "automation.status_as",
        "integration.stock_from",
    }
)


def requeue_after_settings(
    session: Session,
    site: Site,
    platform: Platform,
    changed: Collection[str],
    *,
    now: datetime,
    actor: str | None,
) -> int:
    """Re-queue what the changed settings (dotted names) concern; how many orders.

    Skipped orders that are wanted now come in; those blocked as child orders, for a closed
    period, or for totals that a decided field of the escrow may explain, are decided anew. Where the rules for goods changed, all orders with goods are
    planned again without leaving their state. `site` holds the new settings.
    """
    session.flush()
    freed: set[int] = set()
    if WANTED & set(changed):
        rules = load_rules(session, site, platform)
        freed |= set(
            session.scalars(
                select(ChannelOrder.id).where(
                    ChannelOrder.site_id == site.id,
                    ChannelOrder.state == states.State.SKIPPED,
                    ChannelOrder.code == Code.NOT_WANTED,
                    ChannelOrder.status.in_(rules.statuses_let_in),
                    (ChannelOrder.ordered_at >= rules.orders_from) | ChannelOrder.is_asked_for,
                )
            )
        )
    for setting, code in (
        ("posting.child_orders", Code.CHILD_ORDER),
        ("posting.closed_period", Code.PERIOD_CLOSED),
        ("posting.escrow_fields", Code.TOTALS_MISMATCH),
    ):
        if setting in changed:
            freed |= set(
                session.scalars(
                    select(ChannelOrder.id).where(
                        ChannelOrder.site_id == site.id,
                        ChannelOrder.state == states.State.BLOCKED,
                        ChannelOrder.code == code,
                    )
                )
            )
    if "automation.stock_buffer" in changed:
        wish_push_of(session, site.id, now)
    message = "A setting of its site was changed."
    count = states.requeue(session, sorted(freed), now, message=message, actor=actor)
    if GOODS & set(changed):
        with_goods = ChannelOrder.id.in_(select(RetailOrder.channel_order_id))
        _plan_again(session, site.id, with_goods)
    if "integration.orders_from" in changed:
        # Pieces of orders that are not imported are held from that moment on.
        _plan_again(session, site.id, ChannelOrder.state == states.State.SKIPPED)
    return count


def _plan_again(session: Session, site_id: int, which: ColumnElement[bool]) -> None:
    session.execute(
        update(ChannelOrder)
        .where(ChannelOrder.site_id == site_id, which)
        .values(is_due=True)
        .execution_options(synchronize_session=False)
    )
