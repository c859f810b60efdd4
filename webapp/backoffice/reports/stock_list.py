"""Stock items as a list, and one of them with its moves, its holders and its listings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from webapp.models.orders import ChannelOrder
from webapp.models.stock import Oversell, Reservation, StockItem, StockMove

BEHIND_ALL = chr(0x10FFFF)
HOLDERS = 20
OVERSELLS = 20


class Show(StrEnum):
    ALL = "all"
    SHORT = "short"  # nothing available
    OVERSOLD = "oversold"  # less than nothing available
    UNCOUNTED = "uncounted"


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveRow:
    """A move with what was on hand after it."""

    id: int
    at: datetime
    quantity: int
    after: int
    reason: str
    note: str | None
    actor: str | None
    order_id: int | None
    order_number: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """An order that holds pieces of an item, or that took pieces which were not there."""

    order_id: int
    number: str
    site_id: int
    quantity: int
    at: datetime


def find_items(
    session: Session,
    *,
    show: Show = Show.ALL,
    text: str = "",
    found: Sequence[int] = (),
    offset: int,
    limit: int,
) -> list[StockItem]:
    """Items by SKU. `text` is the beginning of a SKU; items `found` otherwise (by name) fit too."""
    query = select(StockItem).where(*_conditions(show, text, found)).order_by(StockItem.sku)
    return list(session.scalars(query.offset(offset).limit(limit)))


def count_items(
    session: Session,
    *,
    show: Show = Show.ALL,
    text: str = "",
    found: Sequence[int] = (),
    most: int,
) -> int:
    """How many items fit, counted no further than `most`."""
    ids = select(StockItem.id).where(*_conditions(show, text, found)).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(ids)) or 0


def item_moves(session: Session, item: StockItem, *, offset: int, limit: int) -> list[MoveRow]:
    """An item's moves, the newest first, each with what was on hand after it."""
    newer = (
        select(StockMove.quantity)
        .where(StockMove.stock_item_id == item.id)
        .order_by(StockMove.id.desc())
        .limit(offset)
        .subquery()
    )
    after = item.on_hand - int(session.scalar(select(func.sum(newer.c.quantity))) or 0)
    rows = session.execute(
        select(
            StockMove.id,
            StockMove.at,
            StockMove.quantity,
            StockMove.reason,
            StockMove.note,
            StockMove.actor,
            StockMove.channel_order_id,
            ChannelOrder.number,
        )
        .outerjoin(ChannelOrder, ChannelOrder.id == StockMove.channel_order_id)
        .where(StockMove.stock_item_id == item.id)
        .order_by(StockMove.id.desc())
        .offset(offset)
        .limit(limit)
    )
    moves = []
    for row in rows:
        moves.append(
            MoveRow(
                id=row.id,
                at=row.at,
                quantity=row.quantity,
                after=after,
                reason=row.reason,
                note=row.note,
                actor=row.actor,
                order_id=row.channel_order_id,
                order_number=row.number,
            )
        )
        after -= row.quantity
    return moves


def holders(session: Session, item_id: int) -> list[Holder]:
    """The orders that hold pieces of an item, the most pieces first."""
    rows = session.execute(
        select(
            ChannelOrder.id,
            ChannelOrder.number,
            ChannelOrder.site_id,
            Reservation.quantity,
            ChannelOrder.ordered_at,
        )
        .join(ChannelOrder, ChannelOrder.id == Reservation.channel_order_id)
        .where(Reservation.stock_item_id == item_id)
        .order_by(Reservation.quantity.desc(), ChannelOrder.id)
        .limit(HOLDERS)
    )
    return [_holder(row) for row in rows]


def oversells(session: Session, item_id: int | None = None) -> list[tuple[int, Holder]]:
    """Orders that took pieces which were not there, the newest first, each with its item's id."""
    query = (
        select(
            ChannelOrder.id,
            ChannelOrder.number,
            ChannelOrder.site_id,
            Oversell.missing,
            Oversell.at,
            Oversell.stock_item_id,
        )
        .join(ChannelOrder, ChannelOrder.id == Oversell.channel_order_id)
        .order_by(Oversell.id.desc())
        .limit(OVERSELLS)
    )
    if item_id is not None:
        query = query.where(Oversell.stock_item_id == item_id)
    return [(row[5], _holder(row)) for row in session.execute(query)]


def _holder(row: Any) -> Holder:
    return Holder(order_id=row[0], number=row[1], site_id=row[2], quantity=row[3], at=row[4])


def _conditions(show: Show, text: str, found: Sequence[int]) -> list[Any]:
    conditions: list[Any] = []
    available = StockItem.on_hand - StockItem.reserved
    if show is Show.UNCOUNTED:
        conditions.append(StockItem.counted_at.is_(None))
    elif show is not Show.ALL:
        conditions.append(StockItem.counted_at.is_not(None))
        conditions.append(available < 0 if show is Show.OVERSOLD else available <= 0)
    if text:
        begins = (StockItem.sku >= text) & (StockItem.sku < text + BEHIND_ALL)
        conditions.append(or_(begins, StockItem.id.in_(found)) if found else begins)
    return conditions
