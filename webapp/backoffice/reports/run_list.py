"""Sync runs as people watch them: the latest ones, and the past day in bars."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.backoffice.errors import Code
from webapp.models.sites import SyncRun

SPAN = timedelta(hours=24)
BAR = timedelta(minutes=20)
BARS = SPAN // BAR
# Of one site and kind; at a cadence of ten seconds this is the past eight hours.
LOOKED_AT = 3_000
IN_BARS = ("pull", "push")
# Passing faults: the next run makes up for them.
PASSING = frozenset(
    {
        Code.STORE_UNREACHABLE.value,
        Code.STORE_RATE_LIMITED.value,
        Code.DATABASE_BUSY.value,
        Code.STORE_BAD_RESPONSE.value,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """One look for each span of `BAR`, the oldest first: none, ok, warn or bad."""

    looks: tuple[str, ...]
    said: str


def latest_runs(
    session: Session,
    sites: Sequence[int],
    *,
    kind: str | None = None,
    before: int | None = None,
    limit: int,
) -> list[SyncRun]:
    """Runs of these sites, the newest first; `before` a run's id: the page after it."""
    query = select(SyncRun).where(SyncRun.site_id.in_(sites))
    if kind is not None:
        query = query.where(SyncRun.kind == kind)
    if before is not None:
        query = query.where(SyncRun.id < before)
    return list(session.scalars(query.order_by(SyncRun.id.desc()).limit(limit)))


def past_day(session: Session, site_id: int, now: datetime) -> Bars:
    """A site's pulls and pushes of the past 24 hours; the worst of each span counts."""
    looks = ["none"] * BARS
    for kind in IN_BARS:
        rows = session.execute(
            select(SyncRun.started_at, SyncRun.code)
            .where(SyncRun.site_id == site_id, SyncRun.kind == kind)
            .order_by(SyncRun.id.desc())
            .limit(LOOKED_AT)
        )
        for started_at, code in rows:
            place = BARS - 1 - (now - started_at) // BAR
            if 0 <= place < BARS:
                looks[place] = max(looks[place], _look(code), key=_ORDER.index)
    return Bars(looks=tuple(looks), said=_said(looks))


_ORDER = ("none", "ok", "warn", "bad")


def _look(code: str | None) -> str:
    if code is None:
        return "ok"
    return "warn" if code in PASSING else "bad"


def _said(looks: Sequence[str]) -> str:
    """The bars in words, for who cannot see them."""
    bad, warn, idle = (looks.count(each) for each in ("bad", "warn", "none"))
    if idle == len(looks):
        return "nothing ran in the past 24 hours"
    parts = []
    if bad:
        parts.append(f"stopped in {bad} of {len(looks)} spans of 20 minutes")
    if warn:
        parts.append(f"slowed or retried in {warn}")
    if idle:
        parts.append(f"nothing ran in {idle}")
    return ", ".join(parts) or "all runs of the past 24 hours were fine"
