"""Work on a batch of mappings beside the requests of people: a thread of this web process.

How far it is stands in the batch's row, so that every process can show it. If this process ends on
the way the batch falls silent, and says so: nothing of it was applied.
"""

from collections.abc import Callable
from datetime import datetime
from threading import BoundedSemaphore, Thread
from time import monotonic

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from jobs.enqueue import request_processing
from webapp.admin.frame.known_items import items_of
from webapp.admin.mapping.held_up import forget_held_up
from webapp.backoffice.files.sheets import SheetUnreadable
from webapp.backoffice.goods.batch_applying import ChangedMeanwhile, apply_batch
from webapp.backoffice.goods.batch_preview import preview_anew
from webapp.backoffice.goods.batch_rows import ChangeRow, Tab
from webapp.backoffice.goods.batches import (
    BatchGone,
    beat,
    keep_changes,
    keep_errors,
    move_on,
    rows_of,
)
from webapp.backoffice.goods.sheet_batch import SheetPreview, preview_sheet
from webapp.backoffice.goods.suggestion_batch import preview_suggestions
from webapp.database import reading, utc_now, writing
from webapp.models.mapping import BatchState, MappingBatch
from webapp.models.sites import Site

AT_ONCE = 2
# Small work is done before the page is answered.
PATIENCE = 2.0
BEATS_EVERY = 0.5
OUR_FAULT = "Tillbridge itself failed on the way; it was written to the log. Nothing was applied."

_places = BoundedSemaphore(AT_ONCE)


class AllBusy(Exception):
    """As many batches are worked on as this process takes at once."""


def start(engine: Engine, batch_id: int, work: Callable[[], None]) -> None:
    """Begin the work, and wait a moment for it. AllBusy: two others are under way."""
    if not _places.acquire(blocking=False):
        raise AllBusy
    thread = Thread(target=_run, args=(engine, batch_id, work), daemon=True)
    thread.start()
    thread.join(PATIENCE)


def _run(engine: Engine, batch_id: int, work: Callable[[], None]) -> None:
    is_done = False
    try:
        work()
        is_done = True
    finally:
        _places.release()
        if not is_done:
            _give_up(engine, batch_id)


def _give_up(engine: Engine, batch_id: int) -> None:
    with writing(engine) as session:
        batch = session.get(MappingBatch, batch_id)
        if batch is None:
            return
        was_applying = batch.state == BatchState.APPLYING
        if was_applying or batch.state == BatchState.READING:
            state = BatchState.READY if was_applying else BatchState.UNREADABLE
            move_on(session, batch_id, batch.revision, state, said=OUR_FAULT)


class Beats:
    """Tells the batch's row how far the work is, twice a second at most."""

    def __init__(self, engine: Engine, batch_id: int) -> None:
        self._engine = engine
        self._batch_id = batch_id
        self._told_at = monotonic()

    def __call__(self, done: int, of: int) -> None:
        if monotonic() - self._told_at < BEATS_EVERY:
            return
        with writing(self._engine) as session:
            beat(session, self._batch_id, now=utc_now(), done=done, of=of)
        self._told_at = monotonic()


# --- the works ----------------------------------------------------------------------------------


def read_sheet(engine: Engine, batch_id: int, content: bytes) -> None:
    """Read and preview an uploaded sheet."""
    try:
        with reading(engine) as session:
            batch = session.get_one(MappingBatch, batch_id)
            site = session.get_one(Site, batch.site_id)
            found = preview_sheet(
                session, site, content, from_now=batch.from_now, tell=Beats(engine, batch_id)
            )
    except SheetUnreadable as fault:
        with writing(engine) as session:
            said = {"said": str(fault), "finished_at": utc_now()}
            move_on(session, batch_id, batch.revision, BatchState.UNREADABLE, **said)
        return
    with writing(engine) as session:
        _keep_sheet(session, batch, found)


def _keep_sheet(session: Session, batch: MappingBatch, found: SheetPreview) -> None:
    read = {"rows": found.rows, "listings": found.listings}
    if found.wrong:
        keep_errors(session, batch.id, found.wrong, found.around)
        counts = {**read, "errors": len(found.wrong), "wrong": len({e.row for e in found.wrong})}
        state = BatchState.WRONG
    else:
        counts = {**read, **keep_changes(session, batch.id, found.changes, found.effects)}
        state = BatchState.READY
    money = found.effects.money if found.effects else None
    move_on(
        session,
        batch.id,
        batch.revision,
        state,
        counts=counts,
        money=money,
        finished_at=utc_now(),
    )


def suggest(engine: Engine, batch_id: int, least: int) -> None:
    """Find and preview the suggestions of a site from a score on."""
    with reading(engine) as session:
        batch = session.get_one(MappingBatch, batch_id)
        site = session.get_one(Site, batch.site_id)
        matcher = items_of(engine).matcher
        found = preview_suggestions(
            session, site, matcher, least=least, tell=Beats(engine, batch_id)
        )
    with writing(engine) as session:
        counts = keep_changes(session, batch_id, found.changes, found.effects)
        read = {"rows": found.looked_at, "listings": found.unmapped}
        move_on(
            session,
            batch_id,
            batch.revision,
            BatchState.READY,
            counts={**read, **counts},
            money=found.effects.money,
            finished_at=utc_now(),
        )


def apply(engine: Engine, batch_id: int, revision: int, *, actor: str, now: datetime) -> None:
    """Apply a batch that is APPLYING, or preview it anew where something changed meanwhile."""
    try:
        with writing(engine) as session:
            site_id = session.get_one(MappingBatch, batch_id).site_id
            requeued = apply_batch(session, batch_id, revision, now=now, actor=actor)
    except ChangedMeanwhile as change:
        _preview_anew(engine, batch_id, revision, change)
        return
    except BatchGone:
        return
    forget_held_up()
    if requeued:
        request_processing(engine, site_id, actor=actor, now=now)


def _preview_anew(engine: Engine, batch_id: int, revision: int, change: ChangedMeanwhile) -> None:
    with reading(engine) as session:
        batch = session.get_one(MappingBatch, batch_id)
        rows = rows_of(session, batch_id, Tab.CHANGES, ChangeRow)
        rows += rows_of(session, batch_id, Tab.SAME, ChangeRow)
        site = session.get_one(Site, batch.site_id)
        found, effects = preview_anew(session, site, rows, from_now=batch.from_now)
    names = ", ".join(change.names[:5])
    more = f" and {change.count - 5:,} more" if change.count > 5 else ""
    said = (
        f"Nothing was applied: {change.count:,} of its listings were mapped differently "
        f"meanwhile ({names}{more}). This is what it would change now."
    )
    with writing(engine) as session:
        counts = {**batch.counts, **keep_changes(session, batch_id, found, effects)}
        values = {"said": said, "counts": counts, "money": effects.money}
        move_on(session, batch_id, revision, BatchState.READY, **values)
