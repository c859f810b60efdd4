"""Errors are answered with the bytes, statuses and headers that a real store was seen to send."""

import json
from pathlib import Path
from typing import Any

import pytest

from platforms.sandbox.woocommerce import StoreSettings, open_sandbox
from tests.sandbox.caller import Caller

PAYLOADS = Path(__file__).parents[1] / "payloads" / "woocommerce"
CALLS = {
    call["file"]: call
    for call in json.loads((PAYLOADS / "index.json").read_bytes())
    if call.get("file")
}
READ_WRITE = [
    "250-err-unknown-order.json",
    "251-err-order-id-is-product.json",
    "252-err-unknown-refunds-parent.json",
    "253-err-per-page-0.json",
    "254-err-per-page-101.json",
    "255-err-per-page-text.json",
    "256-err-page-0.json",
    "257-err-invalid-date.json",
    "258-err-date-only.json",
    "259-err-invalid-orderby.json",
    "260-err-invalid-status.json",
    "262-err-no-route.json",
    "263-err-no-route-2.json",
    "264-err-method.json",
    "265-err-malformed-json.json",
    "266-err-delete-no-force-refund.json",
    "269-err-invalid-email.json",
    "216-orders-batch-101.json",
    "218-products-batch-101.json",
    "219-products-batch-create-100-limit-mixed.json",
    "222-products-batch-empty.json",
    "224-product-update-stock-float.json",
    "227-product-update-price-number.json",
]


@pytest.mark.parametrize("file", READ_WRITE)
def test_a_refused_request_is_answered_byte_for_byte(file: str) -> None:
    captured = CALLS[file]
    with open_sandbox(https=True, settings=StoreSettings(), with_cases=True) as sandbox:
        caller = Caller(sandbox)
        # The captured shop's order 88 is the first case here.
        path = captured["path"].replace("/orders/88/", f"/orders/{sandbox.cases['1']}/")

        answer = caller.call(
            captured["method"],
            path,
            root="",
            params=captured["query"],
            data=_body(captured),
            headers={"Content-Type": "application/json"},
        )
        caller.close()

    assert answer.content == (PAYLOADS / file).read_bytes()
    assert answer.status_code == captured["status"]
    assert answer.headers.get("Allow") == captured["headers"].get("Allow")
    assert answer.headers["Content-Type"] == captured["headers"]["Content-Type"]


def _body(captured: dict[str, Any]) -> bytes | None:
    if "request_file" in captured:
        return (PAYLOADS / captured["request_file"]).read_bytes()
    raw = captured.get("request_raw")
    return None if raw is None else str(raw).encode()


def test_faults_of_batch_items_are_answered_in_their_place(shop: Caller) -> None:
    mug = shop.get("/products", sku="MUG-TEHTARIK")[0]["id"]
    tee = shop.get("/products", sku="TEE")[0]
    variation = tee["variations"][0]
    real = json.loads((PAYLOADS / "217-products-batch-update.json").read_bytes())["update"]

    answers = shop.post(
        "/products/batch",
        update=[
            {"id": mug, "stock_quantity": 480},
            {"id": 123456789, "stock_quantity": 1},
            {"id": variation, "stock_quantity": 33},
            {"sku": "MUG-TEHTARIK", "stock_quantity": 5},
        ],
    )["update"]

    assert answers[0]["stock_quantity"] == 480
    assert answers[1] == real[2]
    assert answers[2] == {**real[4], "id": variation}
    assert answers[3] == real[5]


def test_variations_of_another_parent_fail_one_by_one(shop: Caller) -> None:
    tee = shop.get("/products", sku="TEE")[0]
    scarf = shop.get("/products", sku="SCARF")[0]["variations"][0]
    real = json.loads((PAYLOADS / "220-variations-batch-update.json").read_bytes())["update"]

    answers = shop.post(
        f"/products/{tee['id']}/variations/batch",
        update=[{"id": 777777, "stock_quantity": 1}, {"id": scarf, "stock_quantity": 9}],
    )["update"]

    assert answers == [real[2], {**real[3], "id": scarf}]


def test_faults_of_an_orders_batch_are_answered_in_their_place(busy_shop: Caller) -> None:
    order_id = busy_shop.sandbox.cases["1"]
    real = json.loads((PAYLOADS / "215-orders-batch-mixed.json").read_bytes())

    answers = busy_shop.post(
        "/orders/batch",
        create=[{"line_items": [{"product_id": 15, "quantity": 1}]}],
        update=[{"id": order_id, "meta_data": [{"key": "_b", "value": 1}]}, {"id": 99999999}],
        delete=[99999998],
    )

    assert list(answers) == ["create", "update", "delete"]
    assert answers["create"][0]["status"] == "pending"
    meta = {entry["key"]: entry["value"] for entry in answers["update"][0]["meta_data"]}
    assert meta["_b"] == "1"
    assert answers["update"][1] == real["update"][1]
    assert answers["delete"] == real["delete"]


def test_a_sku_is_unique_whatever_the_case_of_its_letters(shop: Caller) -> None:
    answers = shop.post("/products/batch", create=[{"name": "dup", "sku": "mug-tehtarik"}])

    error = answers["create"][0]["error"]
    owner = shop.get("/products", sku="MUG-TEHTARIK")[0]["id"]
    assert answers["create"][0]["id"] == 0
    assert error["code"] == "product_invalid_sku"
    assert error["data"] == {"status": 400, "resource_id": owner, "unique_sku": "mug-tehtarik-1"}


def test_the_sku_of_a_trashed_product_cannot_be_used(shop: Caller) -> None:
    mug = shop.get("/products", sku="MUG-TEHTARIK")[0]["id"]
    shop.call("DELETE", f"/products/{mug}")

    refused = shop.error("POST", "/products", json={"name": "Mug", "sku": "MUG-TEHTARIK"})

    assert refused == (400, "woocommerce_rest_product_not_created")
    assert shop.get(f"/products/{mug}")["status"] == "trash"


def test_a_coupon_that_does_not_exist_is_named(shop: Caller) -> None:
    real = json.loads((PAYLOADS / "268-err-bad-coupon.json").read_bytes())
    body = {"line_items": [{"product_id": 15}], "coupon_lines": [{"code": "nope"}]}

    answer = shop.call("POST", "/orders", json=body)

    assert answer.status_code == 400
    error = answer.json()
    assert isinstance(error["data"].pop("new_draft_order_id"), int)
    del real["data"]["new_draft_order_id"]
    assert error == real


def test_an_order_for_an_unknown_product_is_taken_with_an_empty_line(shop: Caller) -> None:
    real = json.loads((PAYLOADS / "267-err-unknown-product-line.json").read_bytes())

    served = shop.post("/orders", line_items=[{"product_id": 987654, "quantity": 1}])

    line, wanted = served["line_items"][0], real["line_items"][0]
    for member in ("name", "product_id", "sku", "global_unique_id", "price", "image", "total"):
        assert line[member] == wanted[member]
    for member in ("total", "needs_payment", "needs_processing", "is_editable", "status"):
        assert served[member] == real[member]


@pytest.mark.parametrize(
    ("method", "path", "body", "wanted"),
    [
        ("PUT", "/orders/999999", {}, (400, "woocommerce_rest_shop_order_invalid_id")),
        ("DELETE", "/orders/999999", None, (404, "woocommerce_rest_shop_order_invalid_id")),
        ("PUT", "/products/999999", {}, (400, "woocommerce_rest_product_invalid_id")),
        ("GET", "/products/999999", None, (404, "woocommerce_rest_product_invalid_id")),
        ("GET", "/orders/999999/notes", None, (404, "woocommerce_rest_order_invalid_id")),
        ("POST", "/orders/999999/refunds", {}, (404, "woocommerce_rest_invalid_order_id")),
        ("POST", "/orders", {"id": 5}, (400, "woocommerce_rest_shop_order_exists")),
        ("POST", "/orders", {"status": "trash"}, (400, "rest_invalid_param")),
        (
            "POST",
            "/orders",
            {"customer_id": 12345},
            (400, "woocommerce_rest_invalid_customer_id"),
        ),
        (
            "POST",
            "/orders",
            {"line_items": [{"quantity": 1}]},
            (400, "woocommerce_rest_required_product_reference"),
        ),
        (
            "POST",
            "/orders",
            {"line_items": [{"product_id": 15, "quantity": 1.5}]},
            (400, "rest_invalid_param"),
        ),
        (
            "POST",
            "/orders",
            {"shipping_lines": [{"method_title": "x", "total": 5.5}]},
            (400, "rest_invalid_param"),
        ),
        ("POST", "/orders/1/notes", {}, (400, "rest_missing_callback_param")),
        (
            "POST",
            "/webhooks",
            {"topic": "x.y"},
            (400, "woocommerce_rest_shop_webhook_invalid_topic"),
        ),
        ("DELETE", "/webhooks/9", None, (404, "woocommerce_rest_shop_webhook_invalid_id")),
        ("GET", "/products?type=variation", None, (400, "rest_invalid_param")),
        ("PUT", "/orders/1/notes/2", {}, (404, "rest_no_route")),
    ],
)
def test_a_request_that_does_not_fit_gets_its_own_code(
    shop: Caller, method: str, path: str, body: Any, wanted: tuple[int, str]
) -> None:
    assert shop.error(method, path, json=body) == wanted


def test_a_json_body_without_its_content_type_is_not_read(busy_shop: Caller) -> None:
    order_id = busy_shop.sandbox.cases["1"]
    body = json.dumps({"status": "completed"}).encode()

    answer = busy_shop.call("PUT", f"/orders/{order_id}", data=body)

    assert (answer.status_code, answer.json()["status"]) == (200, "processing")


def test_unknown_arguments_are_ignored(busy_shop: Caller) -> None:
    assert len(busy_shop.get("/orders", foo="bar", per_page=1)) == 1
