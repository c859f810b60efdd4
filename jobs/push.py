"""One site's quantities go out: pull first, then only what differs, outcome per listing."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from jobs.pull import pull_under
from jobs.running import Run, WhenDone, running
from jobs.runtime import Runtime, SiteLease, leased
from jobs.ship import tell_store
from platforms.base import Store
from webapp.backoffice.goods.availability import site_quantities
from webapp.backoffice.goods.push_wishes import grant_wishes, wishes_of
from webapp.backoffice.goods.pushing import (
    PushFailure,
    PushPlan,
    WouldSend,
    failure_of,
    hold_pushes,
    note_dry_run_seen,
    plan_push,
    record_outcomes,
    release_pushes,
    would_empty_store,
)
from webapp.backoffice.sites import runs
from webapp.database import reading
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
    could not be sent among them. `is_unfinished`: nothing was sent, for the pull before gave way.
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
    is_unfinished: bool = False

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
    most of the store out of stock; pushes then wait for a dry run, and scheduled ones for a
    person's push after it, or a dry run that empties nothing. PlatformError: the store
    refused or could not be reached; what was confirmed until then is kept. LeaseTaken: another
    process works on the site.
    """
    with leased(runtime, site_id) as lease:
        return push_under(
            runtime, lease, dry_run=dry_run, all_=all_, scheduled=scheduled, actor=actor
        )


def push_under(
    runtime: Runtime,
    lease: SiteLease,
    *,
    dry_run: bool = False,
    all_: bool = False,
    scheduled: bool = False,
    actor: str | None = None,
) -> PushReport:
    """`push_site` for a caller that holds the lease already."""
    report = PushReport()
    if not dry_run:
        _refuse_unseen(runtime, lease.site_id, scheduled=scheduled)
    with running(
        runtime,
        lease,
        report,
        kind="dry_run" if dry_run else "push",
        direction="push",
        when_done=note_dry_run_seen if dry_run else _pushed(scheduled=scheduled),
        actor=actor,
    ) as run:
        pulled = pull_under(runtime, lease, actor=actor)
        report.pulled = pulled.new + pulled.changed
        report.is_unfinished = pulled.is_unfinished
        held = None
        if pulled.is_unfinished:
            # Sales that were not seen must not be overwritten: the push waits for them.
            run.when_done = runs.note_unfinished("push")
        else:
            held = _push(run, report, dry_run=dry_run, send_all=all_, scheduled=scheduled)
        if held is not None:
            run.when_done = _hold(report.run, held)
    report.seconds = round((runtime.now() - run.started_at).total_seconds(), 3)
    if held is not None:
        raise held
    return report


def _hold(run_id: int, held: PushHeld) -> WhenDone:
    """The site's pushes wait from now on for a person's dry run."""

    def hold(session: Session, site: Site, now: datetime) -> None:
        hold_pushes(session, site, run_id, HELD, str(held), now)

    return hold


def _pushed(*, scheduled: bool) -> WhenDone:
    """A person's push answers what a scheduled one had to ask."""

    def note(session: Session, site: Site, now: datetime) -> None:
        runs.note_pushed(session, site, now)
        if not scheduled:
            release_pushes(session, site)

    return note


def _nothing_to_ask(session: Session, site: Site, now: datetime) -> None:
    note_dry_run_seen(session, site, now)
    release_pushes(session, site)


def _refuse_unseen(runtime: Runtime, site_id: int, *, scheduled: bool) -> None:
    with reading(runtime.engine) as session:
        site = session.get_one(Site, site_id)
    if site.push_seen_at is None:
        what = "first push" if site.push_held_at is None else "next push"
        raise PushHeld(
            f"The {what} of {site.name} waits until a person has seen its dry run.",
            f"Run: bin/tillbridge push {site.name} --dry-run",
        )
    if scheduled and site.push_held_at is not None:
        raise PushHeld(
            f"{site.name} does not push by itself until a person has pushed.",
            f"Run: bin/tillbridge push {site.name}",
        )


def _push(
    run: Run, report: PushReport, *, dry_run: bool, send_all: bool, scheduled: bool
) -> PushHeld | None:
    """Send what differs; why not, when a scheduled push must wait for a person instead."""
    with reading(run.runtime.engine) as session:
        site = session.get_one(Site, run.lease.site_id)
        wishes = wishes_of(session, site.id)
        quantities = site_quantities(session, site)
    plan = plan_push(quantities, send_all=send_all)
    report.listings, report.changed = plan.listings, plan.changed
    report.failures = plan.failures
    emptied = would_empty_store(quantities, plan)
    if dry_run:
        report.would_send = plan.would_send()
        if emptied is None:
            run.when_done = _nothing_to_ask
        return None
    if scheduled and emptied is not None:
        return PushHeld(emptied, f"Look at it: bin/tillbridge push {site.name} --dry-run")
    _, store = run.open_store()
    _send(run, store, plan, report)
    if wishes:
        with run.lease.writing() as session:
            grant_wishes(session, wishes)
    report.told = tell_store(run.runtime, run.lease, store)
    return None


def _send(run: Run, store: Store, plan: PushPlan, report: PushReport) -> None:
    listings = {each.key: each for each in plan.to_send}
    for outcomes in store.set_stock(plan.levels()):
        with run.lease.writing() as session:
            record_outcomes(session, listings, outcomes, run.runtime.now())
        failures = [failure_of(listings[each.listing_key], each) for each in outcomes]
        found = tuple(failure for failure in failures if failure is not None)
        report.sent += len(outcomes)
        report.confirmed += len(outcomes) - len(found)
        report.failures += found
        run.runtime.progress(report.sent, len(listings), "listings pushed")
