"""Signatures as the server computes them. The vectors agree with oauthlib and the public client."""

from typing import Any

import pytest

from platforms.base import StoreAccess
from platforms.woocommerce.client import Client
from platforms.woocommerce.oauth import oauth_query, signature_base

KEY, SECRET = "ck_" + "1" * 40, "cs_" + "2" * 40
ORDERS = "http://127.0.0.1:8080/wp-json/wc/v3/orders"


def signature(method: str, url: str, query: dict[str, str]) -> str:
    added = oauth_query(
        method,
        url,
        query,
        consumer_key=KEY,
        consumer_secret=SECRET,
        timestamp=1700000000,
        nonce="n0nce1234567890",
    )
    return added["oauth_signature"]


@pytest.mark.parametrize(
    ("method", "url", "query", "expected"),
    [
        (
            "GET",
            ORDERS,
            {
                "per_page": "50",
                "page": "2",
                "status": "processing,on-hold",
                "modified_after": "2026-11-24T00:00:00",
            },
            "zsy+va6AOs8awVdToFoRf8wa0xNTPB31PlH53BQf/mM=",
        ),
        (
            "GET",
            ORDERS,
            {"status[0]": "processing", "status[1]": "on-hold", "search": "a b&c~é"},
            "k9jz/FBgGnTrtBUdtPcauGuN9RbDXmTmhseWzj99Ol4=",
        ),
        (
            "POST",
            "http://127.0.0.1:8080/wp-json/wc/v3/products/batch",
            {},
            "FwsDRAqMSnFYE0nrW78zKuM7Ew6D5sHGG+VO9i3RA4I=",
        ),
    ],
    ids=["list", "brackets and UTF-8", "write"],
)
def test_a_signature_equals_the_servers(
    method: str, url: str, query: dict[str, str], expected: str
) -> None:
    assert signature(method, url, query) == expected


def test_the_signed_text_is_the_one_of_the_reference() -> None:
    base = signature_base("GET", ORDERS, {"page": "2", "status": "processing,on-hold"})

    assert base == (
        "GET&http%3A%2F%2F127.0.0.1%3A8080%2Fwp-json%2Fwc%2Fv3%2Forders"
        "&page%3D2%26status%3Dprocessing%252Con-hold"
    )


def test_the_usual_port_and_the_case_of_the_host_are_not_signed() -> None:
    plain = signature_base("GET", "http://shop.example/wp-json", {})

    assert signature_base("GET", "http://Shop.Example:80/wp-json", {}) == plain
    assert signature_base("GET", "http://shop.example:8080/wp-json", {}) != plain


def access(url: str) -> StoreAccess:
    return StoreAccess(url=url, credentials={"consumer_key": KEY, "consumer_secret": SECRET})


def test_keys_go_as_a_header_over_https_and_as_a_signature_over_http() -> None:
    sign = Client(access("https://shop.example")).signer()

    secure = sign("GET", "https://shop.example/wp-json/wc/v3/orders", {})
    plain = sign("GET", "http://shop.example/wp-json/wc/v3/orders", {})

    assert secure.headers["Authorization"].startswith("Basic ")
    assert secure.query == {}
    assert plain.headers == {}
    assert SECRET not in str(dict(plain.query))
    assert plain.query["oauth_signature_method"] == "HMAC-SHA256"


def test_every_attempt_has_a_nonce_of_its_own() -> None:
    sign = Client(access("http://shop.example")).signer()

    nonces = {sign("GET", "http://shop.example/", {}).query["oauth_nonce"] for _ in range(20)}

    assert len(nonces) == 20


@pytest.mark.parametrize(
    ("typed", "root"),
    [
        ("https://shop.example", "https://shop.example/wp-json"),
        ("https://shop.example/", "https://shop.example/wp-json"),
        ("shop.example/store/", "https://shop.example/store/wp-json"),
        ("http://shop.example:8080/a", "http://shop.example:8080/a/wp-json"),
        ("https://shop.example/wp-json/wc/v3", "https://shop.example/wp-json"),
        ("https://shop.example/index.php/wp-json", "https://shop.example/index.php/wp-json"),
        ("https://user:pw@shop.example", "https://shop.example/wp-json"),
        (" https://shop.example/?utm=1#top ", "https://shop.example/wp-json"),
    ],
)
def test_the_api_is_found_from_what_a_person_types(typed: str, root: str) -> None:
    assert Client(access(typed)).root == root


def test_secrets_show_in_no_repr() -> None:
    given: list[Any] = [access("https://shop.example"), Client(access("https://shop.example"))]
    signature_of = given[1].signer()("GET", "http://shop.example/", {})

    shown = " ".join(repr(each) for each in [*given, signature_of])

    assert SECRET not in shown
    assert KEY not in shown
