"""The store's own sales move its stock, once, and come back as the real one's do."""

import pytest

from platforms.sandbox.woocommerce import Returned, Sold, StoreSettings, WooStore


@pytest.fixture
def store() -> WooStore:
    store = WooStore(StoreSettings())
    store.add_product("Mug", price="10", sku="MUG", stock=10)
    return store


def _buy(store: WooStore, quantity: int = 3, *, status: str, method: str = "stripe") -> int:
    sold = Sold(product="MUG", quantity=quantity)
    return store.place_order(lines=[sold], status=status, payment_method=method)


def _left(store: WooStore) -> int | None:
    return store.find_product("MUG").stock


@pytest.mark.parametrize("status", ["on-hold", "processing", "completed"])
def test_stock_falls_when_an_order_is_taken(store: WooStore, status: str) -> None:
    _buy(store, status=status)

    assert _left(store) == 7


@pytest.mark.parametrize("status", ["pending", "failed", "checkout-draft"])
def test_stock_stays_while_an_order_is_not_taken(store: WooStore, status: str) -> None:
    _buy(store, status=status)

    assert _left(store) == 10


def test_stock_falls_only_once_on_the_way_through_the_statuses(store: WooStore) -> None:
    order_id = _buy(store, status="on-hold")

    store.set_status(order_id, "processing")
    store.set_status(order_id, "completed")

    assert _left(store) == 7


@pytest.mark.parametrize("status", ["cancelled", "pending", "failed"])
def test_stock_comes_back_when_an_order_dies(store: WooStore, status: str) -> None:
    order_id = _buy(store, status="processing")

    store.set_status(order_id, status)
    store.set_status(order_id, status)

    assert _left(store) == 10


def test_the_older_version_keeps_the_stock_of_a_failed_order(store: WooStore) -> None:
    store.configure(failed_restores_stock=False)
    order_id = _buy(store, status="processing")

    store.set_status(order_id, "failed")

    assert _left(store) == 7


def test_trash_and_deletion_keep_the_stock(store: WooStore) -> None:
    store.trash(_buy(store, status="processing"))
    store.force_delete(_buy(store, status="processing"))

    assert _left(store) == 4


def test_a_refund_puts_back_its_pieces_and_a_later_cancellation_only_the_rest(
    store: WooStore,
) -> None:
    order_id = _buy(store, status="processing")
    line = store.orders[order_id].lines[0]

    store.refund(order_id, lines=[Returned(id=line.id, quantity=1, total="10")])
    assert _left(store) == 8

    store.set_status(order_id, "cancelled")
    assert _left(store) == 10


def test_a_refund_without_restocking_or_by_amount_puts_nothing_back(store: WooStore) -> None:
    order_id = _buy(store, status="processing")
    line = store.orders[order_id].lines[0]

    store.refund(order_id, amount="5")
    store.refund(order_id, lines=[Returned(id=line.id, quantity=1, total="10")], restock=False)
    store.set_status(order_id, "refunded")

    assert _left(store) == 7


def test_more_pieces_than_were_sold_can_be_restocked(store: WooStore) -> None:
    order_id = _buy(store, status="processing")
    line = store.orders[order_id].lines[0]

    store.refund(order_id, lines=[Returned(id=line.id, quantity=50, total="10")])

    assert _left(store) == 57


def test_more_than_there_is_can_be_sold(store: WooStore) -> None:
    _buy(store, 50, status="processing")

    mug = store.product("MUG")
    assert (mug["stock_quantity"], mug["stock_status"]) == (-40, "outofstock")


def test_a_sale_of_a_variation_takes_from_the_parent_that_manages() -> None:
    store = WooStore(StoreSettings())
    parent, (small, _) = store.add_variable(
        "Tee", options={"Size": ["S", "M"]}, price="20", sku="TEE", stock=5, parent_manages=True
    )

    store.place_order(lines=[Sold(product=small, quantity=2)])

    assert store.products[parent].stock == 3
    served = store.product(small)
    assert (served["manage_stock"], served["stock_quantity"]) == ("parent", 3)


def test_a_sale_moves_the_date_of_the_variation_and_of_its_parent() -> None:
    store = WooStore(StoreSettings())
    parent, (small, medium) = store.add_variable(
        "Tee", options={"Size": ["S", "M"]}, price="20", sku="TEE", stock=5
    )
    before = store.products[parent].modified
    store.advance(60)

    store.place_order(lines=[Sold(product=small)])

    assert store.products[parent].modified == store.products[small].modified >= before + 60
    assert store.products[medium].modified < before + 60


def test_an_edited_line_moves_the_difference(store: WooStore) -> None:
    order_id = _buy(store, status="processing")

    store.edit_line(order_id, quantity=5)
    assert _left(store) == 5

    store.edit_line(order_id, quantity=0)
    assert _left(store) == 10
