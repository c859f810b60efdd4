"""The sync states of an order. Processing settles what is pending; anything may become pending."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from webapp.models.orders import ChannelOrder, SyncEvent

CHUNK = 500


class State(StrEnum):
    PENDING = "pending"
    SYNCED = "synced"
    BLOCKED = "blocked"
    RETRYING = "retrying"
    FAILED = "failed"
    SKIPPED = "skipped"


HELD_UP = (State.BLOCKED, State.RETRYING, State.FAILED)


def no_counts() -> dict[str, int]:
    """Zero for each of the six states."""
    return {state.value: 0 for state in State}


def counts_by_state(session: Session, site_id: int) -> dict[str, int]:
    """How many orders of a site are in each state; always all six keys."""
    rows = session.execute(
        select(ChannelOrder.state, func.count())
        .where(ChannelOrder.site_id == site_id)
        .group_by(ChannelOrder.state)
    )
    return {**no_counts(), **{state: count for state, count in rows}}


def requeue(
    session: Session,
    order_ids: Sequence[int],
    now: datetime,
    *,
    message: str,
    actor: str | None = None,
) -> int:
    """Make orders pending, each with an event that says why. How many were not already."""
    changed = 0
    for start in range(0, len(order_ids), CHUNK):
        chunk = order_ids[start : start + CHUNK]
        waiting = session.execute(
            select(ChannelOrder.id, ChannelOrder.state)
            .where(ChannelOrder.id.in_(chunk), ChannelOrder.state != State.PENDING)
            .with_for_update()
        ).all()
        if not waiting:
            continue
        session.execute(
            update(ChannelOrder)
            .where(ChannelOrder.id.in_([row.id for row in waiting]))
            .values(state=State.PENDING, next_attempt_at=None, attempts=0)
        )
        session.execute(
            insert(SyncEvent),
            [
                {
                    "channel_order_id": row.id,
                    "at": now,
                    "from_state": row.state,
                    "to_state": State.PENDING,
                    "message": message,
                    "attempt": 0,
                    "actor": actor,
                }
                for row in waiting
            ],
        )
        changed += len(waiting)
    return changed
