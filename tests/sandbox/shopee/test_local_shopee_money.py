"""What the store says of money: when it can be read, what changes it, what was paid out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.sandbox.shopee import Sandbox, Sold, open_sandbox
from tests.sandbox.shopee.caller import Caller

ONE, BATCH = "/payment/get_escrow_detail", "/payment/get_escrow_detail_batch"
LIST, WALLET = "/payment/get_escrow_list", "/payment/get_wallet_transaction_list"
NOON = datetime(2026, 6, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)


def seconds(at: datetime) -> int:
    return int(at.timestamp())


def placed(sandbox: Sandbox, **changed: Any) -> str:
    changed = {"at": NOON, "exact": True, "escrow": {"commission_fee": "5.20"}, **changed}
    return sandbox.store.place_order(lines=[Sold(product="TEE-RED-M")], **changed)


def income(shop: Caller, order_sn: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.get(ONE, order_sn=order_sn)["order_income"]
    return found


def rows(shop: Caller, *names: str) -> list[str]:
    batch = shop.post(BATCH, order_sn_list=list(names))
    return [row["escrow_detail"]["order_sn"] for row in batch]


@pytest.mark.parametrize("status", ["UNPAID", "PENDING", "CANCELLED"])
def test_an_order_that_nobody_paid_has_no_escrow(
    sandbox: Sandbox, shop: Caller, status: str
) -> None:
    order_sn = placed(sandbox, status=status)

    assert shop.refused("GET", ONE, order_sn=order_sn)[0] == "order_not_found"
    assert rows(shop, order_sn) == []


def test_cash_on_delivery_can_be_read_before_it_is_paid(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox, cod=True)

    assert sandbox.store.orders[order_sn].paid == 0
    assert income(shop, order_sn)["escrow_amount"] == 44.8


def test_an_order_cancelled_after_payment_owes_nothing(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)
    sandbox.store.cancel(order_sn, at=NOON + DAY)

    found = income(shop, order_sn)

    assert (found["escrow_amount"], found["original_cost_of_goods_sold"]) == (0, 0)


def test_a_failed_delivery_costs_the_way_back(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox, cod=True)
    sandbox.store.ship(order_sn, at=NOON + DAY)
    sandbox.store.fail_delivery(order_sn, "6.30", at=NOON + 2 * DAY)

    found = income(shop, order_sn)

    assert found["escrow_amount"] == -6.3
    assert found["final_return_to_seller_shipping_fee"] == 6.3


def test_an_escrow_held_back_is_missing_until_it_is_freed(sandbox: Sandbox, shop: Caller) -> None:
    held, other = placed(sandbox), placed(sandbox)
    sandbox.store.hold_escrow(held)

    alone = shop.refused("GET", ONE, order_sn=held)[0]
    together = rows(shop, held, other)
    sandbox.store.free_escrow(held)

    assert alone == "order_not_found"
    assert together == [other]
    assert rows(shop, held, other) == [held, other]


def test_a_batch_takes_fifty_and_only_by_post(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)

    assert rows(shop, order_sn, *["260101NOSUCH00"] * 49) == [order_sn]
    assert shop.refused("POST", BATCH, order_sn_list=[order_sn] * 51)[0] == "exceed_max_limit"
    assert shop.refused("POST", BATCH, order_sn_list=[])[0] == "error_param"
    assert shop.call("GET", BATCH, params={"order_sn_list": order_sn}).status_code == 500


def test_the_real_shipping_fee_lands_with_the_parcel(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox, exact=False, shipping="4.90", courier="7.40")

    before = income(shop, order_sn)
    sandbox.store.ship(order_sn)
    after = income(shop, order_sn)

    assert (before["actual_shipping_fee"], before["buyer_paid_shipping_fee"]) == (0, 4.9)
    assert (after["actual_shipping_fee"], after["shopee_shipping_rebate"]) == (7.4, 2.5)
    assert after["shipping_fee_sst"] == 0.15
    assert round(before["escrow_amount"] - after["escrow_amount"], 2) == 5.05


def test_stated_fields_count_and_unknown_ones_are_refused(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)
    sandbox.store.set_escrow(order_sn, service_fee="1.70", voucher_from_shopee="9")

    assert income(shop, order_sn)["escrow_amount"] == 43.1
    with pytest.raises(ValueError, match="order_income has no servicefee"):
        sandbox.store.set_escrow(order_sn, servicefee="1")


def test_adjustments_come_on_top_with_their_dates(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)
    assert "order_adjustment" not in income(shop, order_sn)

    sandbox.store.adjust(order_sn, "-40.00", "Return Refund deduction", at=NOON + DAY)
    sandbox.store.adjust(order_sn, "8.50", at=NOON + 3 * DAY)
    found = income(shop, order_sn)

    assert found["escrow_amount"] == 44.8
    assert found["total_adjustment_amount"] == -31.5
    assert found["escrow_amount_after_adjustment"] == 13.3
    assert found["order_adjustment"][0] == {
        "amount": -40,
        "date": seconds(NOON + DAY),
        "currency": "MYR",
        "adjustment_reason": "Return Refund deduction",
    }


def test_released_orders_are_listed_by_the_time_of_release(sandbox: Sandbox, shop: Caller) -> None:
    names = [placed(sandbox, status="COMPLETED") for _ in range(3)]
    for number, order_sn in enumerate(names):
        sandbox.store.release(order_sn, at=NOON + number * DAY)
    window = {"release_time_from": seconds(NOON), "release_time_to": seconds(NOON + 2 * DAY)}

    first = shop.get(LIST, page_size=2, page_no=1, **window)
    second = shop.get(LIST, page_size=2, page_no=2, **window)

    assert [row["order_sn"] for row in first["escrow_list"]] == names[:2]
    assert (first["more"], second["more"]) == (True, False)
    assert second["escrow_list"] == [
        {
            "order_sn": names[2],
            "payout_amount": 44.8,
            "escrow_release_time": seconds(NOON + 2 * DAY),
        }
    ]
    assert shop.refused("GET", LIST, page_no=0, **window)[0] == "error_param"
    assert shop.refused("GET", LIST, page_size=101, **window)[0] == "error_param"


def test_the_balance_knows_payouts_later_adjustments_and_withdrawals(
    sandbox: Sandbox, shop: Caller
) -> None:
    order_sn = placed(sandbox, status="COMPLETED")
    sandbox.store.adjust(order_sn, "-1.00", at=NOON + DAY)
    sandbox.store.release(order_sn, at=NOON + 2 * DAY)
    sandbox.store.adjust(order_sn, "-40.00", "Return Refund deduction", at=NOON + 4 * DAY)
    number = sandbox.store.withdraw("3.80", at=NOON + 5 * DAY)
    window = {
        "create_time_from": seconds(NOON),
        "create_time_to": seconds(NOON + 15 * DAY),
        "page_no": 0,
    }

    found = shop.get(WALLET, **window)["transaction_list"]
    only_out = shop.get(WALLET, money_flow="MONEY_OUT", **window)["transaction_list"]

    assert [(row["transaction_type"], row["amount"], row["current_balance"]) for row in found] == [
        ("WITHDRAWAL_COMPLETED", -3.8, 0),
        ("ADJUSTMENT_MINUS", -40, 3.8),
        ("ESCROW_VERIFIED_ADD", 43.8, 43.8),
    ]
    assert found[0]["withdrawal_id"] == number
    assert len(only_out) == 2


@pytest.mark.parametrize(
    ("window", "error"),
    [
        ((0, 15 * 86_400 + 1), "time_period_too_large"),
        ((86_400, 0), "time_invalid"),
        ((0, None), "time_invalid"),
    ],
)
def test_the_balances_window_is_fifteen_days(
    shop: Caller, window: tuple[int, int | None], error: str
) -> None:
    sent = {"page_no": 0, "create_time_from": window[0]}
    if window[1] is not None:
        sent["create_time_to"] = window[1]

    assert shop.refused("GET", WALLET, **sent)[0] == error


def test_payout_details_are_for_other_shops(shop: Caller) -> None:
    error, _ = shop.refused(
        "GET", "/payment/get_payout_detail", payout_time_from=1, payout_time_to=2
    )

    assert error == "error_permission"


def test_the_real_payload_reads_as_it_was(shop: Caller) -> None:
    with open_sandbox(with_cases=True, region="ID") as sandbox:
        caller = Caller(sandbox)
        text = caller.call("GET", ONE, params={"order_sn": sandbox.cases["15"]}).text
        found = income(caller, sandbox.cases["15"])
        payment = caller.get(ONE, order_sn=sandbox.cases["15"])["buyer_payment_info"]
        caller.close()

    assert '"escrow_amount":285205,' in text
    assert (found["commission_fee"], found["service_fee"]) == (32883, 19662)
    assert found["buyer_total_amount"] == payment["buyer_total_amount"] == 307100
    assert (payment["seller_voucher"], payment["shopee_voucher"]) == (-10000, -33900)
