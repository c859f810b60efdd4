"""A run of one kind on one site: recorded when it begins, closed with what it saw."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from jobs.runtime import Runtime, SiteLease, connect, learned
from platforms.base import Store
from platforms.errors import PlatformError
from webapp.backoffice.sites import runs
from webapp.database import reading, writing
from webapp.models.sites import Site

WhenDone = Callable[[Session, Site, datetime], None]


class Report(Protocol):
    """What a run tells its caller: `run` is its number, `counts` what its record keeps."""

    run: int
    requests: int

    def counts(self) -> Mapping[str, int]: ...


@dataclass(slots=True)
class Run:
    """A run on its way. `when_done` is what its success means for the site."""

    runtime: Runtime
    lease: SiteLease
    started_at: datetime
    when_done: WhenDone
    store: Store | None = None
    spent: int = 0

    def open_store(self) -> tuple[Site, Store]:
        """The site as it stands now, and its store, connected, with its facts known."""
        with reading(self.runtime.engine) as session:
            site = session.get_one(Site, self.lease.site_id)
        self.store = connect(self.runtime, site)
        self.store, self.spent = learned(self.runtime, self.lease, site, self.store)
        return site, self.store

    @property
    def requests(self) -> int:
        return self.spent + (self.store.requests if self.store is not None else 0)


@contextmanager
def running(
    runtime: Runtime,
    lease: SiteLease,
    report: Report,
    *,
    kind: str,
    direction: str,
    when_done: WhenDone,
    actor: str | None,
) -> Iterator[Run]:
    """Record a run around its work. `direction` ("pull" or "push") is whose cadence a fault delays.

    PlatformErrors pass through: the site is stopped by them, or its next try timed. Anything
    else that ends the work is an error of ours and is recorded as one.
    """
    started_at = runtime.now()
    with lease.writing() as session:
        report.run = runs.start_run(session, lease.site_id, kind, started_at, actor)
    run = Run(runtime, lease, started_at, when_done)
    fault: PlatformError | None = None
    is_done = False
    try:
        yield run
        is_done = True
    except PlatformError as raised:
        fault = raised
        raise
    finally:
        report.requests = run.requests
        now = runtime.now()
        with writing(runtime.engine) as session:
            site = session.get_one(Site, lease.site_id)
            runs.finish_run(
                session,
                report.run,
                now,
                requests=report.requests,
                counts=report.counts(),
                fault=fault,
                is_done=is_done,
            )
            if is_done:
                run.when_done(session, site, now)
            elif fault is not None:
                runs.note_fault(session, site, fault, now, direction)
            else:
                runs.note_breakdown(session, site, now, direction)
