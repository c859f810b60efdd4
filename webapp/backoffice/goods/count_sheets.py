"""Uploaded sheets of counts, kept packed until a person has seen what they would post."""

import zlib
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from webapp.backoffice.files.sheets import Sheet, read_sheet
from webapp.backoffice.goods.stock_sheet import COLUMNS, NEEDED
from webapp.models.stock import CountSheet

KEPT = timedelta(days=1)


def keep_sheet(
    session: Session, content: bytes, *, counted_at: datetime | None, now: datetime, actor: str
) -> int:
    """Keep a sheet for a day; its id. SheetUnreadable: it is none, or lacks its columns."""
    read_sheet(content, COLUMNS, needed=NEEDED)
    session.execute(delete(CountSheet).where(CountSheet.at < now - KEPT))
    kept = CountSheet(at=now, actor=actor, counted_at=counted_at, content=zlib.compress(content))
    session.add(kept)
    session.flush()
    return kept.id


def kept_sheet(session: Session, sheet_id: int) -> tuple[CountSheet, Sheet] | None:
    """A kept sheet with its rows; None: it was posted, or its day is over."""
    kept = session.scalar(select(CountSheet).where(CountSheet.id == sheet_id))
    if kept is None:
        return None
    return kept, read_sheet(zlib.decompress(kept.content), COLUMNS, needed=NEEDED)


def forget_sheet(session: Session, sheet_id: int) -> bool:
    """Take a kept sheet away, as it is posted; whether it was still there."""
    return bool(session.execute(delete(CountSheet).where(CountSheet.id == sheet_id)).rowcount)  # type: ignore[attr-defined]
