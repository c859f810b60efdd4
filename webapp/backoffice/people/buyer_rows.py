"""Writing buyers: one row per order, never filled again once emptied, never masked over readable."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from platforms.base import RemoteBuyer
from webapp.backoffice.people.buyers import EMPTY_ROW, buyer_row
from webapp.database import insert_ready, instant_form
from webapp.models.orders import OrderBuyer
from webapp.models.types import json_text

COLUMNS = ("channel_order_id", *EMPTY_ROW, "is_masked", "emptied_at", "emptied_why")
JSON_COLUMNS = frozenset({"billing", "shipping", "rest"})


def write_new_buyers(
    session: Session, buyers: Sequence[tuple[int, RemoteBuyer]], now: datetime
) -> None:
    """Rows for orders that have none yet. An anonymised buyer's row is empty from the start."""
    connection = session.connection()
    emptied_at = instant_form(connection)(now)
    rows: list[tuple[Any, ...]] = []
    for order_id, buyer in buyers:
        if buyer.is_anonymised:
            values = dict(EMPTY_ROW) | {"is_masked": False}
            rows.append((order_id, *values.values(), emptied_at, "store"))
            continue
        values = buyer_row(buyer)
        for name in JSON_COLUMNS:
            if values[name] is not None:
                values[name] = json_text(values[name])
        rows.append((order_id, *(values[name] for name in COLUMNS[1:-2]), None, None))
    insert_ready(connection, OrderBuyer.__table__, COLUMNS, rows)  # type: ignore[arg-type]


def renew_buyers(
    session: Session, buyers: Sequence[tuple[int, RemoteBuyer]], now: datetime
) -> None:
    """What a newer version says of buyers that have a row already."""
    if not buyers:
        return
    present = {
        row.channel_order_id: row
        for row in session.execute(
            select(OrderBuyer.channel_order_id, OrderBuyer.emptied_at, OrderBuyer.is_masked).where(
                OrderBuyer.channel_order_id.in_([order_id for order_id, _ in buyers])
            )
        )
    }
    changes = []
    for order_id, buyer in buyers:
        row = present.get(order_id)
        if row is None:
            session.execute(insert(OrderBuyer).values(channel_order_id=order_id, **EMPTY_ROW))
        elif row.emptied_at is not None:
            continue
        if buyer.is_anonymised:
            changes.append(_change(order_id, {**EMPTY_ROW, "is_masked": False}, now))
        elif not buyer.is_masked or row is None or row.is_masked:
            changes.append(_change(order_id, buyer_row(buyer), None))
    if changes:
        session.connection().execute(
            update(OrderBuyer)
            # Asked again here: the row may have been emptied since it was read.
            .where(
                OrderBuyer.channel_order_id == bindparam("of_order"),
                OrderBuyer.emptied_at.is_(None),
            )
            .values({name: bindparam(name) for name in COLUMNS[1:]}),
            changes,
        )


def _change(order_id: int, values: dict[str, Any], emptied_at: datetime | None) -> dict[str, Any]:
    why = None if emptied_at is None else "store"
    return {**values, "of_order": order_id, "emptied_at": emptied_at, "emptied_why": why}
