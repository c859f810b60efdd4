"""What a page of fetched orders brings: what is new, what changed, what is as it was.

A page costs one look-up of what is known; an unchanged order one comparison of digests.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from platforms.base import FetchedOrder, OrderPage
from webapp.backoffice.errors import Code
from webapp.backoffice.orders.gathering import KnownOrder, known_orders
from webapp.models.base import table_of
from webapp.models.orders import ChannelOrder, OrderPayload


@dataclass(slots=True)
class Sorted:
    """A page, sorted. `older`: versions that a newer one has overtaken: kept, not applied."""

    new: list[FetchedOrder] = field(default_factory=list)
    changed: list[tuple[FetchedOrder, KnownOrder]] = field(default_factory=list)
    unchanged: list[tuple[FetchedOrder, KnownOrder]] = field(default_factory=list)
    older: list[tuple[FetchedOrder, KnownOrder]] = field(default_factory=list)

    @property
    def is_as_stored(self) -> bool:
        """Whether every order stands here as in the store, its date too, and could be read."""
        return not (self.new or self.changed or self.older) and all(
            each.modified_at <= row.remote_modified_at and row.code != Code.STORE_BAD_RESPONSE
            for each, row in self.unchanged
        )


def sort_page(session: Session, site_id: int, fetched: Sequence[FetchedOrder]) -> Sorted:
    """Compare a page with what is stored; of an order that comes twice the newest counts."""
    newest: dict[str, FetchedOrder] = {}
    for each in fetched:
        before = newest.get(each.remote_id)
        if before is None or before.modified_at <= each.modified_at:
            newest[each.remote_id] = each
    known = known_orders(session, site_id, newest)
    page = Sorted()
    for each in newest.values():
        row = known.get(each.remote_id)
        if row is None:
            page.new.append(each)
        elif _is_same(each, row) and row.gone_at is None:
            page.unchanged.append((each, row))
        elif each.modified_at < row.remote_modified_at:
            page.older.append((each, row))
        else:
            page.changed.append((each, row))
    return page


def wants_details(page: Sorted) -> list[FetchedOrder]:
    """The orders of a page that are new or changed and have, or had, details to be read.

    One that could not be read is wanted too: what was wrong may have been in them.
    """
    wanted = [each for each in page.new if each.has_details]
    again = [pair for pair in page.unchanged if pair[1].code == Code.STORE_BAD_RESPONSE]
    wanted += [each for each, row in page.changed + again if each.has_details or row.details_digest]
    return wanted


def note_unchanged(session: Session, page: Sorted) -> None:
    """The store moved the date of an order that is as it was: remember the date, post nothing."""
    moved = [
        {"of_order": row.id, "modified_at": each.modified_at}
        for each, row in page.unchanged
        if each.modified_at > row.remote_modified_at
    ]
    if moved:
        orders = table_of(ChannelOrder)
        session.connection().execute(
            update(orders)
            .where(orders.c.id == bindparam("of_order"))
            .values(remote_modified_at=bindparam("modified_at")),
            moved,
        )


def unseen_older(session: Session, page: Sorted) -> list[tuple[FetchedOrder, KnownOrder]]:
    """Overtaken versions that are not stored yet."""
    if not page.older:
        return []
    stored = {
        (order_id, bytes(digest), bytes(details))
        for order_id, digest, details in session.execute(
            select(
                OrderPayload.channel_order_id, OrderPayload.digest, OrderPayload.details_digest
            ).where(OrderPayload.channel_order_id.in_([row.id for _, row in page.older]))
        )
    }
    return [
        (each, row)
        for each, row in page.older
        if (row.id, each.digest, each.details_digest) not in stored
    ]


def watermark_after(
    before: datetime | None, page: OrderPage, first_answer_at: datetime
) -> datetime | None:
    """How far we have read after a page is stored: the store's time, never ours.

    Not later than the store's own clock when the pull began: neither one order dated next
    year nor what was trashed meanwhile is passed over.
    """
    if page.complete_to is None:
        return before
    reached = min(page.complete_to, first_answer_at)
    return reached if before is None else max(before, reached)


def _is_same(each: FetchedOrder, row: KnownOrder) -> bool:
    if row.digest != each.digest:
        return False
    return each.details is None or row.details_digest == each.details_digest
