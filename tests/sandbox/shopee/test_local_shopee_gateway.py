"""Who is let in, in what order things are looked at, and how refusals read."""

from time import time

import pytest

from platforms.sandbox.shopee import Sandbox
from tests.sandbox.shopee.caller import Caller

INFO = "/shop/get_shop_info"


def refusal(shop: Caller, **sent: str | None) -> tuple[int, str, str]:
    answer = shop.call("GET", INFO, common=sent)
    envelope = answer.json()
    return answer.status_code, envelope["error"], envelope["message"]


@pytest.mark.parametrize(
    ("name", "value", "error", "said"),
    [
        ("partner_id", None, "error_param", "no partner_id"),
        ("partner_id", "4294967296", "error_param", "0...4294967295"),
        ("partner_id", "-1", "error_param", "0...4294967295"),
        ("partner_id", "1001", "invalid_partner_id", "Invalid partner_id"),
        ("timestamp", None, "error_param", "no timestamp"),
        ("timestamp", "soon", "error_param", "Invalid timestamp"),
        ("sign", None, "error_param", "no sign"),
        ("sign", "0" * 64, "error_sign", "Wrong sign."),
        ("access_token", None, "error_param", "no access_token"),
        ("shop_id", None, "error_param", "no shop_id"),
        ("shop_id", "4294967296", "error_param", "0...4294967295"),
        ("merchant_id", "1000000", "error_sign", "Wrong sign."),
    ],
)
def test_what_every_call_carries_is_checked(
    shop: Caller, name: str, value: str | None, error: str, said: str
) -> None:
    status, code, message = refusal(shop, **{name: value})

    assert (status, code) == (403, error)
    assert said in message


@pytest.mark.parametrize(("seconds", "is_let_in"), [(-290, True), (-310, False), (310, False)])
def test_a_timestamp_lives_five_minutes_of_the_real_time(
    shop: Caller, seconds: int, is_let_in: bool
) -> None:
    shop.sandbox.store.advance(86_400 / 24)

    answer = shop.call("GET", INFO, signed_at=int(time()) + seconds).json()

    assert (answer["error"] == "") is is_let_in
    assert is_let_in or answer["message"] == "Timestamp is expired."


def test_a_shops_signature_does_not_open_public_calls_nor_the_other_way(shop: Caller) -> None:
    public = shop.call("GET", "/public/get_shops_by_partner")
    swapped = shop.call("GET", INFO, common={"sign": dict(_query(public.url))["sign"]})

    assert public.json()["error"] == ""
    assert swapped.json()["error"] == "error_sign"


def _query(url: str) -> list[tuple[str, str]]:
    return [tuple(pair.split("=", 1)) for pair in url.split("?", 1)[1].split("&")]  # type: ignore[misc]


def test_the_wrong_method_never_reaches_the_api(shop: Caller) -> None:
    answers = [
        shop.call("POST", INFO),
        shop.call("GET", "/payment/get_escrow_detail_batch"),
        shop.call("DELETE", "/order/get_order_list"),
    ]

    assert [answer.status_code for answer in answers] == [500, 500, 500]
    assert all("blocked by gateway" in answer.text for answer in answers)
    assert all("json" not in answer.headers["Content-Type"] for answer in answers)


def test_an_unknown_path_is_refused_in_json(shop: Caller) -> None:
    error, message = shop.refused("GET", "/order/get_everything")

    assert error == "error_param"
    assert "path is incorrect" in message


def test_every_answer_has_an_id_of_its_own(shop: Caller) -> None:
    answers = [shop.call("GET", INFO).json(), shop.call("GET", "/nowhere").json()]

    assert all(len(answer["request_id"]) == 32 for answer in answers)
    assert answers[0]["request_id"] != answers[1]["request_id"]
    assert (answers[0]["error"], answers[0]["message"]) == ("", "")


def test_shop_info_is_flat(shop: Caller) -> None:
    answer = shop.call("GET", INFO).json()

    assert "response" not in answer
    assert (answer["region"], answer["status"]) == ("MY", "NORMAL")
    assert answer["expire_time"] - answer["auth_time"] == 365 * 86_400


@pytest.mark.parametrize(
    ("switch", "back", "error", "status"),
    [
        ("expire_key", "renew_key", "error_partner_key_expired", 403),
        ("undeclare_ip", "declare_ip", "source_ip_undeclared", 403),
        ("ban", "unban", "shop_banned", 403),
        ("exhaust_quota", "restore_quota", "error_limit", 200),
    ],
)
def test_what_stops_an_app_can_be_taken_back(
    shop: Caller, switch: str, back: str, error: str, status: int
) -> None:
    getattr(shop.sandbox.store, switch)()
    stopped = shop.call("GET", INFO)
    getattr(shop.sandbox.store, back)()
    again = shop.call("GET", INFO)

    assert (stopped.status_code, stopped.json()["error"]) == (status, error)
    assert again.json()["error"] == ""


def test_the_quota_comes_back_at_midnight_of_utc_plus_eight(shop: Caller) -> None:
    shop.sandbox.store.exhaust_quota()
    today = shop.call("GET", INFO).json()["error"]
    shop.sandbox.store.configure(token_seconds=2 * 86_400)
    shop.sandbox.store.advance(86_400)
    shop.credentials["access_token"] = shop.sandbox.store.new_pair().access_token

    assert today == "error_limit"
    assert shop.call("GET", INFO).json()["error"] == ""


def test_scripted_refusals_meet_only_their_path_and_end(shop: Caller) -> None:
    shop.sandbox.store.refuse("/shop/*", "error_system_busy", "Try later", times=2, skip=1)

    codes = [shop.call("GET", INFO).json()["error"] for _ in range(4)]

    assert codes == ["", "error_system_busy", "error_system_busy", ""]


def test_a_body_that_is_no_json_is_refused(sandbox: Sandbox, shop: Caller) -> None:
    answer = shop.call("POST", "/order/set_note", body=["a", "list"])

    assert answer.json()["error"] == "error_data"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"note": "x"}, "order_sn is required"),
        ({"order_sn": 12, "note": "x"}, "order_sn must be a string"),
    ],
)
def test_a_body_is_checked_by_name_and_type(
    shop: Caller, body: dict[str, object], said: str
) -> None:
    error, message = shop.refused("POST", "/order/set_note", **body)

    assert error == "error_param"
    assert said in message
