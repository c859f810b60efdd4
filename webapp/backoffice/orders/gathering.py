"""What orders are here already, a batch of them read in a handful of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from platforms.money import ZERO
from webapp.backoffice.books.effects import Posted, PostedPart
from webapp.backoffice.books.settlement_lines import posted_lines
from webapp.backoffice.goods.meanings import KeptLine
from webapp.backoffice.orders.standing import Standing
from webapp.models.base import table_of
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.orders import ChannelOrder, Delivery, DeliveryLine, RetailOrder, RetailOrderLine
from webapp.models.stock import Reservation, StockMove

# A row of ORDER_COLUMNS.
KnownOrder = Any

ORDER_COLUMNS = (
    ChannelOrder.id,
    ChannelOrder.remote_id,
    ChannelOrder.number,
    ChannelOrder.digest,
    ChannelOrder.details_digest,
    ChannelOrder.remote_modified_at,
    ChannelOrder.read_at,
    ChannelOrder.version,
    ChannelOrder.versions,
    ChannelOrder.state,
    ChannelOrder.code,
    ChannelOrder.attempts,
    ChannelOrder.applied_modified_at,
    ChannelOrder.posting_terms_id,
    ChannelOrder.is_asked_for,
    ChannelOrder.gone_at,
    ChannelOrder.deletion_choice,
    ChannelOrder.books_elsewhere,
)

# Asked for every page, so made once: to build it anew costs more than to answer it.
_ORDERS = table_of(ChannelOrder)
_KNOWN_ORDERS = select(*(_ORDERS.c[column.key] for column in ORDER_COLUMNS)).where(
    _ORDERS.c.site_id == bindparam("site_id"),
    _ORDERS.c.remote_id.in_(bindparam("remote_ids", expanding=True)),
)


def known_orders(
    session: Session, site_id: int, remote_ids: Iterable[str]
) -> dict[str, KnownOrder]:
    """The stored rows of these orders, by the store's id."""
    wanted = {"site_id": site_id, "remote_ids": list(remote_ids)}
    if not wanted["remote_ids"]:
        return {}
    rows = session.connection().execute(_KNOWN_ORDERS, wanted).all()
    return {row.remote_id: row for row in rows}


def orders_by_id(session: Session, order_ids: Sequence[int]) -> list[KnownOrder]:
    """The stored rows of these orders, locked, in id order."""
    return list(
        session.execute(
            select(*ORDER_COLUMNS)
            .where(ChannelOrder.id.in_(order_ids))
            .order_by(ChannelOrder.id)
            .with_for_update()
        )
    )


# --- standings ----------------------------------------------------------------------------------


def standings(session: Session, rows: Sequence[KnownOrder]) -> dict[int, Standing]:
    """What each of these orders is here already, by its id."""
    ids = [row.id for row in rows]
    if not ids:
        return {}
    retail = {
        row.channel_order_id: row
        for row in session.execute(
            select(
                RetailOrder.channel_order_id, RetailOrder.hold_reason, RetailOrder.released_by
            ).where(RetailOrder.channel_order_id.in_(ids))
        )
    }
    shipped = shipped_here(session, ids)
    posted = posted_by_order(session, ids)
    moved = moved_by_order(session, ids)
    reserved = _reserved(session, ids)
    kept = _kept_lines(session, ids)
    settled = posted_lines(session, ids)
    found = {}
    for row in rows:
        here = retail.get(row.id)
        left = shipped.get(row.id, NOTHING_LEFT)
        found[row.id] = Standing(
            has_retail=here is not None,
            is_released=here is not None and here.released_by is not None,
            hold_reason=here.hold_reason if here is not None else None,
            shipped_here_at=left.whole_at,
            shipped_parts=left.parts,
            left_here_at=left.newest_at,
            is_asked_for=row.is_asked_for,
            is_gone=row.gone_at is not None,
            deletion_choice=row.deletion_choice,
            books_elsewhere=row.books_elsewhere is not None,
            applied_modified_at=row.applied_modified_at,
            posted=posted.get(row.id, Posted()),
            moved=moved.get(row.id, {}),
            reserved=reserved.get(row.id, {}),
            kept=kept.get(row.id, {}),
            settled=settled.get(row.id, ()),
        )
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedHere:
    """What left here of an order: when the last of it did, and pieces by line in parcels before."""

    whole_at: datetime | None = None
    newest_at: datetime | None = None
    parts: Mapping[str, int] = field(default_factory=dict)


NOTHING_LEFT = ShippedHere()


def shipped_here(session: Session, ids: Sequence[int]) -> dict[int, ShippedHere]:
    """What left here of each of these orders; orders of which nothing did are not in it."""
    whole: dict[int, datetime] = {}
    newest: dict[int, datetime] = {}
    in_parts: dict[int, int] = {}
    for row in session.execute(
        select(Delivery.id, Delivery.channel_order_id, Delivery.is_last, Delivery.shipped_at)
        .where(Delivery.channel_order_id.in_(ids), Delivery.source == "here")
        .order_by(Delivery.channel_order_id, Delivery.number)
    ):
        newest[row.channel_order_id] = row.shipped_at
        if row.is_last:
            whole.setdefault(row.channel_order_id, row.shipped_at)
        else:
            in_parts[row.id] = row.channel_order_id
    parts: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    if in_parts:
        for line in session.scalars(
            select(DeliveryLine).where(DeliveryLine.delivery_id.in_(in_parts))
        ):
            parts[in_parts[line.delivery_id]][line.remote_line_id] += line.quantity
    return {
        order_id: ShippedHere(
            whole_at=whole.get(order_id), newest_at=at, parts=dict(parts.get(order_id, {}))
        )
        for order_id, at in newest.items()
    }


def posted_by_order(session: Session, ids: Sequence[int]) -> dict[int, Posted]:
    """What each order has posted, by part, role and tax rate, and the ledger of each role."""
    rows = session.execute(
        select(
            JournalEntry.channel_order_id,
            JournalEntry.chapter,
            JournalEntry.part,
            JournalEntry.seq,
            JournalLine.role,
            JournalLine.tax_rate,
            JournalLine.ledger_id,
            JournalLine.debit,
            JournalLine.credit,
        )
        .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
        .where(JournalEntry.channel_order_id.in_(ids))
        .order_by(JournalEntry.id, JournalLine.position)
    )
    seqs: dict[int, dict[tuple[str, str], int]] = defaultdict(dict)
    amounts: dict[int, dict[tuple[str, str], dict[tuple[str, str | None], Decimal]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    ledgers: dict[int, dict[str, int]] = defaultdict(dict)
    for order_id, chapter, part, seq, role, rate, ledger, debit, credit in rows:
        key = (chapter, part)
        seqs[order_id][key] = max(seq, seqs[order_id].get(key, 0))
        sums = amounts[order_id][key]
        sums[(role, rate)] = sums.get((role, rate), ZERO) + debit - credit
        ledgers[order_id].setdefault(role, ledger)
    return {
        order_id: Posted(
            parts={key: PostedPart(seq, amounts[order_id][key]) for key, seq in parts.items()},
            ledgers=ledgers[order_id],
        )
        for order_id, parts in seqs.items()
    }


def moved_by_order(session: Session, ids: Sequence[int]) -> dict[int, dict[int, tuple[int, int]]]:
    """Per order and stock item: the sum of its moves, and the last one's number."""
    rows = session.execute(
        select(
            StockMove.channel_order_id,
            StockMove.stock_item_id,
            func.sum(StockMove.quantity),
            func.max(StockMove.seq),
        )
        .where(StockMove.channel_order_id.in_(ids))
        .group_by(StockMove.channel_order_id, StockMove.stock_item_id)
    )
    found: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for order_id, item, total, seq in rows:
        if order_id is not None:
            found[order_id][item] = (int(total), int(seq or 0))
    return found


def _reserved(session: Session, ids: Sequence[int]) -> dict[int, dict[int, int]]:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for order_id, item, quantity in session.execute(
        select(Reservation.channel_order_id, Reservation.stock_item_id, Reservation.quantity).where(
            Reservation.channel_order_id.in_(ids)
        )
    ):
        found[order_id][item] = quantity
    return found


def _kept_lines(session: Session, ids: Sequence[int]) -> dict[int, dict[str, KeptLine]]:
    found: dict[int, dict[str, KeptLine]] = defaultdict(dict)
    for order_id, line_id, listing_id, mapping_id in session.execute(
        select(
            RetailOrderLine.channel_order_id,
            RetailOrderLine.remote_line_id,
            RetailOrderLine.listing_id,
            RetailOrderLine.mapping_id,
        ).where(RetailOrderLine.channel_order_id.in_(ids))
    ):
        found[order_id][line_id] = KeptLine(listing_id, mapping_id)
    return found
