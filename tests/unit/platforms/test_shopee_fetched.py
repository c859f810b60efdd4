"""Orders of an answer, told apart by digest before anything of them is read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.money import encode_json
from platforms.shopee.fetched import NO_DATE, fetched_row, refused_row
from tests.unit.platforms.shopee_payloads import order


def written(found: dict[str, Any], *, spaces: bool = False) -> bytes:
    compact = encode_json(found)
    return json.dumps(json.loads(compact)).encode() if spaces else compact


@pytest.mark.parametrize("spaces", [False, True], ids=["compact", "with spaces"])
def test_a_moved_update_alone_does_not_change_the_digest(spaces: bool) -> None:
    before = fetched_row(written(order(), spaces=spaces)).order
    after = fetched_row(written(order(update_time=1772999999), spaces=spaces)).order

    assert before.digest == after.digest
    assert after.modified_at == datetime.fromtimestamp(1772999999, UTC)


@pytest.mark.parametrize(
    "change",
    [
        {"order_status": "SHIPPED"},
        {"create_time": 1772683201},
        {"note_update_time": 1772686801},
        {"pickup_done_time": 1772686800},
        {"recipient_address": {"name": "A******h"}},
    ],
)
def test_any_other_change_changes_the_digest(change: dict[str, Any]) -> None:
    before, after = (fetched_row(written(each)).order for each in (order(), order(**change)))

    assert before.digest != after.digest


def test_a_time_that_only_begins_alike_is_not_cut_out() -> None:
    longer = b'{"note":{"update_time":17726868001},"order_sn":"A","update_time":1772686800}'
    other = b'{"note":{"update_time":17726868002},"order_sn":"A","update_time":1772686800}'

    assert fetched_row(longer).order.digest != fetched_row(other).order.digest


@pytest.mark.parametrize(
    ("status", "has_details"),
    [
        ("UNPAID", False),
        ("PENDING", False),
        ("INVOICE_PENDING", False),
        ("READY_TO_SHIP", True),
        ("CANCELLED", True),
        ("SOMETHING_NEW", True),
        (None, True),
        ({}, True),
    ],
)
def test_an_order_that_waits_for_its_payment_has_no_details(
    status: object, has_details: bool
) -> None:
    assert fetched_row(written(order(order_status=status))).order.has_details is has_details


@pytest.mark.parametrize(
    ("body", "remote_id"),
    [
        (b"{}", "unknown-"),
        (b"[]", "unknown-"),
        (b"\xff", "unknown-"),
        (b'{"order_sn":"A,B"}', "unknown-"),
        (b'{"order_sn":{"a":1}}', "unknown-"),
        (b'{"order_sn":"260305KJ4MYR01","update_time":"x"}', "260305KJ4MYR01"),
        (b'{"order_sn":"260305KJ4MYR01","update_time":1e999}', "260305KJ4MYR01"),
    ],
)
def test_a_row_that_makes_no_sense_is_still_a_row(body: bytes, remote_id: str) -> None:
    found = fetched_row(body).order

    assert found.remote_id.startswith(remote_id)
    assert found.modified_at == NO_DATE
    assert fetched_row(body).order == found


def test_an_order_that_is_refused_is_there_without_a_body() -> None:
    found = refused_row("260305KJ4MYR01").order

    assert (found.remote_id, found.body, found.has_details) == ("260305KJ4MYR01", b"", False)
