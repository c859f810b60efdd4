"""Two processes sell the same last pieces from two stores: nobody wins silently, nobody hangs."""

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine, func, insert, select, update

from platforms.sandbox.woocommerce import Sandbox, Sold, open_sandbox
from tests import factories as make
from tests.pull.pulling import Puller
from tests.pull.shops import connected
from tests.stores import states
from webapp.backoffice.goods.availability import site_quantities
from webapp.backoffice.goods.stock_counters import StockChange, apply_changes
from webapp.database import make_engine, reading, writing
from webapp.models.sites import Site
from webapp.models.stock import Oversell, StockItem, StockMove

SKUS = ["MUG-TEHTARIK", "CANDLE-PANDAN", "BASKET-RATTAN", "CUSHION-BATIK"]
LAST = 50


def few_are_left(engine: Engine) -> None:
    """Exactly the last 50 of each."""
    with writing(engine) as session:
        for item in session.scalars(select(StockItem).where(StockItem.sku.in_(SKUS))):
            taken = item.on_hand - LAST
            session.add(
                StockMove(
                    stock_item_id=item.id, quantity=-taken, reason="count", at=item.created_at
                )
            )
            session.execute(update(StockItem).where(StockItem.id == item.id).values(on_hand=LAST))


def fills(sandbox: Sandbox, orders: int, skus: list[str]) -> None:
    """Orders of one piece each of all four, in this order of lines."""
    for _ in range(orders):
        sandbox.store.place_order(lines=[Sold(product=sku) for sku in skus])


def test_two_processes_selling_the_last_pieces_oversell_exactly_what_was_missing(
    engine: Engine, encryption_keys: tuple[str, ...]
) -> None:
    with open_sandbox() as first, open_sandbox(seed=2) as second:
        shops = [
            connected(engine, first, name="first"),
            connected(engine, second, name="second"),
        ]
        few_are_left(engine)
        fills(first, 150, SKUS)
        fills(second, 150, SKUS[::-1])

        pullers = [Puller(engine, shop.site_id, encryption_keys) for shop in shops]
        for puller in pullers:
            puller.go()
        said = [puller.ended() for puller in pullers]

        assert said == ["", ""]
        assert states(engine) == {("synced", None): 300}
        for sku in SKUS:
            on_hand, reserved = shops[0].stock(sku)
            assert on_hand - reserved == LAST - 300
        assert missing(engine) == dict.fromkeys(SKUS, 300 - LAST)
        assert shops[0].is_clean()


def missing(engine: Engine) -> dict[str, int]:
    """Pieces oversold, by SKU."""
    with reading(engine) as session:
        rows = session.execute(
            select(StockItem.sku, func.sum(Oversell.missing))
            .join(StockItem, StockItem.id == Oversell.stock_item_id)
            .group_by(StockItem.sku)
        )
        return {sku: int(count) for sku, count in rows}


def test_the_same_pieces_are_offered_by_neither_store_after_the_last_was_sold(
    sqlite_engine: Engine,
) -> None:
    with open_sandbox() as first, open_sandbox(seed=2) as second:
        shops = [
            connected(sqlite_engine, first, name="first"),
            connected(sqlite_engine, second, name="second"),
        ]
        few_are_left(sqlite_engine)
        fills(first, LAST, SKUS[:1])
        fills(second, 1, SKUS[:1])

        shops[0].pull()
        shops[1].pull()

        for shop in shops:
            with reading(sqlite_engine) as session:
                found = site_quantities(session, session.get_one(Site, shop.site_id))
            assert {each.sku: each.quantity.shown for each in found}[SKUS[0]] == 0
        assert missing(sqlite_engine) == {SKUS[0]: 1}


def test_moves_of_one_item_written_by_two_processes_do_not_lock_each_other_out(
    postgres_url: str,
) -> None:
    """Each has written its moves, which hold on to the item, before either counts them."""
    engine = make_engine(postgres_url)
    with writing(engine) as session:
        site = make.site(session)
        items = [make.stock_item(session, sku, LAST).id for sku in ("A", "B")]
        orders = [make.order(session, site).id for _ in range(2)]
    both_have_written = threading.Barrier(2, timeout=10)

    def sells(order_id: int, own: list[int]) -> None:
        with writing(engine) as session:
            for item in own:
                moved = {"stock_item_id": item, "quantity": -1, "reason": "sale", "at": make.NOW}
                session.execute(insert(StockMove).values(**moved, channel_order_id=order_id, seq=1))
            both_have_written.wait()
            changes = [StockChange(item, order_id, -1, 0) for item in own]
            apply_changes(session, changes, make.NOW)

    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(sells, orders[0], items), pool.submit(sells, orders[1], items[::-1])]
        for each in done:
            each.result(timeout=20)

    with reading(engine) as session:
        assert session.scalars(select(StockItem.on_hand)).all() == [LAST - 2, LAST - 2]
    engine.dispose()
