"""Everything personal leaves the payload, and nothing else does."""

import json
from typing import Any

import pytest

from platforms.base import OpenedOrder, RemoteAddress, StoreTerms
from platforms.woocommerce.orders import open_order
from tests.unit.platforms.woo_payloads import (
    captured_json,
    every_captured_order,
    fetched,
    line,
    meta,
    order,
    refund,
)

BILLING = {
    "first_name": "Ada",
    "last_name": "Lovelace",
    "company": "Engines",
    "address_1": "12 Oak St",
    "address_2": "Apt 4",
    "city": "Louisville",
    "state": "KY",
    "postcode": "40202",
    "country": "US",
    "email": "ada@example.test",
    "phone": "555-0134",
}


def opened(found: dict[str, Any], refunds: list[Any] | None = None, **terms: Any) -> OpenedOrder:
    return open_order(fetched(found, refunds), StoreTerms(**terms))


def test_the_buyer_is_read_and_gone_from_the_payload() -> None:
    found = opened(
        order(
            billing=BILLING,
            shipping={**BILLING, "first_name": "Byron"},
            customer_note="Ring twice",
            customer_ip_address="203.0.113.9",
            customer_user_agent="Mozilla",
            order_key="wc_order_abc",
            payment_url="https://shop.example/?key=wc_order_abc",
            _links={"self": []},
        )
    )

    buyer = found.buyer
    assert buyer.email == "ada@example.test"
    assert buyer.billing == RemoteAddress(
        first_name="Ada",
        last_name="Lovelace",
        company="Engines",
        street="12 Oak St",
        street_2="Apt 4",
        city="Louisville",
        state="KY",
        postcode="40202",
        country="US",
        phone="555-0134",
    )
    assert buyer.shipping.first_name == "Byron"
    assert (buyer.note, buyer.ip_address, buyer.user_agent) == (
        "Ring twice",
        "203.0.113.9",
        "Mozilla",
    )
    for word in (
        "Ada",
        "Byron",
        "Oak",
        "ada@",
        "555",
        "Ring",
        "203.0",
        "Mozilla",
        "wc_order",
        "_links",
    ):
        assert word.encode() not in found.payload


def test_free_text_is_kept_with_the_buyer_by_its_place() -> None:
    found = opened(
        order(
            meta_data=meta(gift_message="For Mum", _stripe_fee="1.10", empty=""),
            line_items=[
                line(
                    meta_data=[
                        {
                            "id": 1,
                            "key": "engraving",
                            "value": "To Mum",
                            "display_key": "engraving",
                            "display_value": "To Mum",
                        },
                        *meta(_reduced_stock="1", pa_colour="red", attribute_pa_size="m"),
                    ]
                )
            ],
            refunds=[{"id": 91, "reason": "Mum moved", "total": "-10.00"}],
        ),
        [refund(reason="Mum moved", meta_data=meta(_refund_note="call Mum"))],
    )

    assert found.buyer.free_text == {
        "meta_data.gift_message": "For Mum",
        "line_items.77.meta_data.engraving": "To Mum",
        "refunds.91.reason": "Mum moved",
        "refunds.91.meta_data._refund_note": "call Mum",
    }
    assert b"Mum" not in found.payload
    stored = json.loads(found.payload)["order"]
    assert [(each["key"], each["value"]) for each in stored["meta_data"]] == [
        ("gift_message", None),
        ("_stripe_fee", "1.10"),
        ("empty", None),
    ]
    kept = {each["key"]: each["value"] for each in stored["line_items"][0]["meta_data"]}
    assert kept == {
        "engraving": None,
        "_reduced_stock": "1",
        "pa_colour": "red",
        "attribute_pa_size": "m",
    }


def test_tracking_items_leave_with_the_names_in_them() -> None:
    items = [{"tracking_number": "T1", "custom_tracking_provider": "DHL", "name": "Ada"}]

    found = opened(order(meta_data=meta(_wc_shipment_tracking_items=items)))

    assert b"Ada" not in found.payload
    assert found.buyer.free_text == {"meta_data._wc_shipment_tracking_items": items}


def test_fields_that_plugins_add_are_taken_for_personal() -> None:
    found = opened(
        order(
            delivery_instructions="Behind the shed",
            billing={**BILLING, "tax_number": "A-1"},
            shipping={"email": "byron@example.test"},
            line_items=[line(gift_wrap_text="Ada!")],
        ),
        [refund(approved_by="Byron")],
    )

    assert found.buyer.free_text == {
        "billing.tax_number": "A-1",
        "shipping.email": "byron@example.test",
        "delivery_instructions": "Behind the shed",
        "line_items.77.gift_wrap_text": "Ada!",
        "refunds.91.approved_by": "Byron",
    }
    for word in (b"shed", b"A-1", b"Ada", b"Byron", b"byron"):
        assert word not in found.payload


def test_two_values_of_one_key_are_both_kept() -> None:
    values = [
        {"key": "note", "value": "a"},
        {"key": "note", "value": "b"},
        {"key": "note", "value": "a"},
    ]

    assert opened(order(meta_data=values)).buyer.free_text == {
        "meta_data.note": "a",
        "meta_data.note#2": "b",
    }


@pytest.mark.parametrize("odd", ["Ada", {"name": "Ada"}, ["Ada"], [{"key": "a"}, "Ada"]])
def test_meta_of_any_shape_leaves_nothing_personal_behind(odd: Any) -> None:
    found = opened(order(meta_data=odd, line_items=[line(meta_data=odd)], coupon_lines=odd))

    assert b"Ada" not in found.payload
    assert "Ada" in str(found.buyer.free_text)


@pytest.mark.parametrize("empty", [None, [], "", {}])
def test_an_address_may_be_missing_or_a_php_empty_array(empty: Any) -> None:
    buyer = opened(order(billing=empty, shipping=empty)).buyer

    assert buyer.billing == buyer.shipping == RemoteAddress()
    assert buyer.free_text == {}


def test_a_fee_key_of_the_site_keeps_its_value_in_the_payload() -> None:
    found = order(meta_data=meta(payfast_amount_fee="-4.20"))

    assert b"4.20" in opened(found, fee_fields=("payfast_amount_fee",)).payload
    assert b"4.20" not in opened(found).payload


@pytest.mark.parametrize(
    "change",
    [
        {"meta_data": meta(_anonymized="yes", note="left over")},
        {"billing": {"email": "deleted@site.invalid", "first_name": "[deleted]"}},
    ],
)
def test_an_order_emptied_in_the_store_has_an_empty_buyer(change: dict[str, Any]) -> None:
    buyer = opened(order(customer_note="[deleted]", **change)).buyer

    assert buyer.is_anonymised
    assert (buyer.email, buyer.note, buyer.free_text) == ("", "", {})
    assert buyer.billing == RemoteAddress()


def words_in(found: Any) -> set[str]:
    if isinstance(found, dict):
        return {word for each in found.values() for word in words_in(each)}
    if isinstance(found, list):
        return {word for each in found for word in words_in(each)}
    return {found} if isinstance(found, str) and len(found) > 4 else set()


@pytest.mark.parametrize(
    "found", [pytest.param(each, id=name) for name, each in every_captured_order()]
)
def test_no_captured_buyer_stays_in_a_payload(found: dict[str, Any]) -> None:
    personal = words_in([found["billing"], found["shipping"], found["customer_note"]])

    payload = opened(found, []).payload.decode()

    assert [word for word in personal if word in payload] == []
    assert "wc_order_" not in payload


def test_the_reason_of_a_captured_refund_is_the_buyers() -> None:
    found = opened(
        captured_json("153-order-rf-partial-qty"), captured_json("order-refunds-rf-partial-qty")
    )

    assert found.buyer.free_text == {"refunds.104.reason": "One broken"}
    assert b"One broken" not in found.payload
