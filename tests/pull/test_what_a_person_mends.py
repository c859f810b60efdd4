"""What only a person can mend: child orders, currencies, mappings, totals; then it goes through."""

import pytest

from jobs.process import process_waiting
from jobs.retry import retry_orders
from jobs.runtime import leased
from tests import factories as make
from tests.pull.shops import Shop
from webapp.backoffice.goods.mapping import map_listing
from webapp.backoffice.orders.decisions import keep_books_elsewhere
from webapp.database import writing
from webapp.models.catalogue import Listing
from webapp.models.orders import ChannelOrder
from webapp.models.stock import StockItem

MUG = "MUG-TEHTARIK"


def processed(shop: Shop) -> None:
    with leased(shop.runtime, shop.site_id) as lease:
        process_waiting(shop.runtime, lease)


def retried(shop: Shop, number: int) -> tuple[str, str | None]:
    retry_orders(shop.runtime, shop.site_id, number=str(number))
    return shop.state(number)


@pytest.mark.parametrize(
    ("answer", "state"), [("post", ("synced", None)), ("skip", ("skipped", "not_wanted"))]
)
def test_child_orders_wait_for_an_answer(
    shop: Shop, answer: str, state: tuple[str, str | None]
) -> None:
    parent = shop.sells()
    child = shop.sells(parent_id=parent)
    shop.pull()
    waiting = shop.state(child), shop.order(child).reserved

    shop.settings(posting={"child_orders": answer})

    assert waiting == (("blocked", "child_order"), {MUG: 2})
    assert retried(shop, child) == state
    assert shop.state(parent) == ("synced", None)
    assert shop.reserved(MUG) == 0
    assert shop.is_clean()


def test_another_currency_waits_with_its_pieces_held(shop: Shop) -> None:
    number = shop.sells(currency="SGD")

    shop.pull()

    view = shop.order(number)
    assert (view.state, view.code) == ("blocked", "currency_mismatch")
    assert (view.entries, view.moves, view.reserved) == ((), (), {MUG: 2})


def test_its_books_may_be_kept_elsewhere(shop: Shop) -> None:
    on_hand = shop.on_hand(MUG)
    number = shop.sells(currency="SGD")
    shop.pull()
    with writing(shop.engine) as session:
        keep_books_elsewhere(
            session, shop.order_id(number), "Singapore ledger", actor="siti", now=make.NOW
        )

    processed(shop)

    assert shop.state(number) == ("synced", None)
    assert shop.order(number).entries == ()
    assert shop.stock(MUG) == (on_hand - 2, 0)
    assert shop.is_clean()


def test_mapping_a_listing_lets_through_exactly_the_orders_it_unblocks(shop: Shop) -> None:
    product = shop.store.add_product("New lamp", price="50.00", sku="NEW", stock=9)
    other = shop.store.add_product("New vase", price="50.00", sku="VASE", stock=9)
    lamp = shop.sells("NEW")
    vase = shop.sells("VASE")
    shop.pull()
    blocked = shop.state(lamp), shop.state(vase)
    with writing(shop.engine) as session:
        listing = session.query(Listing).filter_by(key=str(product)).one()
        item = make.stock_item(session, "NEW", 9)
        change = map_listing(session, listing, [(item.id, 1)], now=make.NOW, actor="siti")

    processed(shop)

    assert blocked == (("blocked", "unmapped_listing"),) * 2
    assert change.requeued == 1
    assert (shop.state(lamp), shop.state(vase)) == (
        ("synced", None),
        ("blocked", "unmapped_listing"),
    )
    assert shop.on_hand("NEW") == 7
    assert str(other) != str(product)
    assert shop.is_clean()


def test_a_corrected_mapping_moves_the_difference_of_posted_orders(shop: Shop) -> None:
    mugs, candles = shop.on_hand(MUG), shop.on_hand("CANDLE-PANDAN")
    number = shop.sells()
    shop.pull()
    before = shop.balance(number)
    with writing(shop.engine) as session:
        product = shop.store.product(MUG)["id"]
        listing = session.query(Listing).filter_by(key=str(product)).one()
        item = session.query(StockItem).filter_by(sku="CANDLE-PANDAN").one()
        map_listing(session, listing, [(item.id, 3)], now=make.NOW, actor="siti")

    processed(shop)

    assert (shop.on_hand(MUG), shop.on_hand("CANDLE-PANDAN")) == (mugs, candles - 6)
    assert shop.balance(number) == before
    assert shop.is_clean()


def test_a_mapping_changed_from_now_on_leaves_older_orders_and_their_refunds(shop: Shop) -> None:
    from platforms.sandbox.woocommerce import Returned

    mugs, candles = shop.on_hand(MUG), shop.on_hand("CANDLE-PANDAN")
    old = shop.sells()
    shop.pull()
    with writing(shop.engine) as session:
        product = shop.store.product(MUG)["id"]
        listing = session.query(Listing).filter_by(key=str(product)).one()
        item = session.query(StockItem).filter_by(sku="CANDLE-PANDAN").one()
        map_listing(session, listing, [(item.id, 1)], now=make.NOW, actor="siti", from_now=True)
    processed(shop)
    shop.store.advance(60)
    new = shop.sells()
    line = shop.store.order(old)["line_items"][0]["id"]
    shop.store.refund(
        old, amount="53.00", lines=[Returned(id=line, quantity=1, total="50.00", tax="3.00")]
    )

    shop.pull()

    assert (shop.on_hand(MUG), shop.on_hand("CANDLE-PANDAN")) == (mugs - 1, candles - 2)
    assert shop.state(new) == ("synced", None)
    assert shop.is_clean()


def test_a_mended_total_goes_through_by_its_next_version(shop: Shop) -> None:
    number = shop.sells(total="999.00")
    shop.pull()
    blocked = shop.order(number)
    shop.store.advance(60)
    shop.store.edit_line(number, order_total="114.48")

    shop.pull()

    assert (blocked.state, blocked.code) == ("blocked", "totals_mismatch")
    assert "999.00" in (blocked.message or "")
    assert shop.state(number) == ("synced", None)


def test_every_order_has_an_event_for_each_change_of_state(shop: Shop) -> None:
    number = shop.sells(status="pending", paid=False)
    shop.pull()
    shop.store.advance(60)
    shop.store.pay(number)
    shop.pull()

    told = [(each.from_state, each.to_state, each.code) for each in shop.order(number).timeline]

    assert told == [("pending", "skipped", "not_wanted"), ("skipped", "synced", None)]
    with writing(shop.engine) as session:
        assert session.query(ChannelOrder).filter(ChannelOrder.state == "pending").count() == 0
