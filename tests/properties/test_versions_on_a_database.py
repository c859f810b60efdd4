"""The same convergence through pages of bytes, tables and unique keys, on SQLite."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from platforms import registry
from tests import factories as make
from tests.shop_orders import fetched
from webapp.backoffice.orders.processing import process_page, process_stored
from webapp.backoffice.orders.scene import set_scene
from webapp.backoffice.reports.verifying import verify_books
from webapp.database import make_engine
from webapp.models import all_tables
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site
from webapp.models.stock import Reservation, StockItem, StockMove

FIRST = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)
STATUSES = ("processing", "completed", "on-hold", "cancelled", "failed", "pending")

Version = dict[str, Any]
quick = settings(max_examples=20)


@st.composite
def lines(draw: st.DrawFn, at: int) -> dict[str, Any]:
    price = draw(st.integers(0, 9_999))
    taken_off = draw(st.integers(0, price))
    return {
        "id": 101 + at,
        "product_id": 11 + at,
        "quantity": draw(st.integers(1, 4)),
        "subtotal": str(Decimal(price).scaleb(-2)),
        "total": str(Decimal(price - taken_off).scaleb(-2)),
    }


@st.composite
def histories(draw: st.DrawFn) -> list[Version]:
    """An order's versions, oldest first, as a shop would serve them."""
    found: list[Version] = []
    for number in range(draw(st.integers(1, 3))):
        sold = [draw(lines(at)) for at in range(draw(st.integers(1, 3)))]
        total = sum((Decimal(line["total"]) for line in sold), Decimal("1.00"))
        status = draw(st.sampled_from(STATUSES))
        is_paid = draw(st.booleans())
        refunds = [
            {
                "id": 901,
                "amount": str(min(total, Decimal(draw(st.integers(0, 9_999))).scaleb(-2))),
                "created": "2026-03-06T00:00:00",
                "lines": [{"line": 1, "quantity": draw(st.integers(0, 5))}],
            }
        ]
        found.append(
            {
                "status": status,
                "lines": sold,
                "shipping": ["1.00"],
                "total": str(total),
                "paid": "2026-03-05T04:00:00" if is_paid else None,
                "completed": "2026-03-06T04:00:00" if status == "completed" else None,
                "modified": (FIRST + timedelta(days=number)).strftime("%Y-%m-%dT%H:%M:%S"),
                "refunds": refunds if draw(st.booleans()) else [],
            }
        )
    return found


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path: Path = tmp_path_factory.mktemp("properties") / "books.sqlite3"
    engine = make_engine(f"sqlite:///{path}")
    all_tables().create_all(engine)
    yield engine
    engine.dispose()


class Shop:
    """A site whose three listings are mapped, in a transaction that is rolled back."""

    def __init__(self, session: Session, *, mapped: tuple[str, ...] = ("11", "12", "13")) -> None:
        self.session = session
        self.site: Site = make.wired_site(
            session, automation={"import_statuses": ["processing", "on-hold", "completed"]}
        )
        self.items = {key: make.stock_item(session, f"{self.site.id}-{key}", 9) for key in "123"}
        self.listings = {key: make.listing(session, self.site, key) for key in ("11", "12", "13")}
        for key in mapped:
            self.map(key)

    def map(self, key: str) -> None:
        """A kit each: one piece of its own item, two of the third."""
        own, third = self.items[str(int(key) - 10)], self.items["3"]
        parts = [(own, 1)] if own is third else [(own, 1), (third, 2)]
        make.mapping(self.session, self.listings[key], *parts)

    def served(self, *page: Version) -> None:
        """One page, on which an order may stand in several versions."""
        now = datetime.fromisoformat(page[-1]["modified"]).replace(tzinfo=UTC)
        scene = set_scene(self.session, self.site, registry.get("woocommerce"), now)
        process_page(self.session, scene, [fetched(version) for version in page])

    def replanned(self) -> list[Any]:
        scene = set_scene(self.session, self.site, registry.get("woocommerce"), make.NOW)
        ids = self.session.scalars(
            select(ChannelOrder.id).where(ChannelOrder.site_id == self.site.id)
        ).all()
        return process_stored(self.session, scene, ids)

    def stands(self) -> tuple[Any, ...]:
        """Books by part and role, moves, reservations and counters of this site."""
        of_site = ChannelOrder.site_id == self.site.id
        amount = func.sum(JournalLine.debit) - func.sum(JournalLine.credit)
        books = self.session.execute(
            select(JournalEntry.chapter, JournalEntry.part, JournalLine.role, amount)
            .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
            .where(JournalEntry.site_id == self.site.id)
            .group_by(JournalEntry.chapter, JournalEntry.part, JournalLine.role)
        ).all()
        moves = self.session.execute(
            select(StockItem.sku, func.sum(StockMove.quantity))
            .join(StockItem, StockItem.id == StockMove.stock_item_id)
            .join(ChannelOrder, ChannelOrder.id == StockMove.channel_order_id)
            .where(of_site)
            .group_by(StockItem.sku)
        ).all()
        held = self.session.execute(
            select(StockItem.sku, Reservation.quantity)
            .join(StockItem, StockItem.id == Reservation.stock_item_id)
            .join(ChannelOrder, ChannelOrder.id == Reservation.channel_order_id)
            .where(of_site)
        ).all()
        counters = [
            (item.on_hand, item.reserved)
            for item in self.session.execute(
                select(StockItem.on_hand, StockItem.reserved)
                .where(StockItem.id.in_([each.id for each in self.items.values()]))
                .order_by(StockItem.id)
            )
        ]
        return (
            {tuple(row[:3]): row[3] for row in books if row[3]},
            {sku.partition("-")[2]: pieces for sku, pieces in moves if pieces},
            {sku.partition("-")[2]: pieces for sku, pieces in held},
            counters,
        )

    def is_clean(self) -> bool:
        report = verify_books(self.session, registry.get, lambda done, total, what: None)
        assert report.drifted == []
        return report.is_clean


@quick
@given(history=histories(), data=st.data())
def test_versions_in_any_order_and_number_end_as_the_newest_alone(
    engine: Engine, history: list[Version], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(history), max_size=3))
    arrivals = data.draw(st.permutations([*history, *again]))
    with Session(engine) as session, session.begin():
        here, alone = Shop(session), Shop(session)

        while arrivals:
            size = data.draw(st.integers(1, len(arrivals)))
            page, arrivals = arrivals[:size], arrivals[size:]
            here.served(*page)
        alone.served(history[-1])

        assert here.stands() == alone.stands()
        assert here.is_clean()
        session.rollback()


@quick
@given(history=histories())
def test_processing_stored_orders_again_changes_nothing(
    engine: Engine, history: list[Version]
) -> None:
    with Session(engine) as session, session.begin():
        shop = Shop(session)
        for version in history:
            shop.served(version)
        before = shop.stands(), session.scalar(select(func.count(JournalEntry.id)))

        shop.replanned()

        after = shop.stands(), session.scalar(select(func.count(JournalEntry.id)))
        assert after == before
        session.rollback()


@quick
@given(history=histories(), mapped=st.sets(st.sampled_from(["11", "12", "13"]), max_size=2))
def test_mapping_late_ends_as_if_mapped_from_the_start(
    engine: Engine, history: list[Version], mapped: set[str]
) -> None:
    with Session(engine) as session, session.begin():
        late, early = Shop(session, mapped=tuple(sorted(mapped))), Shop(session)
        for version in history:
            late.served(version)
            early.served(version)

        for key in sorted({"11", "12", "13"} - mapped):
            late.map(key)
        late.replanned()

        assert late.stands() == early.stands()
        assert late.is_clean()
        session.rollback()
