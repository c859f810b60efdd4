"""What a marketplace paid out comes in, page by page, and is settled with its orders."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from jobs.rereading import SCREENFUL, whole_orders
from jobs.running import running
from jobs.runtime import Runtime, SiteLease, leased, platform_of
from platforms.base import PayoutPage, Platform, Store
from webapp.backoffice.books import settling
from webapp.backoffice.books.payout_lines import (
    StoredPayouts,
    mismatched_orders,
    still_waiting,
    store_payouts,
)
from webapp.backoffice.books.settling import WaitingLine
from webapp.backoffice.orders.gathering import known_orders
from webapp.backoffice.orders.processing import process_page, process_stored
from webapp.backoffice.orders.scene import Scene, set_scene
from webapp.backoffice.sites import runs
from webapp.database import reading
from webapp.models.sites import Site

# A payout may be listed after others of the same moment were.
OVERLAP = timedelta(hours=6)


class NoPayouts(Exception):
    """The site's platform lists no payouts: they come in as files. The message says so."""

    def __init__(self, site: str, platform: str) -> None:
        super().__init__(
            f"{site} is on {platform}, which lists no payouts: its payment provider does."
        )
        self.site = site


@dataclass(slots=True, kw_only=True)
class PayoutsReport:
    """`rows` the store listed, `unchanged` of them known before, `posted` to their orders now.

    `reread`: orders whose escrow was read from the store once more. `unmatched` wait now.
    """

    run: int = 0
    rows: int = 0
    unchanged: int = 0
    posted: int = 0
    reread: int = 0
    unmatched: tuple[WaitingLine, ...] = ()
    requests: int = 0
    watermark: datetime | None = None

    def counts(self) -> dict[str, int]:
        names = ("rows", "unchanged", "posted", "reread")
        return {name: getattr(self, name) for name in names} | {"waiting": len(self.unmatched)}


def pull_payouts(runtime: Runtime, site_id: int, *, actor: str | None = None) -> PayoutsReport:
    """Read what the store released since the last time, and post it to its orders.

    The first time reaches back to the site's `orders_from`. Each page is stored, the escrow of
    its orders read once more, and the watermark moved last; the same payout again is nothing.
    A payout whose order is not here waits until it is.

    NoPayouts: the platform lists none. PlatformError: the store refused or could not be
    reached; the pages until then stand. LeaseTaken: another process works on the site.
    """
    _refuse_without_payouts(runtime, site_id)
    report = PayoutsReport()
    with (
        leased(runtime, site_id) as lease,
        running(
            runtime,
            lease,
            report,
            kind="payouts",
            direction="pull",
            when_done=runs.note_payouts,
            actor=actor,
        ) as run,
    ):
        site, store = run.open_store()
        _Payouts(runtime, lease, site, platform_of(site), store, report, actor).all()
    return report


def _refuse_without_payouts(runtime: Runtime, site_id: int) -> None:
    with reading(runtime.engine) as session:
        site = session.get_one(Site, site_id)
    platform = platform_of(site)
    if not platform.has_payouts:
        raise NoPayouts(site.name, platform.label)


@dataclass(slots=True)
class _Payouts:
    """One pull of payouts on its way."""

    runtime: Runtime
    lease: SiteLease
    site: Site
    platform: Platform
    store: Store
    report: PayoutsReport
    actor: str | None

    def all(self) -> None:
        before = self.report.watermark = self.site.payouts_watermark
        since = self.site.orders_from if before is None else before - OVERLAP
        waiting: set[int] = set()
        for page in self.store.payouts(since=since):
            stored = self._store(page)
            waiting.update(stored.waiting)
            self.report.rows += len(page.payouts)
            self.report.unchanged += stored.known
            self._read_anew((*stored.new_orders, *page.adjusted))
            self._try(stored.waiting)
            self._move_watermark(page)
            self.runtime.progress(self.report.rows, None, "payouts read")
        self._look_again()
        with reading(self.runtime.engine) as session:
            ids = sorted(waiting)
            self.report.posted = settling.count_posted(session, ids)
            self.report.unmatched = tuple(settling.worklist(session, self.site.id, ids))

    def _store(self, page: PayoutPage) -> StoredPayouts:
        with self.lease.writing() as session:
            return store_payouts(
                session, self.site, page.payouts, now=self.runtime.now(), actor=self.actor
            )

    def _look_again(self) -> None:
        """Orders whose payout did not match: the store changes an escrow without a word."""
        with reading(self.runtime.engine) as session:
            mismatched = mismatched_orders(session, self.site.id)
        self._read_anew(mismatched)

    def _read_anew(self, remote_ids: Sequence[str]) -> None:
        """Orders that are here, read from the store: their escrow may have changed meanwhile."""
        wanted = list(dict.fromkeys(remote_ids))
        with reading(self.runtime.engine) as session:
            known = known_orders(session, self.site.id, wanted)
        here = [remote_id for remote_id in wanted if remote_id in known]
        for start in range(0, len(here), SCREENFUL):
            orders = whole_orders(self.store, here[start : start + SCREENFUL])
            with self.lease.writing() as session:
                process_page(session, self._scene(session), orders)
            self.report.reread += len(orders)

    def _try(self, line_ids: Sequence[int]) -> None:
        """Give the lines that still wait to their orders, and have these processed."""
        with self.lease.writing() as session:
            still = still_waiting(session, line_ids)
            orders = settling.give_to_orders(session, self.site, still)
            if orders:
                process_stored(session, self._scene(session), orders)

    def _scene(self, session: Session) -> Scene:
        return set_scene(
            session,
            session.get_one(Site, self.site.id),
            self.platform,
            self.runtime.now(),
            actor=self.actor,
            run_id=self.report.run,
        )

    def _move_watermark(self, page: PayoutPage) -> None:
        reached = page.complete_to
        if reached is None or (self.report.watermark and reached <= self.report.watermark):
            return
        with self.lease.writing() as session:
            session.execute(
                update(Site).where(Site.id == self.site.id).values(payouts_watermark=reached)
            )
        self.report.watermark = reached
