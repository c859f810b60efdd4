"""OAuth 1.0a over HTTP, as a strict store checks it."""

import json
from pathlib import Path
from time import time
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import requests

from platforms.sandbox.woocommerce import Sandbox
from platforms.sandbox.woocommerce.authentication import ApiKey, signature, signature_base
from platforms.sandbox.woocommerce.php_query import parse

PAYLOADS = Path(__file__).parents[1] / "payloads" / "woocommerce"
ORDERS = "/wp-json/wc/v3/orders"


class Signer:
    """Signs requests by hand; every part can be made wrong."""

    def __init__(self, sandbox: Sandbox, key: ApiKey | None = None) -> None:
        self.home = sandbox.url
        self.url = sandbox.url
        self.key = key or sandbox.key
        self._nonce = 0

    def oauth(self, method: str, path: str, query: str = "", **changes: str) -> dict[str, str]:
        self._nonce += 1
        params = {
            "oauth_consumer_key": self.key.consumer_key,
            "oauth_timestamp": str(int(time())),
            "oauth_nonce": f"nonce{self._nonce}",
            "oauth_signature_method": "HMAC-SHA256",
            **changes,
        }
        base = signature_base(method, self.home + path, {**parse(query), **params})
        algorithm = params["oauth_signature_method"]
        if algorithm in ("HMAC-SHA1", "HMAC-SHA256"):
            params["oauth_signature"] = signature(self.key.consumer_secret, base, algorithm)
        else:
            params["oauth_signature"] = "x"
        return params

    def get(self, path: str, query: str = "", **changes: str) -> requests.Response:
        params = self.oauth("GET", path, query, **changes)
        return self.send(path, query, params)

    def send(self, path: str, query: str, params: dict[str, str]) -> requests.Response:
        whole = f"{query}&{urlencode(params)}" if query else urlencode(params)
        return requests.get(f"{self.url}{path}?{whole}", timeout=10)


def _said(file: str) -> Any:
    return json.loads((PAYLOADS / file).read_bytes())


@pytest.mark.parametrize("algorithm", ["HMAC-SHA1", "HMAC-SHA256"])
def test_a_signed_query_is_let_in(http: Sandbox, algorithm: str) -> None:
    answer = Signer(http).get(
        ORDERS,
        "status=processing,completed&search=a%20b%26c~%C3%A9",
        oauth_signature_method=algorithm,
    )

    assert (answer.status_code, answer.json()) == (200, [])


def test_a_signed_header_is_let_in(http: Sandbox) -> None:
    params = Signer(http).oauth("GET", ORDERS, "per_page=2")
    header = "OAuth " + ", ".join(f'{k}="{quote(v, safe="")}"' for k, v in params.items())

    answer = requests.get(
        f"{http.url}{ORDERS}?per_page=2", headers={"Authorization": header}, timeout=10
    )

    assert len(answer.json()) == 2


def test_a_signed_form_is_let_in(http: Sandbox) -> None:
    order_id = http.cases["1"]
    path = f"{ORDERS}/{order_id}"
    params = Signer(http).oauth("POST", path, "customer_note=hello")

    answer = requests.post(http.url + path, data={"customer_note": "hello", **params}, timeout=10)

    assert answer.json()["customer_note"] == "hello"


def test_a_signature_with_another_secret_does_not_match(http: Sandbox) -> None:
    stranger = ApiKey(http.key.consumer_key, "cs_no", "read_write")

    answer = Signer(http, stranger).get(ORDERS)

    assert (answer.status_code, answer.json()) == (401, _said("237-err-oauth-bad-secret.json"))


def test_a_signature_over_another_address_does_not_match(http: Sandbox) -> None:
    signer = Signer(http)
    signer.home = "http://elsewhere"

    answer = signer.get(ORDERS)

    assert (answer.status_code, answer.json()) == (401, _said("235-err-oauth-bad-signature.json"))


@pytest.mark.parametrize(
    ("changes", "file"),
    [
        ({"oauth_consumer_key": "ck_unknown"}, "236-err-oauth-bad-key.json"),
        ({"oauth_timestamp": str(int(time()) - 1000)}, "238-err-oauth-old-timestamp.json"),
        ({"oauth_timestamp": str(int(time()) + 100_000)}, "239-err-oauth-future-timestamp.json"),
        ({"oauth_signature_method": "HMAC-MD5"}, "242-err-oauth-md5-alg.json"),
    ],
)
def test_a_wrong_oauth_parameter_is_named(
    http: Sandbox, changes: dict[str, str], file: str
) -> None:
    answer = Signer(http).get(ORDERS, **changes)

    assert (answer.status_code, answer.json()) == (401, _said(file))
    assert "Allow" not in answer.headers


def test_a_nonce_works_once_but_an_older_timestamp_with_a_new_one_is_fine(http: Sandbox) -> None:
    signer = Signer(http)
    first = signer.oauth("GET", ORDERS)

    assert signer.send(ORDERS, "", first).status_code == 200
    again = signer.send(ORDERS, "", first)
    older = signer.get(ORDERS, oauth_timestamp=str(int(time()) - 300))

    assert again.json() == _said("240-err-oauth-nonce-reuse.json")
    assert older.status_code == 200


def test_a_second_nonce_of_the_same_second_makes_the_first_forgotten(http: Sandbox) -> None:
    signer, second = Signer(http), str(int(time()))
    first = signer.oauth("GET", ORDERS, oauth_timestamp=second)

    assert signer.send(ORDERS, "", first).status_code == 200
    assert signer.get(ORDERS, oauth_timestamp=second).status_code == 200
    assert signer.send(ORDERS, "", first).status_code == 200


def test_a_missing_oauth_parameter_is_named(http: Sandbox) -> None:
    signer = Signer(http)
    params = signer.oauth("GET", ORDERS)
    del params["oauth_nonce"]

    answer = signer.send(ORDERS, "", params)

    assert answer.status_code == 401
    assert answer.json()["code"] == "woocommerce_rest_authentication_missing_parameter"


def test_the_signature_is_over_the_configured_home_not_over_the_host(http: Sandbox) -> None:
    http.store.home = "http://shop.example"
    signer = Signer(http)

    assert signer.get(ORDERS).json() == _said("235-err-oauth-bad-signature.json")
    signer.home = "http://shop.example"
    assert signer.get(ORDERS).status_code == 200


def test_a_repeated_parameter_is_signed_once_with_its_last_value(http: Sandbox) -> None:
    signer = Signer(http)
    params = signer.oauth("GET", ORDERS, "per_page=2")

    answer = signer.send(ORDERS, "per_page=1&per_page=2", params)

    assert len(answer.json()) == 2
