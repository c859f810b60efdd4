"""One order, whole: what the store says, what it caused here, and how it got there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date as Day
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms.base import Platform
from platforms.money import currency_digits
from webapp.backoffice.errors import NEXT_STEPS
from webapp.backoffice.orders.parcels import goods_of, in_words, parcels_of
from webapp.backoffice.reports.order_lines import LineView, RemoteFacts, kept_lines, remote_facts
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder, Delivery, RetailOrder, SyncEvent
from webapp.models.sites import Site
from webapp.models.stock import Reservation, StockItem, StockMove


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveView:
    sku: str
    quantity: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """One side of an entry; `because` names the store's fields that its amount came from."""

    role: str
    ledger: str
    ledger_name: str
    debit: Decimal
    credit: Decimal
    because: str
    tax_rate: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView:
    id: int
    chapter: str
    part: str
    seq: int
    date: Day
    original_date: Day | None
    memo: str
    currency: str
    posted_at: datetime
    lines: tuple[SideView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventView:
    at: datetime
    from_state: str | None
    to_state: str
    code: str | None
    message: str
    attempt: int
    actor: str | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryView:
    """A parcel. `goods` is what it took, in words; "" is all that there was."""

    id: int
    number: int
    goods: str
    actor: str | None
    told_at: datetime | None
    source: str
    carrier: str
    tracking: str
    shipped_at: datetime
    told: str
    told_message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """Everything about one order but its buyer. `reserved` is pieces held, by SKU.

    `retail_status` is None until the order was processed; its lines then come from the newest
    payload, and are () when that cannot be read. `digits`: the decimals it is booked in.
    """

    id: int
    site_id: int
    site: str
    number: str
    remote_id: str
    status: str
    state: str
    code: str | None
    message: str | None
    next_step: str
    attempts: int
    next_attempt_at: datetime | None
    currency: str
    digits: int
    total: Decimal | None
    ordered_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    payment_method: str
    retail_status: str | None
    hold_reason: str | None
    lines: tuple[LineView, ...]
    moves: tuple[MoveView, ...]
    reserved: dict[str, int]
    entries: tuple[EntryView, ...]
    timeline: tuple[EventView, ...]
    deliveries: tuple[DeliveryView, ...]


def find_orders(session: Session, site_id: int, number: str) -> list[int]:
    """Ids of the site's orders with this number, newest placed first; a number may be shared.

    Where no order has the number, the store's own id is tried. [] means that there is none.
    """
    for column in (ChannelOrder.number, ChannelOrder.remote_id):
        found = session.scalars(
            select(ChannelOrder.id)
            .where(ChannelOrder.site_id == site_id, column == number)
            .order_by(ChannelOrder.ordered_at.desc(), ChannelOrder.id.desc())
        ).all()
        if found:
            return list(found)
    return []


def view_order(
    session: Session, order_id: int, *, platforms: Callable[[str], Platform]
) -> OrderView:
    """The order of this id, from the database alone. `platforms` gives a platform by its name.

    NoResultFound: there is no such order.
    """
    order, site = session.execute(
        select(ChannelOrder, Site)
        .join(Site, Site.id == ChannelOrder.site_id)
        .where(ChannelOrder.id == order_id)
    ).one()
    retail = session.get(RetailOrder, order_id)
    facts: RemoteFacts = remote_facts(session, order, site, platforms)
    lines = kept_lines(session, order_id) if retail is not None else ()
    return OrderView(
        id=order.id,
        site_id=site.id,
        site=site.name,
        number=order.number,
        remote_id=order.remote_id,
        status=order.status,
        state=order.state,
        code=order.code,
        message=order.message,
        next_step=next_step(order.code),
        attempts=order.attempts,
        next_attempt_at=order.next_attempt_at,
        currency=order.currency,
        digits=currency_digits(order.currency) if facts.digits is None else facts.digits,
        total=order.total,
        ordered_at=order.ordered_at,
        paid_at=(retail.paid_at if retail else None) or facts.paid_at,
        shipped_at=(retail.shipped_at if retail else None) or facts.shipped_at,
        payment_method=order.payment_method,
        retail_status=retail.status if retail else None,
        hold_reason=retail.hold_reason if retail else None,
        lines=lines or facts.lines,
        moves=_moves(session, order_id),
        reserved=_reserved(session, order_id),
        entries=_entries(session, order_id),
        timeline=_timeline(session, order_id),
        deliveries=_deliveries(session, order_id),
    )


def next_step(code: str | None) -> str:
    """What to do about a code of the closed list; "" for none."""
    return next((step for known, step in NEXT_STEPS.items() if known == code), "")


def _moves(session: Session, order_id: int) -> tuple[MoveView, ...]:
    rows = session.execute(
        select(StockItem.sku, StockMove.quantity, StockMove.reason, StockMove.at)
        .join(StockItem, StockItem.id == StockMove.stock_item_id)
        .where(StockMove.channel_order_id == order_id)
        .order_by(StockMove.id)
    )
    return tuple(MoveView(**row) for row in rows.mappings())


def _reserved(session: Session, order_id: int) -> dict[str, int]:
    rows = session.execute(
        select(StockItem.sku, Reservation.quantity)
        .join(StockItem, StockItem.id == Reservation.stock_item_id)
        .where(Reservation.channel_order_id == order_id)
        .order_by(StockItem.sku)
    )
    return {sku: quantity for sku, quantity in rows}


def _entries(session: Session, order_id: int) -> tuple[EntryView, ...]:
    entries = session.scalars(
        select(JournalEntry)
        .where(JournalEntry.channel_order_id == order_id)
        .order_by(JournalEntry.id)
    ).all()
    sides: dict[int, list[SideView]] = {entry.id: [] for entry in entries}
    rows = session.execute(
        select(JournalLine, Ledger.code, Ledger.name)
        .join(Ledger, Ledger.id == JournalLine.ledger_id)
        .where(JournalLine.entry_id.in_(sides))
        .order_by(JournalLine.entry_id, JournalLine.position, JournalLine.id)
    )
    for line, ledger, ledger_name in rows:
        sides[line.entry_id].append(
            SideView(
                role=line.role,
                ledger=ledger,
                ledger_name=ledger_name,
                debit=line.debit,
                credit=line.credit,
                because=line.because,
                tax_rate=line.tax_rate,
            )
        )
    return tuple(
        EntryView(
            id=entry.id,
            chapter=entry.chapter,
            part=entry.part,
            seq=entry.seq,
            date=entry.posted_on,
            original_date=entry.original_on,
            memo=entry.memo,
            currency=entry.currency,
            posted_at=entry.created_at,
            lines=tuple(sides[entry.id]),
        )
        for entry in entries
    )


def _timeline(session: Session, order_id: int) -> tuple[EventView, ...]:
    rows = session.execute(
        select(
            SyncEvent.at,
            SyncEvent.from_state,
            SyncEvent.to_state,
            SyncEvent.code,
            SyncEvent.message,
            SyncEvent.attempt,
            SyncEvent.actor,
            SyncEvent.detail,
        )
        .where(SyncEvent.channel_order_id == order_id)
        .order_by(SyncEvent.id)
    )
    return tuple(EventView(**row) for row in rows.mappings())


def _deliveries(session: Session, order_id: int) -> tuple[DeliveryView, ...]:
    parcels = parcels_of(session, order_id)
    goods = goods_of(session, order_id) if parcels else ()
    rows = session.execute(
        select(
            Delivery.id,
            Delivery.number,
            Delivery.actor,
            Delivery.told_at,
            Delivery.source,
            Delivery.carrier,
            Delivery.tracking,
            Delivery.shipped_at,
            Delivery.told,
            Delivery.told_message,
        )
        .where(Delivery.channel_order_id == order_id)
        .order_by(Delivery.number)
    )
    return tuple(
        DeliveryView(goods=in_words(goods, parcels.get(row["id"], {})), **row)
        for row in rows.mappings()
    )
