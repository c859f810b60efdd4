"""Changes that the store does not announce: recent orders compared by digest, one by one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from jobs.process import process_waiting
from jobs.running import running
from jobs.runtime import Runtime, SiteLease, leased, platform_of
from platforms.base import FetchedOrder, Platform, Store
from platforms.errors import NotFound
from webapp.backoffice.orders import intake
from webapp.backoffice.orders.deleted import mark_ids_gone
from webapp.backoffice.orders.processing import process_page
from webapp.backoffice.orders.scene import set_scene
from webapp.backoffice.people.buyers import empty_old
from webapp.backoffice.sites import runs
from webapp.backoffice.sites.notices import forget_taken
from webapp.database import reading, writing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

DAYS = 90


@dataclass(slots=True, kw_only=True)
class SweepReport:
    """`missed_by_date`: changes whose modified time no pull would have asked for again."""

    run: int = 0
    checked: int = 0
    changed: int = 0
    missed_by_date: int = 0
    requests: int = 0

    def counts(self) -> dict[str, int]:
        names = ("checked", "changed", "missed_by_date")
        return {name: getattr(self, name) for name in names}


def sweep_site(
    runtime: Runtime, site_id: int, *, days: int = DAYS, actor: str | None = None
) -> SweepReport:
    """Read every order placed in the last `days` days and process what differs from ours.

    Finds refunds made or deleted and items edited without a new date, and orders that are
    gone: each that the lists no longer show is asked for by its id, for absence from a list
    proves nothing. PlatformError and LeaseTaken as for a pull.
    """
    report = SweepReport()
    with (
        leased(runtime, site_id) as lease,
        running(
            runtime,
            lease,
            report,
            kind="sweep",
            direction="pull",
            when_done=runs.note_swept,
            actor=actor,
        ) as run,
    ):
        site, store = run.open_store()
        sweep = _Sweep(runtime, lease, site, platform_of(site), store, report)
        sweep.placed_since(max(run.started_at - timedelta(days=days), site.orders_from))
        process_waiting(runtime, lease, actor=actor, run_id=report.run)
        _end_buyers(runtime)
        with writing(runtime.engine) as session:
            forget_taken(session, runtime.now())
    return report


def _end_buyers(runtime: Runtime) -> None:
    """Empty the buyers whose days are over, of every site, a thousand at a time."""
    while True:
        with writing(runtime.engine) as session:
            if not empty_old(session, runtime.now()):
                return


@dataclass(slots=True)
class _Sweep:
    runtime: Runtime
    lease: SiteLease
    site: Site
    platform: Platform
    store: Store
    report: SweepReport

    def placed_since(self, since: datetime) -> None:
        seen: set[str] = set()
        for page in self.store.orders_placed(since=since, until=None):
            fresh = [each for each in page.orders if each.remote_id not in seen]
            seen |= {each.remote_id for each in fresh}
            self._compare(fresh)
        self._missing(since, seen)

    def _compare(self, orders: Sequence[FetchedOrder]) -> None:
        detailed = self.store.with_details([each for each in orders if each.has_details])
        full = {each.remote_id: each for each in detailed}
        whole = [full.get(each.remote_id, each) for each in orders]
        with self.lease.writing() as session:
            site = session.get_one(Site, self.site.id)
            page = intake.sort_page(session, site.id, whole)
            watermark = site.pull_watermark
            unseen = [each for each, _ in page.changed] + page.new
            self.report.missed_by_date += sum(
                1 for each in unseen if watermark is not None and each.modified_at <= watermark
            )
            scene = set_scene(
                session, site, self.platform, self.runtime.now(), run_id=self.report.run
            )
            outcome = process_page(session, scene, whole)
        self.report.checked += outcome.fetched
        self.report.changed += outcome.new + outcome.changed
        self.runtime.progress(self.report.checked, None, "orders compared")

    def _missing(self, since: datetime, seen: set[str]) -> None:
        """Orders of ours that the lists no longer show: gone, or hidden by a lost status."""
        with reading(self.runtime.engine) as session:
            ours = session.execute(
                select(ChannelOrder.id, ChannelOrder.remote_id).where(
                    ChannelOrder.site_id == self.site.id,
                    ChannelOrder.ordered_at >= since,
                    ChannelOrder.gone_at.is_(None),
                )
            ).all()
        absent = {row.remote_id: row.id for row in ours if row.remote_id not in seen}
        gone = []
        for remote_id, order_id in absent.items():
            self.report.checked += 1
            try:
                self._compare([self.store.order_by_id(remote_id)])
            except NotFound:
                gone.append(order_id)
        if gone:
            with self.lease.writing() as session:
                news = mark_ids_gone(session, gone, self.runtime.now())
            self.report.changed += news
            self.report.missed_by_date += news
