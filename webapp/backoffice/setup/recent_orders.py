"""A site's newest orders, and what they tell of its settings: statuses, payment methods, doings.

Each question is asked of a bounded number of orders, found along an index that ends like the
sort: the answer costs the same however many orders there are.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, Subquery, distinct, func, select, union_all
from sqlalchemy.orm import Session

from webapp.backoffice.states import State
from webapp.models.orders import ChannelOrder, Delivery, PaymentReceipt, RetailOrder
from webapp.models.stock import StockMove


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSeen:
    """Orders of one status of the store. `skipped_total`: of those not taken in."""

    status: str
    orders: int
    skipped: int
    skipped_total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodSeen:
    """Orders of one payment method. `title`: the store's name for it, "" where it has none."""

    method: str
    title: str
    orders: int
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Doings:
    """What a site's automation did with the orders that were looked at.

    `told`, `refused`, `waiting`: shipments here, by what became of telling the store.
    """

    orders: int
    is_capped: bool
    held: int
    last_held: str | None
    restocked_cancelled: int
    pieces_returned: int
    told: int
    refused: int
    waiting: int


def newest_orders(
    session: Session, site_id: int, limit: int, *, since: datetime | None = None
) -> list[int]:
    """Ids of the site's newest placed orders, newest first; at most `limit`."""
    found = [(at, order_id) for order_id, at in session.execute(_newest(site_id, limit, since))]
    return [order_id for _, order_id in sorted(found, reverse=True)[:limit]]


def _newest(site_id: int, limit: int, since: datetime | None) -> Any:
    """The newest of each state: the index ends in the date only within a state."""
    parts: list[Select[Any]] = []
    for state in State:
        of_state = select(ChannelOrder.id, ChannelOrder.ordered_at).where(
            ChannelOrder.site_id == site_id, ChannelOrder.state == state.value
        )
        if since is not None:
            of_state = of_state.where(ChannelOrder.ordered_at >= since)
        newest = of_state.order_by(ChannelOrder.ordered_at.desc(), ChannelOrder.id.desc())
        parts.append(select(newest.limit(limit).subquery()))
    return union_all(*parts)


def _recent(site_id: int, limit: int, since: datetime | None) -> Subquery:
    every = _newest(site_id, limit, since).subquery()
    newest = select(every.c.id).order_by(every.c.ordered_at.desc(), every.c.id.desc())
    return newest.limit(limit).subquery()


def statuses_seen(
    session: Session, site_id: int, limit: int, *, since: datetime | None, currency: str
) -> tuple[StatusSeen, ...]:
    """The store's statuses among the newest orders, the commonest first. Sums in `currency`."""
    recent = _recent(site_id, limit, since)
    rows = session.execute(
        select(
            ChannelOrder.status,
            ChannelOrder.state,
            ChannelOrder.currency,
            func.count().label("orders"),
            func.sum(ChannelOrder.total).label("total"),
        )
        .where(ChannelOrder.id.in_(select(recent.c.id)))
        .group_by(ChannelOrder.status, ChannelOrder.state, ChannelOrder.currency)
    ).all()
    found = []
    for status in {row.status for row in rows}:
        own = [row for row in rows if row.status == status]
        skipped = [row for row in own if row.state == State.SKIPPED]
        sums = [row.total for row in skipped if row.currency == currency and row.total is not None]
        found.append(
            StatusSeen(
                status=status,
                orders=sum(row.orders for row in own),
                skipped=sum(row.orders for row in skipped),
                skipped_total=sum(sums, Decimal(0)),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.orders, each.status)))


def methods_seen(
    session: Session, site_id: int, limit: int, *, currency: str
) -> tuple[MethodSeen, ...]:
    """The payment methods of the newest orders, the commonest first. Sums in `currency`."""
    recent = _recent(site_id, limit, None)
    rows = session.execute(
        select(
            ChannelOrder.payment_method,
            ChannelOrder.currency,
            func.count().label("orders"),
            func.sum(ChannelOrder.total).label("total"),
            func.max(PaymentReceipt.title).label("title"),
        )
        .outerjoin(PaymentReceipt, PaymentReceipt.channel_order_id == ChannelOrder.id)
        .where(ChannelOrder.id.in_(select(recent.c.id)), ChannelOrder.payment_method != "")
        .group_by(ChannelOrder.payment_method, ChannelOrder.currency)
    ).all()
    found = []
    for method in {row.payment_method for row in rows}:
        own = [row for row in rows if row.payment_method == method]
        sums = [row.total for row in own if row.currency == currency and row.total is not None]
        found.append(
            MethodSeen(
                method=method,
                title=next((row.title for row in own if row.title), ""),
                orders=sum(row.orders for row in own),
                total=sum(sums, Decimal(0)),
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.orders, each.method)))


def doings(session: Session, site_id: int, limit: int, *, since: datetime) -> Doings:
    """What happened by itself to the site's newest orders placed since a moment."""
    recent = _recent(site_id, limit, since)
    ids = select(recent.c.id)
    orders = session.scalar(select(func.count()).select_from(recent)) or 0
    held = session.execute(
        select(ChannelOrder.number)
        .join(RetailOrder, RetailOrder.channel_order_id == ChannelOrder.id)
        .where(ChannelOrder.id.in_(ids), RetailOrder.hold_reason.is_not(None))
        .order_by(ChannelOrder.ordered_at.desc(), ChannelOrder.id.desc())
    ).all()
    restocked, returned = session.execute(
        select(
            func.count(distinct(StockMove.channel_order_id)).filter(StockMove.reason == "cancel"),
            func.sum(StockMove.quantity).filter(StockMove.reason == "return"),
        ).where(StockMove.channel_order_id.in_(ids))
    ).one()
    told: dict[str, int] = {
        row.told: row.number
        for row in session.execute(
            select(Delivery.told, func.count().label("number"))
            .where(Delivery.channel_order_id.in_(ids), Delivery.source == "here")
            .group_by(Delivery.told)
        )
    }
    return Doings(
        orders=orders,
        is_capped=orders == limit,
        held=len(held),
        last_held=held[0].number if held else None,
        restocked_cancelled=restocked,
        pieces_returned=int(returned or 0),
        told=told.get("told", 0),
        refused=told.get("refused", 0),
        waiting=told.get("waiting", 0),
    )
