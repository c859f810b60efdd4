"""Writing stock: what is set, what is coerced, and what is silently dropped."""

from typing import Any

import pytest

from platforms.sandbox.woocommerce import Sandbox
from tests.sandbox.caller import Caller


def _product(sandbox: Sandbox, stock: int | None = 10) -> int:
    return sandbox.store.add_product("Thing", price="10.00", sku="THING", stock=stock)


@pytest.mark.parametrize(
    ("sent", "quantity"), [(4, 4), ("7", 7), (-3, -3), (None, 0), (0, 0), (7.0, 7)]
)
def test_a_single_write_sets_the_quantity(shop: Caller, sent: Any, quantity: int) -> None:
    product_id = _product(shop.sandbox)

    served = shop.put(f"/products/{product_id}", stock_quantity=sent)

    state = "instock" if quantity > 0 else "outofstock"
    assert (served["stock_quantity"], served["stock_status"]) == (quantity, state)


@pytest.mark.parametrize("sent", [2.5, "abc", "2.5", True])
def test_a_single_write_refuses_what_is_no_whole_number(shop: Caller, sent: Any) -> None:
    product_id = _product(shop.sandbox)

    refused = shop.error("PUT", f"/products/{product_id}", json={"stock_quantity": sent})

    assert refused == (400, "rest_invalid_param")
    assert shop.get(f"/products/{product_id}")["stock_quantity"] == 10


@pytest.mark.parametrize(
    ("sent", "quantity"), [(7.5, 7), ("abc", 0), ("", 0), (True, 1), (None, 10), ("12", 12)]
)
def test_a_batch_coerces_without_a_word(shop: Caller, sent: Any, quantity: int) -> None:
    product_id = _product(shop.sandbox)

    answers = shop.post("/products/batch", update=[{"id": product_id, "stock_quantity": sent}])

    assert answers["update"][0]["stock_quantity"] == quantity


def test_in_the_older_version_null_in_a_batch_is_zero(shop: Caller) -> None:
    shop.sandbox.store.configure(null_in_batch_is_zero=True)
    product_id = _product(shop.sandbox)

    answers = shop.post("/products/batch", update=[{"id": product_id, "stock_quantity": None}])

    assert answers["update"][0]["stock_quantity"] == 0


@pytest.mark.parametrize("in_batch", [False, True])
def test_a_product_that_manages_no_stock_drops_the_quantity(shop: Caller, in_batch: bool) -> None:
    product_id = _product(shop.sandbox, stock=None)

    if in_batch:
        update = [{"id": product_id, "stock_quantity": 9}]
        served = shop.post("/products/batch", update=update)["update"][0]
    else:
        served = shop.put(f"/products/{product_id}", stock_quantity=9)

    assert (served["manage_stock"], served["stock_quantity"]) == (False, None)


def test_switching_management_on_sets_the_quantity(shop: Caller) -> None:
    product_id = _product(shop.sandbox, stock=None)

    served = shop.put(f"/products/{product_id}", manage_stock=True, stock_quantity=9)

    assert (served["manage_stock"], served["stock_quantity"]) == (True, 9)


def test_the_stock_status_is_derived_whatever_is_sent(shop: Caller) -> None:
    product_id = _product(shop.sandbox)

    served = shop.put(f"/products/{product_id}", stock_quantity=5, stock_status="outofstock")

    assert served["stock_status"] == "instock"


def test_backorders_make_nothing_left_a_waiting_list(shop: Caller) -> None:
    product_id = _product(shop.sandbox)

    served = shop.put(f"/products/{product_id}", backorders="notify", stock_quantity=-4)

    assert (served["stock_status"], served["backordered"]) == ("onbackorder", True)


def test_a_delta_works_only_without_a_quantity(shop: Caller) -> None:
    product_id = _product(shop.sandbox)

    assert shop.put(f"/products/{product_id}", inventory_delta=-2)["stock_quantity"] == 8
    both = shop.put(f"/products/{product_id}", inventory_delta=-2, stock_quantity=20)
    assert both["stock_quantity"] == 20


def test_a_variation_whose_parent_manages_drops_the_quantity(shop: Caller) -> None:
    scarf = shop.get("/products", sku="SCARF")[0]
    path = f"/products/{scarf['id']}/variations/{scarf['variations'][0]}"

    dropped = shop.put(path, stock_quantity=9)
    own = shop.put(path, manage_stock=True, stock_quantity=9)
    back = shop.put(path, manage_stock=False)

    assert (dropped["manage_stock"], dropped["stock_quantity"]) == ("parent", 5000)
    assert (own["manage_stock"], own["stock_quantity"]) == (True, 9)
    assert (back["manage_stock"], back["stock_quantity"]) == ("parent", 5000)
    assert shop.error("PUT", path, json={"manage_stock": "parent"}) == (400, "rest_invalid_param")


def test_a_variation_is_read_but_not_written_below_products(shop: Caller) -> None:
    tee = shop.get("/products", sku="TEE")[0]
    variation = tee["variations"][0]

    assert shop.get(f"/products/{variation}")["type"] == "variation"
    refused = shop.error("PUT", f"/products/{variation}", json={"stock_quantity": 1})
    assert refused == (404, "woocommerce_rest_invalid_product_id")


def test_the_batch_of_a_parent_sets_its_variations_in_order(shop: Caller) -> None:
    tee = shop.get("/products", sku="TEE")[0]
    update = [{"id": vid, "stock_quantity": n} for n, vid in enumerate(tee["variations"])]

    answers = shop.post(f"/products/{tee['id']}/variations/batch", update=update)["update"]

    assert [answer["stock_quantity"] for answer in answers] == list(range(6))
    assert [answer["id"] for answer in answers] == tee["variations"]


def test_a_write_moves_the_dates_of_a_variation_and_its_parent(shop: Caller) -> None:
    tee = shop.get("/products", sku="TEE")[0]
    path = f"/products/{tee['id']}/variations/{tee['variations'][0]}"

    written = shop.put(path)

    parent = shop.get(f"/products/{tee['id']}")
    assert written["date_modified_gmt"] == parent["date_modified_gmt"] > tee["date_modified_gmt"]


def test_a_price_with_a_comma_loses_it(shop: Caller) -> None:
    product_id = _product(shop.sandbox)

    single = shop.put(f"/products/{product_id}", regular_price="10,50")
    batch = shop.post("/products/batch", update=[{"id": product_id, "regular_price": 10.5}])

    assert single["regular_price"] == "1050"
    assert batch["update"][0]["regular_price"] == "10.5"


def test_the_list_leaves_out_variations_unless_their_sku_is_asked_for(shop: Caller) -> None:
    listed = shop.get("/products", per_page=100)
    tee = shop.get("/products", sku="TEE")[0]

    assert not {product["id"] for product in listed} & set(tee["variations"])
    found = shop.get("/products", sku="tee-red-m,MUG-TEHTARIK")
    assert {product["sku"] for product in found} == {"TEE-RED-M", "MUG-TEHTARIK"}
    assert shop.get("/products", include=tee["variations"][0]) == []
    assert shop.get("/products/999999/variations") == []


def test_variations_of_all_parents_come_with_10_3(shop: Caller) -> None:
    listed = shop.get("/variations", per_page=100)

    assert len(listed) == 8
    assert {row["parent_id"] for row in listed} == {
        product["id"] for product in shop.get("/products", type="variable")
    }
    shop.sandbox.store.configure(shop_wide_variations=False)
    assert shop.error("GET", "/variations") == (404, "rest_no_route")


def test_changed_products_are_found_by_date(shop: Caller) -> None:
    shop.sandbox.store.set_stock("MUG-TEHTARIK", 3)

    changed = shop.get("/products", modified_after="2026-06-01T00:00:00", dates_are_gmt="true")

    assert [product["sku"] for product in changed] == ["MUG-TEHTARIK"]


def test_a_page_past_the_end_of_products_keeps_the_total(shop: Caller) -> None:
    answer = shop.call("GET", "/products?page=9&per_page=10")

    assert (answer.json(), answer.headers["X-WP-Total"]) == ([], "14")


def test_a_hundred_items_fit_in_a_batch_and_one_more_does_not(shop: Caller) -> None:
    product_id = _product(shop.sandbox)
    items = [{"id": product_id, "stock_quantity": n} for n in range(100)]

    assert shop.post("/products/batch", update=items)["update"][99]["stock_quantity"] == 99
    refused = shop.error("POST", "/products/batch", json={"update": items, "delete": [1]})
    assert refused == (413, "woocommerce_rest_request_entity_too_large")
