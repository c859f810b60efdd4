"""Sync runs: every pull, push, sweep and catalogue pull with its counts; a site that stops."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from platforms.errors import NotFound, PlatformError, SiteRefused, TryAgain
from webapp.backoffice.errors import Code
from webapp.models.sites import Site, SyncRun

DIRECTIONS = ("pull", "push")
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
    """What a fault of the whole store means for the site: it stops, or the next try is timed.

    A stop that may pass by itself has its next tries after `stopped_at`, both ways; any other
    waits for a person, and then everything is due at once. What the store asks us to wait for
    holds both ways too. That one thing does not exist says nothing of the store.
    """
    if isinstance(fault, NotFound):
        return
    values: dict[str, object]
    if isinstance(fault, SiteRefused):
        message = f"{fault.sentence} {fault.fix}".strip()
        values = {"stopped_at": now, "stopped_code": fault.code, "stopped_message": message}
        wait = fault.retry_after
        values |= {
            f"next_{each}_at": _next_run(site, each, now, at_least=wait)
            if wait
            else _due(site, each, now)
            for each in DIRECTIONS
        }
    else:
        asked = fault.retry_after if isinstance(fault, TryAgain) else None
        values = {f"next_{kind}_at": _next_run(site, kind, now, at_least=asked or 0)}
        if asked:
            values |= _held_till(site, now + timedelta(seconds=asked), kind)
    session.execute(update(Site).where(Site.id == site.id).values(**values))


def _held_till(site: Site, until: datetime, kind: str) -> dict[str, object]:
    """The other direction speaks to the same store: it waits as long."""
    held: dict[str, object] = {}
    for other in DIRECTIONS:
        following: datetime | None = getattr(site, f"next_{other}_at")
        if other != kind and following is not None and following < until:
            held[f"next_{other}_at"] = until
    return held


def note_breakdown(session: Session, site: Site, now: datetime, kind: str) -> None:
    """A run broke down by an error of ours: nothing was learned of the store; try again later."""
    following = _next_run(site, kind, now)
    session.execute(update(Site).where(Site.id == site.id).values(**{f"next_{kind}_at": following}))


def note_pulled(session: Session, site: Site, now: datetime) -> None:
    """The site pulled: it runs, and its next pull is due after its cadence."""
    following = _next_run(site, "pull", now)
    _runs(session, site, last_pull_at=now, next_pull_at=following)


def note_pushed(session: Session, site: Site, now: datetime) -> None:
    """The site pushed: it runs, and its next push is due after its cadence."""
    following = _next_run(site, "push", now)
    _runs(session, site, last_push_at=now, next_push_at=following)


def note_swept(session: Session, site: Site, now: datetime) -> None:
    _runs(session, site, last_sweep_at=now)


def note_payouts(session: Session, site: Site, now: datetime) -> None:
    _runs(session, site, last_payouts_at=now)


def note_answer(session: Session, site: Site, now: datetime) -> None:
    """The store answered: the site runs."""
    _runs(session, site)


def _runs(session: Session, site: Site, **values: datetime | None) -> None:
    session.execute(
        update(Site)
        .where(Site.id == site.id)
        .values(**values, stopped_at=None, stopped_code=None, stopped_message=None)
    )


def _due(site: Site, kind: str, now: datetime) -> datetime | None:
    """The time of the site's next run, or now where that is later; None: never by itself."""
    following: datetime | None = getattr(site, f"next_{kind}_at")
    return None if following is None else min(following, now)


def _next_run(site: Site, kind: str, now: datetime, *, at_least: int = 0) -> datetime | None:
    """When the site's next run is due, in `at_least` seconds; None: it never runs by itself."""
    every = site.pull_every if kind == "pull" else site.push_every
    return None if every is None else now + timedelta(seconds=max(every, at_least))
