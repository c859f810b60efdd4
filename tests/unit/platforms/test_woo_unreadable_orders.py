"""What makes an order unreadable, what its stored payload keeps, and which fee is the gateway's."""

from decimal import Decimal
from typing import Any

import pytest

from platforms.base import RemoteOrder, StoreTerms
from platforms.errors import OrderUnreadable
from platforms.woocommerce.orders import open_order, read_payload, refund_ids
from tests.unit.platforms.woo_payloads import (
    fetched,
    line,
    meta,
    order,
    refund,
)


def read(found: Any, refunds: list[Any] | None = None, **terms: Any) -> RemoteOrder:
    return open_order(fetched(found, refunds), StoreTerms(**terms)).order


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": None}, "order.id"),
        ({"id": True}, "order.id"),
        ({"total": None}, "order.total"),
        ({"total": ""}, "order.total"),
        ({"total": "12,50"}, "order.total"),
        ({"total": "1_000"}, "order.total"),
        ({"total": "NaN"}, "order.total"),
        ({"total": "Infinity"}, "order.total"),
        ({"total": "1e400000"}, "order.total"),
        ({"total": "1" + "0" * 60}, "order.total"),
        ({"total": []}, "order.total"),
        ({"total_tax": "free"}, "order.total_tax"),
        ({"currency": ""}, "order.currency"),
        ({"date_paid_gmt": "soon"}, "order.date_paid_gmt"),
        ({"date_created_gmt": None, "date_modified_gmt": None}, "order.date_created_gmt"),
        ({"line_items": {"a": 1}}, "order.line_items"),
        ({"line_items": [None]}, "order.line_items"),
        ({"line_items": [line(quantity=1.5)]}, "order.line_items.77.quantity"),
        ({"line_items": [line(quantity="two")]}, "order.line_items.77.quantity"),
        ({"line_items": [line(quantity=None)]}, "order.line_items.77.quantity"),
        ({"line_items": [line(total="ten")]}, "order.line_items.77.total"),
        ({"shipping_lines": [{"id": 5, "total": {}}]}, "order.shipping_lines.5.total"),
        ({"fee_lines": [{"id": 6, "total_tax": "?"}]}, "order.fee_lines.6.total_tax"),
        ({"tax_lines": [{"id": 7, "tax_total": True}]}, "order.tax_lines.7.tax_total"),
    ],
)
def test_a_field_that_makes_no_sense_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(OrderUnreadable) as caught:
        read(order(**change))

    assert caught.value.field == field
    assert field in caught.value.sentence


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": "lots"}, "refunds.91.amount"),
        ({"date_created_gmt": None}, "refunds.91.date_created_gmt"),
        ({"line_items": [line(quantity=-0.5)]}, "refunds.91.77.quantity"),
        ({"line_items": "none"}, "refunds.91.line_items"),
    ],
)
def test_a_refund_that_makes_no_sense_is_named(change: dict[str, Any], field: str) -> None:
    with pytest.raises(OrderUnreadable) as caught:
        read(order(), [refund(**change)])

    assert caught.value.field == field


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b'{"id": 1',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id": 1e99999999999}',
    ],
)
def test_what_is_no_order_is_unreadable_and_nothing_worse(body: bytes) -> None:
    with pytest.raises(OrderUnreadable):
        open_order(fetched(body), StoreTerms())


def test_an_unreadable_field_does_not_tell_what_it_holds() -> None:
    with pytest.raises(OrderUnreadable) as caught:
        read(order(total="Ada Lovelace"))

    assert "Ada" not in caught.value.sentence


def test_a_whole_quantity_may_be_written_as_a_fraction() -> None:
    assert read(order(line_items=[line(quantity=2.0)])).lines[0].quantity == 2


def test_refunds_that_were_not_asked_for_are_null_in_the_payload() -> None:
    opened = open_order(fetched(order()), StoreTerms())

    assert b'"refunds":null}' in opened.payload
    assert refund_ids(opened.payload) == frozenset()
    assert read_payload(opened.payload, StoreTerms()) == opened.order


def test_ids_of_stored_refunds_are_found() -> None:
    opened = open_order(fetched(order(), [refund(id=91), refund(id=92)]), StoreTerms())

    assert refund_ids(opened.payload) == {"91", "92"}


def test_exact_digits_survive_the_stored_payload() -> None:
    opened = open_order(
        fetched(
            b'{"id":1,"total":"10.00","currency":"MYR","date_created_gmt":"2026-11-24T20:43:00",'
            b'"line_items":[{"id":2,"quantity":1,"price":1081.6666666666667890123}]}'
        ),
        StoreTerms(),
    )

    assert b"1081.6666666666667890123" in opened.payload


@pytest.mark.parametrize(
    ("values", "amount", "currency", "source"),
    [
        (meta(_stripe_fee="1.1"), "1.1", "MYR", "_stripe_fee"),
        (meta(_stripe_fee="3.51", _stripe_currency="EUR"), "3.51", "EUR", "_stripe_fee"),
        (meta(_paypal_transaction_fee="2", _stripe_fee="1"), "1", "MYR", "_stripe_fee"),
        ([{"key": "Stripe Fee", "value": "2.5"}], "2.5", "MYR", "Stripe Fee"),
        (
            meta(_stripe_fee="", _wcpay_transaction_fee="1.75"),
            "1.75",
            "MYR",
            "_wcpay_transaction_fee",
        ),
        (meta(_stripe_fee="soon", _wcpay_transaction_fee=2), "2", "MYR", "_wcpay_transaction_fee"),
        (meta(_stripe_fee="-3.00"), "3.00", "MYR", "_stripe_fee"),
        (meta(_stripe_fee="0"), "0", "MYR", "_stripe_fee"),
        (
            meta(_ppcp_paypal_fees={"paypal_fee": {"currency_code": "USD", "value": "1.04"}}),
            "1.04",
            "USD",
            "_ppcp_paypal_fees.paypal_fee.value",
        ),
        (
            [
                {"key": "_ppcp_paypal_fees", "value": "unreadable"},
                {"key": "PayPal Transaction Fee", "value": "1.04"},
            ],
            "1.04",
            "MYR",
            "PayPal Transaction Fee",
        ),
        (meta(payfast_amount_fee="-4.20"), "4.20", "MYR", "payfast_amount_fee"),
    ],
)
def test_the_first_key_with_a_value_is_the_gateways_fee(
    values: list[Any], amount: str, currency: str, source: str
) -> None:
    fee = read(order(meta_data=values), fee_fields=("payfast_amount_fee",)).fee

    assert fee is not None
    assert (fee.amount, fee.currency) == (Decimal(amount), currency)
    assert fee.source == f"order.meta_data.{source}"


@pytest.mark.parametrize(
    "values", [[], meta(_stripe_fee=None), meta(_stripe_fee=True), meta(other="1"), None, "none"]
)
def test_absence_of_a_fee_is_not_zero(values: Any) -> None:
    assert read(order(meta_data=values)).fee is None
