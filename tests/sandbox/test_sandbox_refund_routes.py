"""Refunds over the wire: what is checked, what is not, and what a shop can see of them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.sandbox.woocommerce import Carriage, Sold
from tests.sandbox.caller import Caller

AT = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)


@pytest.fixture
def order(shop: Caller) -> Any:
    order_id = shop.sandbox.store.place_order(
        lines=[Sold(product="MUG-TEHTARIK", quantity=4)],
        shipping=[Carriage(total="8.00")],
        payment_method="bacs",
        at=AT,
    )
    return shop.get(f"/orders/{order_id}")


def _refund(shop: Caller, order: Any, **body: Any) -> Any:
    return shop.post(f"/orders/{order['id']}/refunds", api_refund=False, **body)


def _line(order: Any, **back: Any) -> dict[str, Any]:
    return {"id": order["line_items"][0]["id"], **back}


def test_the_amount_is_added_up_when_it_is_left_out(shop: Caller, order: Any) -> None:
    lines = [
        _line(order, quantity=1, refund_total=24.5, refund_tax=[{"id": 1, "refund_total": 1.47}]),
        {"id": order["shipping_lines"][0]["id"], "refund_total": 8},
    ]

    refund = _refund(shop, order, line_items=lines, reason="broken")

    line = refund["line_items"][0]
    assert refund["amount"] == "33.97"
    assert (line["quantity"], line["total"], line["total_tax"]) == (-1, "-24.50", "-1.47")
    assert line["price"] == 24.5
    assert line["meta_data"][0]["value"] == str(order["line_items"][0]["id"])
    assert refund["shipping_lines"][0]["total"] == "-8.00"
    summary = shop.get(f"/orders/{order['id']}")["refunds"][0]
    assert summary == {
        "id": refund["id"],
        "reason": "broken",
        "total": "-33.97",
        "total_tax": "-1.47",
    }


def test_lines_need_not_add_up_to_the_amount(shop: Caller, order: Any) -> None:
    refund = _refund(shop, order, amount="10.00", line_items=[_line(order, refund_total="33.33")])

    assert (refund["amount"], refund["line_items"][0]["total"]) == ("10.00", "-33.33")


def test_a_quantity_beyond_what_was_sold_is_taken_and_restocked(shop: Caller, order: Any) -> None:
    before = shop.sandbox.store.find_product("MUG-TEHTARIK").stock or 0

    _refund(shop, order, amount="1.00", line_items=[_line(order, quantity=50)])

    assert shop.sandbox.store.find_product("MUG-TEHTARIK").stock == before + 50


def test_a_line_of_another_order_is_dropped_but_counts(shop: Caller, order: Any) -> None:
    refund = _refund(shop, order, line_items=[{"id": 424242, "quantity": 1, "refund_total": 1}])

    assert (refund["amount"], refund["line_items"]) == ("1.00", [])


@pytest.mark.parametrize(
    ("body", "code", "data"),
    [
        ({"amount": "9999"}, "woocommerce_rest_cannot_create_order_refund", 500),
        ({"amount": "1", "api_refund": True}, "woocommerce_rest_cannot_create_order_refund", 500),
        ({"amount": "-1"}, "woocommerce_rest_invalid_order_refund", 400),
    ],
)
def test_a_business_refusal_is_a_500_with_a_bare_number_for_data(
    shop: Caller, order: Any, body: dict[str, Any], code: str, data: int
) -> None:
    answer = shop.call("POST", f"/orders/{order['id']}/refunds", json={"api_refund": False, **body})

    assert answer.status_code == 500
    assert (answer.json()["code"], answer.json()["data"]) == (code, data)


def test_a_zero_refund_is_made_and_shows_a_minus(shop: Caller, order: Any) -> None:
    _refund(shop, order, amount="0")

    assert shop.get(f"/orders/{order['id']}")["refunds"][0]["total"] == "-0.00"


def test_reaching_the_total_refunds_the_order_and_leaves_its_total(
    shop: Caller, order: Any
) -> None:
    _refund(shop, order, amount="100.00")
    assert shop.get(f"/orders/{order['id']}")["status"] == "processing"

    _refund(shop, order, amount="12.36")

    after = shop.get(f"/orders/{order['id']}")
    assert (after["status"], after["total"]) == ("refunded", order["total"])
    assert [refund["total"] for refund in after["refunds"]] == ["-12.36", "-100.00"]


def test_the_status_refunded_makes_one_refund_of_what_is_left(shop: Caller, order: Any) -> None:
    _refund(shop, order, amount="100.00")

    shop.put(f"/orders/{order['id']}", status="refunded")

    automatic = shop.get(f"/orders/{order['id']}/refunds")[0]
    assert (automatic["amount"], automatic["reason"]) == ("12.36", "Order fully refunded.")
    assert automatic["line_items"] == []


def test_a_deleted_refund_leaves_date_and_status_and_says_nothing(shop: Caller, order: Any) -> None:
    refund = _refund(shop, order, amount=order["total"])
    before = shop.get(f"/orders/{order['id']}")
    shop.sandbox.store.advance(100)

    gone = shop.call("DELETE", f"/orders/{order['id']}/refunds/{refund['id']}")

    after = shop.get(f"/orders/{order['id']}")
    assert gone.json()["id"] == refund["id"]
    assert (after["status"], after["refunds"]) == ("refunded", [])
    assert after["date_modified_gmt"] == before["date_modified_gmt"]
    assert shop.error("GET", f"/orders/{order['id']}/refunds/{refund['id']}") == (
        404,
        "woocommerce_rest_shop_order_refund_invalid_id",
    )


def test_a_refund_asked_for_under_another_order_is_a_500_that_says_404(
    shop: Caller, order: Any
) -> None:
    refund = _refund(shop, order, amount="1")
    other = shop.sandbox.store.place_order(lines=[Sold(product="COASTER-KOPI")])

    answer = shop.call("GET", f"/orders/{other}/refunds/{refund['id']}")

    assert (answer.status_code, answer.json()["data"]) == (500, 404)


def test_the_shop_wide_list_takes_parents_and_dates(shop: Caller, order: Any) -> None:
    store = shop.sandbox.store
    other = store.place_order(lines=[Sold(product="COASTER-KOPI")], at=AT)
    early = store.refund(order["id"], amount="1", at=AT + timedelta(days=1))
    late = store.refund(other, amount="1", at=AT + timedelta(days=2))

    def ids(**params: Any) -> list[int]:
        return [refund["id"] for refund in shop.get("/refunds", order="asc", **params)]

    assert ids() == [early, late]
    assert ids(parent=other) == [late]
    assert ids(after="2026-06-02T04:00:00", dates_are_gmt="true") == [late]
    assert ids(before="2026-06-02T04:00:01", dates_are_gmt="true") == [early]


def test_a_shop_before_9_0_has_no_shop_wide_list(shop: Caller) -> None:
    shop.sandbox.store.configure(shop_wide_refunds=False)

    assert shop.error("GET", "/refunds") == (404, "rest_no_route")


def test_the_refunds_of_an_unknown_order_are_an_empty_list(shop: Caller) -> None:
    answer = shop.call("GET", "/orders/999999/refunds")

    assert (answer.json(), answer.headers["X-WP-Total"]) == ([], "0")
