"""One site's orders come in, page by page: stored, processed, and the watermark moved last."""

import gc
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from jobs.noticed import make_due, pass_on
from jobs.process import process_waiting
from jobs.rereading import SCREENFUL, waiting_for_escrow, whole_orders
from jobs.running import running
from jobs.runtime import Runtime, SiteLease, leased, platform_of
from jobs.track import ask_tracking
from platforms.base import FetchedOrder, OrderPage, Platform, Store
from platforms.errors import NotFound, PlatformError
from webapp.backoffice.orders import intake
from webapp.backoffice.orders.deleted import mark_gone, mark_ids_gone
from webapp.backoffice.orders.gathering import known_orders
from webapp.backoffice.orders.payloads import present_payloads
from webapp.backoffice.orders.processing import PageOutcome, process_page
from webapp.backoffice.orders.scene import Scene, set_scene
from webapp.backoffice.sites import runs
from webapp.backoffice.states import no_counts
from webapp.database import reading, writing
from webapp.models.base import table_of
from webapp.models.sites import Site

# Read again each time: the store's dates have whole seconds, and its writers overlap.
OVERLAP = timedelta(minutes=5)

log = logging.getLogger(__name__)

_SITES = table_of(Site)
_MOVE_WATERMARK = (
    update(_SITES)
    .where(_SITES.c.id == bindparam("site_id"))
    .values(pull_watermark=bindparam("reached"))
)


@dataclass(slots=True, kw_only=True)
class PullReport:
    """What a pull saw and did. `states`: the orders that this run processed."""

    run: int = 0
    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    processed: int = 0
    states: dict[str, int] = field(default_factory=no_counts)
    requests: int = 0
    seconds: float = 0.0
    watermark: datetime | None = None

    def add(self, page: PageOutcome) -> None:
        self.fetched += page.fetched
        self.new += page.new
        self.changed += page.changed
        self.unchanged += page.unchanged
        self.add_states(page.states)

    def add_states(self, states: dict[str, int]) -> None:
        for state, count in states.items():
            self.states[state] += count
            self.processed += count

    def counts(self) -> dict[str, int]:
        own = {
            name: getattr(self, name)
            for name in ("fetched", "new", "changed", "unchanged", "processed")
        }
        return own | self.states


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
        pull = _Pull(runtime, lease, site, platform_of(site), store, report, actor)
        if is_general:
            pull.changed()
        elif remote_id is not None:
            pull.one_by_id(remote_id)
        elif order is not None:
            pull.one(order)
        elif not is_of_waiting:
            pull.placed(since or site.orders_from, until)
        pull.escrows()
        report.add_states(process_waiting(runtime, lease, actor=actor, run_id=report.run))
        if is_general:
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
    report: PullReport
    actor: str | None

    def changed(self) -> None:
        """Everything since the watermark, and the details that no order's date tells of."""
        before = self.report.watermark
        since = self.site.orders_from if before is None else before - OVERLAP
        first_answer_at: datetime | None = None
        for page in self.store.changed_orders(since=since):
            first_answer_at = first_answer_at or page.store_time
            self._take(page.orders, page=page, first_answer_at=first_answer_at)
        if before is not None:
            self._news(since)

    def placed(self, since: datetime, until: datetime | None) -> None:
        for page in self.store.orders_placed(since=since, until=until):
            self._take(page.orders, is_asked_for=True)

    def one(self, number: str) -> None:
        try:
            fetched = self.store.order_by_number(number)
        except NotFound:
            with self.lease.writing() as session:
                if not mark_gone(session, self.site.id, number, self.runtime.now()):
                    raise
            return
        self._take([fetched], is_asked_for=True)

    def one_by_id(self, remote_id: str) -> None:
        try:
            fetched = self.store.order_by_id(remote_id)
        except NotFound:
            with self.lease.writing() as session:
                known = known_orders(session, self.site.id, [remote_id])
                mark_ids_gone(session, [row.id for row in known.values()], self.runtime.now())
            return
        self._take([fetched], is_asked_for=True)

    def escrows(self) -> None:
        """Orders that wait for their escrow and are due: the store may have it by now."""
        with reading(self.runtime.engine) as session:
            due = waiting_for_escrow(session, self.site.id, self.runtime.now())
        for start in range(0, len(due), SCREENFUL):
            self._take(whole_orders(self.store, due[start : start + SCREENFUL]))

    def afterwards(self) -> None:
        """What orders do not bring: couriers' numbers, and notices that did not arrive.

        The orders are in by now: a fault here is none of the pull's.
        """
        for step in (self._ask_tracking, self._hear_missed):
            try:
                step()
            except PlatformError as fault:
                log.warning("after a pull of %s: %s", self.site.name, fault.sentence)

    def _ask_tracking(self) -> None:
        if self.platform.handovers:  # the store has couriers of its own
            ask_tracking(self.runtime, self.lease, self.store)

    def _hear_missed(self) -> None:
        """Missed notices; the store counts them as heard, so other sites are told of theirs."""
        for notice in self.store.missed_notices():
            for site_id in pass_on(self.runtime, self.platform, notice):
                if site_id == self.site.id:
                    self.one_by_id(notice.order_remote_id)
                else:
                    with writing(self.runtime.engine) as session:
                        make_due(session, site_id, self.runtime.now())

    def _news(self, since: datetime) -> None:
        """Details asked for by themselves: they can leave their order's date as it was."""
        told: dict[str, set[str]] = {}
        for notice in self.store.detail_news(since):
            told.setdefault(notice.order_remote_id, set()).add(notice.mark)
        unknown = self._unknown_details(told)
        for start in range(0, len(unknown), SCREENFUL):
            orders = self.store.orders_by_id(unknown[start : start + SCREENFUL])
            self._take(self.store.with_details(orders))

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

    def _take(
        self,
        orders: Sequence[FetchedOrder],
        *,
        page: OrderPage | None = None,
        first_answer_at: datetime | None = None,
        is_asked_for: bool = False,
    ) -> None:
        """Read what details the orders need, then store and process them in one transaction.

        Most pages bring nothing new; the lease, which only we hold, says that they stay so.
        """
        with reading(self.runtime.engine) as session:
            found = intake.sort_page(session, self.site.id, orders)
        whole = self._with_details(orders, found)
        with self.lease.writing() as session:
            if found.is_as_stored and not is_asked_for:
                outcome = PageOutcome(fetched=len(orders), unchanged=len(found.unchanged))
            else:
                with _collector_paused():
                    scene = self._scene(session)
                    outcome = process_page(session, scene, whole, is_asked_for=is_asked_for)
            if page is not None and first_answer_at is not None:
                self._move_watermark(session, page, first_answer_at)
        self.report.add(outcome)
        self.runtime.progress(self.report.fetched, None, "orders pulled")

    def _scene(self, session: Session) -> Scene:
        return set_scene(
            session,
            session.get_one(Site, self.site.id),
            self.platform,
            self.runtime.now(),
            actor=self.actor,
            run_id=self.report.run,
        )

    def _with_details(
        self, orders: Sequence[FetchedOrder], page: intake.Sorted
    ) -> Sequence[FetchedOrder]:
        wanted = [each for each in intake.wants_details(page) if each.details is None]
        if not wanted:
            return orders
        full = {each.remote_id: each for each in self.store.with_details(wanted)}
        return [_whole(each, full) for each in orders]

    def _move_watermark(self, session: Session, page: OrderPage, first_answer_at: datetime) -> None:
        reached = intake.watermark_after(self.report.watermark, page, first_answer_at)
        if reached != self.report.watermark:
            session.connection().execute(
                _MOVE_WATERMARK, {"site_id": self.site.id, "reached": reached}
            )
            self.report.watermark = reached


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Leave Python's cycle collector out of a page's work.

    A page makes many values without cycles, which reference counts free; the collector would go
    through all of them, and through the whole program, several times.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _whole(each: FetchedOrder, full: dict[str, FetchedOrder]) -> FetchedOrder:
    found = full.get(each.remote_id)
    return found if found is not None and found.digest == each.digest else each
