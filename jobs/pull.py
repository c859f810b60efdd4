"""One site's orders come in, page by page: stored, processed, and the watermark moved last."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.heard_before import HeardBefore
from jobs.noticed import keep_notice
from jobs.notices import NoticeReading
from jobs.process import process_waiting
from jobs.rereading import SCREENFUL, waiting_for_escrow, whole_orders
from jobs.running import running
from jobs.runtime import Runtime, SiteLease, leased, platform_of
from jobs.subscribing import keep_subscribed
from jobs.taking import PullReport, Taking
from jobs.track import ask_tracking
from platforms.base import Platform, Store
from platforms.errors import NotFound, PlatformError, SiteRefused
from webapp.backoffice.orders.deleted import mark_gone, mark_ids_gone
from webapp.backoffice.orders.gathering import known_orders
from webapp.backoffice.orders.payloads import present_payloads
from webapp.backoffice.sites import runs
from webapp.database import reading
from webapp.models.sites import Site

# Read again each time: the store's dates have whole seconds, and its writers overlap.
OVERLAP = timedelta(minutes=5)

log = logging.getLogger(__name__)


def pull_site(
    runtime: Runtime,
    site_id: int,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    order: str | None = None,
    actor: str | None = None,
) -> PullReport:
    """Pull what changed in a store since the watermark, and process all that waits.

    `since`/`until` (by the time of ordering) or `order` (by its number) ask for those orders
    instead, reach behind the site's start date, and leave the watermark alone.

    PlatformError: the store refused or could not be reached; what was read until then stands,
    the run is recorded, the site stopped or its next try timed. LeaseTaken: another process
    works on the site.
    """
    with leased(runtime, site_id) as lease:
        return pull_under(runtime, lease, since=since, until=until, order=order, actor=actor)


def pull_under(
    runtime: Runtime,
    lease: SiteLease,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    order: str | None = None,
    remote_id: str | None = None,
    is_of_waiting: bool = False,
    actor: str | None = None,
) -> PullReport:
    """`pull_site` for a caller that holds the lease already (a push pulls first).

    `remote_id` asks for one order by the store's own id, `is_of_waiting` only for those that
    wait for what the store did not tell yet.
    """
    report = PullReport()
    is_general = order is None and remote_id is None and since is None and until is None
    is_general = is_general and not is_of_waiting
    with running(
        runtime,
        lease,
        report,
        kind="pull",
        direction="pull",
        # Single orders never put off what reads them all.
        when_done=runs.note_pulled if is_general else runs.note_answer,
        actor=actor,
    ) as run:
        site, store = run.open_store()
        report.watermark = site.pull_watermark
        platform = platform_of(site)
        taking = Taking(runtime, lease, site, platform, store, report, actor)
        pull = _Pull(runtime, lease, site, platform, store, taking, HeardBefore(lease))
        if is_general:
            try:
                pull.changed()
            except SiteRefused:
                pull.refused()
                raise
        elif remote_id is not None:
            pull.one_by_id(remote_id)
        elif order is not None:
            pull.one(order)
        elif not is_of_waiting:
            pull.placed(since or site.orders_from, until)
        pull.escrows()
        processed = process_waiting(
            runtime, lease, was_escrow_asked=True, actor=actor, run_id=report.run
        )
        report.add_states(processed)
        if report.is_unfinished:
            run.when_done = runs.note_unfinished("pull")
        elif is_general:
            pull.afterwards()
    report.seconds = round((runtime.now() - run.started_at).total_seconds(), 3)
    return report


@dataclass(slots=True)
class _Pull:
    """One pull on its way."""

    runtime: Runtime
    lease: SiteLease
    site: Site
    platform: Platform
    store: Store
    _taking: Taking
    _heard: HeardBefore

    def changed(self) -> None:
        """Everything since the watermark, and the details that no order's date tells of."""
        before = self._taking.report.watermark
        since = self.site.orders_from if before is None else before - OVERLAP
        self._heard.remember()
        first_answer_at: datetime | None = None
        with self.store.ahead(self.store.changed_orders(since=since)) as pages:
            for page in pages:
                first_answer_at = first_answer_at or page.store_time
                taken = self._taking.page(
                    page.orders,
                    listed=page,
                    first_answer_at=first_answer_at,
                    meanwhile=pages.begin,
                )
                self._heard.take(taken)
                if self._gives_way(since):
                    self._taking.report.is_unfinished = True
                    return
        if before is not None:
            self._news(since)

    def _gives_way(self, since: datetime) -> bool:
        """Whether others should have the worker now, and the next pull would begin further on."""
        reached = self._taking.report.watermark
        return reached is not None and reached - OVERLAP > since and self.runtime.had_its_turn()

    def placed(self, since: datetime, until: datetime | None) -> None:
        with self.store.ahead(self.store.orders_placed(since=since, until=until)) as pages:
            for page in pages:
                self._taking.page(page.orders, is_asked_for=True, meanwhile=pages.begin)

    def one(self, number: str) -> None:
        try:
            fetched = self.store.order_by_number(number)
        except NotFound:
            with self.lease.writing() as session:
                if not mark_gone(session, self.site.id, number, self.runtime.now()):
                    raise
            return
        self._taking.page([fetched], is_asked_for=True)

    def one_by_id(self, remote_id: str) -> None:
        try:
            fetched = self.store.order_by_id(remote_id)
        except NotFound:
            with self.lease.writing() as session:
                known = known_orders(session, self.site.id, [remote_id])
                mark_ids_gone(session, [row.id for row in known.values()], self.runtime.now())
            return
        self._taking.page([fetched], is_asked_for=True)

    def escrows(self) -> None:
        """Orders that wait for their escrow and are due: the store may have it by now."""
        with reading(self.runtime.engine) as session:
            due = waiting_for_escrow(session, self.site.id, self.runtime.now())
        for start in range(0, len(due), SCREENFUL):
            self._taking.page(whole_orders(self.store, due[start : start + SCREENFUL]))

    def afterwards(self) -> None:
        """What orders do not bring: couriers' numbers, notices that did not arrive.

        The orders are in by now: a fault here is none of the pull's.
        """
        steps = (self._ask_tracking, self._hear_missed, self._read_heard, self._look_at_notices)
        for step in steps:
            try:
                step()
            except PlatformError as fault:
                log.warning("after a pull of %s: %s", self.site.name, fault.sentence)

    def refused(self) -> None:
        """A notice that was missed may say why, above all that the consent was withdrawn."""
        try:
            self._hear_missed()
        except PlatformError as fault:
            log.warning("after a refused pull of %s: %s", self.site.name, fault.sentence)

    def _ask_tracking(self) -> None:
        if self.platform.handovers:  # the store has couriers of its own
            ask_tracking(self.runtime, self.lease, self.store)

    def _hear_missed(self) -> None:
        """Notices that the store could not deliver; it counts them as heard.

        A fault over one of them must not lose the rest.
        """
        for notice in self.store.missed_notices():
            try:
                keep_notice(self.runtime, self.platform, notice)
            except PlatformError as fault:
                log.warning("a missed notice of %s: %s", self.site.name, fault.sentence)

    def _read_heard(self) -> None:
        """Orders that notices named and the list did not bring: their dates may not tell."""
        NoticeReading(self.runtime, self.lease, self.site, self.store, self._taking).read_all()

    def _look_at_notices(self) -> None:
        """Whether the store still sends them, once an hour."""
        keep_subscribed(self.runtime, self.lease, self.store)

    def _news(self, since: datetime) -> None:
        """Details asked for by themselves: they can leave their order's date as it was."""
        told: dict[str, set[str]] = {}
        for notice in self.store.detail_news(since):
            told.setdefault(notice.order_remote_id, set()).add(notice.mark)
        unknown = self._unknown_details(told)
        for start in range(0, len(unknown), SCREENFUL):
            orders = self.store.orders_by_id(unknown[start : start + SCREENFUL])
            self._taking.page(self.store.with_details(orders))

    def _unknown_details(self, told: dict[str, set[str]]) -> list[str]:
        with reading(self.runtime.engine) as session:
            known = known_orders(session, self.site.id, told)
            payloads = present_payloads(session, [row.id for row in known.values()])
        have = {
            remote_id: self.platform.detail_marks(payloads[row.id])
            for remote_id, row in known.items()
            if row.id in payloads
        }
        return [order for order, marks in told.items() if marks - have.get(order, frozenset())]
