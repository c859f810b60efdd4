"""How far a new site is on its way to its first push, told by what is in the database.

A site made in the admin stands still until a person starts it: nothing is pulled or pushed by
itself, so that no default decides from when its books are, or what its store shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.backoffice.goods.push_previews import let_pushes_go
from webapp.backoffice.people.audit import record_change
from webapp.backoffice.setup.pausing import set_enabled
from webapp.backoffice.sites.settings import REQUIRED_ROLES, Role
from webapp.models.audit import AuditEntry
from webapp.models.catalogue import Kind, Listing
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder
from webapp.models.previews import ConnectionTest, PushPreview
from webapp.models.sites import Site, SiteWiring
from webapp.models.stock import Reservation, StockItem

SAID = "say_start"
MOST_COUNTED = 10_000


class Step(StrEnum):
    """What leads to the first push, in this order."""

    CONNECT = "connect"
    TEST = "test"
    CATALOGUE = "catalogue"
    MAP = "map"
    WIRE = "wire"
    START = "start"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a person last said of a site's start: when, and how its stock begins."""

    at: datetime
    shelf: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a new site has and what it lacks. Counts of listings leave out those that are gone.

    `same_sku`: unmapped listings whose SKU is that of a stock item. `missing`: required roles
    without a ledger. `said`: what a person said of from when books and stock are. `looked_at`:
    when the dry run of the first push was done.
    """

    is_tested: bool
    test_passed: int
    test_steps: int
    catalogue_at: datetime | None
    listings: int
    unmapped: int
    same_sku: int
    missing: tuple[Role, ...]
    said: Said | None
    looked_at: datetime | None
    is_started: bool

    @property
    def is_dated(self) -> bool:
        return self.said is not None

    @property
    def is_stale(self) -> bool:
        """Whether the dry run was done before the dates that stand now were said."""
        if self.said is None or self.looked_at is None:
            return False
        return self.looked_at < self.said.at

    @property
    def done(self) -> frozenset[Step]:
        has = {
            Step.CONNECT: True,
            Step.TEST: self.is_tested,
            Step.CATALOGUE: self.catalogue_at is not None,
            Step.MAP: self.listings > 0 and self.unmapped == 0,
            Step.WIRE: not self.missing,
            Step.START: self.is_started,
        }
        return frozenset(step for step, is_done in has.items() if is_done)

    @property
    def now(self) -> Step | None:
        """The step that is next; None: all are done."""
        return next((step for step in Step if step not in self.done), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrders:
    """Orders that hold pieces on the shelf: taken by the store, and not left yet."""

    orders: int
    pieces: int


def is_started(site: Site) -> bool:
    """Whether a site runs, or has run: it was started, or is from before one could be."""
    return site.enabled or site.push_seen_at is not None or site.last_push_at is not None


def progress_of(session: Session, site: Site) -> Progress:
    """How far a site is, from the facts alone; asking changes nothing."""
    test = session.get(ConnectionTest, site.id)
    preview = session.get(PushPreview, site.id)
    present = (Listing.site_id == site.id, Listing.is_gone.is_(False))
    unmapped = (*present, Listing.kind == Kind.UNMAPPED.value)
    same_sku = (*unmapped, Listing.sku != "", Listing.sku.in_(select(StockItem.sku)))
    is_known = bool(site.facts) or site.last_catalogue_at is not None
    return Progress(
        is_tested=is_known if test is None else test.is_ok,
        test_passed=0 if test is None else sum(each["ok"] is True for each in test.checks),
        test_steps=0 if test is None else len(test.checks),
        catalogue_at=site.last_catalogue_at,
        listings=_count(session, present),
        unmapped=_count(session, unmapped),
        same_sku=_count(session, same_sku),
        missing=missing_ledgers(session, site.id),
        said=_said(session, site.id),
        looked_at=None if preview is None else preview.at,
        is_started=is_started(site),
    )


def _count(session: Session, conditions: Sequence[object]) -> int:
    """Listings, counted no further than one above the cap."""
    found = select(Listing.id).where(*conditions).limit(MOST_COUNTED + 1).subquery()  # type: ignore[arg-type]
    return session.scalar(select(func.count()).select_from(found)) or 0


def missing_ledgers(session: Session, site_id: int) -> tuple[Role, ...]:
    """Required roles without a ledger: the site's paid orders would wait for them."""
    wired = set(
        session.scalars(
            select(SiteWiring.role)
            .join(Ledger, Ledger.id == SiteWiring.ledger_id)
            .where(SiteWiring.site_id == site_id, SiteWiring.payment_method == "")
        )
    )
    return tuple(role for role in REQUIRED_ROLES if role.value not in wired)


def open_orders(session: Session, site_id: int) -> OpenOrders:
    """Orders of a site that reserve pieces now, and how many pieces."""
    row = session.execute(
        select(
            func.count(func.distinct(Reservation.channel_order_id)),
            func.coalesce(func.sum(Reservation.quantity), 0),
        )
        .join(ChannelOrder, ChannelOrder.id == Reservation.channel_order_id)
        .where(ChannelOrder.site_id == site_id)
    ).one()
    return OpenOrders(orders=int(row[0]), pieces=int(row[1]))


def _said(session: Session, site_id: int) -> Said | None:
    query = select(AuditEntry.at, AuditEntry.after).where(
        AuditEntry.subject == "site",
        AuditEntry.subject_id == site_id,
        AuditEntry.action == SAID,
    )
    row = session.execute(query.order_by(AuditEntry.id.desc()).limit(1)).first()
    return None if row is None else Said(at=row.at, shelf=str((row.after or {}).get("shelf", "")))


def record_said(
    session: Session, site: Site, *, now: datetime, actor: str | None, after: object
) -> None:
    """That a person has said from when books and stock are, also where it is as it stood."""
    record_change(
        session,
        now=now,
        actor=actor,
        action=SAID,
        subject="site",
        subject_id=site.id,
        label=site.name,
        after=after,
    )


def start_site(session: Session, site: Site, *, now: datetime, actor: str | None) -> None:
    """The one button: from now on the site is pulled and pushed by itself."""
    set_enabled(session, site, True, now=now, actor=actor)
    let_pushes_go(session, site, now=now, actor=actor)
