"""Orders in neutral words: exact, parted from their buyers, the same when read from the shelf."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from platforms.base import (
    OpenedOrder,
    Platform,
    RefundedKind,
    RemoteOrder,
    Stage,
    Store,
    StoreTerms,
)
from platforms.errors import OrderUnreadable
from platforms.money import decode_json, encode_json
from tests.contract.connecting import opened, pulled

HOSTILE = (
    None, "", "x", "NaN", -1, 0, 10**30, Decimal("0.1"), Decimal("1E+400"), True, [], [None], {},
    {"a": []}, "9" * 400, "1e999999",
)  # fmt: skip


def test_every_order_reads_in_neutral_words(platform: Platform, store: Store) -> None:
    for each in opened(platform, store):
        order = each.order
        assert order.number
        assert order.stage in Stage
        assert 0 <= order.digits <= 3
        assert order.currency != "JPY" or order.digits == 0
        for moment in (order.ordered_at, order.modified_at, order.paid_at, order.shipped_at):
            assert moment is None or moment.utcoffset() == timedelta(0)
        lines = [line.remote_line_id for line in order.lines]
        assert len(set(lines)) == len(lines)
        for line in order.lines:
            assert type(line.quantity) is int
            assert {type(line.subtotal), type(line.total), type(line.tax)} == {Decimal}
        for refund in order.refunds:
            assert refund.amount >= 0
            assert all(back.quantity >= 0 for back in refund.lines)
            goods = [back for back in refund.lines if back.kind is RefundedKind.GOODS]
            assert {back.remote_line_id for back in goods} <= {*lines, None}


def test_the_orders_are_of_many_kinds(platform: Platform, store: Store) -> None:
    """Else the tests here would say little."""
    orders = [each.order for each in opened(platform, store)]

    assert {Stage.ALIVE, Stage.DEAD} <= {order.stage for order in orders}
    for fact in ("is_paid", "is_taken", "is_shipped"):
        assert {getattr(order, fact) for order in orders} == {True, False}
    assert any(order.refunds for order in orders)


def test_a_stored_payload_reads_as_the_order_did(platform: Platform, store: Store) -> None:
    for each in opened(platform, store):
        assert platform.read_payload(each.payload, StoreTerms()) == each.order


def test_a_status_may_be_read_as_another(platform: Platform, store: Store) -> None:
    order = next(each for each in pulled(store) if each.has_details)
    status = platform.open_order(order, StoreTerms()).order.status
    dead = next(
        each.order.status for each in opened(platform, store) if each.order.stage is Stage.DEAD
    )

    read = platform.open_order(order, StoreTerms(status_as={status: dead})).order

    assert (read.status, read.read_as, read.stage) == (status, dead, Stage.DEAD)


def test_no_stored_payload_holds_its_buyer(platform: Platform, store: Store) -> None:
    found = opened(platform, store)

    assert any(each.buyer.email or each.buyer.shipping.last_name or each.buyer.shipping.street
               for each in found)  # fmt: skip
    for each in found:
        stored = str(decode_json(each.payload))
        assert [words for words in _personal(each) if words in stored] == []


def _personal(each: OpenedOrder) -> Iterator[str]:
    buyer = each.buyer
    yield from filter(None, (buyer.email, buyer.note, buyer.ip_address))
    for address in (buyer.billing, buyer.shipping):
        yield from filter(None, (address.street, address.phone))
    for value in buyer.free_text.values():
        if isinstance(value, str) and len(value) > 8:
            yield value


@pytest.mark.parametrize("payload", [b"", b"null", b"[]", b"{}", b'{"order": null}', b"\xff"])
def test_a_payload_that_makes_no_sense_is_unreadable(platform: Platform, payload: bytes) -> None:
    with pytest.raises(OrderUnreadable):
        platform.read_payload(payload, StoreTerms())


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{}", b"[" * 5000, b"\xff", b'{"a": 1e'])
def test_an_order_that_makes_no_sense_is_unreadable(
    platform: Platform, store: Store, body: bytes
) -> None:
    order = pulled(store)[0]

    with pytest.raises(OrderUnreadable):
        platform.open_order(replace(order, body=body), StoreTerms())


def test_whatever_stands_in_one_field_an_order_reads_or_names_the_fault(
    platform: Platform, store: Store
) -> None:
    """One strange value must never break the page that it is on."""
    dice = random.Random(4)
    payloads = [each.payload for each in opened(platform, store)]
    ends = {True: 0, False: 0}
    for payload in dice.sample(payloads, 25):
        places = list(_places(decode_json(payload)))
        for path in dice.sample(places, min(len(places), 60)):
            ends[_reads(platform, _changed(payload, path, dice.choice(HOSTILE)))] += 1

    assert ends[True] > 100
    assert ends[False] > 100


def _reads(platform: Platform, payload: bytes) -> bool:
    try:
        order = platform.read_payload(payload, StoreTerms())
    except OrderUnreadable as fault:
        if not (fault.field and fault.sentence.endswith(".")):
            raise AssertionError("it does not say what is wrong") from fault
        return False
    assert isinstance(order, RemoteOrder)
    for line in order.lines:
        assert type(line.quantity) is int
        assert line.total.is_finite()
        assert line.subtotal.is_finite()
    return True


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    rows = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inside in rows:
        yield (*path, key)
        if isinstance(inside, dict | list):
            yield from _places(inside, (*path, key))


def _changed(payload: bytes, path: tuple[Any, ...], value: Any) -> bytes:
    whole: Any = decode_json(payload)
    inside = whole
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = value
    return encode_json(whole)
