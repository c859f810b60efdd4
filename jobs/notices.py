"""The orders that stores told us of are read: a screenful at a time, under the site's lease."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from jobs.process import process_waiting
from jobs.rereading import SCREENFUL, whole_orders
from jobs.running import running
from jobs.runtime import Runtime, SiteLease, leased, platform_of
from jobs.taking import PullReport, Taking
from platforms.base import FetchedOrder, NoticeKind, Store
from platforms.errors import NotFound, PlatformError, SiteRefused, TryAgain
from webapp.backoffice.orders.deleted import mark_ids_gone
from webapp.backoffice.orders.gathering import known_orders
from webapp.backoffice.sites import notices, runs
from webapp.backoffice.sites.consent import keep_facts
from webapp.backoffice.sites.notices import SiteWaiting, WaitingNotice
from webapp.database import reading
from webapp.models.sites import Site

# One job ends after so many, and another goes on: a flood at one store keeps no worker for ever.
MOST_SCREENFULS = 20
GIVEN_UP_AFTER = timedelta(hours=6)

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class NoticesReport(PullReport):
    """A pull of the orders that notices named. `taken`: notices that are done with.

    `unread`: orders that the store does not serve properly; the next pull or sweep meets them
    again. `is_more`: others still wait.
    """

    taken: int = 0
    unread: int = 0
    is_more: bool = False

    def counts(self) -> dict[str, int]:
        return PullReport.counts(self) | {"taken": self.taken, "unread": self.unread}


def waiting_notices(runtime: Runtime) -> tuple[SiteWaiting, ...]:
    """Sites with notices to take now, the longest waiting first; () is nothing to do."""
    with reading(runtime.engine) as session:
        return notices.sites_waiting(session, runtime.now())


def take_notices(runtime: Runtime, site_id: int) -> NoticesReport:
    """Read the orders that a site's notices named, and take the notices.

    One that comes again while its order is read waits for another reading. An order that is gone
    is marked so. Orders from before the site's start stay out, as in any pull by itself.

    PlatformError: the store refused or could not be reached; the rest waits, for a minute at
    least, or while the site is stopped. LeaseTaken: another process works on the site; its
    notices go on waiting.
    """
    report = NoticesReport()
    with reading(runtime.engine) as session:
        is_any = bool(notices.waiting_of(session, site_id, at_most=1))
    if is_any:
        with leased(runtime, site_id) as lease:
            _take_under(runtime, lease, report)
    return report


def _take_under(runtime: Runtime, lease: SiteLease, report: NoticesReport) -> None:
    with running(
        runtime,
        lease,
        report,
        kind=runs.NOTICES,
        direction=runs.NOTICES,
        when_done=runs.note_notices_taken,
        actor=None,
    ) as run:
        site, store = run.open_store()
        taking = Taking(runtime, lease, site, platform_of(site), store, report, None)
        heard = NoticeReading(runtime, lease, site, store, taking)
        try:
            report.is_more = not heard.read_all()
        finally:
            report.taken, report.unread = heard.taken, heard.unread
        report.add_states(process_waiting(runtime, lease, run_id=report.run))
    report.seconds = round((runtime.now() - run.started_at).total_seconds(), 3)


@dataclass(slots=True)
class NoticeReading:
    """The reading of one site's notices, for a caller that holds its lease."""

    runtime: Runtime
    lease: SiteLease
    site: Site
    store: Store
    _taking: Taking
    taken: int = 0
    unread: int = 0

    def read_all(self) -> bool:
        """Look up in the store whatever waits; False: there were too many for one run."""
        for _ in range(MOST_SCREENFULS):
            with reading(self.runtime.engine) as session:
                waiting = notices.waiting_of(session, self.site.id, at_most=SCREENFUL)
            if not waiting:
                return True
            self._look_at(waiting)
        return False

    def _look_at(self, waiting: Sequence[WaitingNotice]) -> None:
        """Look up in the store what they are of; then they are taken."""
        orders = [each.order_remote_id for each in waiting if each.kind is NoticeKind.ORDER]
        try:
            if len(orders) < len(waiting):
                self._ask_consent()
            self._read(orders)
        except TryAgain:
            self._give_up_old(waiting)
            raise
        with self.lease.writing() as session:
            self.taken += notices.take(session, waiting, self.runtime.now())

    def _give_up_old(self, waiting: Sequence[WaitingNotice]) -> None:
        """One order over which the store breaks down each time must not hold up all others."""
        now = self.runtime.now()
        old = [each for each in waiting if now - each.first_heard_at >= GIVEN_UP_AFTER]
        if old:
            log.warning("%s notices of %s were given up", len(old), self.site.name)
            with self.lease.writing() as session:
                self.unread += notices.take(session, old, now)

    def _ask_consent(self) -> None:
        """Until when the store lets us in, which is all that its other notices can be of."""
        facts = self.store.learn_facts()
        with self.lease.writing() as session:
            keep_facts(session, self.site.id, facts)

    def _read(self, remote_ids: Sequence[str]) -> None:
        if not remote_ids:
            return
        found = self._together(remote_ids)
        self._taking.page(found)
        served = {each.remote_id for each in found}
        for remote_id in remote_ids:
            if remote_id not in served:
                self._alone(remote_id)

    def _together(self, remote_ids: Sequence[str]) -> tuple[FetchedOrder, ...]:
        """The orders in few requests; none where one of them spoils the answer for all."""
        try:
            return whole_orders(self.store, remote_ids)
        except (TryAgain, SiteRefused):
            raise
        except PlatformError as fault:
            log.warning("notices of %s are read one by one: %s", self.site.name, fault.sentence)
            return ()

    def _alone(self, remote_id: str) -> None:
        try:
            fetched = self.store.order_by_id(remote_id)
        except NotFound:
            with self.lease.writing() as session:
                known = known_orders(session, self.site.id, [remote_id])
                mark_ids_gone(session, [row.id for row in known.values()], self.runtime.now())
            return
        except (TryAgain, SiteRefused):
            raise
        except PlatformError as fault:
            log.warning("a notice of %s came to nothing: %s", self.site.name, fault.sentence)
            self.unread += 1
            return
        self._taking.page([fetched])
