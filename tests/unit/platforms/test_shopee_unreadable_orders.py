"""Orders that make no sense are refused by name, and only they."""

from decimal import Decimal
from typing import Any

import pytest

from platforms.errors import OrderUnreadable
from platforms.shopee.orders import open_order, read_payload
from tests.unit.platforms.shopee_payloads import escrow, fetched, item, order, read, returned


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"currency": None}, "order.currency"),
        ({"create_time": None, "update_time": 0}, "order.create_time"),
        ({"create_time": "yesterday"}, "order.create_time"),
        ({"create_time": -5}, "order.create_time"),
        ({"create_time": True}, "order.create_time"),
        ({"pay_time": 10**18}, "order.pay_time"),
        ({"pay_time": Decimal("1E+30")}, "order.pay_time"),
        ({"pickup_done_time": [1]}, "order.pickup_done_time"),
        ({"total_amount": "much"}, "order.total_amount"),
        ({"total_amount": Decimal("1E+40")}, "order.total_amount"),
        ({"item_list": {"item_id": 1}}, "order.item_list"),
        ({"item_list": [5]}, "order.item_list"),
    ],
)
def test_a_field_of_the_order_is_named(given: dict[str, Any], field: str) -> None:
    with pytest.raises(OrderUnreadable) as caught:
        read(order(**given))

    assert caught.value.field == field


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"model_quantity_purchased": None}, "model_quantity_purchased"),
        ({"model_quantity_purchased": "two"}, "model_quantity_purchased"),
        ({"model_quantity_purchased": -1}, "model_quantity_purchased"),
        ({"model_quantity_purchased": Decimal("1.5")}, "model_quantity_purchased"),
        ({"model_quantity_purchased": 10**12}, "model_quantity_purchased"),
        ({"cancelled_qty": 3}, "cancelled_qty"),
        ({"cancelled_qty": -1}, "cancelled_qty"),
        ({"cancelled_qty": "x"}, "cancelled_qty"),
        ({"model_discounted_price": "x"}, "model_discounted_price"),
        ({"item_id": [1]}, "item_id"),
        ({"model_id": {"a": 1}}, "model_id"),
    ],
)
def test_a_field_of_a_line_is_named_with_its_place(given: dict[str, Any], field: str) -> None:
    with pytest.raises(OrderUnreadable) as caught:
        read(order(item_list=[item(), item(**given)]))

    assert caught.value.field == f"order.item_list.1.{field}"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"item": [{"item_id": 23500000548, "amount": -1}]}, "item.amount"),
        ({"item": [{"item_id": 23500000548, "amount": "x"}]}, "item.amount"),
        ({"item": {"a": 1}}, "item"),
        ({"create_time": "x"}, "create_time"),
    ],
)
def test_a_field_of_a_return_is_named(given: dict[str, Any], field: str) -> None:
    with pytest.raises(OrderUnreadable) as caught:
        read(order(), escrow(), [returned(**given)])

    assert caught.value.field == f"return[2603100RETURN1].{field}"


def test_a_return_that_brings_nothing_back_is_not_looked_into() -> None:
    assert read(order(), escrow(), [returned(status="JUDGING", item="x")]).refunds == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff",
        b"[" * 100_000,
        b'{"order_sn":"260305KJ4MYR01","total_amount":NaN}',
        b'{"order_sn":"260305KJ4MYR01","total_amount":1e999999999999}',
    ],
)
def test_what_is_no_order_is_unreadable(body: bytes) -> None:
    with pytest.raises(OrderUnreadable):
        open_order(fetched(body))


def test_details_that_are_no_object_are_unreadable() -> None:
    with pytest.raises(OrderUnreadable):
        read(order(), [1])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"null",
        b"{}",
        b'{"order": null}',
        b'{"order": {}}',
        b'{"order": {"order_sn": "A"}, "details": 5}',
    ],
)
def test_a_payload_that_makes_no_sense_is_unreadable(payload: bytes) -> None:
    with pytest.raises(OrderUnreadable):
        read_payload(payload)
