"""Orders in detail: what is shown, what only when asked, what is hidden."""

import json
from datetime import UTC, datetime

import pytest

from platforms.sandbox.shopee import Recipient, Sandbox, Sold
from tests.sandbox.shopee.caller import Caller

DETAIL = "/order/get_order_detail"
ALWAYS = {
    "order_sn",
    "region",
    "currency",
    "cod",
    "order_status",
    "message_to_seller",
    "create_time",
    "update_time",
    "days_to_ship",
    "ship_by_date",
}


def one(shop: Caller, order_sn: str, fields: str = "") -> dict[str, object]:
    sent = {"order_sn_list": order_sn}
    if fields:
        sent["response_optional_fields"] = fields
    row: dict[str, object] = shop.get(DETAIL, **sent)["order_list"][0]
    return row


def placed(sandbox: Sandbox, **changed: object) -> str:
    return sandbox.store.place_order(
        lines=[Sold(product="TEE-RED-M", quantity=2)],
        **changed,  # type: ignore[arg-type]
    )


def test_fields_not_asked_for_are_absent(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)

    assert set(one(shop, order_sn)) == ALWAYS
    assert set(one(shop, order_sn, "pay_time,note")) == ALWAYS | {"pay_time", "note"}


def test_a_field_that_does_not_exist_is_refused(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)

    error, message = shop.refused(
        "GET", DETAIL, order_sn_list=order_sn, response_optional_fields="item_list,items"
    )

    assert (error, "response_optional_fields" in message) == ("error_param", True)


def test_an_unpaid_order_has_no_pay_time_and_no_total(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox, status="UNPAID")
    fields = "pay_time,total_amount"
    before = one(shop, order_sn, fields)
    sandbox.store.pay(order_sn, at=datetime(2026, 5, 1, tzinfo=UTC))
    after = one(shop, order_sn, fields)

    assert before["pay_time"] is None
    assert "total_amount" not in before
    assert after["pay_time"] == 1777593600
    assert after["total_amount"] == 104.9


def test_one_unknown_order_fails_the_whole_call_or_is_left_out(
    sandbox: Sandbox, shop: Caller
) -> None:
    order_sn = placed(sandbox)
    both = f"{order_sn},260101NOSUCH00"

    error, message = shop.refused("GET", DETAIL, order_sn_list=both)
    sandbox.store.configure(unknown_sn="omit")
    lenient = shop.call("GET", DETAIL, params={"order_sn_list": both}).json()

    assert (error, message) == (
        "error_not_found",
        "Wrong parameters, detail: the order is not found.",
    )
    assert [row["order_sn"] for row in lenient["response"]["order_list"]] == [order_sn]
    assert lenient["warning"] == ["the order is not found: 260101NOSUCH00"]


def test_fifty_orders_are_the_most(shop: Caller) -> None:
    names = ",".join(f"260101{n:08d}" for n in range(51))

    assert shop.refused("GET", DETAIL, order_sn_list=names)[0] == "error_param"


def test_a_repeated_key_is_refused_unless_lists_are_lenient(sandbox: Sandbox, shop: Caller) -> None:
    names = [placed(sandbox), placed(sandbox)]

    strict = shop.refused("GET", DETAIL, order_sn_list=names)
    sandbox.store.configure(lenient_lists=True)
    lenient = shop.get(DETAIL, order_sn_list=names)

    assert strict[0] == "error_param"
    assert len(lenient["order_list"]) == 2


@pytest.mark.parametrize("is_approved", [False, True])
def test_the_buyer_is_masked_unless_the_app_is_approved(
    sandbox: Sandbox, shop: Caller, is_approved: bool
) -> None:
    sandbox.store.configure(is_approved=is_approved)
    person = Recipient(name="Priya Subramaniam", phone="60123456764", street="12 Jalan Ampang")
    order_sn = placed(sandbox, recipient=person)

    address = one(shop, order_sn, "recipient_address")["recipient_address"]
    assert isinstance(address, dict)

    assert address["city"] == "Kuala Lumpur"
    if is_approved:
        assert (address["name"], address["phone"]) == ("Priya Subramaniam", "60123456764")
    else:
        assert (address["name"], address["phone"]) == ("P******m", "******64")
        assert address["full_address"] == "12******"


def test_masking_can_be_lifted_for_one_order(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)
    sandbox.store.unmask(order_sn)

    address = one(shop, order_sn, "recipient_address")["recipient_address"]

    assert isinstance(address, dict)
    assert address["name"] == "Aisyah Rahman"


def test_bundle_lines_show_no_price_and_share_an_order_item(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = sandbox.store.place_order(
        lines=[
            Sold(product="TEE-RED-M", bundle=77, price="45"),
            Sold(product="TEE-RED-L", bundle=77, price="45"),
        ]
    )

    lines = one(shop, order_sn, "item_list")["item_list"]
    income = shop.get("/payment/get_escrow_detail", order_sn=order_sn)["order_income"]
    assert isinstance(lines, list)

    assert [line["model_discounted_price"] for line in lines] == [0, 0]
    assert [line["promotion_type"] for line in lines] == ["bundle_deal", "bundle_deal"]
    assert len({line["order_item_id"] for line in lines}) == 1
    assert len({line["line_item_id"] for line in lines}) == 2
    assert [item["discounted_price"] for item in income["items"]] == [45, 45]


def test_the_same_listing_twice_is_two_lines(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = sandbox.store.place_order(
        lines=[Sold(product="MUG-TEHTARIK"), Sold(product="MUG-TEHTARIK", add_on=9)]
    )

    lines = one(shop, order_sn, "item_list")["item_list"]
    assert isinstance(lines, list)

    assert len({(line["item_id"], line["model_id"]) for line in lines}) == 1
    assert [line["model_id"] for line in lines] == [0, 0]
    assert len({line["line_item_id"] for line in lines}) == 2


def test_amounts_are_plain_numbers_exact_to_the_cent(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox, escrow={"coins": "0.1"}, shipping="1000000000.07")

    text = shop.call(
        "GET",
        DETAIL,
        params={"order_sn_list": order_sn, "response_optional_fields": "total_amount"},
    ).text

    assert '"total_amount":1000000099.97' in text
    assert json.loads(text)["error"] == ""
