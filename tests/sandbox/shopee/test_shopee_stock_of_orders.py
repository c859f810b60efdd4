"""Orders take stock from the listing when they are placed and give it back when they die."""

from platforms.sandbox.shopee import Sandbox, Sold
from tests.sandbox.shopee.caller import Caller


def test_an_order_lowers_the_stock_before_it_is_paid(sandbox: Sandbox) -> None:
    store = sandbox.store

    store.place_order(lines=[Sold(product="MUG-TEHTARIK", quantity=3)], status="UNPAID")

    assert store.products.stock("MUG-TEHTARIK") == 4997


def test_a_cancelled_order_raises_it_again(sandbox: Sandbox) -> None:
    store = sandbox.store
    sold = [Sold(product="TEE-RED-M", quantity=2), Sold(product="MUG-TEHTARIK")]
    order_sn = store.place_order(lines=sold)

    store.cancel(order_sn)

    assert store.products.stock("TEE-RED-M") == 5000
    assert store.products.stock("MUG-TEHTARIK") == 5000


def test_a_write_that_did_not_see_a_sale_sells_too_much(sandbox: Sandbox, shop: Caller) -> None:
    store = sandbox.store
    store.products.set_stock("MUG-TEHTARIK", 1)
    mug = store.products.find("MUG-TEHTARIK")[0].item_id
    store.place_order(lines=[Sold(product="MUG-TEHTARIK")])

    shop.post(
        "/product/update_stock",
        item_id=mug,
        stock_list=[{"model_id": 0, "seller_stock": [{"stock": 1}]}],
    )
    store.place_order(lines=[Sold(product="MUG-TEHTARIK")])

    sold = sum(line.quantity for order in store.orders.values() for line in order.lines)
    assert sold == 2
    assert store.products.stock("MUG-TEHTARIK") == 0


def test_more_sold_than_there_is_shows_as_nothing_left(sandbox: Sandbox) -> None:
    store = sandbox.store
    store.products.set_stock("MUG-TEHTARIK", 1)
    order_sn = store.place_order(lines=[Sold(product="MUG-TEHTARIK", quantity=3)])
    shown = store.products.stock("MUG-TEHTARIK")

    store.cancel(order_sn)

    assert shown == 0
    assert store.products.stock("MUG-TEHTARIK") == 1


def test_warehouses_are_emptied_the_fullest_first(sandbox: Sandbox) -> None:
    store = sandbox.store
    store.products.open_warehouses(["MYZ", "SGZ"])
    store.products.stock_at("MUG-TEHTARIK", "MYZ", 2)
    store.products.stock_at("MUG-TEHTARIK", "SGZ", 5)

    store.place_order(lines=[Sold(product="MUG-TEHTARIK", quantity=6)])

    assert store.products.find("MUG-TEHTARIK")[1].stock == {"MYZ": 1, "SGZ": 0}
