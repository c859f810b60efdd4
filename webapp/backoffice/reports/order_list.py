"""Orders as a list: filtered, counted no further than needed, and what holds them up."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

WAITING_FOR_SOMETHING = ("blocked", "failed", "retrying")
# One past every letter that an order number holds: "10" up to "10" + this is all that begins so.
LAST = "\U0010ffff"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders are wanted; nothing given: all of them. `number` is how it begins."""

    site_id: int | None = None
    state: str | None = None
    code: str | None = None
    status: str | None = None
    number: str = ""
    ordered_from: datetime | None = None
    ordered_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderRow:
    """One order in a list. `total` is None while the payload cannot be read."""

    id: int
    site_id: int
    site: str
    number: str
    remote_id: str
    state: str
    code: str | None
    message: str | None
    status: str
    currency: str
    total: Decimal | None
    ordered_at: datetime
    attempts: int
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Orders of a site that wait for the same reason, with the money in them by currency."""

    site_id: int
    site: str
    state: str
    code: str | None
    orders: int
    money: dict[str, Decimal]
    message: str


def list_orders(
    session: Session, wanted: OrderFilter, *, limit: int = 50, offset: int = 0
) -> list[OrderRow]:
    """One page of the orders wanted, newest placed first."""
    query = (
        select(
            ChannelOrder.id,
            ChannelOrder.site_id,
            Site.name.label("site"),
            ChannelOrder.number,
            ChannelOrder.remote_id,
            ChannelOrder.state,
            ChannelOrder.code,
            ChannelOrder.message,
            ChannelOrder.status,
            ChannelOrder.currency,
            ChannelOrder.total,
            ChannelOrder.ordered_at,
            ChannelOrder.attempts,
            ChannelOrder.next_attempt_at,
        )
        .join(Site, Site.id == ChannelOrder.site_id)
        .where(*_conditions(wanted))
        .order_by(ChannelOrder.ordered_at.desc(), ChannelOrder.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [OrderRow(**row) for row in session.execute(query).mappings()]


def count_orders(session: Session, wanted: OrderFilter, *, at_most: int | None = None) -> int:
    """How many orders are wanted; counting ends at `at_most`, so that a page never waits for it."""
    found: Select[Any] = select(ChannelOrder.id).where(*_conditions(wanted))
    if at_most is not None:
        found = found.limit(at_most)
    return session.scalar(select(func.count()).select_from(found.subquery())) or 0


def causes(session: Session, wanted: OrderFilter) -> list[Cause]:
    """What holds orders up, by site, state and code; the cause of the most orders first.

    Of the filter, a state that is not held up (synced, say) gives [].
    """
    query = (
        select(
            ChannelOrder.site_id,
            Site.name.label("site"),
            ChannelOrder.state,
            ChannelOrder.code,
            ChannelOrder.currency,
            func.count().label("orders"),
            func.coalesce(func.sum(ChannelOrder.total), Decimal(0)).label("money"),
            func.max(ChannelOrder.message).label("message"),
        )
        .join(Site, Site.id == ChannelOrder.site_id)
        .where(ChannelOrder.state.in_(WAITING_FOR_SOMETHING), *_conditions(wanted))
        .group_by(
            ChannelOrder.site_id,
            Site.name,
            ChannelOrder.state,
            ChannelOrder.code,
            ChannelOrder.currency,
        )
    )
    grouped: dict[tuple[int, str, str | None], list[Any]] = defaultdict(list)
    for row in session.execute(query):
        grouped[(row.site_id, row.state, row.code)].append(row)
    found = [
        Cause(
            site_id=rows[0].site_id,
            site=rows[0].site,
            state=rows[0].state,
            code=rows[0].code,
            orders=sum(row.orders for row in rows),
            money={row.currency: row.money for row in sorted(rows, key=lambda row: row.currency)},
            message=rows[0].message or "",
        )
        for rows in grouped.values()
    ]
    return sorted(found, key=lambda cause: (-cause.orders, cause.site, cause.code or ""))


def _conditions(wanted: OrderFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    exact = (
        (ChannelOrder.site_id, wanted.site_id),
        (ChannelOrder.state, wanted.state),
        (ChannelOrder.code, wanted.code),
        (ChannelOrder.status, wanted.status),
    )
    conditions += [column == value for column, value in exact if value is not None]
    if wanted.number:
        conditions.append(ChannelOrder.number >= wanted.number)
        conditions.append(ChannelOrder.number < wanted.number + LAST)
    if wanted.ordered_from is not None:
        conditions.append(ChannelOrder.ordered_at >= wanted.ordered_from)
    if wanted.ordered_before is not None:
        conditions.append(ChannelOrder.ordered_at < wanted.ordered_before)
    return conditions
