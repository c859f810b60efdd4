"""What a client sees of each fault, and what the store has done by then."""

import json

import pytest
import requests

from platforms.sandbox.shopee import Sandbox, Sold
from tests.sandbox.shopee.caller import Caller

INFO = "/shop/get_shop_info"


@pytest.mark.parametrize(
    ("kind", "argument", "status", "retry_after"),
    [
        ("500", None, 500, None),
        ("500", "502", 502, None),
        ("503", "2", 503, "2"),
        ("waf", None, 403, None),
    ],
)
def test_the_edge_refuses_without_json(
    shop: Caller, kind: str, argument: str | None, status: int, retry_after: str | None
) -> None:
    shop.sandbox.faults.once(kind, argument, path="/shop/*")

    refused = shop.call("GET", INFO)

    assert (refused.status_code, refused.headers.get("Retry-After")) == (status, retry_after)
    assert "json" not in refused.headers["Content-Type"]
    assert shop.call("GET", INFO).json()["error"] == ""


@pytest.mark.parametrize("status", [429, 200])
@pytest.mark.parametrize(("argument", "retry_after"), [("7", "7"), ("-", None)])
def test_too_many_requests_are_told_in_json(
    shop: Caller, status: int, argument: str, retry_after: str | None
) -> None:
    shop.sandbox.store.configure(rate_limit_status=status)
    shop.sandbox.faults.once("429", argument)

    refused = shop.call("GET", INFO)

    assert (refused.status_code, refused.json()["error"]) == (status, "error_rate_limit")
    assert refused.headers.get("Retry-After") == retry_after


def test_a_dropped_call_has_done_nothing_and_a_lost_one_everything(
    sandbox: Sandbox, shop: Caller
) -> None:
    names = [sandbox.store.place_order(lines=[Sold(product="TEE-RED-M")]) for _ in range(2)]
    sandbox.faults.once("drop", method="POST")
    sandbox.faults.once("lost", method="POST")

    for order_sn in names:
        with pytest.raises(requests.exceptions.ConnectionError):
            shop.call("POST", "/order/set_note", body={"order_sn": order_sn, "note": "x"})

    assert [sandbox.store.orders[order_sn].note for order_sn in names] == ["", "x"]
    assert [entry.status for entry in sandbox.log.requests] == [0, 0]


@pytest.mark.parametrize(("kind", "start"), [("bom", b"\xef\xbb\xbf{"), ("notice", b"<!--")])
def test_a_proxy_can_put_something_before_the_json(shop: Caller, kind: str, start: bytes) -> None:
    shop.sandbox.faults.once(kind)

    answer = shop.call("GET", INFO)

    assert answer.content.startswith(start)
    assert json.loads(answer.content[answer.content.index(b"{") :])["error"] == ""


def test_a_truncated_answer_ends_too_early(shop: Caller) -> None:
    shop.sandbox.faults.once("truncate")

    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        shop.call("GET", INFO)


def test_an_order_is_edited_before_a_list_is_answered(sandbox: Sandbox, shop: Caller) -> None:
    order_sn = sandbox.store.place_order(lines=[Sold(product="TEE-RED-M")])
    sandbox.faults.once("shift", path="/order/get_order_list")

    shop.get(
        "/order/get_order_list",
        time_range_field="update_time",
        time_from=1,
        time_to=86_400,
        page_size=10,
    )

    assert sandbox.store.orders[order_sn].note.startswith("shift-")


def test_the_log_counts_calls_by_path(sandbox: Sandbox, shop: Caller) -> None:
    shop.call("GET", INFO)
    shop.call("GET", INFO)
    shop.call("POST", "/order/set_note", body={})

    assert sandbox.log.counts() == {"GET /shop/get_shop_info": 2, "POST /order/set_note": 1}
