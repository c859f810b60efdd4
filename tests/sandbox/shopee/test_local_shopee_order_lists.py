"""Lists of orders: windows, pages, filters, and what moves while a client pages."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms.sandbox.shopee import Sandbox, Sold, open_sandbox
from tests.sandbox.shopee.caller import Caller

DAY = 86_400
FIRST = datetime(2026, 6, 1, tzinfo=UTC)
START = int(FIRST.timestamp())


@pytest.fixture
def hundred() -> Iterator[Caller]:
    """25 orders, one an hour from 2026-06-01 on, in a store of 2026-06-10."""
    with open_sandbox(now=FIRST + timedelta(days=9)) as sandbox:
        for hour in range(25):
            sandbox.store.place_order(
                lines=[Sold(product="TEE-RED-M")], at=FIRST + timedelta(hours=hour)
            )
        caller = Caller(sandbox)
        yield caller
        caller.close()


def asked(**changed: Any) -> dict[str, Any]:
    return {
        "time_range_field": "update_time",
        "time_from": START,
        "time_to": START + 15 * DAY,
        "page_size": 10,
        **changed,
    }


def walk(shop: Caller, after_page: Any = None, **changed: Any) -> list[str]:
    found: list[str] = []
    cursor = ""
    while True:
        page = shop.get("/order/get_order_list", **asked(cursor=cursor, **changed))
        found += [row["order_sn"] for row in page["order_list"]]
        if after_page is not None:
            after_page()
        cursor = page["next_cursor"]
        assert bool(cursor) is page["more"]
        if not cursor:
            return found


def test_pages_hold_every_order_once_oldest_first(hundred: Caller) -> None:
    assert walk(hundred) == list(hundred.sandbox.store.orders)


def test_newest_first_is_a_setting(hundred: Caller) -> None:
    hundred.sandbox.store.configure(newest_first=True)

    assert walk(hundred) == list(reversed(hundred.sandbox.store.orders))


def test_both_ends_of_the_window_count(hundred: Caller) -> None:
    page = hundred.get(
        "/order/get_order_list", **asked(time_from=START + 3600, time_to=START + 7200)
    )

    names = list(hundred.sandbox.store.orders)
    assert [row["order_sn"] for row in page["order_list"]] == names[1:3]


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"time_to": START + 15 * DAY + 1}, "order.order_list_invalid_time"),
        ({"time_to": START}, "order.order_list_invalid_time"),
        ({"page_size": 101}, "error_param"),
        ({"page_size": 0}, "error_param"),
        ({"page_size": ""}, "error_param"),
        ({"time_range_field": "pay_time"}, "error_param"),
        ({"order_status": "TO_CONFIRM_RECEIVE"}, "error_param"),
        ({"response_optional_fields": "total_amount"}, "error_param"),
        ({"cursor": "next"}, "error_param"),
    ],
)
def test_what_the_reference_forbids_is_refused(
    hundred: Caller, changed: dict[str, Any], error: str
) -> None:
    assert hundred.refused("GET", "/order/get_order_list", **asked(**changed))[0] == error


def test_a_page_too_large_is_refused_in_the_documented_words(hundred: Caller) -> None:
    _, message = hundred.refused("GET", "/order/get_order_list", **asked(page_size=101))

    assert message == "Wrong parameters, detail: page_size must be 100 or less."


def test_rows_tell_the_status_only_when_asked(hundred: Caller) -> None:
    plain = hundred.get("/order/get_order_list", **asked())["order_list"][0]
    told = hundred.get("/order/get_order_list", **asked(response_optional_fields="order_status"))[
        "order_list"
    ][0]

    assert list(plain) == ["order_sn"]
    assert told["order_status"] == "READY_TO_SHIP"


def test_every_change_of_a_value_moves_the_order_in_the_feed(hundred: Caller) -> None:
    order_sn = next(iter(hundred.sandbox.store.orders))
    hundred.sandbox.store.set_note(order_sn, "Ring twice")

    assert walk(hundred)[-1] == order_sn
    assert walk(hundred, time_range_field="create_time")[0] == order_sn


def test_money_moves_no_order_in_the_feed(hundred: Caller) -> None:
    order_sn = next(iter(hundred.sandbox.store.orders))
    before = walk(hundred)
    hundred.sandbox.store.set_escrow(order_sn, commission_fee="1")
    hundred.sandbox.store.adjust(order_sn, "-1")

    assert walk(hundred) == before


def test_a_status_filter_misses_what_it_does_not_name(hundred: Caller) -> None:
    names = list(hundred.sandbox.store.orders)
    hundred.sandbox.store.ship(names[0])
    hundred.sandbox.store.deliver(names[0])
    hundred.sandbox.store.ship(names[1])

    assert walk(hundred, order_status="SHIPPED") == [names[1]]
    assert names[0] not in walk(hundred, order_status="READY_TO_SHIP")


def test_an_order_under_review_looks_ready_unless_asked(hundred: Caller) -> None:
    order_sn = hundred.sandbox.store.place_order(
        lines=[Sold(product="TEE-RED-M")], status="PENDING"
    )
    fields = {"response_optional_fields": "order_status", "page_size": 100}

    rows = hundred.get("/order/get_order_list", **asked(**fields))["order_list"]
    flagged = hundred.get(
        "/order/get_order_list", **asked(request_order_status_pending="true", **fields)
    )["order_list"]

    assert {"order_sn": order_sn, "order_status": "READY_TO_SHIP"} in rows
    assert {"order_sn": order_sn, "order_status": "PENDING"} in flagged


@pytest.mark.parametrize(("is_stable", "missed"), [(False, 1), (True, 0)])
def test_an_edit_between_pages_shifts_a_row_out_of_sight(
    hundred: Caller, is_stable: bool, missed: int
) -> None:
    store = hundred.sandbox.store
    store.configure(stable_cursor=is_stable)
    names = list(store.orders)
    edits = iter([names[0]])

    def edit() -> None:
        for order_sn in edits:
            store.set_note(order_sn, "moved")

    found = walk(hundred, after_page=edit, time_to=START + 8 * DAY)

    assert len(set(names) - set(found)) == missed


def test_the_shipment_list_names_packages_to_arrange(sandbox: Sandbox, shop: Caller) -> None:
    ready = sandbox.store.place_order(lines=[Sold(product="TEE-RED-M")])
    sandbox.store.place_order(lines=[Sold(product="TEE-RED-M")], status="PROCESSED")

    page = shop.get("/order/get_shipment_list", page_size=100, cursor="")

    assert [row["order_sn"] for row in page["order_list"]] == [ready]
    assert page["order_list"][0]["package_number"].startswith("OFG")
    assert (page["more"], page["next_cursor"]) == (False, "")
