"""Recorded webhooks of a real shop: which are ours, and what they say."""

import json
from pathlib import Path

import pytest

from platforms import registry
from platforms.base import NoticeKind, StoreNotice
from platforms.errors import BadResponse, Refused
from platforms.woocommerce.notices import signature_of

FOLDER = Path(__file__).parents[2] / "payloads" / "woocommerce" / "webhooks"
RECORDED = json.loads((FOLDER / "index.json").read_text("utf-8"))
READER = registry.get("woocommerce").notices
SECRET = "testsecret"
# The webhook that was made to fail had a secret of its own, which the index does not tell.
OF_ITS_OWN = {"/fail": "x"}


def recorded(row: dict[str, str]) -> tuple[dict[str, str], bytes]:
    headers = json.loads((FOLDER / row["headers"]).read_text("utf-8"))["headers"]
    return {name.lower(): value for name, value in headers}, (FOLDER / row["body"]).read_bytes()


def read(headers: dict[str, str], body: bytes, secret: str = SECRET) -> StoreNotice | None:
    assert READER is not None
    keys = {"consumer_key": "ck_1", "webhook_secret": secret}
    return READER.read(url="https://x.example/y", headers=headers, body=body, credentials=keys)


def signed(body: bytes, topic: str = "order.updated") -> dict[str, str]:
    return {"x-wc-webhook-topic": topic, "x-wc-webhook-signature": signature_of(SECRET, body)}


@pytest.mark.parametrize("row", RECORDED, ids=lambda row: str(row["seq"]))
def test_a_recorded_delivery_is_known_as_what_it_is(row: dict[str, str]) -> None:
    headers, body = recorded(row)

    notice = read(headers, body, OF_ITS_OWN.get(row["path"], row["secret"]))

    if row["ping"] or not (row["topic"] or "").startswith("order."):
        assert notice is None
    else:
        assert notice is not None
        assert notice.kind is NoticeKind.ORDER
        assert notice.order_remote_id == str(json.loads(body)["id"])


@pytest.mark.parametrize(
    "row", [row for row in RECORDED if not row["ping"]], ids=lambda row: str(row["seq"])
)
def test_a_recorded_delivery_under_another_secret_is_a_forgery(row: dict[str, str]) -> None:
    with pytest.raises(Refused):
        read(*recorded(row))


def test_the_signature_is_the_one_of_the_reference() -> None:
    body = rb'{"id":727,"status":"processing","total":"57.56","note":"caf\u00e9 \/ ok"}'

    assert signature_of("testsecret", body) == "UTXnJkOu0c1XoNCUnNfJobtAWhlCdJVopDaxBBHSuf4="


@pytest.mark.parametrize(
    "topic", ["order.created", "order.updated", "order.deleted", "order.restored"]
)
def test_each_topic_of_orders_is_heard(topic: str) -> None:
    notice = read(signed(b'{"id":37}', topic), b'{"id":37}')

    assert notice is not None
    assert notice.order_remote_id == "37"


@pytest.mark.parametrize(
    "body",
    [
        b'{"code":"woocommerce_rest_shop_order_invalid_id","message":"Invalid ID.","data":{"status":404}}',
        b'{"code":"woocommerce_rest_cannot_view","message":"Sorry","data":{"status":403}}',
        b'{"id":0}',
        b'{"id":"../etc"}',
        b"{}",
    ],
)
def test_a_delivery_that_names_no_order_says_nothing(body: bytes) -> None:
    assert read(signed(body), body) is None


def test_a_signed_body_that_is_no_object_is_a_fault_of_the_store() -> None:
    with pytest.raises(BadResponse):
        read(signed(b"[1]"), b"[1]")


@pytest.mark.parametrize("body", [b"webhook_id=", b"webhook_id=1&x=2", b"webhook_id=a", b""])
def test_what_only_resembles_the_ping_is_a_forgery(body: bytes) -> None:
    with pytest.raises(Refused):
        read({}, body)


def test_without_a_secret_nothing_is_signed() -> None:
    body = b'{"id":1}'

    with pytest.raises(Refused):
        read({**signed(body), "x-wc-webhook-signature": signature_of("", body)}, body, "")
