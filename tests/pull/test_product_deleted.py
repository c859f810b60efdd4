"""A product deleted in the store: its orders keep their listing and can still be refunded."""

import pytest

from platforms.sandbox.woocommerce import Returned
from tests.pull.shops import Shop

MUG = "MUG-TEHTARIK"


def test_posted_orders_of_a_deleted_product_stay_synced_and_can_be_refunded(shop: Shop) -> None:
    on_hand = shop.on_hand(MUG)
    number = shop.sells()
    shop.pull()
    listing = shop.order(number).lines[0].listing_id
    shop.store.advance(60)
    shop.store.delete_product(MUG)
    shop.store.saved(shop.store.orders[number])

    shop.pull()

    served = shop.store.order(number)["line_items"][0]
    assert served["product_id"] == 0
    assert shop.state(number) == ("synced", None)
    assert shop.order(number).lines[0].listing_id == listing
    shop.store.advance(60)
    shop.store.refund(
        number,
        amount="53.00",
        lines=[Returned(id=served["id"], quantity=1, total="50.00", tax="3.00")],
    )
    shop.pull()
    assert shop.state(number) == ("synced", None)
    assert shop.balance(number)["refunds"] == 50
    assert shop.on_hand(MUG) == on_hand - 1
    assert shop.is_clean()


def test_an_order_first_seen_after_its_product_was_deleted_waits_for_a_gone_listing(
    shop: Shop,
) -> None:
    number = shop.sells()
    shop.store.delete_product(MUG)

    shop.pull()

    assert shop.state(number) == ("blocked", "unmapped_listing")
    assert "Teh Tarik Mug" in (shop.order(number).message or "")


@pytest.mark.parametrize("gone", ["TEE-RED-S", "its parent"])
def test_posted_orders_of_a_deleted_variation_keep_their_listing(shop: Shop, gone: str) -> None:
    number = shop.sells("TEE-RED-S")
    shop.pull()
    before = shop.order(number).lines[0].listing_id, shop.stock("TEE-RED-S")
    parent = shop.store.product("TEE-RED-S")["parent_id"]
    shop.store.advance(60)
    shop.store.delete_product(gone if gone == "TEE-RED-S" else parent)
    shop.store.saved(shop.store.orders[number])

    shop.pull()

    assert shop.state(number) == ("synced", None)
    assert (shop.order(number).lines[0].listing_id, shop.stock("TEE-RED-S")) == before
    assert shop.is_clean()
