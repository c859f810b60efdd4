"""Another process drives the store through the control door."""

from typing import Any

import pytest

from platforms.sandbox.shopee import Sandbox, Sold, open_sandbox
from tests.sandbox.shopee.caller import Caller


def act(shop: Caller, action: str, **arguments: Any) -> tuple[int, Any]:
    session = shop._session
    answer = session.post(f"{shop.sandbox.url}/_sandbox/{action}", json=arguments, timeout=5)
    return answer.status_code, answer.json()


def test_an_order_is_placed_and_cancelled_in_part(sandbox: Sandbox, shop: Caller) -> None:
    _, placed = act(
        shop,
        "place_order",
        lines=[{"product": "TEE-RED-M", "quantity": 2, "price": "40"}],
        recipient={"name": "Priya"},
        escrow={"commission_fee": "5.20"},
        exact=True,
        at="2026-06-01T04:00:00+00:00",
    )
    act(shop, "cancel_pieces", order_sn=placed["result"], pieces=[{"line": 0, "quantity": 1}])

    order = sandbox.store.orders[placed["result"]]
    assert (order.created, order.recipient.name) == (1780286400, "Priya")
    assert (order.lines[0].cancelled, order.income["original_cost_of_goods_sold"]) == (1, 40)


@pytest.mark.parametrize(
    ("action", "arguments", "said"),
    [
        ("ship", {"order_sn": "260101NOSUCH00"}, "the order is not found"),
        ("steal", {}, "no such action"),
        ("place_order", {"lines": [{"sku": "X"}]}, "unexpected keyword"),
        ("faults", {"spec": "404=1"}, "no fault '404'"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_sentence(
    shop: Caller, action: str, arguments: dict[str, Any], said: str
) -> None:
    status, answer = act(shop, action, **arguments)

    assert status == 400
    assert said in answer["error"]


def test_faults_refusals_and_the_log_are_within_reach(sandbox: Sandbox, shop: Caller) -> None:
    act(shop, "fault_once", kind="500", path="/shop/*")
    act(shop, "refuse", path="/shop/*", error="error_server", message="Later")

    answers = [shop.call("GET", "/shop/get_shop_info") for _ in range(3)]
    log = shop._session.get(f"{sandbox.url}/_sandbox/log", timeout=5).json()

    assert [answer.status_code for answer in answers] == [500, 200, 200]
    assert [answer.json()["error"] for answer in answers[1:]] == ["error_server", ""]
    assert [row["path"] for row in log].count("/api/v2/shop/get_shop_info") == 3


def test_a_cases_later_act_can_be_played() -> None:
    with open_sandbox(with_cases=True) as sandbox:
        shop = Caller(sandbox)
        act(shop, "play", case="20")
        cases = shop._session.get(f"{sandbox.url}/_sandbox/cases", timeout=5).json()
        shop.close()

    assert sandbox.store.orders[cases["20"]].status.value == "CANCELLED"


def test_orders_placed_by_many_at_once_are_all_there(sandbox: Sandbox) -> None:
    from threading import Thread

    def place() -> None:
        for _ in range(20):
            sandbox.store.place_order(lines=[Sold(product="TEE-RED-M")])

    threads = [Thread(target=place) for _ in range(4)]
    before = sandbox.store.products.stock("TEE-RED-M")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(sandbox.store.orders) == 80
    assert before - sandbox.store.products.stock("TEE-RED-M") == 80
