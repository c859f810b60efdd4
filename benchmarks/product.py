"""The product measured: a site made ready in a database, and its orders pulled as ever."""

from collections.abc import Mapping as Counted
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from jobs.pull import PullReport, pull_site
from jobs.runtime import Runtime
from platforms import registry
from webapp.backoffice.sites.settings import REQUIRED_ROLES, ROLE_TYPES
from webapp.database import make_engine, reading, utc_now, writing
from webapp.encryption import use_keys
from webapp.models.base import Base
from webapp.models.catalogue import Listing
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.orders import (
    ChannelOrder,
    OrderBuyer,
    OrderPayload,
    PaymentReceipt,
    RetailOrder,
    RetailOrderLine,
    SyncEvent,
)
from webapp.models.sites import Site, SiteWiring
from webapp.models.stock import StockItem, StockMove

SITE = "bench"
ON_HAND = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A platform that is measured, and what an order of its loopback store comes to here.

    `listings`: the store's key of each listing, with its SKU. `lines` of an order take a stock
    item each; its entries have `journal_lines` together.
    """

    platform: str
    credentials: Counted[str, str]
    statuses: tuple[str, ...]
    orders_from: datetime
    listings: tuple[tuple[str, str], ...]
    lines: int
    journal_lines: int

    @property
    def rows_per_order(self) -> dict[type[Base], int]:
        return {
            ChannelOrder: 1,
            OrderPayload: 1,
            OrderBuyer: 1,
            RetailOrder: 1,
            RetailOrderLine: self.lines,
            PaymentReceipt: 1,
            StockMove: self.lines,
            JournalEntry: 2,
            JournalLine: self.journal_lines,
            SyncEvent: 1,
        }

    @property
    def rows(self) -> int:
        return sum(self.rows_per_order.values())


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pull runs: the database, and the key of its secrets."""

    database_url: str
    key: str

    def engine(self) -> Engine:
        use_keys([self.key])
        return make_engine(self.database_url)


def connect_site(place: Place, subject: Subject, url: str) -> None:
    """The store as a site: all six ledgers wired, all listings mapped to counted stock items."""
    engine = place.engine()
    now = utc_now()
    with writing(engine) as session:
        site = add_site(session, subject, url, now)
        for key, sku in subject.listings:
            _map_listing(session, site.id, key, sku, now)
    engine.dispose()


def add_site(session: Session, subject: Subject, url: str, now: datetime) -> Site:
    """A site with a ledger for each required role; nothing is mapped yet."""
    site = Site(
        name=SITE,
        platform=subject.platform,
        url=url,
        currency="MYR",
        timezone="Asia/Kuala_Lumpur",
        created_at=now,
        credentials=dict(subject.credentials),
        orders_from=subject.orders_from,
        pull_every=300,
        push_every=None,
        buyer_days=730,
        automation={"import_statuses": list(subject.statuses)},
        posting={},
        push_seen_at=now,
    )
    session.add(site)
    session.flush()
    for at, role in enumerate(REQUIRED_ROLES):
        ledger = Ledger(code=f"bench-{at}", name=role.value, type=ROLE_TYPES[role][0])
        session.add(ledger)
        session.flush()
        session.add(SiteWiring(site_id=site.id, role=role.value, ledger_id=ledger.id))
    return site


def _map_listing(session: Session, site_id: int, key: str, sku: str, now: datetime) -> None:
    item = StockItem(sku=sku, name=sku, on_hand=ON_HAND, counted_at=now, created_at=now)
    listing = Listing(
        site_id=site_id,
        key=key,
        name=sku,
        sku=sku,
        status="publish",
        seen_in_catalogue=True,
        first_seen_at=now,
    )
    session.add_all([item, listing])
    session.flush()
    mapping = Mapping(listing_id=listing.id, is_current=True, created_at=now)
    session.add(mapping)
    session.add(StockMove(stock_item_id=item.id, quantity=ON_HAND, reason="count", at=now))
    session.flush()
    session.add(MappingComponent(mapping_id=mapping.id, stock_item_id=item.id, quantity=1))


def pull(place: Place, subject: Subject, expected_new: int) -> float:
    """Seconds of one `pull`, of which this many orders are new and synced."""
    engine = place.engine()
    report, seconds = _timed_pull(engine, subject)
    _expect(report.new, expected_new, "new orders")
    _expect(report.states["synced"], expected_new, "synced orders")
    return seconds


def pull_again(place: Place, subject: Subject, orders: int) -> float:
    """Seconds of a pull for which all orders come again and none has changed."""
    engine = place.engine()
    with writing(engine) as session:
        session.execute(update(Site).values(pull_watermark=None))
    report, seconds = _timed_pull(engine, subject)
    _expect(report.unchanged, orders, "unchanged orders")
    _expect(report.new + report.changed + report.processed, 0, "orders processed again")
    return seconds


def _timed_pull(engine: Engine, subject: Subject) -> tuple[PullReport, float]:
    runtime = Runtime(engine=engine, allow_private_stores=True)
    registry.get(subject.platform)  # imports belong to starting up
    began = perf_counter()
    report = pull_site(runtime, 1)
    engine.dispose()  # which brings SQLite's log into the file: part of the work
    return report, perf_counter() - began


def check(place: Place, subject: Subject, orders: int) -> None:
    """Rows as many as they should be, every entry balanced, the counters equal to the moves."""
    engine = place.engine()
    with reading(engine) as session:
        for model, per_order in subject.rows_per_order.items():
            wanted = orders * per_order + (len(subject.listings) if model is StockMove else 0)
            found = session.scalar(select(func.count()).select_from(model)) or 0
            _expect(found, wanted, f"rows in {model.__tablename__}")
        wrong = (
            select(JournalLine.entry_id)
            .group_by(JournalLine.entry_id)
            .having(func.sum(JournalLine.debit) != func.sum(JournalLine.credit))
        )
        _expect(len(session.scalars(wrong).all()), 0, "entries out of balance")
        on_hand = session.scalar(select(func.sum(StockItem.on_hand))) or 0
        moved = session.scalar(select(func.sum(StockMove.quantity))) or 0
        _expect(int(on_hand), int(moved), "pieces on hand")
    engine.dispose()


def _expect(found: int, wanted: int, what: str) -> None:
    if found != wanted:
        raise AssertionError(f"the product has {found} {what} where {wanted} were expected")
