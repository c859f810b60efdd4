"""Two processes at once: counts do not get lost, and no order slips past a mapping being saved."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, func, select

from tests import factories as make
from webapp.backoffice.files.sheets import read_sheet
from webapp.backoffice.goods.counting import import_stock
from webapp.backoffice.goods.mapping import map_listing
from webapp.backoffice.goods.stock_sheet import COLUMNS
from webapp.backoffice.sites import leases
from webapp.database import make_engine, reading, writing
from webapp.models.catalogue import Listing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site
from webapp.models.stock import StockItem, StockMove


def test_counts_uploaded_at_once_leave_one_of_them_and_no_stray_move(
    engine: Engine, database_url: str
) -> None:
    with writing(engine) as session:
        for number in range(50):
            make.stock_item(session, f"SKU{number}", 1)

    def upload(counted: int) -> None:
        # Each in another order of rows: locks are taken in the order of ids all the same.
        numbers = range(50) if counted % 2 else reversed(range(50))
        rows = "\n".join(["sku,on_hand", *(f"SKU{number},{counted}" for number in numbers)])
        own = make_engine(database_url)
        with writing(own) as session:
            import_stock(session, read_sheet(rows.encode(), COLUMNS), now=make.NOW, actor=None)
        own.dispose()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(upload, (5, 6, 7, 8)))

    with reading(engine) as session:
        moved = dict(
            session.execute(
                select(StockMove.stock_item_id, func.sum(StockMove.quantity)).group_by(
                    StockMove.stock_item_id
                )
            ).all()
        )
        on_hand = dict(session.execute(select(StockItem.id, StockItem.on_hand)).all())
    assert on_hand == moved
    assert set(on_hand.values()) <= {5, 6, 7, 8}
    assert len(set(on_hand.values())) == 1


def test_a_mapping_saved_while_a_page_is_processed_still_frees_its_orders(
    engine: Engine, database_url: str
) -> None:
    with writing(engine) as session:
        site = make.site(session)
        listing = make.listing(session, site, "1")
        item = make.stock_item(session, "TEE", 5)
        number = leases.claim(session, site.id, make.NOW)
    page_is_open, may_commit = threading.Event(), threading.Event()

    def process_page() -> int:
        """A page that found the listing unmapped, and commits after the person pressed Save."""
        own = make_engine(database_url)
        with writing(own) as session:
            leases.renew(session, site.id, number, make.NOW)
            order = make.order(
                session,
                session.get_one(Site, site.id),
                state="blocked",
                code="unmapped_listing",
            )
            make.need(session, order, listing)
            page_is_open.set()
            may_commit.wait(2)
        own.dispose()
        return order.id

    def save_mapping() -> int:
        page_is_open.wait(5)
        own = make_engine(database_url)
        threading.Timer(0.3, may_commit.set).start()
        with writing(own) as session:
            saved = map_listing(
                session,
                session.get_one(Listing, listing.id),
                [(item.id, 1)],
                now=make.NOW,
                actor="m@example.com",
            )
        own.dispose()
        return saved.requeued

    with ThreadPoolExecutor(2) as pool:
        page, saved = pool.submit(process_page), pool.submit(save_mapping)
        order_id, requeued = page.result(10), saved.result(10)

    assert requeued == 1
    with reading(engine) as session:
        assert session.get_one(ChannelOrder, order_id).state == "pending"
