"""A page of a store's orders is taken in: its details read, then stored and processed at once."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from jobs.runtime import Runtime, SiteLease
from platforms.base import FetchedOrder, OrderPage, Platform, Store
from webapp.backoffice.orders import intake
from webapp.backoffice.orders.processing import PageOutcome, process_page
from webapp.backoffice.orders.scene import Scene, set_scene
from webapp.backoffice.states import no_counts
from webapp.database import reading
from webapp.models.base import table_of
from webapp.models.sites import Site

_SITES = table_of(Site)
_MOVE_WATERMARK = (
    update(_SITES)
    .where(_SITES.c.id == bindparam("site_id"))
    .values(pull_watermark=bindparam("reached"))
)


def nothing_meanwhile() -> None:
    """A page that is taken in by itself."""


@dataclass(slots=True, kw_only=True)
class PullReport:
    """What a pull saw and did. `states`: the orders that this run processed.

    `is_unfinished`: the site had had its turn; the next pull goes on from the watermark.
    """

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
    is_unfinished: bool = False

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


@dataclass(slots=True)
class Taking:
    """The taking in of one pull; `report` counts it."""

    runtime: Runtime
    lease: SiteLease
    site: Site
    platform: Platform
    store: Store
    report: PullReport
    actor: str | None

    def page(
        self,
        orders: Sequence[FetchedOrder],
        *,
        listed: OrderPage | None = None,
        first_answer_at: datetime | None = None,
        is_asked_for: bool = False,
        meanwhile: Callable[[], None] = nothing_meanwhile,
    ) -> Sequence[FetchedOrder]:
        """Read what details the orders need, then store and process them in one transaction.

        The orders as they were taken in; those without anything new keep their details unread.
        `meanwhile` is called once the store is asked nothing more for this page.
        Most pages bring nothing new; the lease, which only we hold, says that they stay so.
        """
        with reading(self.runtime.engine) as session:
            found = intake.sort_page(session, self.site.id, orders)
        whole = self._with_details(orders, found)
        meanwhile()
        with self.lease.writing() as session:
            if found.is_as_stored and not is_asked_for:
                outcome = PageOutcome(fetched=len(orders), unchanged=len(found.unchanged))
            else:
                with _collector_paused():
                    scene = self._scene(session)
                    outcome = process_page(session, scene, whole, is_asked_for=is_asked_for)
            if listed is not None and first_answer_at is not None:
                self._move_watermark(session, listed, first_answer_at)
        self.report.add(outcome)
        self.runtime.progress(self.report.fetched, None, "orders pulled")
        return whole

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
