"""Rows of a page, told apart by digest before anything of them is read."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from platforms.errors import BadResponse
from platforms.woocommerce.fetched import fetched_order, refunds_digest, split_page
from tests.unit.platforms.woo_payloads import captured, captured_json, every_captured_order, order


def written(found: Any, *, spaces: bool = False) -> bytes:
    return json.dumps(found, separators=None if spaces else (",", ":")).encode()


@pytest.mark.parametrize("spaces", [False, True], ids=["compact", "with spaces"])
@pytest.mark.parametrize(
    "found", [pytest.param(each, id=name) for name, each in list(every_captured_order())[:8]]
)
def test_a_moved_date_alone_does_not_change_the_digest(found: dict[str, Any], spaces: bool) -> None:
    later = {
        **found,
        "date_modified": "2027-03-01T08:00:00",
        "date_modified_gmt": "2027-03-01T14:00:00",
    }

    before, after = (fetched_order(written(each, spaces=spaces)) for each in (found, later))

    assert before.digest == after.digest
    assert after.modified_at == datetime(2027, 3, 1, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [
        {"total": "10.01"},
        {"date_paid_gmt": "2026-11-24T20:43:31"},
        {"status": "completed"},
        {"meta_data": [{"key": "a", "value": {"date_modified_gmt": "2026-11-24T20:44:01"}}]},
    ],
)
def test_any_other_change_changes_the_digest(change: dict[str, Any]) -> None:
    base = order(meta_data=[{"key": "a", "value": {"date_modified_gmt": "2026-11-24T20:44:00"}}])

    before, after = (fetched_order(written(each)) for each in (base, {**base, **change}))

    assert before.digest != after.digest


def test_a_date_inside_a_line_is_not_cut_out() -> None:
    """Line data of the same name and time: the order's own date moves, the line's does not."""
    plugin = [{"key": "a", "value": {"date_modified_gmt": "2026-11-24T20:44:00"}}]
    before = order(meta_data=plugin)
    moved = {**before, "date_modified_gmt": "2026-11-25T09:00:00"}
    line_moved = json.loads(json.dumps(moved))
    line_moved["meta_data"][0]["value"]["date_modified_gmt"] = "2026-11-25T09:00:00"

    digests = {fetched_order(written(each)).digest for each in (moved, line_moved)}

    assert len(digests) == 2


def test_a_page_is_cut_into_the_stores_own_bytes() -> None:
    page = captured("106-orders-page1")

    rows = split_page(page, "orders")

    assert len(rows) == 20
    assert b"[" + b",".join(rows) + b"]" == page
    assert [fetched_order(row).remote_id for row in rows] == [
        str(each["id"]) for each in json.loads(page)
    ]


@pytest.mark.parametrize("body", [b"{}", b"null", b"", b"[1", b"[" * 100_000])
def test_what_is_no_list_is_a_bad_response(body: bytes) -> None:
    with pytest.raises(BadResponse):
        split_page(body, "orders")


@pytest.mark.parametrize("row", [b"null", b"[]", b'"x"', b"{}", b'{"id": null}', b'{"id": {}}'])
def test_a_row_without_an_id_is_known_by_its_content(row: bytes) -> None:
    first, second = fetched_order(row), fetched_order(row)

    assert first.remote_id.startswith("unknown-")
    assert first == second


@pytest.mark.parametrize(
    ("refunds", "shows"),
    [([], False), (None, False), ([{"id": 1, "total": "-1.00"}], True), ({}, False)],
)
def test_an_order_tells_whether_it_shows_refunds(refunds: Any, shows: bool) -> None:
    assert fetched_order(written(order(refunds=refunds))).has_details is shows


def test_a_missing_modified_time_is_the_time_it_was_made() -> None:
    found = fetched_order(written(order(date_modified_gmt=None)))

    assert found.modified_at == datetime(2026, 11, 24, 20, 43, tzinfo=UTC)


def test_refunds_have_one_digest_whichever_list_served_them() -> None:
    (own,) = captured_json("order-refunds-rf-partial-qty")
    other = {**own, "id": 105, "amount": "1.00"}
    shop_wide = [
        {"parent_id": 82, **dict(reversed(list(each.items()))), "_links": {"up": []}}
        for each in (other, own)
    ]

    by_order = refunds_digest(map(written, (own, other)))
    by_list = refunds_digest(map(written, shop_wide))

    assert by_order == by_list


def test_a_changed_refund_changes_the_digest_of_the_refunds() -> None:
    (own,) = captured_json("order-refunds-rf-partial-qty")

    changed = {**own, "amount": "35.34"}

    assert refunds_digest([written(own)]) != refunds_digest([written(changed)])
    assert refunds_digest([]) == b""
