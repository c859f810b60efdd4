"""Sync runs: every pull, push, sweep and catalogue pull with its counts; a site that stops."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from platforms.errors import PlatformError, SiteRefused, TryAgain
from webapp.backoffice.errors import Code
from webapp.models.sites import Site, SyncRun

DEFAULT_WAIT = 300
BROKE_DOWN = "The run broke down through an error of ours; what it stored until then stands."


def start_run(
    session: Session, site_id: int, kind: str, now: datetime, actor: str | None = None
) -> int:
    """A run that has begun; its id."""
    run_id = session.scalar(
        insert(SyncRun)
        .values(site_id=site_id, kind=kind, started_at=now, actor=actor, counts={})
        .returning(SyncRun.id)
    )
    return int(run_id or 0)


def finish_run(
    session: Session,
    run_id: int,
    now: datetime,
    *,
    requests: int,
    counts: Mapping[str, int],
    fault: PlatformError | None = None,
    is_done: bool = True,
) -> None:
    """The run's end, with what it saw; `fault` is what ended it early.

    Neither done nor ended by a fault of the store: it broke down by an error of ours.
    """
    code, message = (None, None) if is_done else (Code.INTERNAL_ERROR.value, BROKE_DOWN)
    if fault is not None:
        code, message = fault.code, fault.sentence
    session.execute(
        update(SyncRun)
        .where(SyncRun.id == run_id)
        .values(
            finished_at=now,
            requests=requests,
            counts=dict(counts),
            code=code,
            message=message,
        )
    )


def note_fault(
    session: Session, site: Site, fault: PlatformError, now: datetime, kind: str
) -> None:
    """What a fault of the whole store means for the site: it stops, or the next try is timed."""
    values: dict[str, object] = {}
    if isinstance(fault, SiteRefused):
        message = f"{fault.sentence} {fault.fix}".strip()
        values = {"stopped_at": now, "stopped_code": fault.code, "stopped_message": message}
    elif isinstance(fault, TryAgain):
        every = site.pull_every if kind == "pull" else site.push_every
        wait = max(every or DEFAULT_WAIT, fault.retry_after or 0)
        values = {f"next_{kind}_at": now + timedelta(seconds=wait)}
    if values:
        session.execute(update(Site).where(Site.id == site.id).values(**values))


def note_breakdown(session: Session, site: Site, now: datetime, kind: str) -> None:
    """A run broke down by an error of ours: nothing was learned of the store; try again later."""
    every = site.pull_every if kind == "pull" else site.push_every
    following = now + timedelta(seconds=every or DEFAULT_WAIT)
    session.execute(update(Site).where(Site.id == site.id).values(**{f"next_{kind}_at": following}))


def note_success(session: Session, site: Site, now: datetime, kind: str) -> None:
    """The store answered: the site runs, and its next run is due after its cadence."""
    every = site.pull_every if kind == "pull" else site.push_every
    following = None if every is None else now + timedelta(seconds=every)
    session.execute(
        update(Site)
        .where(Site.id == site.id)
        .values(
            **{f"last_{kind}_at": now, f"next_{kind}_at": following},
            stopped_at=None,
            stopped_code=None,
            stopped_message=None,
        )
    )
