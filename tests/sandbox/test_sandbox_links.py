"""The `Link` header of lists is the captured one, but for the host and secrets."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from platforms.sandbox.woocommerce import StoreSettings, open_sandbox
from tests.sandbox.caller import Caller

PAYLOADS = Path(__file__).parents[1] / "payloads" / "woocommerce"
CALLS = {call["name"]: call for call in json.loads((PAYLOADS / "index.json").read_bytes())}


@pytest.mark.parametrize(
    "name",
    [
        "orders-page1",
        "orders-page4",
        "orders-page99",
        "products-page1",
        "order-plain",
        "webhooks-list",
    ],
)
def test_a_link_header_is_the_captured_one(name: str) -> None:
    captured = CALLS[name]
    path = "/wp-json/wc/v3/orders/51" if name == "order-plain" else captured["path"]
    with open_sandbox(https=True, orders=51, products=2, settings=StoreSettings()) as sandbox:
        caller = Caller(sandbox)
        answer = caller.call("GET", path, root="", params=captured["query"])
        caller.close()
        host = urlsplit(sandbox.url).netloc

    assert answer.headers["Link"].replace(host, "127.0.0.1:8898") == captured["headers"]["Link"]


def test_unknown_arguments_and_head_are_in_the_link_as_captured() -> None:
    with open_sandbox(https=True, orders=52, settings=StoreSettings()) as sandbox:
        caller = Caller(sandbox)
        links = []
        for name, method in (("err-unknown-param-ignored", "GET"), ("readonly-head", "HEAD")):
            captured = CALLS[name]
            answer = caller.call(method, captured["path"], root="", params=captured["query"])
            links.append((answer.headers["Link"], captured["headers"]["Link"]))
        caller.close()
        host = urlsplit(sandbox.url).netloc

    for served, captured_link in links:
        assert served.replace(host, "127.0.0.1:8898") == captured_link
