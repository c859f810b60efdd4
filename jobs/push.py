"""One site's quantities go out: pull first, then only what differs, outcome per listing."""

from dataclasses import dataclass
from datetime import datetime

from jobs.pull import pull_under
from jobs.runtime import Runtime, SiteLease, connect, learned, leased
from jobs.ship import tell_store
from platforms.base import Store
from platforms.errors import PlatformError
from webapp.backoffice import runs
from webapp.backoffice.availability import site_quantities
from webapp.backoffice.pushing import (
    PushFailure,
    PushPlan,
    WouldSend,
    failure_of,
    hold_pushes,
    note_dry_run_seen,
    plan_push,
    record_outcomes,
    would_empty_store,
)
from webapp.database import reading, writing
from webapp.models.sites import Site

HELD = "push_held"


class PushHeld(Exception):
    """Nothing was sent: a person must look first. The message says why, `next_step` what to do."""

    code = HELD

    def __init__(self, message: str, next_step: str) -> None:
        super().__init__(message)
        self.next_step = next_step


@dataclass(slots=True, kw_only=True)
class PushReport:
    """`pulled`: orders that were new or changed. `requests` are the push's own, without the pull's.

    `changed` listings differ from what the store shows; `failed` counts `failures`, those that
    could not be sent among them.
    """

    run: int = 0
    pulled: int = 0
    listings: int = 0
    changed: int = 0
    sent: int = 0
    confirmed: int = 0
    failures: tuple[PushFailure, ...] = ()
    would_send: tuple[WouldSend, ...] = ()
    told: int = 0
    requests: int = 0
    seconds: float = 0.0

    @property
    def failed(self) -> int:
        return len(self.failures)

    def counts(self) -> dict[str, int]:
        names = ("pulled", "listings", "changed", "sent", "confirmed", "failed", "told")
        return {name: getattr(self, name) for name in names}


def push_site(
    runtime: Runtime,
    site_id: int,
    *,
    dry_run: bool = False,
    all_: bool = False,
    scheduled: bool = False,
    actor: str | None = None,
) -> PushReport:
    """Set the store's quantities to ours, where they differ (`all_`: everywhere).

    Pulls the site's new orders first, so that no sale is overwritten, and tells the store of
    deliveries that it does not know of yet. A dry run by a person sends nothing and opens the
    way for a site's first push.

    PushHeld: the site's first dry run was not seen yet, or a scheduled push would have taken
    most of the store out of stock; pushes then wait for a dry run. PlatformError: the store
    refused or could not be reached; what was confirmed until then is kept. LeaseTaken: another
    process works on the site.
    """
    with leased(runtime, site_id) as lease:
        started_at = runtime.now()
        with lease.writing() as session:
            site = session.get_one(Site, site_id)
            if site.push_seen_at is None and not dry_run:
                raise PushHeld(
                    f"The first push of {site.name} waits until a person has seen its dry run.",
                    f"Run: bin/tillbridge push {site.name} --dry-run",
                )
            kind = "dry_run" if dry_run else "push"
            report = PushReport(run=runs.start_run(session, site_id, kind, started_at, actor))
        push = _Push(runtime, lease, report)
        fault: PlatformError | None = None
        try:
            push.pull(actor)
            push.run(dry_run=dry_run, send_all=all_, scheduled=scheduled)
        except PlatformError as raised:
            fault = raised
            raise
        finally:
            push.close(started_at, fault, dry_run=dry_run)
        return report


class _Push:
    def __init__(self, runtime: Runtime, lease: SiteLease, report: PushReport) -> None:
        self.runtime = runtime
        self.lease = lease
        self.report = report
        self.store: Store | None = None
        self.held: str | None = None
        self.is_done = False

    def pull(self, actor: str | None) -> None:
        pulled = pull_under(self.runtime, self.lease, actor=actor)
        self.report.pulled = pulled.new + pulled.changed

    def run(self, *, dry_run: bool, send_all: bool, scheduled: bool) -> None:
        with reading(self.runtime.engine) as session:
            site = session.get_one(Site, self.lease.site_id)
            quantities = site_quantities(session, site)
        plan = plan_push(quantities, send_all=send_all)
        report = self.report
        report.listings, report.changed = plan.listings, plan.changed
        report.failures = plan.failures
        if dry_run:
            report.would_send = plan.would_send()
            self.is_done = True
            return
        self.held = would_empty_store(quantities, plan) if scheduled else None
        if self.held:
            raise PushHeld(self.held, f"Look at it: bin/tillbridge push {site.name} --dry-run")
        self.store, report.requests = learned(
            self.runtime, self.lease, site, connect(self.runtime, site)
        )
        self._send(self.store, plan)
        report.told = tell_store(self.runtime, self.lease, self.store)
        self.is_done = True

    def _send(self, store: Store, plan: PushPlan) -> None:
        listings = {each.key: each for each in plan.to_send}
        for outcomes in store.set_stock(plan.levels()):
            with self.lease.writing() as session:
                record_outcomes(session, listings, outcomes, self.runtime.now())
            failures = [failure_of(listings[each.listing_key], each) for each in outcomes]
            found = tuple(failure for failure in failures if failure is not None)
            self.report.sent += len(outcomes)
            self.report.confirmed += len(outcomes) - len(found)
            self.report.failures += found
            self.runtime.progress(self.report.sent, len(listings), "listings pushed")

    def close(self, started_at: datetime, fault: PlatformError | None, *, dry_run: bool) -> None:
        """The run's end. A held push waits from now on for a person's dry run."""
        now = self.runtime.now()
        report = self.report
        report.requests += self.store.requests if self.store else 0
        report.seconds = round((now - started_at).total_seconds(), 3)
        with writing(self.runtime.engine) as session:
            site = session.get_one(Site, self.lease.site_id)
            runs.finish_run(
                session,
                report.run,
                now,
                requests=report.requests,
                counts=report.counts(),
                fault=fault,
                is_done=self.is_done or bool(self.held),
            )
            if fault is not None:
                runs.note_fault(session, site, fault, now, "push")
            elif self.held:
                hold_pushes(session, site, report.run, HELD, self.held)
            elif self.is_done and dry_run:
                note_dry_run_seen(session, site, now)
            elif self.is_done:
                runs.note_success(session, site, now, "push")
            else:
                runs.note_breakdown(session, site, now, "push")
