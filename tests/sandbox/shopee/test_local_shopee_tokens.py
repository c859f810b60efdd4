"""Codes and tokens: spent once, replayed for a while, and counted."""

import pytest

from platforms.sandbox.shopee import Sandbox
from tests.sandbox.shopee.caller import Caller

TOKEN, REFRESH = "/auth/token/get", "/auth/access_token/get"
INFO = "/shop/get_shop_info"


def body(sandbox: Sandbox, **more: object) -> dict[str, object]:
    settings = sandbox.store.settings
    return {"partner_id": settings.partner_id, "shop_id": settings.shop_id, **more}


def refresh(shop: Caller, token: str) -> dict[str, object]:
    answer: dict[str, object] = shop.call(
        "POST", REFRESH, body=body(shop.sandbox, refresh_token=token)
    ).json()
    return answer


def test_a_code_becomes_a_pair_once_and_replaces_what_was(shop: Caller) -> None:
    code = shop.sandbox.new_code()

    first = shop.call("POST", TOKEN, body=body(shop.sandbox, code=code)).json()
    second = shop.call("POST", TOKEN, body=body(shop.sandbox, code=code))
    old_token = shop.call("GET", INFO)
    shop.credentials["access_token"] = first["access_token"]

    assert (first["error"], first["expire_in"]) == ("", 14_400)
    assert first["shop_id_list"] == [shop.sandbox.store.settings.shop_id]
    assert "shop_id" not in first
    assert "response" not in first
    assert (second.status_code, second.json()["error"]) == (403, "invalid_code")
    assert old_token.json()["error"] == "invalid_acceess_token"
    assert shop.call("GET", INFO).json()["error"] == ""


def test_a_code_lives_ten_minutes(shop: Caller) -> None:
    code = shop.sandbox.new_code()
    shop.sandbox.store.advance(601)

    assert shop.refused("POST", TOKEN, **body(shop.sandbox, code=code))[0] == "invalid_code"


@pytest.mark.parametrize(
    ("changed", "error"),
    [({"shop_id": 1}, "invalid_shop_id"), ({"partner_id": 1}, "invalid_partner_id")],
)
def test_the_body_must_name_this_app_and_shop(
    shop: Caller, changed: dict[str, int], error: str
) -> None:
    sent = {**body(shop.sandbox, code=shop.sandbox.new_code()), **changed}

    assert shop.refused("POST", TOKEN, **sent)[0] == error


def test_a_refresh_rotates_and_the_old_access_token_lives_five_minutes_more(
    shop: Caller,
) -> None:
    new = refresh(shop, shop.sandbox.tokens["refresh_token"])
    at_once = shop.call("GET", INFO).json()["error"]
    shop.sandbox.store.advance(301)
    later = shop.call("GET", INFO)
    shop.credentials["access_token"] = new["access_token"]

    assert new["shop_id"] == shop.sandbox.store.settings.shop_id
    assert new["refresh_token"] != shop.sandbox.tokens["refresh_token"]
    assert at_once == ""
    assert (later.status_code, later.json()["error"]) == (403, "invalid_acceess_token")
    assert shop.call("GET", INFO).json()["error"] == ""


def test_a_refresh_token_used_again_soon_gives_the_same_pair_and_later_nothing(
    shop: Caller,
) -> None:
    old = shop.sandbox.tokens["refresh_token"]

    first, again = refresh(shop, old), refresh(shop, old)
    shop.sandbox.store.advance(14_401)
    too_late = refresh(shop, old)

    pair = ("access_token", "refresh_token")
    assert [first[name] for name in pair] == [again[name] for name in pair]
    assert (too_late["error"], too_late["message"]) == ("error_auth", "Invalid refresh_token.")
    assert shop.sandbox.store.tokens.counts() == {
        "refreshed": 1,
        "replayed": 1,
        "dead_refresh": 1,
    }
    assert shop.sandbox.store.tokens.refreshes_by_token() == {old: 3}


def test_tokens_can_be_short_lived(shop: Caller) -> None:
    shop.sandbox.store.configure(token_seconds=30)
    shop.credentials["access_token"] = shop.sandbox.store.new_pair().access_token

    before = shop.call("GET", INFO).json()["error"]
    shop.sandbox.store.advance(31)
    after = shop.call("GET", INFO).json()["error"]

    assert (before, after) == ("", "invalid_acceess_token")


def test_a_stale_token_can_be_refused_in_the_other_words(shop: Caller) -> None:
    shop.sandbox.store.configure(stale_answer="error_auth")
    shop.sandbox.store.advance(20_000)

    assert shop.refused("GET", INFO) == ("error_auth", "Invalid access_token.")


def test_calls_refused_in_a_row_are_counted(shop: Caller) -> None:
    good = shop.credentials["access_token"]
    for token in ("gone", good, "gone", "gone", good):
        shop.credentials["access_token"] = token
        shop.call("GET", INFO)

    assert shop.sandbox.store.tokens.longest_stale_run() == 2
    assert shop.sandbox.store.tokens.counts() == {"stale_call": 3, "call": 2}


def test_a_refresh_token_dies_after_thirty_days(shop: Caller) -> None:
    shop.sandbox.store.advance(31 * 86_400)

    answer = refresh(shop, shop.sandbox.tokens["refresh_token"])

    assert answer["error"] == "refresh_token_expired"


def test_without_consent_nothing_works_until_it_is_given_again(shop: Caller) -> None:
    shop.sandbox.store.withdraw_consent()

    assert shop.refused("GET", INFO)[0] == "partner_shop_no_link"
    assert refresh(shop, shop.sandbox.tokens["refresh_token"])["error"] == "shop_no_linked"
    assert shop.call("GET", "/public/get_shops_by_partner").json()["authed_shop_list"] == []

    shop.sandbox.store.give_consent()
    code = shop.sandbox.new_code()
    pair = shop.call("POST", TOKEN, body=body(shop.sandbox, code=code)).json()
    shop.credentials["access_token"] = pair["access_token"]

    assert shop.call("GET", INFO).json()["error"] == ""


def test_a_consent_that_ran_out_refuses_calls_and_refreshes(shop: Caller) -> None:
    shop.sandbox.store.end_consent()

    assert shop.refused("GET", INFO)[0] == "partner_shop_no_link"
    assert refresh(shop, shop.sandbox.tokens["refresh_token"])["error"] == "shop_access_expired"
