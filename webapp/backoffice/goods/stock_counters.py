"""On hand and reserved of stock items, kept beside their moves; oversells are seen here."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from webapp.database import add_to_rows
from webapp.models.base import table_of
from webapp.models.stock import Oversell, StockItem

# Every page asks this, so it is made once.
_ITEMS = table_of(StockItem)
_COUNTERS = (
    select(_ITEMS.c.id, _ITEMS.c.on_hand, _ITEMS.c.reserved, _ITEMS.c.counted_at.is_not(None))
    .where(_ITEMS.c.id.in_(bindparam("items", expanding=True)))
    .order_by(_ITEMS.c.id)
    .with_for_update(key_share=True)  # moves just written hold on to their items too
)


class StockChange(NamedTuple):
    """What one order changes of one stock item: pieces moved, pieces held more or less."""

    stock_item_id: int
    order_id: int
    moved: int
    held: int


def apply_changes(session: Session, changes: Sequence[StockChange], now: datetime) -> None:
    """Bring the counters up to date, rows locked in id order, and record each oversell.

    Selling below zero is recorded, never refused: the customer has already paid. An item
    never counted has no zero to go below.
    """
    if not changes:
        return
    connection = session.connection()
    rows = connection.execute(
        _COUNTERS, {"items": list({change.stock_item_id for change in changes})}
    ).all()
    available = {item: on_hand - reserved for item, on_hand, reserved, counted in rows if counted}
    moved = {row.id: 0 for row in rows}
    held = dict.fromkeys(moved, 0)
    oversold = []
    for change in changes:
        item = change.stock_item_id
        moved[item] += change.moved
        held[item] += change.held
        if item not in available:
            continue
        taken = change.held - change.moved
        available[item] -= taken
        if taken > 0 and available[item] < 0:
            missing = min(taken, -available[item])
            oversold.append(
                {
                    "stock_item_id": item,
                    "channel_order_id": change.order_id,
                    "missing": missing,
                    "at": now,
                }
            )
    changed = [(moved[item], held[item], item) for item in moved if moved[item] or held[item]]
    add_to_rows(connection, _ITEMS, ("on_hand", "reserved"), changed)
    if oversold:
        dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
        session.execute(dialect.insert(Oversell).on_conflict_do_nothing(), oversold)


def shown_otherwise(changes: Sequence[StockChange]) -> set[int]:
    """The stock items of which more or fewer pieces are available after these changes."""
    more: dict[int, int] = {}
    for change in changes:
        item = change.stock_item_id
        more[item] = more.get(item, 0) + change.moved - change.held
    return {item for item, pieces in more.items() if pieces}
