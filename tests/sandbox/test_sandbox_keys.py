"""Who may ask what: Basic and query keys on HTTPS, permissions, and the order of checks."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pytest
import requests

from platforms.sandbox.woocommerce import Sandbox
from tests.sandbox.caller import Caller

PAYLOADS = Path(__file__).parents[1] / "payloads" / "woocommerce"
ORDERS = "/wp-json/wc/v3/orders"


def _said(file: str) -> Any:
    return json.loads((PAYLOADS / file).read_bytes())


def test_basic_over_plain_http_is_not_looked_at(http: Sandbox) -> None:
    key = http.key

    answer = requests.get(
        http.url + ORDERS, auth=(key.consumer_key, key.consumer_secret), timeout=10
    )

    assert (answer.status_code, answer.json()) == (401, _said("232-err-basic-over-http.json"))


def test_a_proxys_word_makes_the_site_believe_in_https(http: Sandbox) -> None:
    http.store.configure(trust_forwarded_proto=True)
    key = http.key

    answer = requests.get(
        http.url + ORDERS,
        auth=(key.consumer_key, key.consumer_secret),
        headers={"X-Forwarded-Proto": "https"},
        timeout=10,
    )

    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("auth", "file"),
    [
        (("ck_unknown", "x"), "229-err-basic-bad-key.json"),
        (("right", "wrong"), "230-err-basic-bad-secret.json"),
        (("", ""), "231-err-no-auth.json"),
    ],
)
def test_wrong_basic_keys_get_the_captured_answer(
    sandbox: Sandbox, auth: tuple[str, str], file: str
) -> None:
    name = sandbox.key.consumer_key if auth[0] == "right" else auth[0]
    caller = Caller(sandbox, (name, auth[1]))

    answer = caller.call("GET", "/orders")
    caller.close()

    assert (answer.status_code, answer.json()) == (401, _said(file))


def test_keys_in_the_query_work_on_https_and_win_over_the_header(sandbox: Sandbox) -> None:
    key = sandbox.key
    caller = Caller(sandbox, ("ck_unknown", "x"))
    keys = {"consumer_key": key.consumer_key, "consumer_secret": key.consumer_secret}

    good = caller.call("GET", "/orders", params=keys)
    bad = caller.call("GET", "/orders", params={**keys, "consumer_secret": "no"})
    caller.close()

    assert good.status_code == 200
    assert bad.json() == _said("234-err-qs-bad-secret.json")


@pytest.mark.parametrize(
    ("permissions", "method", "path", "file"),
    [
        ("read", "POST", "/orders", "244-err-readonly-post.json"),
        ("read", "PUT", "/products/15", "245-err-readonly-put.json"),
        ("read", "POST", "/products/batch", "246-err-readonly-batch.json"),
        ("write", "GET", "/orders", "247-err-writeonly-get.json"),
        ("read", "POST", "/no/such/route", "244-err-readonly-post.json"),
    ],
)
def test_a_key_without_the_right_gets_401(
    sandbox: Sandbox, permissions: str, method: str, path: str, file: str
) -> None:
    key = sandbox.store.add_key(permissions)
    caller = Caller(sandbox, (key.consumer_key, key.consumer_secret))

    answer = caller.call(method, path, json={})
    caller.close()

    assert (answer.status_code, answer.json()) == (401, _said(file))


def test_the_key_of_a_plain_customer_gets_403_and_sees_no_products(sandbox: Sandbox) -> None:
    key = sandbox.store.add_key("read_write", administrator=False)
    caller = Caller(sandbox, (key.consumer_key, key.consumer_secret))

    codes = [
        caller.error("GET", "/products"),
        caller.error("POST", "/orders", json={}),
        caller.error("POST", "/orders/batch", json={}),
    ]
    caller.close()

    assert codes == [
        (403, "woocommerce_rest_cannot_view"),
        (403, "woocommerce_rest_cannot_create"),
        (403, "woocommerce_rest_cannot_batch"),
    ]


def test_things_are_checked_in_the_real_order(sandbox: Sandbox) -> None:
    nobody = Caller(sandbox, ("", ""))

    answers = [
        nobody.error("GET", "/nothing"),
        nobody.error("GET", "/orders?per_page=0"),
        nobody.error("GET", "/orders/999999"),
        nobody.error("GET", "/orders"),
    ]
    nobody.close()

    assert answers == [
        (404, "rest_no_route"),
        (400, "rest_invalid_param"),
        (401, "woocommerce_rest_cannot_view"),
        (401, "woocommerce_rest_cannot_view"),
    ]


def test_the_harmless_write_probe_tells_the_permissions_apart(sandbox: Sandbox) -> None:
    statuses = []
    for permissions in ("read_write", "write", "read"):
        key = sandbox.store.add_key(permissions)
        caller = Caller(sandbox, (key.consumer_key, key.consumer_secret))
        answer = caller.call("POST", "/orders/batch", json={})
        statuses.append((answer.status_code, answer.json() == []))
        caller.close()

    assert statuses == [(200, True), (200, True), (401, False)]


def test_keys_are_ignored_on_rest_route_and_work_below_index_php(shop: Caller) -> None:
    by_query = shop.call("GET", "", root="/", params={"rest_route": "/wc/v3/orders"})
    by_path = shop.call("GET", "/wc/v3/orders", root="/index.php/wp-json")

    assert (by_query.status_code, by_path.status_code) == (401, 200)
    assert by_query.json()["code"] == "woocommerce_rest_cannot_view"


def test_a_shop_with_plain_permalinks_answers_with_a_page_of_its_theme(shop: Caller) -> None:
    shop.sandbox.store.configure(pretty_permalinks=False)

    answer = shop.call("GET", "/orders")
    index = shop.call("GET", "", root="/", params={"rest_route": "/"})

    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("text/html")
    assert index.json()["namespaces"][3] == "wc/v3"


def test_the_link_header_repeats_the_secret_of_the_query(sandbox: Sandbox) -> None:
    sandbox.store.add_product("x")
    key = sandbox.key
    caller = Caller(sandbox, ("", ""))
    keys = {"consumer_key": key.consumer_key, "consumer_secret": key.consumer_secret}

    answer = caller.call("GET", "/products", params={**keys, "per_page": 1})
    caller.close()

    following = answer.headers["Link"].partition("?")[2].partition(">")[0]
    assert dict(parse_qsl(following))["consumer_secret"] == key.consumer_secret
