"""Pushes of anybody, with anything in them: refused, nothing, or a notice, and never a traceback."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.base import StoreNotice
from platforms.errors import BadResponse, Refused
from platforms.shopee.notices import ShopeeNotices, push_signature

URL = "https://shop.example/notices"
KEYS = {"partner_key": "testpartnerkey", "shop_id": "600"}


def read(body: bytes, signature: str | None = None) -> StoreNotice | None:
    right = push_signature(KEYS["partner_key"], url=URL, body=body)
    headers = {"authorization": right if signature is None else signature}
    return ShopeeNotices().read(url=URL, headers=headers, body=body, credentials=KEYS)


def push(**given: Any) -> bytes:
    data = {"ordersn": "260305KJ4MYR01", "status": "SHIPPED"}
    values = {"code": 3, "shop_id": 600, "timestamp": 1_772_686_800, "data": data}
    return json.dumps({**values, **given}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"\xff\xfe\x00",
        b"[]",
        b"[1,2]",
        b"null",
        b'"x"',
        b"5",
        b"{",
        b'{"code":NaN}',
        b'{"code":"\\ud800"}',
        b"[" * 100_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b'{"code":3,"data":"{"}',
        b'{"code":3,"data":"[]"}',
    ],
)
def test_a_signed_push_that_is_no_notice_is_told_as_one(body: bytes) -> None:
    with pytest.raises(BadResponse):
        read(body)


@pytest.mark.parametrize(
    "body",
    [
        push(code="3"),
        push(code=True),
        push(code=3.0),
        push(code=None),
        push(code=[]),
        push(code=10**30),
        push(data=None),
        push(data=[]),
        push(data={"ordersn": None}),
        push(data={"ordersn": "x" * 5000}),
        push(data={"ordersn": "a\0b"}),
        push(data={"ordersn": "../../etc"}),
        push(data={"ordersn": {"a": 1}}),
    ],
)
def test_a_push_of_no_known_kind_or_order_is_nothing(body: bytes) -> None:
    assert read(body) is None


@pytest.mark.parametrize("timestamp", [-5, 0, "x", None, True, 10**18, [], 253_402_300_799])
def test_a_time_that_cannot_be_is_now(timestamp: Any) -> None:
    before = datetime.now(UTC)

    found = read(push(timestamp=timestamp))

    assert found is not None
    assert before <= found.at <= datetime.now(UTC)


def test_a_withdrawal_dated_years_ahead_is_of_now() -> None:
    found = read(push(code=2, timestamp=4_000_000_000))

    assert found is not None
    assert found.at <= datetime.now(UTC)


@pytest.mark.parametrize("shop_id", [None, True, [], {"a": 1}, "x" * 5000, -1, 10**30, "600\n"])
def test_a_shop_that_is_none_is_nobodys(shop_id: Any) -> None:
    found = read(push(shop_id=shop_id))

    assert found is not None
    assert not ShopeeNotices().is_of(found, KEYS)


@pytest.mark.parametrize(
    "signature",
    ["", " ", "é" * 64, "\udcff" * 64, "0" * 64, "x" * 100_000, "a" * 63, "null"],
)
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    with pytest.raises(Refused):
        read(push(), signature)


def test_a_signature_twice_or_in_capitals_is_refused_and_blanks_around_it_are_not() -> None:
    right = push_signature(KEYS["partner_key"], url=URL, body=push())

    for wrong in (f"{right}, {right}", f"{right}{right}", right.upper()):
        with pytest.raises(Refused):
            read(push(), wrong)
    assert read(push(), f"  {right} ") is not None


def test_a_body_of_ten_megabytes_without_a_signature_is_refused_unread() -> None:
    with pytest.raises(Refused):
        read(b"[" * 10_000_000, "0" * 64)


def test_no_key_takes_no_signature() -> None:
    body = push()
    headers = {"authorization": push_signature("", url=URL, body=body)}

    with pytest.raises(Refused):
        ShopeeNotices().read(url=URL, headers=headers, body=body, credentials={"shop_id": "600"})
