"""Every family of errors, over a real socket: what the caller does next is in the class."""

import json
import logging
from typing import Any

import pytest

from platforms.base import Shipment
from platforms.errors import (
    BadResponse,
    NotFound,
    OutcomeUnknown,
    PlatformError,
    Refused,
    SiteRefused,
    TryAgain,
)
from platforms.woocommerce.answers import NoRoute
from tests.platforms.scripted import Asked, passed_on_to, response, scripted
from tests.platforms.woo_store import connect_to

PAGE = "<!DOCTYPE html><html><body>{}</body></html>"


def envelope(code: str, status: int, message: str = "Nein") -> str:
    return json.dumps({"code": code, "message": message, "data": {"status": status}})


ANSWERS: list[tuple[str, bytes, type[PlatformError], type[PlatformError]]] = [
    # (what, the answer, raised for reading, raised for writing)
    (
        "unknown key",
        response(envelope("woocommerce_rest_cannot_view", 401), 401),
        SiteRefused,
        SiteRefused,
    ),
    (
        "wrong secret",
        response(envelope("woocommerce_rest_authentication_error", 401), 401),
        SiteRefused,
        SiteRefused,
    ),
    (
        "user without rights",
        response(envelope("woocommerce_rest_cannot_edit", 403), 403),
        SiteRefused,
        SiteRefused,
    ),
    (
        "no such order",
        response(envelope("woocommerce_rest_shop_order_invalid_id", 404), 404),
        NotFound,
        NotFound,
    ),
    ("no such route", response(envelope("rest_no_route", 404), 404), NoRoute, NoRoute),
    ("theme's 404", response(PAGE.format("Not here"), 404, kind="text/html"), NoRoute, NoRoute),
    (
        "refused field",
        response(envelope("rest_invalid_param", 400), 400),
        BadResponse,
        Refused,
    ),
    (
        "business refusal as 500",
        response(b'{"code":"woocommerce_rest_x","message":"No","data":500}', 500),
        BadResponse,
        Refused,
    ),
    ("firewall", response(PAGE.format("Blocked"), 403, kind="text/html"), SiteRefused, SiteRefused),
    (
        "challenge with 200",
        response(PAGE.format("Just a moment..."), 200, kind="text/html"),
        SiteRefused,
        SiteRefused,
    ),
    (
        "home page",
        response(PAGE.format("Shop"), 200, kind="text/html"),
        BadResponse,
        OutcomeUnknown,
    ),
    ("too many", response("", 429), TryAgain, TryAgain),
    ("maintenance", response(PAGE.format("Wait"), 503, Retry_After="600"), TryAgain, TryAgain),
    ("fatal", response(PAGE.format("Critical error"), 500), TryAgain, OutcomeUnknown),
    ("gateway", response("", 504), TryAgain, OutcomeUnknown),
    ("resources used up", response(PAGE.format("508"), 508), TryAgain, OutcomeUnknown),
    ("broken off", response('{"id":5,"status":"proc'), TryAgain, OutcomeUnknown),
    ("empty", response(""), TryAgain, OutcomeUnknown),
    ("not an object", response("[1,2]"), BadResponse, BadResponse),
]
NAMES = [what for what, *_ in ANSWERS]


@pytest.mark.parametrize(
    ("answer", "kind"), [(answer, reading) for _, answer, reading, _ in ANSWERS], ids=NAMES
)
def test_reading_raises_what_to_do_next(
    answer: bytes, kind: type[PlatformError], fast: None
) -> None:
    with scripted(lambda asked: answer) as server, pytest.raises(kind) as caught:
        connect_to(server.url).tell_shipped(Shipment(remote_order_id="5", set_status=None))

    assert not isinstance(caught.value, OutcomeUnknown)
    assert caught.value.sentence.endswith(".")
    assert "<" not in caught.value.said


@pytest.mark.parametrize(
    ("answer", "kind"), [(answer, writing) for _, answer, _, writing in ANSWERS], ids=NAMES
)
def test_writing_raises_what_to_do_next_and_writes_once(
    answer: bytes, kind: type[PlatformError]
) -> None:
    def script(asked: Asked) -> bytes:
        return response('{"id":5,"status":"processing"}') if asked.method == "GET" else answer

    with scripted(script) as server, pytest.raises(kind) as caught:
        connect_to(server.url).tell_shipped(Shipment(remote_order_id="5", set_status="completed"))

    assert isinstance(caught.value, OutcomeUnknown) is (kind is OutcomeUnknown)
    assert [asked.method for asked in server.asked] == ["GET", "PUT"]


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """Retries without their pauses: how long they are is tested with the transport."""
    monkeypatch.setattr("platforms.transport.FIRST_PAUSE", 0.001)


def test_a_redirect_to_another_host_says_which_address_to_enter() -> None:
    """Keys are not told to the other host, so it refuses: the reason is the address."""
    refused = response(envelope("woocommerce_rest_cannot_view", 401), 401)
    with scripted(lambda asked: refused) as other:
        there = f"http://localhost:{other.port}/wp-json/wc/v3/orders/5"
        moved = response("", 301, Location=there)
        with scripted(lambda asked: moved) as server, pytest.raises(SiteRefused) as caught:
            connect_to(server.url).order_by_id("5")

    assert f"http://localhost:{other.port}" in caught.value.fix
    assert "oauth_signature" not in other.asked[0].target


def test_lists_travel_as_one_value_so_that_signatures_hold() -> None:
    asked_for: list[dict[str, str]] = []

    def script(asked: Asked) -> bytes:
        asked_for.append(asked.query)
        return response("[]")

    with scripted(script) as server:
        connect_to(server.url).orders_by_id([str(number) for number in range(1, 13)])

    assert asked_for[0]["include"] == "1,2,3,4,5,6,7,8,9,10,11,12"
    assert asked_for[0]["per_page"] == "100"


def test_each_retry_is_signed_anew(fast: None) -> None:
    nonces: list[str] = []

    def script(asked: Asked) -> bytes:
        nonces.append(asked.query["oauth_nonce"])
        return response("", 502)

    with scripted(script) as server, pytest.raises(TryAgain):
        connect_to(server.url).order_by_id("5")

    assert len(nonces) == len(set(nonces)) == 4


def test_a_stores_words_never_carry_a_key_into_a_message_or_a_log(
    caplog: pytest.LogCaptureFixture, fast: None
) -> None:
    caplog.set_level(logging.DEBUG)
    leak = "oauth_signature=c2VjcmV0 ck_1111111111 cs_2222222222"
    body = envelope("woocommerce_rest_cannot_view", 401, leak)

    with scripted(lambda asked: response(body, 401)) as server, pytest.raises(SiteRefused) as got:
        connect_to(server.url).order_by_id("5")

    shown = " ".join([str(got.value), repr(got.value), got.value.said, caplog.text])
    for secret in ("c2VjcmV0", "1111111111", "2222222222", server.asked[0].query["oauth_nonce"]):
        assert secret not in shown


def test_a_body_in_a_log_would_be_a_buyer_in_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    order: dict[str, Any] = {"id": 5, "billing": {"last_name": "Lovelace"}, "status": "processing"}

    with scripted(lambda asked: response(json.dumps(order))) as server:
        connect_to(server.url).tell_shipped(Shipment(remote_order_id="5", set_status=None))

    assert "GET /wp-json/wc/v3/orders/5 200" in caplog.text
    assert "Lovelace" not in caplog.text


def test_a_proxy_that_turns_every_status_into_200_is_seen_through() -> None:
    refused = response(envelope("woocommerce_rest_shop_order_invalid_id", 404), 404)

    with scripted(lambda asked: refused) as shop:

        def flattened(asked: Asked) -> bytes:
            answer = passed_on_to(shop.port)(asked)
            assert isinstance(answer, bytes)
            return answer.replace(b"HTTP/1.1 404", b"HTTP/1.1 200")

        with scripted(flattened) as server, pytest.raises(NotFound):
            connect_to(server.url).order_by_id("5")


@pytest.mark.parametrize("body", ['{"id":6,"status":"processing"}', "{}", '"order"'])
def test_another_order_than_the_one_asked_for_is_not_taken_for_it(body: str) -> None:
    with scripted(lambda asked: response(body)) as server, pytest.raises(BadResponse):
        connect_to(server.url).order_by_id("5")
