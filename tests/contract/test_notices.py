"""Notices: a hint from the store, told from a forgery by its signature over the raw bytes."""

from collections.abc import Iterator
from typing import Any

import pytest

from platforms.base import NoticeKind, NoticeReader, Platform, StoreNotice
from platforms.errors import BadResponse, Refused
from platforms.sandbox.story import SHARED, Story
from tests.contract.callback import Arrived, Callback, open_callback
from tests.contract.connecting import keys_of, secrets_of

GARBAGE = (
    b"\xff\xfe", b"{", b"[" * 3000, b"null", b"5", b"[]", b'"text"', b'{"code": 1e', b"<html>",
)  # fmt: skip
STRANGE = (
    b"{}", b'{"code": 3}', b'{"code": [], "data": {}}', b'{"code": 3, "data": []}',
    b'{"code": 3, "data": {"ordersn": {}}, "shop_id": "x", "timestamp": 1e300}',
    b'{"code": 12, "data": {"shop_expire_soon": 5}}', b'{"id": null}', b'{"id": 1e999}',
)  # fmt: skip


@pytest.fixture
def reader(platform: Platform) -> NoticeReader:
    if platform.notices is None:
        pytest.skip("the platform sends no notices")
    return platform.notices


@pytest.fixture
def callback(reader: NoticeReader, story: Story) -> Iterator[Callback]:
    with open_callback() as opened:
        store: Any = story.store
        store.send_notices_to(opened.url)
        yield opened


@pytest.fixture
def sold(story: Story, callback: Callback) -> str:
    """The number of an order that the store has told of."""
    return story.sell(SHARED, 1)


def read(
    reader: NoticeReader, story: Story, callback: Callback, arrived: Arrived, **changed: Any
) -> StoreNotice | None:
    values = {
        "url": callback.url,
        "headers": arrived.headers,
        "body": arrived.body,
        "credentials": keys_of(story.store),
    }
    return reader.read(**{**values, **changed})


def test_a_notice_names_the_order_that_changed(
    platform: Platform, reader: NoticeReader, story: Story, callback: Callback, sold: str
) -> None:
    (arrived, *_) = callback.wait_for(1)

    notice = read(reader, story, callback, arrived)

    assert notice is not None
    assert (notice.kind, notice.order_remote_id) == (NoticeKind.ORDER, sold)
    assert notice.at.utcoffset() is not None
    assert reader.is_of(notice, keys_of(story.store))


@pytest.mark.usefixtures("sold")
def test_a_notice_of_one_shop_is_not_of_another(
    platform: Platform, reader: NoticeReader, story: Story, callback: Callback
) -> None:
    notice = read(reader, story, callback, callback.wait_for(1)[0])
    assert notice is not None
    ours = keys_of(story.store)
    public = set(ours) - secrets_of(platform)

    assert not reader.is_of(notice, ours | dict.fromkeys(public or set(ours), "987654"))
    assert not reader.is_of(notice, {})


@pytest.mark.usefixtures("sold")
def test_one_byte_that_is_another_makes_it_a_forgery(
    reader: NoticeReader, story: Story, callback: Callback
) -> None:
    arrived = callback.wait_for(1)[0]
    for at in range(0, len(arrived.body), max(1, len(arrived.body) // 25)):
        body = bytearray(arrived.body)
        body[at] ^= 1

        with pytest.raises(Refused):
            read(reader, story, callback, arrived, body=bytes(body))
    for body in (arrived.body + b" ", b" " + arrived.body, arrived.body[:-1]):
        with pytest.raises(Refused):
            read(reader, story, callback, arrived, body=body)


@pytest.mark.usefixtures("sold")
def test_without_its_signature_a_notice_is_refused(
    reader: NoticeReader, story: Story, callback: Callback
) -> None:
    arrived = callback.wait_for(1)[0]

    for headers in ({}, dict.fromkeys(arrived.headers, ""), dict.fromkeys(arrived.headers, "é")):
        with pytest.raises(Refused):
            read(reader, story, callback, arrived, headers=headers)


@pytest.mark.usefixtures("sold")
def test_a_signature_for_another_store_is_refused(
    platform: Platform, reader: NoticeReader, story: Story, callback: Callback
) -> None:
    arrived, ours = callback.wait_for(1)[0], keys_of(story.store)
    other = ours | {name: f"{ours[name]}x" for name in secrets_of(platform) & set(ours)}

    for credentials in (other, {}, dict.fromkeys(ours, "")):
        with pytest.raises(Refused):
            read(reader, story, callback, arrived, credentials=credentials)


@pytest.mark.usefixtures("sold")
def test_a_signature_for_another_address_is_refused(
    reader: NoticeReader, story: Story, callback: Callback
) -> None:
    """Where the store signs the address too; one that does not says nothing about it."""
    arrived = callback.wait_for(1)[0]
    store: Any = story.store
    elsewhere = f"{callback.url}&to=another"
    if store.notice_headers(elsewhere, arrived.body) == store.notice_headers(
        callback.url, arrived.body
    ):
        pytest.skip("the store signs no address")

    with pytest.raises(Refused):
        read(reader, story, callback, arrived, url=elsewhere)


def signed(story: Story, callback: Callback, body: bytes) -> Arrived:
    store: Any = story.store
    headers = store.notice_headers(callback.url, body)
    return Arrived(headers={name.lower(): value for name, value in headers.items()}, body=body)


@pytest.mark.parametrize("body", GARBAGE)
def test_signed_garbage_is_no_notice(
    reader: NoticeReader, story: Story, callback: Callback, body: bytes
) -> None:
    with pytest.raises(BadResponse) as caught:
        read(reader, story, callback, signed(story, callback, body))

    assert caught.value.sentence.endswith(".")


@pytest.mark.parametrize("body", [b"", *STRANGE])
def test_what_a_store_signs_is_a_notice_or_concerns_nobody(
    reader: NoticeReader, story: Story, callback: Callback, body: bytes
) -> None:
    try:
        notice = read(reader, story, callback, signed(story, callback, body))
    except BadResponse:
        return
    assert notice is None or notice.at.utcoffset() is not None


@pytest.mark.parametrize("body", [b"", *GARBAGE, *STRANGE])
def test_unsigned_garbage_is_refused_or_says_nothing(
    reader: NoticeReader, story: Story, callback: Callback, body: bytes
) -> None:
    try:
        said = read(reader, story, callback, Arrived(headers={}, body=body))
    except Refused:
        return
    assert (said, body) == (None, b"")
