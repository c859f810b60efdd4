"""The catalogue is served as the reference pages say, and strictly."""

import json
from typing import Any

import pytest

from platforms.sandbox.shopee import Sandbox
from platforms.sandbox.shopee.catalogue import NewModel
from tests.sandbox.shopee.caller import Caller


def listed(shop: Caller, **params: Any) -> Any:
    return shop.get("/product/get_item_list", **params)


def test_a_list_needs_a_status_and_knows_only_the_six(shop: Caller) -> None:
    for sent in ({}, {"item_status": "SOLD_OUT"}):
        error, _ = shop.refused("GET", "/product/get_item_list", offset=0, page_size=10, **sent)
        assert error == "product.error_param"


def test_statuses_are_asked_for_by_repeating_the_key(sandbox: Sandbox, shop: Caller) -> None:
    products = sandbox.store.products
    products.set_status("LAMP-BRASS", "BANNED")
    products.set_status("BASKET-RATTAN", "UNLIST")

    both = listed(shop, offset=0, page_size=100, item_status=["BANNED", "UNLIST"])
    joined = shop.refused(
        "GET", "/product/get_item_list", offset=0, page_size=10, item_status="BANNED,UNLIST"
    )

    assert [(row["item_status"], row["tag"]) for row in both["item"]] == [
        ("UNLIST", {"kit": False}),
        ("BANNED", {"kit": False}),
    ]
    assert joined[0] == "product.error_param"


def test_pages_follow_next_offset_until_there_is_no_more(sandbox: Sandbox, shop: Caller) -> None:
    sandbox.store.products.add_item("Gone", price="1", status="SELLER_DELETE")
    found: list[int] = []
    offset: int | None = 0
    while offset is not None:
        page = listed(shop, offset=offset, page_size=7, item_status="NORMAL")
        found += [row["item_id"] for row in page["item"]]
        offset = page.get("next_offset")
        assert page["has_next_page"] is (offset is not None)

    normal = [i.item_id for i in sandbox.store.products.items.values() if i.status == "NORMAL"]
    assert found == normal
    assert page["total_count"] == len(normal)


def test_a_page_has_a_hundred_rows_at_most(shop: Caller) -> None:
    error, message = shop.refused(
        "GET", "/product/get_item_list", offset=0, page_size=101, item_status="NORMAL"
    )

    assert error == "product.error_param"
    assert "page_size must be 100 or less" in message


def test_deep_offsets_are_refused_save_where_a_page_pointed(sandbox: Sandbox, shop: Caller) -> None:
    sandbox.store.products.offset_limit = 5
    asked = {"page_size": 10, "item_status": "NORMAL"}

    refused = shop.refused("GET", "/product/get_item_list", offset=10, **asked)
    pointed = listed(shop, offset=0, **asked)["next_offset"]
    followed = listed(shop, offset=pointed, **asked)

    assert refused == ("error_param", "get items offset over limit, please use the next field")
    assert followed["item"]


def test_a_list_can_be_cut_by_the_time_of_the_last_edit(sandbox: Sandbox, shop: Caller) -> None:
    store = sandbox.store
    store.products.set_price("MUG-TEHTARIK", "26.00")
    item, _ = store.products.find("MUG-TEHTARIK")

    page = listed(
        shop, offset=0, page_size=100, item_status="NORMAL", update_time_from=item.updated
    )
    wrong = shop.refused(
        "GET",
        "/product/get_item_list",
        offset=0,
        page_size=1,
        item_status="NORMAL",
        update_time_from=10,
        update_time_to=10,
    )

    assert [row["item_id"] for row in page["item"]] == [item.item_id]
    assert wrong[0] == "error_update_time_range"


@pytest.mark.parametrize("form", ["comma", "repeated", "bracketed", "key with brackets"])
def test_ids_come_in_every_form_that_is_met(sandbox: Sandbox, shop: Caller, form: str) -> None:
    ids = list(sandbox.store.products.items)[:3]
    sent: dict[str, Any] = {
        "comma": {"item_id_list": ",".join(map(str, ids))},
        "repeated": {"item_id_list": ids},
        "bracketed": {"item_id_list": json.dumps(ids, separators=(",", ":"))},
        "key with brackets": {"item_id_list[]": ids},
    }[form]

    found = shop.get("/product/get_item_base_info", **sent)["item_list"]

    assert [item["item_id"] for item in found] == ids


def test_price_and_stock_stand_at_the_item_only_without_models(
    sandbox: Sandbox, shop: Caller
) -> None:
    products = sandbox.store.products
    mug, tee = products.find("MUG-TEHTARIK")[0], products.find("TEE-RED-S")[0]

    plain, varied = shop.get(
        "/product/get_item_base_info", item_id_list=f"{mug.item_id},{tee.item_id}"
    )["item_list"]

    assert (plain["has_model"], plain["item_sku"]) == (False, "MUG-TEHTARIK")
    assert plain["price_info"] == [
        {"currency": "MYR", "original_price": 24.5, "current_price": 24.5}
    ]
    assert plain["stock_info_v2"]["seller_stock"] == [{"stock": 5000, "if_saleable": True}]
    assert varied["has_model"] is True
    assert not {"price_info", "stock_info_v2"} & set(varied)


def test_unknown_ids_are_left_out_and_fifty_are_the_most(sandbox: Sandbox, shop: Caller) -> None:
    known = next(iter(sandbox.store.products.items))

    found = shop.get("/product/get_item_base_info", item_id_list=f"1,{known},2")["item_list"]
    none = shop.refused("GET", "/product/get_item_base_info", item_id_list="1,2")
    many = shop.refused(
        "GET", "/product/get_item_base_info", item_id_list=",".join(map(str, range(51)))
    )

    assert [item["item_id"] for item in found] == [known]
    assert none == ("error_item_not_found", "Product not found")
    assert many[0] == "product.error_param"


def test_models_name_their_place_in_the_tiers(sandbox: Sandbox, shop: Caller) -> None:
    tee = sandbox.store.products.find("TEE-RED-S")[0]

    shown = shop.get("/product/get_model_list", item_id=tee.item_id)

    tiers = [(t["name"], [o["option"] for o in t["option_list"]]) for t in shown["tier_variation"]]
    assert tiers == [("Colour", ["Red", "Navy"]), ("Size", ["S", "M", "L"])]
    navy_m = next(m for m in shown["model"] if m["model_sku"] == "TEE-NAVY-M")
    assert navy_m["tier_index"] == [1, 1]
    assert navy_m["price_info"][0]["current_price"] == 50


def test_models_may_be_stated_one_by_one_and_a_kit_says_that_it_is_one(
    sandbox: Sandbox, shop: Caller
) -> None:
    item_id = sandbox.store.products.add_item(
        "Picnic Set",
        price="120.00",
        sku="PICNIC",
        stock=3,
        options={"Size": ["Small", "Large"]},
        models=[NewModel(option=("Large",), sku="PICNIC-XL", price="150.00", stock=1)],
        kit=True,
    )

    [model] = shop.get("/product/get_model_list", item_id=item_id)["model"]
    [info] = shop.get("/product/get_item_base_info", item_id_list=item_id)["item_list"]

    assert (model["model_sku"], model["tier_index"]) == ("PICNIC-XL", [1])
    assert model["price_info"][0]["current_price"] == 150
    assert model["stock_info_v2"]["seller_stock"][0]["stock"] == 1
    assert info["tag"] == {"kit": True}


def test_an_item_without_models_has_an_empty_model_list(sandbox: Sandbox, shop: Caller) -> None:
    mug = sandbox.store.products.find("MUG-TEHTARIK")[0]

    shown = shop.get("/product/get_model_list", item_id=mug.item_id)

    assert shown["model"] == shown["tier_variation"] == []


def test_a_promotion_shows_its_reserved_pieces_and_a_long_id(
    sandbox: Sandbox, shop: Caller
) -> None:
    products = sandbox.store.products
    products.start_promotion("TEE-RED-M", reserved=12)
    tee, model = products.find("TEE-RED-M")

    text = shop.call("GET", "/product/get_model_list", params={"item_id": tee.item_id}).text
    shown = json.loads(text)["response"]["model"]

    promoted = next(m for m in shown if m["model_id"] == model.model_id)
    assert promoted["stock_info_v2"]["summary_info"] == {
        "total_reserved_stock": 12,
        "total_available_stock": 4988,
    }
    assert promoted["promotion_id"] > 2**63
    assert [m["has_promotion"] for m in shown].count(True) == 1


def test_the_limits_have_a_key_beside_the_response(shop: Caller) -> None:
    envelope = shop.call("GET", "/product/get_item_limit").json()

    assert envelope["response"]["stock_limit"] == {"min_limit": 0, "max_limit": 10_000_000}
    assert "gtin_limit" in envelope


def test_only_a_shop_with_warehouses_may_ask_for_them(sandbox: Sandbox, shop: Caller) -> None:
    refused = shop.refused("GET", "/shop/get_warehouse_detail")
    sandbox.store.products.open_warehouses(["MYZ", "SGZ"])

    warehouses = shop.get("/shop/get_warehouse_detail")

    assert refused == (
        "warehouse.error_not_in_whitelist",
        "Your shop is not in multi-warehouse whitelist.",
    )
    assert [warehouse["location_id"] for warehouse in warehouses] == ["MYZ", "SGZ"]
