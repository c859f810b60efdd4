"""What the order's tabs show beside `view_order`: the sale in the store's words, money, history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from platforms import registry
from platforms.base import RemoteOrder
from platforms.errors import OrderUnreadable
from webapp.admin.orders.payloads import StoredVersion
from webapp.backoffice.orders.payloads import unpack
from webapp.backoffice.orders.rules import load_rules
from webapp.backoffice.reports.order_view import EventView, OrderView
from webapp.backoffice.sites.settings import Role
from webapp.backoffice.states import State
from webapp.models.audit import AuditEntry
from webapp.models.orders import ChannelOrder, OrderNeed, OrderPayload
from webapp.models.sites import Site

CHAPTERS = ("sale", "fees", "refund", "payout")
ZERO = Decimal(0)
OTHERS_COUNTED = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Clearing:
    """What one order did to its customer-payment ledger, by chapter; `left` is what stands there."""

    sale: Decimal
    fees: Decimal
    refunds: Decimal
    payouts: Decimal
    left: Decimal
    ledger: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One line of the history: when, who, what changed, what it caused, the state it came into."""

    at: datetime
    who: str
    what: str
    caused: str = ""
    state: str = ""
    before: str = ""
    after: str = ""


def sale_in_store(session: Session, order_id: int) -> RemoteOrder | None:
    """The order as its present payload tells it; None when that makes no sense."""
    order, site = session.execute(
        select(ChannelOrder, Site)
        .join(Site, Site.id == ChannelOrder.site_id)
        .where(ChannelOrder.id == order_id)
    ).one()
    body = session.scalar(
        select(OrderPayload.body).where(
            OrderPayload.channel_order_id == order_id, OrderPayload.version == order.version
        )
    )
    if body is None:
        return None
    platform = registry.get(site.platform)
    rules = load_rules(session, site, platform)
    try:
        return platform.read_payload(unpack(bytes(body)), rules.terms(rules.posting))
    except OrderUnreadable:
        return None


def clearing(view: OrderView) -> Clearing | None:
    """The order's way through its clearing ledger; None while it posted nothing there."""
    sums = dict.fromkeys(CHAPTERS, ZERO)
    ledger = ""
    for entry in view.entries:
        for line in entry.lines:
            if line.role == Role.CUSTOMER_PAYMENT:
                sums[entry.chapter] = sums.get(entry.chapter, ZERO) + line.debit - line.credit
                ledger = f"{line.ledger} {line.ledger_name}"
    if not ledger:
        return None
    return Clearing(
        sale=sums["sale"],
        fees=-sums["fees"],
        refunds=-sums["refund"],
        payouts=-sums["payout"],
        left=sum(sums.values(), ZERO),
        ledger=ledger,
    )


def empty_chapters(
    view: OrderView, remote: RemoteOrder | None, books_elsewhere: str | None
) -> list[tuple[str, str]]:
    """Chapters without an entry, each with the reason that nothing was posted."""
    posted = {entry.chapter for entry in view.entries}
    return [
        (chapter, _why_empty(chapter, view, remote, books_elsewhere, posted))
        for chapter in CHAPTERS
        if chapter not in posted
    ]


def _why_empty(
    chapter: str,
    view: OrderView,
    remote: RemoteOrder | None,
    books_elsewhere: str | None,
    posted: set[str],
) -> str:
    if books_elsewhere:
        return f"This order's books are kept elsewhere: {books_elsewhere}"
    if view.state == State.PENDING:
        return "The order waits to be processed."
    if view.state != State.SYNCED and not posted:
        return f"The order is {view.state}: {view.message or 'it says no more'}"
    if chapter == "payout":
        return "No payout was recorded for this order yet."
    if chapter == "sale":
        return _why_no_sale(view, remote)
    if chapter == "refund":
        return "The store gave nothing back."
    if remote is not None and remote.has_escrow:
        return "The marketplace kept nothing of it."
    if "sale" not in posted:
        return "Nothing was sold, so there is no fee."
    return "The order names no fee of its payment gateway."


def _why_no_sale(view: OrderView, remote: RemoteOrder | None) -> str:
    if view.retail_status == "cancelled":
        return "It was cancelled before anything was posted."
    if remote is not None and not remote.is_paid:
        return "The store does not say that it was paid: the sale posts on the day it is."
    return "Its lines come to nothing."


def unmapped(session: Session, view: OrderView) -> dict[str, Any]:
    """The first listing that the order waits for: how many others do, what it may stand for."""
    rows = [each for each in view.lines if not each.is_mapped and each.listing_row_id is not None]
    if not rows or rows[0].listing_row_id is None:
        return {"others": 0}
    return {"others": _others_waiting(session, view, rows[0].listing_row_id)}


def _others_waiting(session: Session, view: OrderView, listing_id: int) -> int:
    """How many other orders wait for this listing's mapping; counting ends at a thousand."""
    others = (
        select(OrderNeed.channel_order_id)
        .where(OrderNeed.listing_id == listing_id, OrderNeed.channel_order_id != view.id)
        .limit(OTHERS_COUNTED)
        .subquery()
    )
    return session.scalar(select(func.count()).select_from(others)) or 0


def history(
    session: Session, view: OrderView, versions: Sequence[StoredVersion]
) -> list[Happening]:
    """Who did what to the order, what the store changed, what it caused; the newest first."""
    read = {version.read_at: version for version in versions}
    happened = [_event(event, read.pop(event.at, None)) for event in view.timeline]
    happened += [Happening(at=at, who="Pull", what=_seen(version)) for at, version in read.items()]
    entries = session.scalars(
        select(AuditEntry)
        .where(AuditEntry.subject == "channel_order", AuditEntry.subject_id == view.id)
        .order_by(AuditEntry.id)
    )
    happened += [
        Happening(
            at=entry.at,
            who=entry.actor or "Tillbridge",
            what=entry.action.replace("_", " ").capitalize(),
            before=_told(entry.before),
            after=_told(entry.after),
        )
        for entry in entries
    ]
    return sorted(happened, key=lambda each: each.at, reverse=True)


def _event(event: EventView, version: StoredVersion | None) -> Happening:
    """A change of state; with the version that was read at that moment, it is what that caused."""
    state = event.to_state if event.to_state != event.from_state else ""
    if version is not None and not event.actor:
        what = _seen(version)
        return Happening(at=event.at, who="Pull", what=what, caused=event.message, state=state)
    who = event.actor or "Tillbridge"
    return Happening(at=event.at, who=who, what=event.message, state=state)


def _seen(version: StoredVersion) -> str:
    if version.version == 1:
        return "First seen in the store"
    return f"Changed in the store, version {version.version}"


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key}: {each}" for key, each in value.items() if each is not None)
    return "" if value is None else str(value)
