"""Versions that a newer one has overtaken: kept for the record, they change nothing."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from platforms.base import Platform, StoreTerms
from platforms.errors import OrderUnreadable
from webapp.backoffice.orders.intake import Sorted, unseen_older
from webapp.backoffice.orders.payloads import UNREADABLE, pack
from webapp.database import bulk_insert
from webapp.models.base import table_of
from webapp.models.orders import ChannelOrder, OrderPayload


def keep_older(
    session: Session, page: Sorted, platform: Platform, terms: StoreTerms, now: datetime
) -> None:
    """Store the older versions of a page that were not stored before."""
    rows = []
    counts: dict[int, int] = {}
    for each, row in unseen_older(session, page):
        try:
            payload = platform.open_order(each, terms).payload
        except OrderUnreadable:
            payload = UNREADABLE
        counts[row.id] = counts.get(row.id, 0) + 1
        number = row.versions + counts[row.id]
        stored = (each.modified_at, now, each.digest, each.details_digest, pack(payload))
        rows.append((row.id, number, *stored))
    if not rows:
        return
    bulk_insert(
        session.connection(),
        table_of(OrderPayload),
        ("channel_order_id", "version", "remote_modified_at", "read_at", "digest",
         "details_digest", "body"),
        rows,
    )  # fmt: skip
    for order_id, count in counts.items():
        session.execute(
            update(ChannelOrder)
            .where(ChannelOrder.id == order_id)
            .values(versions=ChannelOrder.versions + count)
        )
