"""An order takes its pieces from the moment it is placed, paid or not, in every store."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from jobs.push import push_site
from platforms.sandbox import woocommerce
from platforms.sandbox.goods import SHELF
from platforms.sandbox.shopee import open_sandbox
from tests.stores import connect_shop
from tests.trials.markets import Market, connected

MUG = "MUG-TEHTARIK"


@dataclass(slots=True)
class Stores:
    """A market and another store that sell the same mugs."""

    market: Market
    other: woocommerce.Sandbox
    other_id: int

    def push_all(self) -> None:
        push_site(self.market.runtime, self.other_id)
        self.market.push()
        push_site(self.market.runtime, self.other_id)

    def shown(self) -> tuple[int, int]:
        """What the market shows, and the other store."""
        other = self.other.store.product(MUG)["stock_quantity"]
        return self.market.store.products.stock(MUG), int(other)


@pytest.fixture
def stores(engine: Engine) -> Iterator[Stores]:
    with open_sandbox() as sandbox, woocommerce.open_sandbox() as other:
        market = connected(engine, sandbox)
        stores = Stores(market, other, connect_shop(engine, other, name="other"))
        stores.push_all()
        assert stores.shown() == (SHELF, SHELF)
        yield stores


def test_an_unpaid_orders_pieces_are_offered_nowhere_and_not_given_back(stores: Stores) -> None:
    market = stores.market

    order_sn = market.sells(MUG, 3, status="UNPAID")
    market.pull()
    stores.push_all()

    assert market.state(order_sn)[0] == "skipped"
    assert market.stock(MUG) == (SHELF, 3)
    assert stores.shown() == (SHELF - 3, SHELF - 3)


def test_paid_the_pieces_leave_and_the_number_stays(stores: Stores) -> None:
    market = stores.market
    order_sn = market.sells(MUG, 3, status="UNPAID")
    market.pull()
    market.store.advance(60)

    market.store.pay(order_sn)
    stores.push_all()

    assert market.state(order_sn) == ("synced", None)
    assert market.stock(MUG) == (SHELF - 3, 0)
    assert stores.shown() == (SHELF - 3, SHELF - 3)


@pytest.mark.parametrize("ends", ["cancel", "time_out"])
def test_cancelled_or_timed_out_the_number_follows(stores: Stores, ends: str) -> None:
    market = stores.market
    order_sn = market.sells(MUG, 3, status="UNPAID")
    market.pull()
    stores.push_all()
    market.store.advance(60)

    getattr(market.store, ends)(order_sn)
    stores.push_all()

    assert market.stock(MUG) == (SHELF, 0)
    assert stores.shown() == (SHELF, SHELF)
    assert market.is_clean()


def test_cancelled_after_it_was_paid_the_pieces_are_back(stores: Stores) -> None:
    market = stores.market
    order_sn = market.sells(MUG, 3)
    stores.push_all()
    assert stores.shown() == (SHELF - 3, SHELF - 3)
    market.store.advance(60)

    market.store.cancel(order_sn)
    stores.push_all()

    assert market.stock(MUG) == (SHELF, 0)
    assert stores.shown() == (SHELF, SHELF)
    assert market.clearing(order_sn) == 0
    assert market.is_clean()


def test_cash_on_delivery_reserves_until_it_is_delivered(stores: Stores) -> None:
    market = stores.market
    order_sn = market.sells(MUG, 2, cod=True)
    stores.push_all()
    unpaid = market.stock(MUG), stores.shown()
    market.store.advance(60)

    market.store.ship(order_sn)
    market.store.deliver(order_sn)
    stores.push_all()

    assert unpaid == ((SHELF, 2), (SHELF - 2, SHELF - 2))
    assert market.stock(MUG) == (SHELF - 2, 0)
    assert stores.shown() == (SHELF - 2, SHELF - 2)


def test_a_push_never_overwrites_a_sale_that_was_not_pulled_yet(stores: Stores) -> None:
    market = stores.market
    market.sells(MUG, 5)

    report = market.push(all_=True)

    assert report.pulled == 1
    assert market.store.products.stock(MUG) == SHELF - 5


def test_a_refusal_of_one_listing_is_told_in_the_stores_words_and_the_rest_goes(
    stores: Stores,
) -> None:
    market = stores.market
    market.sells(MUG, 1)
    market.sells("TOWEL-LINEN", 1)
    push_site(market.runtime, stores.other_id)
    other = stores.other.store
    other.place_order(lines=[woocommerce.Sold(product=MUG, quantity=4)])
    other.place_order(lines=[woocommerce.Sold(product="TOWEL-LINEN", quantity=4)])
    push_site(market.runtime, stores.other_id)
    market.store.products.start_promotion(MUG, locked=True)

    first = market.push()

    assert [failure.code for failure in first.failures] == ["store_refused"]
    assert market.store.products.stock("TOWEL-LINEN") == SHELF - 5
    assert market.store.products.stock(MUG) == SHELF - 1
    market.store.products.stop_promotion(MUG)
    assert market.push().failures == ()
    stores.push_all()
    assert stores.shown() == (SHELF - 5, SHELF - 5)
