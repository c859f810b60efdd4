"""An order's life, by actions and by calls: what follows what, and what it brings about."""

import pytest

from platforms.sandbox.shopee import Given, Sandbox, Sold
from platforms.sandbox.shopee.errors import ShopeeError
from tests.sandbox.shopee.caller import Caller


def placed(sandbox: Sandbox, status: str = "READY_TO_SHIP", **changed: object) -> str:
    return sandbox.store.place_order(
        lines=[Sold(product="TEE-RED-M", quantity=3)],
        status=status,
        **changed,  # type: ignore[arg-type]
    )


def status_of(sandbox: Sandbox, order_sn: str) -> str:
    return sandbox.store.orders[order_sn].status.value


def test_an_order_goes_its_way_step_by_step(sandbox: Sandbox) -> None:
    store = sandbox.store
    order_sn = placed(sandbox, "UNPAID")
    seen = [status_of(sandbox, order_sn)]
    for step in (
        store.pay,
        store.arrange,
        store.fail_pickup,
        store.arrange,
        store.ship,
        store.deliver,
        store.complete,
    ):
        step(order_sn)
        seen.append(status_of(sandbox, order_sn))

    assert seen == [
        "UNPAID",
        "READY_TO_SHIP",
        "PROCESSED",
        "RETRY_SHIP",
        "PROCESSED",
        "SHIPPED",
        "TO_CONFIRM_RECEIVE",
        "COMPLETED",
    ]


@pytest.mark.parametrize(
    ("status", "step"),
    [
        ("COMPLETED", "cancel"),
        ("CANCELLED", "pay"),
        ("UNPAID", "ship"),
        ("SHIPPED", "request_cancel"),
        ("READY_TO_SHIP", "deliver"),
    ],
)
def test_an_impossible_step_changes_nothing(sandbox: Sandbox, status: str, step: str) -> None:
    order_sn = placed(sandbox, status)

    with pytest.raises(ValueError, match="cannot become"):
        getattr(sandbox.store, step)(order_sn)

    assert status_of(sandbox, order_sn) == status


def test_cash_on_delivery_is_paid_when_it_is_delivered(sandbox: Sandbox) -> None:
    order_sn = placed(sandbox, cod=True)
    sandbox.store.ship(order_sn)
    before = sandbox.store.orders[order_sn].paid
    sandbox.store.deliver(order_sn)

    assert (before, sandbox.store.orders[order_sn].paid > 0) == (0, True)


def test_an_order_takes_stock_at_once_and_a_cancelled_one_gives_it_back(
    sandbox: Sandbox,
) -> None:
    before = sandbox.store.products.stock("TEE-RED-M")
    order_sn = placed(sandbox, "UNPAID")
    taken = sandbox.store.products.stock("TEE-RED-M")
    sandbox.store.time_out(order_sn)

    assert (before - taken, sandbox.store.products.stock("TEE-RED-M")) == (3, before)
    assert sandbox.store.orders[order_sn].cancel_by == "system"


def test_a_seller_cancels_only_before_the_shipment_is_arranged(
    sandbox: Sandbox, shop: Caller
) -> None:
    early, late = placed(sandbox), placed(sandbox, "PROCESSED")
    reason = {"cancel_reason": "CUSTOMER_REQUEST"}

    done = shop.post("/order/cancel_order", order_sn=early, **reason)
    refused = shop.refused("POST", "/order/cancel_order", order_sn=late, **reason)

    assert done == {"update_time": sandbox.store.orders[early].updated}
    assert status_of(sandbox, early) == "CANCELLED"
    assert sandbox.store.orders[early].cancel_by == "seller"
    assert refused == ("order.error_limit", "Can not cancel this order.")


def test_out_of_stock_must_name_the_items(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = placed(sandbox)
    line = sandbox.store.orders[order_sn].lines[0]
    sent = {"order_sn": order_sn, "cancel_reason": "OUT_OF_STOCK"}

    assert shop.refused("POST", "/order/cancel_order", **sent)[0] == "error_param"
    shop.post(
        "/order/cancel_order",
        **sent,
        item_list=[{"item_id": line.item_id, "model_id": line.model_id}],
    )
    assert status_of(sandbox, order_sn) == "CANCELLED"


def test_some_pieces_can_be_cancelled(sandbox: Sandbox, shop: Caller) -> None:
    before = sandbox.store.products.stock("TEE-RED-M")
    order_sn = placed(sandbox, exact=True)
    sandbox.store.cancel_pieces(order_sn, [Given(line=0, quantity=1)])

    row = shop.get(
        "/order/get_order_detail", order_sn_list=order_sn, response_optional_fields="item_list"
    )["order_list"][0]
    income = shop.get("/payment/get_escrow_detail", order_sn=order_sn)["order_income"]

    line = row["item_list"][0]
    assert (line["model_quantity_purchased"], line["cancelled_qty"]) == (3, 1)
    assert (row["order_status"], income["escrow_amount"]) == ("READY_TO_SHIP", 100)
    assert before - sandbox.store.products.stock("TEE-RED-M") == 2


@pytest.mark.parametrize(
    ("operation", "status"), [("ACCEPT", "CANCELLED"), ("REJECT", "PROCESSED")]
)
def test_the_seller_answers_a_buyer_who_wants_to_cancel(
    sandbox: Sandbox, shop: Caller, operation: str, status: str
) -> None:
    order_sn = placed(sandbox, "PROCESSED")
    answer = {"order_sn": order_sn, "operation": operation}
    path = "/order/handle_buyer_cancellation"

    too_early = shop.refused("POST", path, **answer)[0]
    sandbox.store.request_cancel(order_sn)
    shop.post(path, **answer)

    assert too_early == "order.cancel_order_invalid_status"
    assert status_of(sandbox, order_sn) == status


def test_a_note_is_set_without_a_response_and_moves_the_date(
    sandbox: Sandbox, shop: Caller
) -> None:
    order_sn = placed(sandbox)
    sandbox.store.advance(60)
    before = sandbox.store.orders[order_sn].updated

    answer = shop.call("POST", "/order/set_note", body={"order_sn": order_sn, "note": "Hi"})

    assert "response" not in answer.json()
    assert sandbox.store.order(order_sn)["note"] == "Hi"
    assert sandbox.store.orders[order_sn].updated >= before + 60


def test_an_unknown_order_is_said_to_be_unknown(sandbox: Sandbox) -> None:
    with pytest.raises(ShopeeError, match="the order is not found"):
        sandbox.store.ship("260101NOSUCH00")
