"""Pieces that come in, or that a person corrects: one move, never a number that is set."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from webapp.backoffice.goods.push_wishes import wish_pushes
from webapp.models.stock import StockItem, StockMove

RECEIVE = "receive"
ADJUST = "adjust"
LARGEST = 100_000_000


def move_pieces(
    session: Session,
    item_id: int,
    pieces: int,
    *,
    reason: str,
    note: str,
    now: datetime,
    actor: str | None,
    cost: Decimal | None = None,
) -> int:
    """Post one move of a stock item; on hand afterwards.

    `reason`: RECEIVE for goods that came in (they make an item counted, as a count does), ADJUST
    for what was found or lost. `cost` becomes the item's, as received. ValueError: no pieces, or
    more than LARGEST.
    """
    if not pieces or abs(pieces) > LARGEST:
        raise ValueError(f"Between 1 and {LARGEST:,} pieces.")
    item = session.scalars(
        select(StockItem).where(StockItem.id == item_id).with_for_update(key_share=True)
    ).one()
    values: dict[str, Any] = {"on_hand": StockItem.on_hand + pieces}
    if reason == RECEIVE and item.counted_at is None:
        values["counted_at"] = now
    if cost is not None:
        values["cost"] = cost
    session.execute(update(StockItem).where(StockItem.id == item_id).values(values))
    session.execute(
        insert(StockMove).values(
            stock_item_id=item_id,
            quantity=pieces,
            reason=reason,
            at=now,
            actor=actor,
            note=note or None,
        )
    )
    wish_pushes(session, None, [item_id], now)
    session.refresh(item)
    return item.on_hand
