"""A run of one kind on one site: recorded when it begins, closed with what it saw."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Protocol

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from jobs.pace import GaveWay, OutOfTime
from jobs.runtime import Runtime, SiteLease, connect, learned
from platforms.base import Store
from platforms.errors import PlatformError
from webapp.backoffice.errors import Code
from webapp.backoffice.sites import runs
from webapp.backoffice.sites.leases import LeaseLost
from webapp.database import reading, writing
from webapp.logs import about
from webapp.models.sites import Site

WhenDone = Callable[[Session, Site, datetime], None]


class Ended(Enum):
    """How a run ended. GIVEN_BACK: to another process, or to whoever takes it up next."""

    DONE = auto()
    FAULT = auto()
    GIVEN_BACK = auto()
    CUT_SHORT = auto()
    DATABASE_BUSY = auto()
    BROKEN = auto()


CODES = {Ended.DATABASE_BUSY: Code.DATABASE_BUSY, Ended.BROKEN: Code.INTERNAL_ERROR}


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

    PlatformErrors pass through: the site is stopped by them, or its next try timed. A run that
    gave way leaves the site due. Anything else that ends the work is an error of ours and is
    recorded as one.
    """
    started_at = runtime.now()
    with lease.writing() as session:
        report.run = runs.start_run(session, lease.site_id, kind, started_at, actor)
    run = Run(runtime, lease, started_at, when_done)
    fault: PlatformError | None = None
    ended = Ended.BROKEN
    try:
        with about(site=lease.site_id, run=report.run):
            yield run
        ended = Ended.DONE
    except (GaveWay, LeaseLost):
        ended = Ended.GIVEN_BACK
        raise
    except OutOfTime:
        ended = Ended.CUT_SHORT
        raise
    except OperationalError:
        ended = Ended.DATABASE_BUSY
        raise
    except PlatformError as raised:
        ended, fault = Ended.FAULT, raised
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
                code=CODES.get(ended),
            )
            match ended:
                case Ended.DONE:
                    run.when_done(session, site, now)
                case Ended.FAULT if fault is not None:
                    runs.note_fault(session, site, fault, now, direction)
                case Ended.CUT_SHORT:
                    runs.note_due_again(session, site, now, direction)
                case Ended.DATABASE_BUSY:
                    runs.note_database_busy(session, site, now)
                case Ended.BROKEN:
                    runs.note_breakdown(session, site, now, direction)
