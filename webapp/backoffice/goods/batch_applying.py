"""Applying a batch as a whole, and taking it back as a whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.backoffice.goods.batch_preview import changed_since, differs_meanwhile
from webapp.backoffice.goods.batch_rows import ChangeRow, Tab
from webapp.backoffice.goods.batches import BatchGone, move_on, rows_of
from webapp.backoffice.goods.mapping_changes import apply_standings, current_standings, lock_site
from webapp.backoffice.goods.mapping_reach import chunks, orders_read_with
from webapp.backoffice.goods.mapping_sheet import Standing
from webapp.models.mapping import BatchState, MappingBatch
from webapp.models.sites import Site
from webapp.models.stock import StockMove

SHOWN = 20
ALL_AT_ONCE = 1_000


class ChangedMeanwhile(Exception):
    """Listings that somebody mapped differently meanwhile: how many, and the names of a few."""

    def __init__(self, differing: Sequence[ChangeRow]) -> None:
        super().__init__(f"{len(differing)} listings were changed meanwhile")
        self.count = len(differing)
        self.names = tuple(row.name for row in differing[:SHOWN])


@dataclass(frozen=True, slots=True, kw_only=True)
class Undoing:
    """What taking a batch back would do.

    `orders` were read with what it made, `moved` of them have moved pieces. `changed`: listings
    that were mapped differently since: while there are any, it cannot be taken back as a whole.
    """

    listings: int
    unmapped: int
    orders: int
    moved: int
    changed: tuple[ChangeRow, ...]


def apply_batch(
    session: Session, batch_id: int, revision: int, *, now: datetime, actor: str | None
) -> int:
    """Save all changes of a previewed batch and re-queue the orders that go on; how many.

    ChangedMeanwhile: a mapping is no longer what the preview showed. BatchGone: somebody else
    applied or discarded it.
    """
    batch = _locked(session, batch_id)
    site = session.get_one(Site, batch.site_id)
    rows = rows_of(session, batch_id, Tab.CHANGES, ChangeRow)
    standings = current_standings(session, site.id, listing_ids=_few_or_all(rows))
    differing = differs_meanwhile(rows, standings)
    if differing:
        raise ChangedMeanwhile(differing)
    requeued = apply_standings(
        session,
        site,
        standings,
        {row.listing_id: row.after.standing() if row.after else None for row in rows},
        now=now,
        actor=actor,
        from_now=batch.from_now,
        reasons=_reasons(rows),
    )
    move_on(
        session,
        batch_id,
        revision,
        BatchState.APPLIED,
        applied_at=now,
        applied_by=actor,
        requeued=requeued,
    )
    return requeued


def foresee_undo(session: Session, batch: MappingBatch) -> Undoing:
    """What taking an applied batch back would reach, as things stand now."""
    rows = rows_of(session, batch.id, Tab.CHANGES, ChangeRow)
    standings = current_standings(session, batch.site_id, listing_ids=_few_or_all(rows))
    made = [
        standings[row.listing_id].mapping_id
        for row in rows
        if row.listing_id in standings and _moves_orders(row)
    ]
    orders = orders_read_with(session, made)
    return Undoing(
        listings=len(rows),
        unmapped=sum(row.before is None for row in rows),
        orders=len(orders),
        moved=_moved(session, orders),
        changed=tuple(changed_since(rows, standings)[:SHOWN]),
    )


def undo_batch(
    session: Session,
    batch_id: int,
    revision: int,
    *,
    now: datetime,
    actor: str | None,
    takes_back: bool,
) -> int:
    """Put back what stood before a batch; how many orders go through again.

    `takes_back`: orders that went through meanwhile move their pieces back; otherwise they keep
    what they took. ChangedMeanwhile: a listing was mapped differently since. BatchGone: it is not
    applied, or was undone already.
    """
    batch = _locked(session, batch_id)
    if batch.state != BatchState.APPLIED:
        raise BatchGone(batch.state)
    site = session.get_one(Site, batch.site_id)
    rows = rows_of(session, batch_id, Tab.CHANGES, ChangeRow)
    standings = current_standings(session, site.id, listing_ids=_few_or_all(rows))
    differing = changed_since(rows, standings)
    if differing:
        raise ChangedMeanwhile(differing)
    wanted: dict[int, Standing | None] = {
        row.listing_id: row.before.standing() if row.before else None for row in rows
    }
    requeued = apply_standings(
        session,
        site,
        standings,
        wanted,
        now=now,
        actor=actor,
        from_now=not takes_back,
        reasons={
            row.listing_id: row.before.ignored
            for row in rows
            if row.before and row.before.ignored is not None
        },
        takes_back=takes_back,
    )
    move_on(session, batch_id, revision, BatchState.UNDONE, undone_at=now, undone_by=actor)
    return requeued


def _moves_orders(row: ChangeRow) -> bool:
    """Orders read with what it made of the listing would come out differently without it."""
    if row.after is None or row.after.ignored is not None:
        return False
    return row.before is None or not row.after.standing().means_the_same(row.before.standing())


def _locked(session: Session, batch_id: int) -> MappingBatch:
    batch = session.get(MappingBatch, batch_id)
    if batch is None:
        raise BatchGone("gone")
    lock_site(session, batch.site_id)
    session.refresh(batch)
    return batch


def _few_or_all(rows: Sequence[ChangeRow]) -> list[int] | None:
    """Ids to ask for, or None for all of the site where that is the shorter question."""
    return [row.listing_id for row in rows] if len(rows) <= ALL_AT_ONCE else None


def _reasons(rows: Sequence[ChangeRow]) -> Mapping[int, str]:
    return {
        row.listing_id: row.after.ignored
        for row in rows
        if row.after and row.after.ignored is not None
    }


def _moved(session: Session, order_ids: Sequence[int]) -> int:
    moved = 0
    for chunk in chunks(order_ids):
        moved += (
            session.scalar(
                select(func.count(StockMove.channel_order_id.distinct())).where(
                    StockMove.channel_order_id.in_(chunk)
                )
            )
            or 0
        )
    return moved
