"""What the door lets in and what it turns away, and that it tells a stranger nothing."""

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from platforms.sandbox import shopee
from tests.webhooks.serving import Served, connect
from webapp.database import reading, writing
from webapp.models.audit import AuditEntry
from webapp.models.sites import Site
from webapp.webhooks import LARGEST_BODY

WOO_BODY = b'{"id":727,"status":"processing"}'


def order_body(sandbox: Any) -> bytes:
    """What a store of this kind sends of its order 727."""
    if isinstance(sandbox, shopee.Sandbox):
        shop = sandbox.store.settings.shop_id
        return b'{"data":{"ordersn":"727"},"shop_id":%d,"code":3,"timestamp":1764000000}' % shop
    return WOO_BODY


def path_of(served: Served, site_id: int) -> str:
    return urlsplit(served.address(site_id)).path


@pytest.fixture
def told(served_on_sqlite: Served, sandbox: Any, site_id: int) -> Served:
    """A store whose keys, with the secret of its notices, the site has."""
    sandbox.send_notices_to(served_on_sqlite.address(site_id))
    with writing(served_on_sqlite.engine) as session:
        keys = {name: str(value) for name, value in sandbox.credentials.items()}
        session.get_one(Site, site_id).credentials = keys
    return served_on_sqlite


def sent(served: Served, sandbox: Any, site_id: int, body: bytes, **changed: str) -> Any:
    headers = dict(sandbox.notice_headers(served.address(site_id), body)) | changed
    return served.send(path_of(served, site_id), body, headers)


def test_a_good_notice_is_kept_and_answered_with_nothing(
    told: Served, sandbox: Any, site_id: int
) -> None:
    answer = sent(told, sandbox, site_id, order_body(sandbox))

    assert (answer.status, answer.said) == (200, b"")
    assert [each.order_remote_id for each in told.waiting(site_id)] == ["727"]
    assert told.counted() == {"kept": 1}


def test_no_cookie_and_no_page_come_with_an_answer(
    told: Served, sandbox: Any, site_id: int
) -> None:
    answers = [
        sent(told, sandbox, site_id, order_body(sandbox)),
        told.send(path_of(told, site_id), b"{}"),
        told.send("/webhooks/nobody", b"{}"),
    ]

    for answer in answers:
        assert answer.headers["Set-Cookie"] is None
        assert answer.headers["Content-Length"] == "0"
        assert answer.said == b""


def test_a_forged_notice_leaves_no_trace_but_a_count(
    told: Served, sandbox: Any, site_id: int
) -> None:
    body = order_body(sandbox)
    headers = dict(sandbox.notice_headers(told.address(site_id), body))
    forged = [
        told.send(path_of(told, site_id), body + b" ", headers),
        told.send(path_of(told, site_id), body, {}),
        told.send(path_of(told, site_id), body, dict.fromkeys(headers, "Zm9yZ2Vk")),
    ]

    assert [each.status for each in forged] == [401, 401, 401]
    assert told.waiting(site_id) == []
    assert told.counted() == {"forged": 3}
    with reading(told.engine) as session:
        assert session.query(AuditEntry).count() == 0


def test_a_stranger_does_not_learn_which_sites_there_are(
    told: Served, platform_name: str, site_id: int
) -> None:
    def answers(to: int) -> list[int]:
        path = f"/webhooks/{platform_name}/{to}"
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return [
            told.send(path, b"{}").status,
            told.send(path, b"").status,
            told.send(path, b"webhook_id=16", form).status,
            told.send(path, b"\0" * 100).status,
        ]

    assert answers(site_id) == answers(site_id + 77)


@pytest.mark.parametrize(
    "path",
    ["/webhooks/nobody", "/webhooks/nobody/1", "/webhooks/", "/webhooks/woocommerce/",
     "/webhooks/woocommerce/x", "/webhooks/woocommerce/-1", "/webhooks/woocommerce/1/2",
     "/webhooks/woocommerce/99999999999999999999", "/webhooks/woocommerce/%C2%B2"],
)  # fmt: skip
def test_an_address_that_is_none_is_not_found(served_on_sqlite: Served, path: str) -> None:
    assert served_on_sqlite.send(path, WOO_BODY).status == 404


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"])
def test_only_a_post_is_taken(served_on_sqlite: Served, method: str) -> None:
    answer = served_on_sqlite.send("/webhooks/shopee", b"", method=method)

    assert answer.status == 405
    assert answer.headers["Allow"] == "POST"


def test_a_body_that_is_too_large_is_refused(told: Served, sandbox: Any, site_id: int) -> None:
    largest = sent(told, sandbox, site_id, b" " * LARGEST_BODY)
    larger = sent(told, sandbox, site_id, b" " * (LARGEST_BODY + 1))

    assert largest.status in (200, 401)
    assert (larger.status, larger.said) == (413, b"")
    assert told.counted()["too_large"] == 1


def test_a_body_in_pieces_of_unknown_length_is_capped_too(told: Served, site_id: int) -> None:
    parts = urlsplit(told.url)
    head = (
        f"POST {path_of(told, site_id)} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    piece = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as opened:
        opened.sendall(head.encode() + piece * 20 + b"0\r\n\r\n")

        assert b" 413 " in opened.recv(200).split(b"\r\n")[0]


def test_stores_that_send_slowly_keep_nobody_waiting(
    told: Served, sandbox: Any, site_id: int
) -> None:
    """More of them than the server has threads."""
    parts = urlsplit(told.url)
    slow = [socket.create_connection((parts.hostname, parts.port), timeout=10) for _ in range(20)]
    try:
        head = f"POST {path_of(told, site_id)} HTTP/1.1\r\nHost: x\r\nContent-Length: 900\r\n\r\n"
        for opened in slow:
            opened.sendall(head.encode() + b"{")

        answer = sent(told, sandbox, site_id, order_body(sandbox))
    finally:
        for opened in slow:
            opened.close()

    assert answer.status == 200
    assert told.counted() == {"kept": 1}


def test_the_unsigned_ping_of_a_new_webhook_is_taken_and_does_nothing(
    served_on_sqlite: Served,
) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}

    answer = served_on_sqlite.send("/webhooks/woocommerce/1", b"webhook_id=16", form)

    assert (answer.status, answer.said) == (200, b"")
    assert served_on_sqlite.counted() == {"ignored": 1}


def test_the_empty_test_push_of_a_new_address_is_taken(served_on_sqlite: Served) -> None:
    answer = served_on_sqlite.send("/webhooks/shopee", b"")

    assert (answer.status, answer.said) == (200, b"")


def test_what_concerns_nobody_is_acknowledged_and_forgotten(
    told: Served, sandbox: Any, site_id: int, platform_name: str
) -> None:
    other = b'{"data":{},"shop_id":1,"code":10,"timestamp":1764000000}'
    topic = {"X-WC-Webhook-Topic": "product.updated"} if platform_name == "woocommerce" else {}

    answer = sent(told, sandbox, site_id, other, **topic)

    assert answer.status == 200
    assert told.waiting(site_id) == []
    assert told.counted() == {"ignored": 1}


def test_signed_garbage_is_acknowledged_since_sending_it_again_would_not_help(
    told: Served, sandbox: Any, site_id: int
) -> None:
    answer = sent(told, sandbox, site_id, b"<html>")

    assert answer.status == 200
    assert told.counted() == {"malformed": 1}


def test_the_address_that_counts_is_the_one_the_store_was_told(
    told: Served, sandbox: Any, site_id: int
) -> None:
    """Behind a proxy the Host header is whatever the proxy makes of it."""
    body = order_body(sandbox)
    headers = dict(sandbox.notice_headers(told.address(site_id), body))

    answer = told.send(
        path_of(told, site_id),
        body,
        headers | {"Host": "10.0.0.7:8000", "X-Forwarded-Host": "evil.example"},
    )

    assert answer.status == 200


def test_a_signed_notice_of_one_shop_reaches_only_the_sites_of_that_shop(
    served_on_sqlite: Served, market: shopee.Sandbox
) -> None:
    engine = served_on_sqlite.engine
    ours = connect(engine, market, "shopee", name="ours")
    keys = {name: str(value) for name, value in market.credentials.items()}
    other_shop = connect(
        engine, market, "shopee", name="other", credentials=keys | {"shop_id": "5"}
    )
    other_app = connect(
        engine, market, "shopee", name="foreign", credentials=keys | {"partner_key": "another"}
    )

    answer = sent(served_on_sqlite, market, ours, order_body(market))

    assert answer.status == 200
    waiting = [len(served_on_sqlite.waiting(each)) for each in (ours, other_shop, other_app)]
    assert waiting == [1, 0, 0]
