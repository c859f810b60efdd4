"""Calls over the wire: signed anew for each try, by the store's clock when ours is wrong."""

import logging

import pytest

from platforms.base import StoreAccess
from platforms.errors import OutcomeUnknown, SiteRefused, TryAgain
from platforms.money import encode_json
from platforms.shopee.client import Client
from tests.platforms.scripted import Asked, Scripted
from tests.platforms.shopee_shop import client_of, shop

KEYS = {"partner_id": "1", "partner_key": "secretkey", "shop_id": "2", "access_token": "sometoken"}
GOOD = encode_json({"error": "", "message": "", "response": {"a": 1}})


def http(body: bytes, status: str = "200 OK", headers: str = "") -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
    return head.encode() + body


def client_at(url: str) -> Client:
    return Client(StoreAccess(url=url, credentials=KEYS, allow_private=True))


def test_a_read_that_is_tried_again_is_signed_again() -> None:
    answers = [http(b"bad gateway", "502 Bad Gateway"), http(GOOD)]

    def script(asked: Asked) -> bytes:
        return answers.pop(0)

    server = Scripted(script)
    try:
        client = client_at(server.url)
        client.gateway.transport._pause = lambda seconds: setattr(client.gateway, "_behind", 5)

        client.get("order/get_order_list", {"cursor": ""})
    finally:
        server.close()

    first, second = (asked.query for asked in server.asked)
    assert int(second["timestamp"]) - int(first["timestamp"]) >= 5
    assert first["sign"] != second["sign"]
    assert first["cursor"] == ""


def test_a_clock_that_is_wrong_is_set_by_the_stores_once() -> None:
    expired = encode_json({"error": "error_param", "message": "Timestamp is expired."})
    date = "Date: Mon, 01 Jan 2035 00:00:00 GMT\r\n"
    answers = [http(expired, "403 Forbidden", date), http(GOOD, headers=date), http(GOOD)]
    server = Scripted(lambda asked: answers.pop(0))
    try:
        client = client_at(server.url)
        assert client.get("order/get_order_list").object() == {"a": 1}
        client.get("order/get_order_list")
    finally:
        server.close()

    times = [int(asked.query["timestamp"]) for asked in server.asked]
    assert abs(times[1] - 2051222400) <= 1
    assert times[2] >= times[1]


def test_a_clock_that_cannot_be_set_is_told_with_its_way_out() -> None:
    expired = encode_json({"error": "error_param", "message": "Timestamp is expired."})
    server = Scripted(lambda asked: http(expired, "403 Forbidden"))
    try:
        with pytest.raises(SiteRefused, match="clock") as caught:
            client_at(server.url).get("order/get_order_list")
    finally:
        server.close()

    assert "NTP" in caught.value.fix
    assert len(server.asked) == 1


def test_a_call_in_the_apps_name_tells_neither_token_nor_shop() -> None:
    server = Scripted(lambda asked: http(GOOD))
    try:
        client_at(server.url).get("public/get_shops_by_partner", {"page_no": 1})
    finally:
        server.close()

    assert set(server.asked[0].query) == {"partner_id", "timestamp", "sign", "page_no"}


def test_a_list_is_joined_by_commas_and_a_repeated_one_is_not() -> None:
    server = Scripted(lambda asked: http(GOOD))
    try:
        client_at(server.url).get(
            "product/get_item_list", {"ids": [1, 2]}, repeated={"item_status": ["NORMAL", "BANNED"]}
        )
    finally:
        server.close()

    assert "ids=1%2C2" in server.asked[0].target
    assert "item_status=NORMAL&item_status=BANNED" in server.asked[0].target


def test_repeated_values_survive_a_redirect_signed_anew() -> None:
    def script(asked: Asked) -> bytes:
        if asked.path.startswith("/moved"):
            return http(GOOD)
        return http(b"", "307 Temporary Redirect", f"Location: /moved{asked.target}\r\n")

    server = Scripted(script)
    try:
        client_at(server.url).get(
            "product/get_item_list", {"offset": 7}, repeated={"item_status": ["NORMAL", "BANNED"]}
        )
    finally:
        server.close()

    followed = server.asked[1].target
    assert followed.count("sign=") == 1
    assert "offset=7" in followed
    assert "item_status=NORMAL&item_status=BANNED" in followed


def test_a_question_that_is_posted_is_asked_again_and_a_change_is_not() -> None:
    answers = [None, http(GOOD), None]
    server = Scripted(lambda asked: answers.pop(0))
    try:
        client = client_at(server.url)
        client.gateway.transport._pause = lambda seconds: None

        client.post("payment/get_escrow_detail_batch", {"order_sn_list": ["A"]}, is_reading=True)
        with pytest.raises(OutcomeUnknown):
            client.post("product/update_stock", {"item_id": 1})
    finally:
        server.close()

    assert len(server.asked) == 3


def test_a_wrong_method_is_answered_by_the_gateway_and_survived() -> None:
    with shop() as sandbox, pytest.raises(TryAgain):
        client_of(sandbox).post("order/get_order_list", {}, is_reading=True)


def test_no_secret_is_in_logs_errors_or_reprs(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with shop() as sandbox:
        client = client_of(sandbox, partner_key="f00d" * 12)
        with pytest.raises(SiteRefused) as caught:
            client.get("shop/get_shop_info")
        owner = client.tokens.owner()

        shown = f"{caught.value!r} {caught.value.said} {caught.value.fix} {owner!r} {caplog.text}"
        for secret in ("f00d" * 12, sandbox.credentials["access_token"], "sign="):
            assert secret not in shown


@pytest.mark.parametrize(
    ("switch", "back", "words"),
    [
        ("expire_key", "renew_key", "partner key has expired"),
        ("undeclare_ip", "declare_ip", "does not declare the address"),
        ("ban", "unban", "has banned the shop"),
    ],
)
def test_what_stops_the_whole_app_passes_when_it_is_mended(
    switch: str, back: str, words: str
) -> None:
    with shop() as sandbox:
        client = client_of(sandbox)
        getattr(sandbox.store, switch)()

        with pytest.raises(SiteRefused, match=words) as caught:
            client.get("shop/get_shop_info")
        assert caught.value.retry_after == 900

        getattr(sandbox.store, back)()
        assert client.get("shop/get_shop_info").whole()["region"] == "MY"


def test_a_used_up_day_waits_for_the_next() -> None:
    with shop() as sandbox:
        sandbox.store.exhaust_quota()

        with pytest.raises(TryAgain) as caught:
            client_of(sandbox).get("shop/get_shop_info")

        assert caught.value.code == "store_rate_limited"
        assert 0 < (caught.value.retry_after or 0) <= 86_401
