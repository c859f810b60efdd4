"""What a person decides on one order: let it go, take it back, keep it, keep its books elsewhere.

Each writes the decision, one line of the order's timeline and one of the audit trail, and has the
order planned again; what the decision causes is the plan's affair.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from webapp.backoffice import states
from webapp.backoffice.errors import MONEY_CODES, Code
from webapp.backoffice.goods.mapping_changes import lock_site
from webapp.backoffice.orders.shipping import release
from webapp.backoffice.people.audit import record_change
from webapp.models.journal import JournalEntry
from webapp.models.orders import ChannelOrder, RetailOrder


class DeletionChoice(StrEnum):
    """What becomes of an order that the store deleted."""

    REVERSE = "reverse"  # as if it had been cancelled
    KEEP = "keep"  # its entries and moves stay as they stand


class DecisionFault(Exception):
    """The order cannot be decided so: a sentence that says why."""


def release_hold(session: Session, order_id: int, *, actor: str, now: datetime) -> None:
    """Let a held order go to packing. DecisionFault: it is not on hold."""
    order = _locked(session, order_id)
    reason = session.scalar(
        select(RetailOrder.hold_reason).where(RetailOrder.channel_order_id == order_id)
    )
    try:
        release(session, order_id, actor=actor, now=now)
    except ValueError as fault:
        raise DecisionFault("This order is not on hold.") from fault
    _record(session, order, "release", {"hold": reason}, None, actor=actor, now=now)


def decide_deletion(
    session: Session, order_id: int, choice: DeletionChoice, *, actor: str, now: datetime
) -> None:
    """Say what becomes of a deleted order. DecisionFault: it does not wait for that."""
    order = _locked(session, order_id)
    if (order.state, order.code) != (states.State.BLOCKED, Code.ORDER_DELETED):
        raise DecisionFault("This order does not wait for a decision on its deletion.")
    before = order.deletion_choice
    order.deletion_choice = choice.value
    session.flush()
    done = "reversed as cancelled" if choice is DeletionChoice.REVERSE else "kept as it stands"
    states.requeue(session, [order_id], now, message=f"Decided by {actor}: {done}.", actor=actor)
    _record(
        session,
        order,
        "decide_deletion",
        {"choice": before},
        {"choice": choice.value},
        actor=actor,
        now=now,
    )


def keep_books_elsewhere(
    session: Session, order_id: int, reason: str, *, actor: str, now: datetime
) -> None:
    """Have an order go through with its goods and without entries, and say why.

    DecisionFault: it is not held up for money's sake, has entries already, or no reason was given.
    """
    order = _locked(session, order_id)
    reason = reason.strip()
    if order.state not in states.HELD_UP or order.code not in MONEY_CODES:
        raise DecisionFault("Only an order that waits for its books can have them elsewhere.")
    if session.scalar(select(exists().where(JournalEntry.channel_order_id == order_id))):
        raise DecisionFault("This order has entries here already, so its books are here.")
    if not reason:
        raise DecisionFault("Say where this order's books are kept, and why.")
    order.books_elsewhere = reason[:1000]
    session.flush()
    states.requeue(
        session,
        [order_id],
        now,
        message=f"{actor} keeps this order's books elsewhere: {reason[:1000]}",
        actor=actor,
    )
    _record(
        session, order, "books_elsewhere", None, {"reason": reason[:1000]}, actor=actor, now=now
    )


def _locked(session: Session, order_id: int) -> ChannelOrder:
    """The order, with its site held, so that it is not being planned meanwhile."""
    site_id = session.scalar(select(ChannelOrder.site_id).where(ChannelOrder.id == order_id))
    if site_id is None:
        raise DecisionFault("There is no such order.")
    lock_site(session, site_id)
    return session.get_one(ChannelOrder, order_id, with_for_update=True)


def _record(
    session: Session,
    order: ChannelOrder,
    action: str,
    before: object,
    after: object,
    *,
    actor: str,
    now: datetime,
) -> None:
    record_change(
        session,
        now=now,
        actor=actor,
        action=action,
        subject="channel_order",
        subject_id=order.id,
        label=f"order {order.number}",
        before=before,
        after=after,
    )
