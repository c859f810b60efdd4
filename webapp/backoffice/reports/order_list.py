"""Orders as a list: filtered, sorted, counted no further than needed.

Every query walks an index that ends like the sort: one short walk for each site and state, put
together. Counts stop where they are told to, so a million orders cost what ten thousand do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, TextClause, func, select, union_all
from sqlalchemy.orm import Session

from webapp.backoffice.errors import Code
from webapp.backoffice.reports.order_causes import WAITING_FOR_SOMETHING
from webapp.backoffice.reports.order_words import orders_called
from webapp.backoffice.states import State
from webapp.models.orders import IS_HELD_UP, ChannelOrder
from webapp.models.sites import Site

ROW = (
    ChannelOrder.id,
    ChannelOrder.site_id,
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
# Exports read so many rows at a time.
CHUNK = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """Which orders are wanted; nothing given: all of them.

    `text`: how their number, or with `sees_buyers` their buyer, begins, or a SKU in them.
    """

    site_id: int | None = None
    state: str | None = None
    code: str | None = None
    status: str | None = None
    text: str = ""
    sees_buyers: bool = False
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


def list_orders(
    session: Session, wanted: OrderFilter, *, limit: int = 50, offset: int = 0
) -> list[OrderRow]:
    """One page of the orders wanted, newest placed first."""
    matches = _matches(session, wanted, ROW, limit + offset).subquery()
    query = (
        select(matches)
        .order_by(matches.c.ordered_at.desc(), matches.c.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return _with_site(session, session.execute(query).mappings())


def count_orders(session: Session, wanted: OrderFilter, *, at_most: int | None = None) -> int:
    """How many orders are wanted; counting ends at `at_most`, so that a page never waits for it."""
    if wanted == OrderFilter() and at_most is None:
        return session.scalar(select(func.count()).select_from(ChannelOrder)) or 0
    ids = _matches(session, wanted, (ChannelOrder.id,), at_most).subquery()
    found = session.scalar(select(func.count()).select_from(ids)) or 0
    return found if at_most is None else min(found, at_most)


def order_ids(session: Session, wanted: OrderFilter, *, at_most: int) -> list[int]:
    """Ids of the orders wanted, the oldest of them first; of more than `at_most` the newest."""
    columns = (ChannelOrder.id, ChannelOrder.ordered_at)
    found = _matches(session, wanted, columns, at_most).subquery()
    newest = (
        select(found.c.id, found.c.ordered_at)
        .order_by(found.c.ordered_at.desc(), found.c.id.desc())
        .limit(at_most)
    )
    return [row.id for row in session.execute(newest)][::-1]


def rows_of(session: Session, ids: Sequence[int]) -> list[OrderRow]:
    """The rows of these orders, the oldest first."""
    query = (
        select(*ROW)
        .where(ChannelOrder.id.in_(ids))
        .order_by(ChannelOrder.ordered_at, ChannelOrder.id)
    )
    return _with_site(session, session.execute(query).mappings())


def _with_site(session: Session, rows: Any) -> list[OrderRow]:
    names = dict(session.execute(select(Site.id, Site.name)).all())
    return [OrderRow(site=names[row["site_id"]], **row) for row in rows]


def _matches(
    session: Session, wanted: OrderFilter, columns: Sequence[Any], reach: int | None
) -> Any:
    """The newest `reach` orders of each walk, not yet sorted together."""
    if wanted.text:
        called = orders_called(session, wanted.text, sees_buyers=wanted.sees_buyers)
        query = select(*columns).where(ChannelOrder.id.in_(called), *_conditions(wanted))
        return _newest(query, reach)
    if wanted == OrderFilter(
        ordered_from=wanted.ordered_from, ordered_before=wanted.ordered_before
    ):
        return _newest(select(*columns).where(*_conditions(wanted)), reach)
    sites = [wanted.site_id] if wanted.site_id is not None else _sites(session)
    walks = [
        select(_walk(columns, replace(wanted, site_id=site_id, state=state), reach).subquery())
        for site_id in sites
        for state in _states(wanted)
    ]
    if not walks:
        return select(*columns).where(ChannelOrder.id < 0)
    return union_all(*walks) if len(walks) > 1 else walks[0]


def _sites(session: Session) -> Sequence[int]:
    return session.scalars(select(Site.id).order_by(Site.id)).all()


def _states(wanted: OrderFilter) -> Sequence[str]:
    """The states that wanted orders can be in."""
    if wanted.state is not None:
        return [wanted.state]
    if wanted.code is None:
        return list(State)
    if wanted.code == Code.NOT_WANTED:
        return [State.SKIPPED, State.PENDING]
    return [State.BLOCKED, State.FAILED, State.RETRYING, State.PENDING]


def _walk(columns: Sequence[Any], wanted: OrderFilter, reach: int | None) -> Select[Any]:
    return _newest(select(*columns).where(*_conditions(wanted)), reach)


def _newest(query: Select[Any], reach: int | None) -> Select[Any]:
    query = query.order_by(ChannelOrder.ordered_at.desc(), ChannelOrder.id.desc())
    return query if reach is None else query.limit(reach)


def _conditions(wanted: OrderFilter) -> list[ColumnElement[bool] | TextClause]:
    exact = (
        (ChannelOrder.site_id, wanted.site_id),
        (ChannelOrder.state, wanted.state),
        (ChannelOrder.code, wanted.code),
        (ChannelOrder.status, wanted.status),
    )
    conditions: list[ColumnElement[bool] | TextClause] = [
        column == value for column, value in exact if value is not None
    ]
    if wanted.code is not None and wanted.state in WAITING_FOR_SOMETHING:
        conditions.append(IS_HELD_UP)
    if wanted.ordered_from is not None:
        conditions.append(ChannelOrder.ordered_at >= wanted.ordered_from)
    if wanted.ordered_before is not None:
        conditions.append(ChannelOrder.ordered_at < wanted.ordered_before)
    return conditions
