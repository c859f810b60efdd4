"""Sync runs: every pull, push, sweep and catalogue pull with its counts; a site that stops."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from platforms.errors import NotFound, PlatformError, SiteRefused, TryAgain
from webapp.backoffice.errors import Code
from webapp.models.sites import Site, SyncRun

DIRECTIONS = ("pull", "push")
# After a fault a store is left alone for so many seconds, or as long as it asks; after a locked
# database for a few.
QUIET = 30
BUSY = 5
SENTENCES = {
    Code.INTERNAL_ERROR: "The run broke down through an error of ours; what it stored until then stands.",
    Code.DATABASE_BUSY: "The database was busy or away; what the run stored until then stands.",
}
NOTICES = "notices"
# How long a store's notices wait after a fault: they come at any moment, not by a cadence.
NOTICES_WAIT = 60


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
    code: Code | None = None,
) -> None:
    """The run's end, with what it saw; `fault` is what ended it early.

    `code` says how it ended otherwise: the database was busy, or it broke down by an error of ours.
    """
    said = (None, None) if code is None else (code.value, SENTENCES[code])
    if fault is not None:
        said = (fault.code, fault.sentence)
    session.execute(
        update(SyncRun)
        .where(SyncRun.id == run_id)
        .values(
            finished_at=now,
            requests=requests,
            counts=dict(counts),
            code=said[0],
            message=said[1],
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
        values["quiet_until"] = _quiet(site, now, at_least=asked or 0)
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
    values = {
        f"next_{kind}_at": _next_run(site, kind, now),
        "quiet_until": _quiet(site, now),
    }
    session.execute(update(Site).where(Site.id == site.id).values(**values))


def note_database_busy(session: Session, site: Site, now: datetime) -> None:
    """A run met a locked database: it stays due, and is tried again in a few seconds."""
    quiet_until = now + timedelta(seconds=BUSY)
    session.execute(update(Site).where(Site.id == site.id).values(quiet_until=quiet_until))


def note_pulled(session: Session, site: Site, now: datetime) -> None:
    """The site pulled: it runs, and its next pull is due after its cadence."""
    following = _next_run(site, "pull", now)
    _runs(session, site, last_pull_at=now, next_pull_at=following)


def note_pushed(session: Session, site: Site, now: datetime) -> None:
    """The site pushed: it runs, and its next push is due after its cadence."""
    following = _next_run(site, "push", now)
    _runs(session, site, last_push_at=now, next_push_at=following)


def note_due_again(session: Session, site: Site, now: datetime, kind: str) -> None:
    """A run was ended before its end, by force or to let others have the worker: it is due again.

    From now on, so that of several such sites each has its turn.
    """
    session.execute(update(Site).where(Site.id == site.id).values(**{f"next_{kind}_at": now}))


def note_unfinished(kind: str) -> Callable[[Session, Site, datetime], None]:
    """What it means that a run gave way after it went well so far: the site runs, and is due."""

    def note(session: Session, site: Site, now: datetime) -> None:
        note_answer(session, site, now)
        note_due_again(session, site, now, kind)

    return note


def note_swept(session: Session, site: Site, now: datetime) -> None:
    _runs(session, site, last_sweep_at=now)


def note_payouts(session: Session, site: Site, now: datetime) -> None:
    _runs(session, site, last_payouts_at=now)


def note_catalogue(session: Session, site: Site, now: datetime) -> None:
    _runs(session, site, last_catalogue_at=now)


def note_notices_taken(session: Session, site: Site, now: datetime) -> None:
    """The store answered for its notices: the next ones need not wait."""
    _runs(session, site, next_notices_at=None)


def note_answer(session: Session, site: Site, now: datetime) -> None:
    """The store answered: the site runs."""
    _runs(session, site)


def _runs(session: Session, site: Site, **values: datetime | None) -> None:
    session.execute(
        update(Site)
        .where(Site.id == site.id)
        .values(
            **values,
            stopped_at=None,
            stopped_code=None,
            stopped_message=None,
            quiet_until=None,
        )
    )


def _due(site: Site, kind: str, now: datetime) -> datetime | None:
    """The time of the site's next run, or now where that is later; None: never by itself."""
    following: datetime | None = getattr(site, f"next_{kind}_at")
    return None if following is None else min(following, now)


def _next_run(site: Site, kind: str, now: datetime, *, at_least: int = 0) -> datetime | None:
    """When the site's next run is due, in `at_least` seconds; None: it never runs by itself."""
    cadences = {"pull": site.pull_every, "push": site.push_every, NOTICES: NOTICES_WAIT}
    every = cadences[kind]
    return None if every is None else now + timedelta(seconds=max(every, at_least))


def _quiet(site: Site, now: datetime, *, at_least: int = 0) -> datetime:
    """Until when the store is left alone: no longer than its pulls are apart, unless it asks."""
    every = site.pull_every or QUIET
    return now + timedelta(seconds=max(min(every, QUIET), at_least))
