"""The life of a batch of mappings: begun, read in the background, previewed, applied, undone.

Whoever reads or applies says that it is alive (`beat`); a batch that has been silent for long was
interrupted, with its process. The last change of state lies in the transaction of the change
itself, so that a batch is applied exactly when it says so.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from webapp.backoffice.goods.batch_rows import (
    CHANGE_TABS,
    AnyRow,
    ChangeRow,
    SheetLine,
    Tab,
    WrongRow,
    packed_pages,
    unpacked,
)
from webapp.backoffice.goods.change_effects import Effects
from webapp.database import bulk_insert
from webapp.models.base import table_of
from webapp.models.mapping import BatchState, MappingBatch, MappingBatchPage, Source

# Longer than any batch takes between two beats: on SQLite nobody can beat while it is applied.
SILENT_FOR = timedelta(seconds=120)
AT_WORK = (BatchState.READING, BatchState.APPLYING)
# How many of a site are kept: sheets people come back to, single rows only until their Undo.
KEPT = {Source.SHEET: 20, Source.SUGGESTIONS: 20, Source.GRID: 200}
LONGEST_NAME = 200

_Row = TypeVar("_Row", ChangeRow, WrongRow, SheetLine)


class BatchGone(Exception):
    """Somebody else did something with the batch meanwhile: it is in `state` now."""

    def __init__(self, state: str) -> None:
        super().__init__(state)
        self.state = state


def begin(
    session: Session,
    site_id: int,
    source: Source,
    *,
    name: str,
    from_now: bool,
    now: datetime,
    actor: str | None,
    state: BatchState = BatchState.READING,
) -> MappingBatch:
    """A new batch; older ones of its kind end, but for the last few."""
    batch = MappingBatch(
        site_id=site_id,
        source=source.value,
        state=state.value,
        name=name[:LONGEST_NAME],
        from_now=from_now,
        created_at=now,
        created_by=actor,
        beat_at=now,
        counts={},
    )
    session.add(batch)
    session.flush()
    older = session.scalars(
        select(MappingBatch.id)
        .where(MappingBatch.site_id == site_id, MappingBatch.source == source.value)
        .order_by(MappingBatch.id.desc())
        .offset(KEPT[source])
    ).all()
    if older:
        session.execute(delete(MappingBatchPage).where(MappingBatchPage.batch_id.in_(older)))
        session.execute(delete(MappingBatch).where(MappingBatch.id.in_(older)))
    return batch


def beat(session: Session, batch_id: int, *, now: datetime, done: int, of: int = 0) -> None:
    """Say that the batch is still worked on, and how far it is. `of` 0: nobody knows the end."""
    session.execute(
        update(MappingBatch)
        .where(MappingBatch.id == batch_id, MappingBatch.state.in_(AT_WORK))
        .values(beat_at=now, done=done, of=of)
    )


def is_interrupted(batch: MappingBatch, now: datetime) -> bool:
    """Whoever worked on it is gone. Applying is whole or not at all, so nothing was applied."""
    return batch.state in AT_WORK and now - batch.beat_at > SILENT_FOR


def move_on(
    session: Session,
    batch_id: int,
    revision: int,
    state: BatchState,
    **values: Any,
) -> None:
    """Bring a batch into another state. BatchGone: it is no longer at this revision."""
    moved = session.execute(
        update(MappingBatch)
        .where(MappingBatch.id == batch_id, MappingBatch.revision == revision)
        .values(state=state.value, revision=revision + 1, **values)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise BatchGone(_state_of(session, batch_id))


def _state_of(session: Session, batch_id: int) -> str:
    return session.scalar(select(MappingBatch.state).where(MappingBatch.id == batch_id)) or "gone"


def discard(session: Session, batch_id: int) -> None:
    """Forget a batch that was not applied."""
    session.execute(delete(MappingBatchPage).where(MappingBatchPage.batch_id == batch_id))
    session.execute(delete(MappingBatch).where(MappingBatch.id == batch_id))


# --- its rows -----------------------------------------------------------------------------------


def keep_changes(
    session: Session, batch_id: int, rows: Sequence[ChangeRow], effects: Effects | None
) -> dict[str, int]:
    """Keep the rows of a batch under their filters, most money first; the counts of it all."""
    ranked = sorted(rows, key=lambda row: (-row.money, -row.orders, row.tab == Tab.UNMAPPED))
    by_tab: dict[Tab, Sequence[AnyRow]] = {
        Tab.CHANGES: [row for row in ranked if row.tab is not Tab.SAME],
        Tab.SAME: [row for row in rows if row.tab is Tab.SAME],
    }
    for tab in CHANGE_TABS:
        by_tab[tab] = [row for row in ranked if row.tab is tab]
    _keep(session, batch_id, by_tab)
    counts = {tab.value: len(kept) for tab, kept in by_tab.items()}
    if effects is not None:
        counts["unblocked"] = effects.orders
        counts["corrected"] = effects.corrected
        counts["requantified"] = effects.requantified
    return counts


def keep_errors(
    session: Session, batch_id: int, wrong: Sequence[WrongRow], around: Sequence[SheetLine]
) -> None:
    """Keep the wrong rows of a sheet, and the rows around the first of them."""
    _keep(session, batch_id, {Tab.ERRORS: wrong, Tab.AROUND: around})


def _keep(session: Session, batch_id: int, by_tab: Mapping[Tab, Sequence[AnyRow]]) -> None:
    session.execute(delete(MappingBatchPage).where(MappingBatchPage.batch_id == batch_id))
    bulk_insert(
        session.connection(),
        table_of(MappingBatchPage),
        ("batch_id", "tab", "number", "body"),
        [
            (batch_id, tab.value, number, body)
            for tab, rows in by_tab.items()
            for number, body in enumerate(packed_pages(rows), start=1)
        ],
    )


def page_of(session: Session, batch_id: int, tab: Tab, number: int, kind: type[_Row]) -> list[_Row]:
    """One page of a batch's rows; [] where there is none."""
    body = session.scalar(
        select(MappingBatchPage.body).where(
            MappingBatchPage.batch_id == batch_id,
            MappingBatchPage.tab == tab.value,
            MappingBatchPage.number == number,
        )
    )
    return unpacked(body, kind) if body is not None else []


def rows_of(session: Session, batch_id: int, tab: Tab, kind: type[_Row]) -> list[_Row]:
    """All rows of a batch under one filter."""
    bodies = session.scalars(
        select(MappingBatchPage.body)
        .where(MappingBatchPage.batch_id == batch_id, MappingBatchPage.tab == tab.value)
        .order_by(MappingBatchPage.number)
    )
    return [row for body in bodies for row in unpacked(body, kind)]
