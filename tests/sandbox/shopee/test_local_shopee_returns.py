"""Returns before and after completion: status, pieces, money, and who hears of it."""

from datetime import UTC, datetime, timedelta

import pytest

from platforms.sandbox.shopee import Given, Sandbox, Sold
from tests.sandbox.shopee.caller import Caller

NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)


def delivered(sandbox: Sandbox, status: str = "TO_CONFIRM_RECEIVE") -> str:
    return sandbox.store.place_order(
        lines=[Sold(product="TEE-RED-M", quantity=2)], exact=True, status=status, at=NOON
    )


def test_a_return_before_completion_takes_its_money_off_the_escrow(
    sandbox: Sandbox, shop: Caller
) -> None:
    order_sn = delivered(sandbox)
    opened = sandbox.store.return_before(order_sn, [Given(quantity=1)], accepted=False)
    under_way = sandbox.store.orders[order_sn].status.value
    sandbox.store.settle_return(opened, escrow={"reverse_shipping_fee": "5.10"})

    detail = shop.get("/payment/get_escrow_detail", order_sn=order_sn)
    order = sandbox.store.order(order_sn)

    assert under_way == "TO_RETURN"
    assert detail["return_order_sn_list"] == [opened]
    assert detail["order_income"]["seller_return_refund"] == -50
    assert detail["order_income"]["escrow_amount"] == 44.9
    assert (order["order_status"], order["item_list"][0]["returned_qty"]) == ("COMPLETED", 1)


def test_a_return_withdrawn_puts_the_order_back_on_its_way(sandbox: Sandbox) -> None:
    order_sn = delivered(sandbox)
    opened = sandbox.store.return_before(order_sn, accepted=False)
    sandbox.store.settle_return(opened, "CANCELLED")

    order = sandbox.store.order(order_sn)

    assert order["order_status"] == "TO_CONFIRM_RECEIVE"
    assert order["item_list"][0]["returned_qty"] == 0
    assert sandbox.store.orders[order_sn].income.get("seller_return_refund", 0) == 0


def test_a_return_after_completion_is_an_adjustment(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = delivered(sandbox, "COMPLETED")
    sandbox.store.return_after(order_sn, [Given(quantity=1)], amount="40.00")

    income = shop.get("/payment/get_escrow_detail", order_sn=order_sn)["order_income"]
    row = shop.get("/returns/get_return_list", page_no=0, page_size=10)["return"][0]

    assert sandbox.store.order(order_sn)["order_status"] == "COMPLETED"
    assert (income["escrow_amount"], income["escrow_amount_after_adjustment"]) == (100, 60)
    assert (row["return_refund_type"], row["status"]) == ("RRAOC", "ACCEPTED")
    assert (row["refund_amount"], row["return_solution"]) == (40, 0)
    assert [(item["amount"], item["item_price"]) for item in row["item"]] == [(1, 50)]


def test_money_back_without_goods_returns_no_piece(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = delivered(sandbox)
    opened = sandbox.store.return_before(order_sn, amount="10.00", solution=1)

    row = shop.get("/returns/get_return_detail", return_sn=opened)

    assert (row["return_solution"], row["needs_logistics"]) == (1, False)
    assert sandbox.store.order(order_sn)["item_list"][0]["returned_qty"] == 0


def test_returns_are_listed_by_window_and_status_from_page_zero(
    sandbox: Sandbox, shop: Caller
) -> None:
    names = []
    for day in range(3):
        order_sn = delivered(sandbox)
        at = NOON + timedelta(days=day)
        names.append(sandbox.store.return_before(order_sn, accepted=day != 1, at=at))
    start = int(NOON.timestamp())
    window = {"create_time_from": start, "create_time_to": start + 86_400}

    within = shop.get("/returns/get_return_list", page_no=0, page_size=10, **window)
    waiting = shop.get("/returns/get_return_list", page_no=0, page_size=10, status="REQUESTED")
    last = shop.get("/returns/get_return_list", page_no=1, page_size=2)

    assert [row["return_sn"] for row in within["return"]] == [names[1], names[0]]
    assert [row["return_sn"] for row in waiting["return"]] == [names[1]]
    assert [row["return_sn"] for row in last["return"]] == [names[0]]


@pytest.mark.parametrize(
    "window",
    [
        {"create_time_from": 0, "create_time_to": 15 * 86_400 + 1},
        {"update_time_from": 5},
        {"update_time_from": 5, "update_time_to": 4},
    ],
)
def test_a_window_must_be_one_and_at_most_fifteen_days(
    shop: Caller, window: dict[str, int]
) -> None:
    refused = shop.refused("GET", "/returns/get_return_list", page_no=0, page_size=1, **window)

    assert refused[0] == "error_param"


def test_a_return_after_completion_needs_a_completed_order(sandbox: Sandbox) -> None:
    with pytest.raises(ValueError, match="is not completed"):
        sandbox.store.return_after(delivered(sandbox))
