"""The sandbox serves the members and JSON types that a real store was seen to serve."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.caller import Caller

PAYLOADS = Path(__file__).parents[1] / "payloads" / "woocommerce"

# Documented to hold null, or a number where a shop has it and "" where not.
NULLABLE = {
    "date_modified",
    "date_modified_gmt",
    "date_completed",
    "date_paid",
    "date_completed_gmt",
    "date_paid_gmt",
    "sku",
    "global_unique_id",
    "parent_name",
    "stock_quantity",
    "low_stock_amount",
    "manage_stock",
    "id",
}
# Values of any type, and objects whose keys are data.
OPEN = {"value", "display_value"}


def _payload(name: str) -> Any:
    return json.loads((PAYLOADS / name).read_bytes())


def _captured_orders() -> list[dict[str, Any]]:
    found = _payload("106-orders-page1.json")
    for file in sorted(PAYLOADS.glob("1*-order-*.json")):
        value = _payload(file.name)
        if isinstance(value, dict):
            found.append(value)
    return found


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    return type(value).__name__


def differences(real: Any, served: Any, path: str = "") -> Iterator[str]:
    """Sentences about members that are missing, extra or of another type."""
    name = path.rpartition(".")[2]
    if name in OPEN:
        return
    if _kind(real) != _kind(served):
        if name not in NULLABLE:
            yield f"{path}: {_kind(served)} instead of {_kind(real)}"
    elif isinstance(real, dict):
        if list(real) != list(served):
            missing, extra = set(real) - set(served), set(served) - set(real)
            yield f"{path}: missing {missing}, extra {extra}, or in another order"
        for key in real.keys() & served.keys():
            yield from differences(real[key], served[key], f"{path}.{key}")
    elif isinstance(real, list) and real and served:
        for item in served:
            yield from differences(real[0], item, path)


def _with_full_lists(orders: list[dict[str, Any]]) -> dict[str, Any]:
    """One captured order, its empty lists filled from the others."""
    whole = dict(orders[0])
    for order in orders:
        for key, value in order.items():
            if isinstance(value, list) and value and not whole[key]:
                whole[key] = value
    return whole


def test_every_order_has_the_members_and_types_of_the_captured_ones(busy_shop: Caller) -> None:
    real = _with_full_lists(_captured_orders())

    served = busy_shop.get("/orders", per_page=100)

    assert len(served) == 80
    found = {fault for order in served for fault in differences(real, order)}
    assert not found
    lists = [key for key, value in real.items() if isinstance(value, list)]
    assert all(any(order[key] for order in served) for key in lists)


def test_an_order_alone_is_the_one_of_the_list(busy_shop: Caller) -> None:
    for listed in busy_shop.get("/orders", per_page=5):
        assert busy_shop.get(f"/orders/{listed['id']}") == listed


@pytest.mark.parametrize(
    "capture",
    ["174-order-refunds-rf-partial-qty.json", "302-order-refunds-rf-full-with-lines.json"],
)
def test_refunds_have_the_members_and_types_of_the_captured_ones(
    busy_shop: Caller, capture: str
) -> None:
    order_id = busy_shop.sandbox.cases["4"]
    real = _payload(capture)[0]
    real["shipping_lines"] = _payload("302-order-refunds-rf-full-with-lines.json")[0][
        "shipping_lines"
    ]

    (served,) = busy_shop.get(f"/orders/{order_id}/refunds")

    assert not list(differences(real, served))
    assert served["shipping_lines"]


def test_a_refund_in_the_shop_wide_list_adds_only_its_order(busy_shop: Caller) -> None:
    order_id = busy_shop.sandbox.cases["4"]

    (listed,) = busy_shop.get("/refunds", parent=order_id)

    (own,) = busy_shop.get(f"/orders/{order_id}/refunds")
    assert listed == {**own, "parent_id": order_id}


def test_notes_have_the_members_and_types_of_the_captured_ones(busy_shop: Caller) -> None:
    order_id = busy_shop.sandbox.cases["4"]

    served = busy_shop.get(f"/orders/{order_id}/notes")

    assert served
    assert not list(differences(_payload("188-order-notes.json"), served))


def test_products_have_the_members_and_types_of_the_captured_ones(shop: Caller) -> None:
    simple = _payload("194-product-simple.json")
    variable = _payload("195-product-variable.json")

    served = shop.get("/products", per_page=100)

    kinds = {product["type"] for product in served}
    assert kinds == {"simple", "variable"}
    for product in served:
        real = variable if product["type"] == "variable" else simple
        assert not list(differences(real, product)), product["name"]


def test_variations_have_the_members_and_types_of_the_captured_ones(shop: Caller) -> None:
    parent = shop.get("/products", sku="TEE")[0]

    served = shop.get(f"/products/{parent['id']}/variations", per_page=100)

    assert len(served) == 6
    assert not list(differences(_payload("196-variations-list.json"), served))


def test_variations_made_by_the_captured_batch_are_answered_as_captured(shop: Caller) -> None:
    request = _payload("012-variations-batch.request.json")
    options = [{"name": "Size", "options": ["S", "M", "L"], "variation": True}]
    parent = shop.post("/products", name="Variable Tee", type="variable", attributes=options)

    made = shop.post(f"/products/{parent['id']}/variations/batch", **request)

    real = _payload("012-variations-batch.json")
    assert not list(differences(real, made))
    data = ("sku", "name", "price", "stock_quantity", "manage_stock", "tax_class", "attributes")
    for served, wanted in zip(made["create"], real["create"], strict=True):
        assert {key: served[key] for key in data} == {key: wanted[key] for key in data}
    assert shop.get(f"/products/{parent['id']}")["price"] == "21.00"


def test_a_written_product_says_what_the_captured_answer_says(shop: Caller) -> None:
    mug = shop.get("/products", sku="MUG-TEHTARIK")[0]

    served = shop.put(f"/products/{mug['id']}", stock_quantity="12")

    assert not list(differences(_payload("284-product-update-stock-string.json"), served))


def test_webhooks_have_the_members_and_types_of_the_captured_ones(shop: Caller) -> None:
    request = _payload("274-webhook-create-order-updated.request.json")
    request["delivery_url"] = "http://127.0.0.1:9/nobody"

    served = shop.post("/webhooks", **request)

    assert not list(differences(_payload("274-webhook-create-order-updated.json"), served))
    real = {hook["topic"]: hook["hooks"] for hook in _payload("279-webhooks-list.json")}
    assert served["hooks"] == real["order.updated"]


def test_the_currency_has_the_members_of_the_captured_one(shop: Caller) -> None:
    served = shop.get("/data/currencies/current")

    assert not list(differences(_payload("210-currencies-current.json"), served))
    assert served["code"] == "MYR"


def test_the_system_status_has_the_members_that_a_client_reads(shop: Caller) -> None:
    real = _payload("206-system-status.json")

    served = shop.get("/system_status")

    for part in ("environment", "settings"):
        shared = {key: real[part][key] for key in served[part]}
        assert not list(differences(shared, served[part], part))


def test_the_body_is_written_as_php_writes_it(busy_shop: Caller) -> None:
    body = busy_shop.call("GET", "/orders", params={"per_page": 100}).content

    assert b"http:\\/\\/" in body or b"https:\\/\\/" in body
    assert body.isascii()
    assert b'": ' not in body
