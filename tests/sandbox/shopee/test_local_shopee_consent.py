"""The links on which a seller lets an app in, and how the browser comes back."""

from time import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from platforms.sandbox.shopee import Sandbox
from platforms.sandbox.shopee.signing import signature
from tests.sandbox.shopee.caller import Caller

BACK = "http://127.0.0.1:9/connect?site=7&x=a%26b"


def signed_link(sandbox: Sandbox, page: str, redirect: str, *, age: int = 0) -> str:
    settings, path = sandbox.store.settings, f"/api/v2/shop/{page}"
    timestamp = int(time()) - age
    sign = signature(
        settings.partner_key, partner_id=settings.partner_id, path=path, timestamp=timestamp
    )
    query = {
        "partner_id": settings.partner_id,
        "timestamp": timestamp,
        "sign": sign,
        "redirect": redirect,
    }
    return f"{sandbox.url}{path}?{urlencode(query)}"


def follow(url: str) -> requests.Response:
    with requests.Session() as browser:
        browser.trust_env = False
        return browser.get(url, allow_redirects=False, timeout=5)


def came_back(answer: requests.Response) -> dict[str, list[str]]:
    assert answer.status_code == 302, answer.text
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def test_the_signed_link_comes_back_with_a_code_that_works(sandbox: Sandbox, shop: Caller) -> None:
    query = came_back(follow(signed_link(sandbox, "auth_partner", BACK)))
    settings = sandbox.store.settings
    pair = shop.call(
        "POST",
        "/auth/token/get",
        body={
            "code": query["code"][0],
            "partner_id": settings.partner_id,
            "shop_id": int(query["shop_id"][0]),
        },
    ).json()

    assert (query["site"], query["x"]) == (["7"], ["a&b"])
    assert pair["error"] == ""


def test_the_newer_page_is_not_signed_and_keeps_the_state(sandbox: Sandbox) -> None:
    query = {
        "partner_id": sandbox.store.settings.partner_id,
        "auth_type": "seller",
        "redirect_uri": BACK,
        "response_type": "code",
        "state": "s-1",
    }

    back = came_back(follow(f"{sandbox.url}/auth?{urlencode(query)}"))

    assert (back["state"], back["site"]) == (["s-1"], ["7"])
    assert back["code"]


@pytest.mark.parametrize(
    ("age", "redirect", "error"),
    [(301, BACK, "error_param"), (0, "no-address", "error_param")],
)
def test_an_old_link_or_a_wrong_address_goes_nowhere(
    sandbox: Sandbox, age: int, redirect: str, error: str
) -> None:
    answer = follow(signed_link(sandbox, "auth_partner", redirect, age=age))

    assert answer.json()["error"] == error


def test_the_redirect_domain_must_be_the_registered_one(sandbox: Sandbox) -> None:
    sandbox.store.configure(redirect_domain="books.example")

    refused = follow(signed_link(sandbox, "auth_partner", BACK))
    let_in = follow(signed_link(sandbox, "auth_partner", "https://books.example/back"))

    assert (refused.status_code, let_in.status_code) == (403, 302)


def test_the_cancel_link_ends_the_authorisation(sandbox: Sandbox, shop: Caller) -> None:
    back = came_back(follow(signed_link(sandbox, "cancel_auth_partner", BACK)))

    assert "code" not in back
    assert shop.refused("GET", "/shop/get_shop_info")[0] == "partner_shop_no_link"
