"""How an owner lets the app in: both pages, the code they send back, and whose shop it is."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from platforms.base import StoreAccess
from platforms.errors import Refused
from platforms.keys import KeysInHand
from platforms.shopee import platform
from tests.platforms.shopee_shop import access_to, client_of, shop

REDIRECT = "http://127.0.0.1:9/sites/main/authorise?from=page"


def links(access: StoreAccess) -> tuple[str, ...]:
    assert platform.consent is not None
    found = platform.consent.links(
        access, redirect=REDIRECT, state="s-t-a-t-e", now=datetime.now(UTC)
    )
    return tuple(link.url for link in found)


def accept(access: StoreAccess, answer: Mapping[str, str]) -> Mapping[str, str]:
    assert platform.consent is not None
    return platform.consent.accept(access, answer)


def consented(url: str) -> dict[str, str]:
    """What the store's page sends back to us."""
    answer = requests.get(url, allow_redirects=False, timeout=10)
    assert answer.status_code == 302, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def without_tokens(sandbox: Any, **keys: str) -> KeysInHand:
    kept = {key: str(value) for key, value in sandbox.credentials.items() if "token" not in key}
    return KeysInHand({**kept, **keys})


@pytest.mark.parametrize("page", [0, 1])
def test_an_owner_who_consents_on_either_page_lets_us_in(page: int) -> None:
    with shop() as sandbox:
        keyring = without_tokens(sandbox)
        access = access_to(sandbox, keyring=keyring)

        answer = consented(links(access)[page])
        keys = accept(access, answer)

        assert answer["state"] == "s-t-a-t-e"
        assert answer["from"] == "page"
        assert keys["access_token"] == keyring.keys["access_token"]
        assert client_of(sandbox, keyring=keyring).get("shop/get_shop_info").whole()["region"]


def test_links_lead_to_the_pages_of_the_same_environment() -> None:
    def second(host: str) -> str:
        access = StoreAccess(
            url=f"https://{host}/", credentials={"partner_id": "1", "partner_key": "k"}
        )
        return urlsplit(links(access)[1]).netloc

    assert second("partner.shopeemobile.com") == "open.shopee.com"
    assert second("openplatform.shopee.com.br") == "open.shopee.com.br"
    assert (
        second("openplatform.sandbox.test-stable.shopee.sg")
        == "open.sandbox.test-stable.shopee.com"
    )


def test_a_code_is_good_once() -> None:
    with shop() as sandbox:
        access = access_to(sandbox, keyring=without_tokens(sandbox))
        answer = consented(links(access)[0])
        accept(access, answer)

        with pytest.raises(Refused, match="used before"):
            accept(access, answer)


def test_another_shops_consent_is_refused_and_keeps_the_keys() -> None:
    with shop() as sandbox:
        keyring = KeysInHand(sandbox.credentials)
        before = keyring.read()

        with pytest.raises(Refused, match="the shop 999"):
            accept(
                access_to(sandbox, keyring=keyring), {"code": sandbox.new_code(), "shop_id": "999"}
            )

        assert keyring.read() == before


def test_a_site_without_a_shop_takes_the_one_that_let_us_in() -> None:
    with shop() as sandbox:
        keyring = without_tokens(sandbox, shop_id="")

        keys = accept(
            access_to(sandbox, keyring=keyring),
            {"code": sandbox.new_code(), "shop_id": str(sandbox.store.settings.shop_id)},
        )

        assert keys["shop_id"] == str(sandbox.store.settings.shop_id)
        assert keyring.keys["shop_id"] == keys["shop_id"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"code": "c", "main_account_id": "7"}, "main account"),
        ({"shop_id": "7"}, "no authorisation"),
        ({}, "no authorisation"),
    ],
)
def test_an_answer_that_cannot_be_used_says_why(answer: dict[str, str], words: str) -> None:
    with shop() as sandbox:
        access = access_to(sandbox)

        with pytest.raises(Refused, match=words):
            accept(access, answer)

        assert sandbox.log.requests == []


def test_a_declared_code_is_of_no_use_after_a_consent_on_the_page() -> None:
    with shop() as sandbox:
        keyring = without_tokens(sandbox, code="declared-and-old")
        access = access_to(sandbox, keyring=keyring)
        accept(access, consented(links(access)[0]))

        client_of(sandbox, keyring=keyring).get("shop/get_shop_info")

        assert sandbox.log.counts()["POST /auth/token/get"] == 1
