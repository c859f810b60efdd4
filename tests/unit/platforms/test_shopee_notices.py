"""Pushes: told from forgeries before anything is read, and read as hints."""

from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.base import NoticeKind, StoreNotice
from platforms.errors import BadResponse, Refused
from platforms.money import encode_json
from platforms.shopee.notices import ShopeeNotices, notice_in, push_signature

KEY = "testpartnerkey"
URL = "http://127.0.0.1:8000/shopee/push"
BODY = (
    b'{"data":{"items":[],"ordersn":"220810QSK8S7BX","status":"PROCESSED","completed_scenario":"",'
    b'"update_time":1660123127},"shop_id":727720655,"code":3,"timestamp":1660123127}'
)
SIGNED = "a77c438427b8f947a17b683bc6bc582ba67d740b2b3b52edfe8d3053788b7d37"
KEYS = {"partner_key": KEY, "shop_id": "727720655"}
AT = datetime(2022, 8, 10, 9, 18, 47, tzinfo=UTC)


def read(
    body: bytes = BODY, *, signed: str = SIGNED, url: str = URL, **keys: str
) -> StoreNotice | None:
    return ShopeeNotices().read(
        url=url, headers={"authorization": signed}, body=body, credentials={**KEYS, **keys}
    )


def push(code: int, data: Any, **envelope: Any) -> StoreNotice | None:
    return notice_in({"code": code, "timestamp": 1660123127, "data": data, **envelope})


def test_a_signed_push_is_read() -> None:
    assert read() == StoreNotice(
        kind=NoticeKind.ORDER, at=AT, shop="727720655", order_remote_id="220810QSK8S7BX"
    )


@pytest.mark.parametrize("signed", ["", SIGNED[:-1] + "8", SIGNED.upper(), "ä"])
def test_a_forged_push_is_refused(signed: str) -> None:
    with pytest.raises(Refused):
        read(signed=signed)


def test_a_push_to_another_address_is_refused() -> None:
    with pytest.raises(Refused):
        read(url=URL + "/")


def test_one_byte_of_the_body_decides() -> None:
    with pytest.raises(Refused):
        read(BODY.replace(b"PROCESSED", b"CANCELLED"))


def test_no_key_is_no_key_that_fits() -> None:
    empty = push_signature("", url=URL, body=BODY)

    with pytest.raises(Refused):
        read(signed=empty, partner_key="")


def test_a_key_of_its_own_for_pushes_takes_the_place_of_the_partners() -> None:
    signed = push_signature("pushkey", url=URL, body=BODY)

    assert read(signed=signed, push_key="pushkey") is not None
    with pytest.raises(Refused):
        read(push_key="pushkey")


def test_the_stores_own_test_says_nothing() -> None:
    assert read(b"", signed=push_signature(KEY, url=URL, body=b"")) is None


def test_a_signed_body_that_is_no_notice_is_a_bad_response() -> None:
    for body in (b"hello", b"[]", b"7", b"\xff"):
        with pytest.raises(BadResponse):
            read(body, signed=push_signature(KEY, url=URL, body=body))


def test_a_tracking_number_travels_along() -> None:
    found = push(4, {"ordersn": "A1", "tracking_no": "MY123", "package_number": "OFG1"}, shop_id=7)

    assert found is not None
    assert (found.order_remote_id, found.tracking, found.shop) == ("A1", "MY123", "7")


@pytest.mark.parametrize(
    ("code", "data"),
    [
        (3, {"ordersn": "A1", "status": "TO_CONFIRM_RECEIVE"}),
        (15, {"ordersn": "A1", "package_number": "OFG1", "status": "READY"}),
        (29, {"order_sn": "A1", "return_sn": "R1", "updated_values": []}),
    ],
)
def test_what_happens_to_an_order_is_about_that_order(code: int, data: Any) -> None:
    found = push(code, data, shop_id=7)

    assert found is not None
    assert (found.kind, found.order_remote_id, found.tracking) == (NoticeKind.ORDER, "A1", "")


@pytest.mark.parametrize("code", [5, 6, 8, 10, 47, 999, "3", None])
def test_other_codes_concern_nobody_here(code: Any) -> None:
    assert push(code, {"ordersn": "A1"}, shop_id=7) is None


@pytest.mark.parametrize("data", [{}, None, [], "", {"ordersn": "../x"}, {"ordersn": 0}])
def test_an_order_push_without_an_order_is_nothing(data: Any) -> None:
    assert push(3, data, shop_id=7) is None


@pytest.mark.parametrize(
    ("code", "data", "kind"),
    [
        (1, {"shop_id": 7, "success": 1}, NoticeKind.CONSENT_GIVEN),
        (2, {"shop_id": 7, "success": 1}, NoticeKind.CONSENT_WITHDRAWN),
        (2, {"shop_id_list": [9, 7], "main_account_id": 1}, NoticeKind.CONSENT_WITHDRAWN),
        (12, {"shop_expire_soon": [7, 9], "expire_before": 1}, NoticeKind.CONSENT_ENDS),
    ],
)
def test_consent_is_of_the_shops_that_it_names(code: int, data: Any, kind: NoticeKind) -> None:
    found = push(code, data)

    assert found is not None
    assert found.kind is kind
    assert ShopeeNotices().is_of(found, {"shop_id": "7"})
    assert not ShopeeNotices().is_of(found, {"shop_id": "8"})
    assert not ShopeeNotices().is_of(found, {"shop_id": ""})


def test_a_withdrawal_that_names_no_shop_is_of_none() -> None:
    found = push(2, {"success": 1})

    assert found is not None
    assert not ShopeeNotices().is_of(found, {"shop_id": "7"})
    assert not ShopeeNotices().is_of(found, {})


def test_a_push_whose_data_is_a_text_is_read_all_the_same() -> None:
    found = push(3, encode_json({"ordersn": "A1"}).decode(), shop_id=7)

    assert found is not None
    assert found.order_remote_id == "A1"
