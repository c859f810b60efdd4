"""Both local stores sell from one shelf: the same stock items, listed in their own ways."""

import random
from datetime import UTC, datetime

import pytest

from platforms.sandbox.goods import MappingRow, StockRow
from platforms.sandbox.shopee.settings import REGIONS, ShopSettings
from platforms.sandbox.shopee.shop_goods import Shelves, furnish
from platforms.sandbox.shopee.world import ShopeeStore
from platforms.sandbox.woocommerce import shop
from platforms.sandbox.woocommerce.settings import StoreSettings
from platforms.sandbox.woocommerce.world import WooStore

AT = datetime(2026, 1, 1, tzinfo=UTC)


def shopee_shelves(store: ShopeeStore | None = None, *, extra: int = 3) -> Shelves:
    store = store or ShopeeStore(ShopSettings())
    return furnish(store, extra=extra, dice=random.Random(1), at=AT)


def woo_shop() -> shop.Shop:
    return shop.furnish(WooStore(StoreSettings(), seed=1), extra=3, dice=random.Random(1), at=AT)


def test_what_one_store_sells_the_other_sells_too() -> None:
    ours, theirs = shopee_shelves().stock_rows, woo_shop().stock_rows

    assert set(theirs) <= set(ours)
    assert {sku for sku, _, _ in set(ours) - set(theirs)} == {
        "SAMBAL-TRIO",
        "BAG-BATIK",
        "POUCH-GIFT",
    }


@pytest.mark.parametrize("of", [shopee_shelves, woo_shop], ids=["shopee", "woocommerce"])
def test_every_listing_stands_for_stock_items_that_are_there(of: object) -> None:
    assert callable(of)
    furnished = of()
    stock: list[StockRow] = furnished.stock_rows
    mapping: list[MappingRow] = furnished.mapping_rows
    skus = {sku for sku, _, _ in stock}

    assert len(skus) == len(stock)
    assert {row["sku"] for row in mapping if row["ignore"] == ""} == skus
    assert [row["listing_sku"] for row in mapping if row["ignore"]] == ["GIFTCARD-50"]


def test_every_listing_of_the_store_has_a_mapping_row() -> None:
    store = ShopeeStore(ShopSettings())
    shelves = shopee_shelves(store)

    listings = [
        f"{item.item_id}:{model_id}" if model_id else str(item.item_id)
        for item in store.products.items.values()
        for model_id in item.models
    ]
    assert list(dict.fromkeys(row["listing_id"] for row in shelves.mapping_rows)) == listings
    gift_set = [row for row in shelves.mapping_rows if row["listing_sku"] == "GIFT-KOPITIAM"]
    assert [(row["sku"], row["quantity"]) for row in gift_set] == [
        ("MUG-TEHTARIK", "2"),
        ("COASTER-KOPI", "1"),
    ]
    assert set(shelves.sellable) < set(listings)


@pytest.mark.parametrize("region", REGIONS)
def test_prices_are_whole_where_the_market_lists_whole_prices(region: str) -> None:
    store = ShopeeStore(ShopSettings(region=region))
    shopee_shelves(store)

    prices = [m.price for item in store.products.items.values() for m in item.models.values()]
    assert all(price > 0 for price in prices)
    assert any(price % 1 for price in prices) is (region in ("MY", "SG"))
