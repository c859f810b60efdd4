"""Shopee's listings: every status but deleted, models by name, deep lists to their end."""

from decimal import Decimal
from typing import Any

from platforms.base import RemoteListing, StockKeeping
from platforms.shopee import catalogue
from platforms.shopee.catalogue import model_name, seller_pieces, stock_keeping
from tests.platforms.shopee_shop import client_of, shop


def listed(sandbox: Any) -> dict[str, RemoteListing]:
    pages = list(catalogue.catalogue(client_of(sandbox)))
    listings = [listing for page in pages for listing in page]
    assert len({each.key for each in listings}) == len(listings)
    return {each.sku or each.name: each for each in listings}


def test_an_item_without_models_is_a_listing() -> None:
    with shop() as sandbox:
        found = listed(sandbox)["BASKET-RATTAN"]

        item, _ = sandbox.store.products.find("BASKET-RATTAN")
        assert found.key == str(item.item_id)
        assert found.parent_key is None
        assert found.name == "Rattan Basket"
        assert found.price == Decimal(89)
        assert found.quantity == sandbox.store.products.stock("BASKET-RATTAN")
        assert found.stock_keeping is StockKeeping.OWN
        assert found.status == "NORMAL"
        assert found.modified_at is not None


def test_each_model_is_a_listing_named_by_its_options() -> None:
    with shop() as sandbox:
        found = listed(sandbox)["TEE-RED-S"]

        item, model = sandbox.store.products.find("TEE-RED-S")
        assert found.key == f"{item.item_id}:{model.model_id}"
        assert found.parent_key == str(item.item_id)
        assert found.name == "Kampung Tee, Red, S"


def test_hidden_and_banned_items_are_listed_with_their_status_and_deleted_ones_are_not() -> None:
    with shop() as sandbox:
        products = sandbox.store.products
        products.set_status("BASKET-RATTAN", "UNLIST")
        products.set_status("CUSHION-BATIK", "BANNED")
        products.set_status("LAMP-BRASS", "SELLER_DELETE")

        found = listed(sandbox)

        assert found["BASKET-RATTAN"].status == "UNLIST"
        assert found["CUSHION-BATIK"].status == "BANNED"
        assert "LAMP-BRASS" not in found


def test_a_list_that_is_too_deep_is_read_in_windows_of_time() -> None:
    with shop(products=330) as sandbox:
        everything = set(listed(sandbox))
        for number, item in enumerate(sandbox.store.products.items.values()):
            item.updated = 1_700_000_000 + number * 1000
        sandbox.store.products.offset_limit = 100
        sandbox.store.products.offered_offsets = NoneOffered()

        assert set(listed(sandbox)) == everything


class NoneOffered(set[int]):
    """A store that refuses deep offsets though it named them itself."""

    def __contains__(self, offset: object) -> bool:
        return False


def test_an_import_takes_two_calls_for_a_hundred_items_and_one_for_each_with_models() -> None:
    with shop(products=200) as sandbox:
        items = sandbox.store.products.items.values()

        listed(sandbox)

        counts = sandbox.log.counts()
        assert counts["GET /product/get_item_list"] == -(-len(items) // 100)
        assert counts["GET /product/get_item_base_info"] <= -(-len(items) // 100) * 2
        assert counts["GET /product/get_model_list"] == sum(item.has_model for item in items)


def test_what_shopee_keeps_in_its_own_warehouse_cannot_be_set() -> None:
    by_shopee = {"is_fulfillment_by_shopee": True, "stock_info_v2": {"seller_stock": []}}
    only_there = {"stock_info_v2": {"seller_stock": [], "shopee_stock": [{"stock": 4}]}}
    ours = {"stock_info_v2": {"seller_stock": [{"stock": 2}], "shopee_stock": [{"stock": 4}]}}

    assert stock_keeping({}, by_shopee) is StockKeeping.NONE
    assert stock_keeping(by_shopee, ours) is StockKeeping.NONE
    assert stock_keeping({}, only_there) is StockKeeping.NONE
    assert stock_keeping({}, ours) is StockKeeping.OWN
    assert seller_pieces(ours) == 2


def test_pieces_are_those_of_the_places_from_which_they_are_sold() -> None:
    places = [{"stock": 2}, {"stock": 3, "if_saleable": True}, {"stock": 9, "if_saleable": False}]

    assert seller_pieces({"stock_info_v2": {"seller_stock": places}}) == 5


def test_options_are_named_by_either_table_or_else_by_the_models_own_name() -> None:
    older = {"tier_variation": [{"name": "Colour", "option_list": [{"option": "Red"}]}]}
    newer = {
        "standardise_tier_variation": [
            {"variation_option_list": [{"variation_option_name": "Rot"}]},
        ]
    }

    assert model_name({"tier_index": [0]}, older) == "Red"
    assert model_name({"tier_index": [0]}, newer) == "Rot"
    assert model_name({"tier_index": [4], "model_name": "Red"}, older) == "Red"
    assert model_name({"model_name": "Blue"}, {}) == "Blue"
