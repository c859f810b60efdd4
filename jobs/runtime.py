"""What a job works with: the engine, the clock, the stores. Handed in, never looked up."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from jobs.keeping import kept
from jobs.pace import Asked, GaveWay, never
from platforms import registry
from platforms.base import Platform, Store, StoreAccess, StoreFacts
from webapp.backoffice.sites import leases
from webapp.backoffice.sites.consent import keep_facts
from webapp.backoffice.sites.keyring import SiteKeyring
from webapp.database import utc_now, writing
from webapp.models.sites import Site


def no_progress(done: int, total: int | None, what: str) -> None:
    """Progress that nobody watches."""


Progress = Callable[[int, int | None, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """`progress` is told (done, total or None, what) as long work goes on.

    `is_stopping`: the process was asked to end. `had_its_turn`: others wait for the worker.
    `public_url`: where stores reach us, "" where they cannot.
    """

    engine: Engine
    allow_private_stores: bool = False
    public_url: str = ""
    now: Callable[[], datetime] = utc_now
    progress: Progress = no_progress
    is_stopping: Asked = never
    had_its_turn: Asked = never


def platform_of(site: Site) -> Platform:
    return registry.get(site.platform)


def connect(runtime: Runtime, site: Site) -> Store:
    """A connection to the site's store; nothing is sent yet."""
    facts = dict(site.facts or {})
    if "statuses" in facts:
        facts["statuses"] = tuple(facts["statuses"])
    return platform_of(site).connect(
        StoreAccess(
            url=site.url,
            credentials=site.credentials,
            facts=StoreFacts(**facts),
            allow_private=runtime.allow_private_stores,
            requests_at_once=site.requests_at_once,
            keyring=SiteKeyring(engine=runtime.engine, site_id=site.id, now=runtime.now),
        )
    )


def learned(runtime: Runtime, lease: "SiteLease", site: Site, store: Store) -> tuple[Store, int]:
    """The store with its facts known (asked once, then kept), and the requests that took."""
    if site.facts:
        return store, 0
    facts = store.learn_facts()
    site.facts = asdict(facts)
    with lease.writing() as session:
        keep_facts(session, site.id, facts)
    return connect(runtime, site), store.requests


@dataclass(slots=True)
class SiteLease:
    """A site's lease while it is held; every write transaction renews it first."""

    runtime: Runtime
    site_id: int
    number: int

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A write transaction under the lease.

        LeaseLost: another process has taken over. GaveWay: this one was asked to end.
        """
        if self.runtime.is_stopping():
            raise GaveWay
        with writing(self.runtime.engine) as session:
            leases.renew(session, self.site_id, self.number, self.runtime.now())
            yield session


@contextmanager
def leased(runtime: Runtime, site_id: int) -> Iterator[SiteLease]:
    """Hold the site's lease. LeaseTaken: another process works on the site."""
    with writing(runtime.engine) as session:
        number = leases.claim(session, site_id, runtime.now())
    try:
        with kept(runtime.engine, site_id, number, runtime.now):
            yield SiteLease(runtime, site_id, number)
    finally:
        with writing(runtime.engine) as session:
            leases.release(session, site_id, number)
