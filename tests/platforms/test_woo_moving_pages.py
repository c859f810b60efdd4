"""Pages whose rows move while we read them: none missed, none given twice in one state."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest

from platforms.base import StoreFacts
from platforms.errors import SiteRefused, TryAgain
from platforms.sandbox.woocommerce import Sandbox, Sold, open_sandbox
from tests.platforms.scripted import Asked, response, scripted
from tests.platforms.woo_store import connect_to, connected

START = datetime(2026, 11, 1, 8, 0, tzinfo=UTC)


def place(sandbox: Sandbox, count: int, *, every: int = 1, at: datetime = START) -> list[str]:
    """Orders placed `every` seconds apart; 0: all in one second."""
    mug = sandbox.store.add_product("Mug", price="10.00", sku="MUG-X", stock=100_000)
    return [
        str(
            sandbox.store.place_order(
                lines=[Sold(product=mug, quantity=1)], at=at + timedelta(seconds=every * number)
            )
        )
        for number in range(count)
    ]


def seen(sandbox: Sandbox, since: datetime | None = None) -> list[str]:
    pages = connected(sandbox).changed_orders(since=since)
    return [order.remote_id for page in pages for order in page.orders]


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_every_order_comes_once_and_oldest_change_first(count: int) -> None:
    with open_sandbox() as sandbox:
        placed = place(sandbox, count)

        assert seen(sandbox) == placed


@pytest.mark.parametrize("count", [100, 101, 250])
def test_orders_of_one_second_come_once_each(count: int) -> None:
    with open_sandbox() as sandbox:
        placed = place(sandbox, count, every=0)

        found = seen(sandbox)

    assert sorted(found) == sorted(placed)


def test_orders_of_one_second_in_the_middle_come_once_each() -> None:
    with open_sandbox() as sandbox:
        before = place(sandbox, 30)
        tied = place(sandbox, 250, every=0, at=START + timedelta(hours=1))
        after = place(sandbox, 30, at=START + timedelta(hours=2))

        found = seen(sandbox)

    assert len(found) == len(set(found)) == 310
    assert set(found) == {*before, *tied, *after}


@pytest.mark.parametrize("every", [0, 1])
def test_an_order_edited_between_pages_hides_no_other(every: int) -> None:
    """250 orders; after each page three that were already read are edited and move to the end."""
    with open_sandbox() as sandbox:
        placed = place(sandbox, 250, every=every)
        found: dict[str, int] = {}
        edited: set[str] = set()
        for page in connected(sandbox).changed_orders(since=None):
            for order in page.orders:
                found[order.remote_id] = found.get(order.remote_id, 0) + 1
            if len(edited) < 15:
                for order in page.orders[:3]:
                    sandbox.store.set_meta(int(order.remote_id), "_packed_by", "Siti")
                    edited.add(order.remote_id)

    assert set(found) == set(placed)
    came_again = {remote_id for remote_id, times in found.items() if times > 1}
    assert len(came_again) >= 6
    assert came_again <= edited


def test_an_edited_order_comes_again_in_its_new_state() -> None:
    with open_sandbox() as sandbox:
        first, *_ = place(sandbox, 150)
        pages = connected(sandbox).changed_orders(since=None)
        next(pages)
        sandbox.store.set_status(int(first), "completed")

        again = [order for page in pages for order in page.orders if order.remote_id == first]

    assert [b'"status":"completed"' in order.body for order in again] == [True]


def test_rows_that_shift_at_every_page_are_all_read() -> None:
    with open_sandbox() as sandbox:
        placed = place(sandbox, 300, every=0)
        sandbox.faults.once("shift", method="GET", path="/orders", times=40)

        found = set(seen(sandbox))

    assert found == set(placed)


def test_an_order_deleted_between_pages_of_one_second_hides_no_other() -> None:
    with open_sandbox() as sandbox:
        placed = place(sandbox, 250, every=0)
        pages = connected(sandbox).changed_orders(since=None)
        found = {order.remote_id for order in next(pages).orders}
        for remote_id in placed[:5]:
            sandbox.store.force_delete(int(remote_id))
        found |= {order.remote_id for page in pages for order in page.orders}

    assert found == set(placed)


def test_the_bound_takes_its_own_second_in() -> None:
    with open_sandbox() as sandbox:
        placed = place(sandbox, 10)

        found = seen(sandbox, since=START + timedelta(seconds=4))

    assert found == placed[4:]


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/New_York", "UTC"])
def test_the_bound_is_utc_whatever_the_shops_time_zone(zone: str) -> None:
    local = (START + timedelta(seconds=4)).astimezone()

    with open_sandbox(timezone=zone) as sandbox:
        placed = place(sandbox, 10)

        assert seen(sandbox, since=local) == placed[4:]


def test_trashed_orders_come_too_and_drafts_of_the_list() -> None:
    with open_sandbox() as sandbox:
        placed = place(sandbox, 5)
        sandbox.store.trash(int(placed[2]))

        found = seen(sandbox)

    assert set(found) == set(placed)


def test_the_stores_clock_comes_with_each_page() -> None:
    clock = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)

    with open_sandbox(now=clock) as sandbox:
        place(sandbox, 3)
        (page,) = connected(sandbox).changed_orders(since=None)

    assert clock <= page.store_time < clock + timedelta(minutes=1)


def test_a_page_tells_how_far_the_changes_are_complete() -> None:
    with open_sandbox() as sandbox:
        placed = place(sandbox, 150)
        sandbox.store.trash(int(placed[0]))

        pages = list(connected(sandbox).changed_orders(since=None))

    told = [(len(page.orders), page.complete_to) for page in pages]
    assert told == [
        (1, None),
        (100, START + timedelta(seconds=100)),
        (49, START + timedelta(seconds=149)),
    ]


def test_a_list_that_is_not_sorted_is_read_whole_and_complete_only_at_its_end() -> None:
    """Something in the shop ignores the wish for an order: newest first, three a page."""
    everything = [
        f'{{"id":{number},"date_modified_gmt":"2026-11-01T08:00:{number:02}"}}'
        for number in range(10, 0, -1)
    ]

    def script(asked: Asked) -> bytes:
        if asked.query["status"] == "trash":
            return response("[]")
        start = int(asked.query.get("offset", "0"))
        return response(f"[{','.join(everything[start : start + 3])}]", X_WP_Total="10")

    with scripted(script) as server:
        pages = list(connect_to(server.url).changed_orders(since=None))

    found = [order.remote_id for page in pages for order in page.orders]
    assert found == [str(number) for number in range(10, 0, -1)]
    assert {page.complete_to for page in pages[:-1]} == {None}
    assert pages[-1].complete_to == datetime(2026, 11, 1, 8, 0, 10, tzinfo=UTC)


def test_amounts_are_asked_for_as_stored_once_the_decimals_are_known() -> None:
    with open_sandbox() as sandbox:
        place(sandbox, 1)
        list(connected(sandbox).changed_orders(since=None))
        list(connected(sandbox, StoreFacts(digits=2)).changed_orders(since=None))
        asked = [each.query for each in sandbox.log.requests if each.path.endswith("/orders")]

    assert ["dp=6" in query for query in asked] == [False, False, True, True]


def test_a_store_that_ignores_the_bound_is_refused_with_the_version_it_needs() -> None:
    with open_sandbox() as sandbox:
        sandbox.store.configure(modified_filters=False)
        place(sandbox, 5)

        with pytest.raises(SiteRefused) as caught:
            seen(sandbox, since=START + timedelta(hours=1))

    assert "WooCommerce 5.8" in caught.value.sentence


def test_a_page_that_is_too_big_is_halved_and_grows_again() -> None:
    """The shop breaks down over a hundred of these orders, once."""
    with open_sandbox() as sandbox:
        placed = place(sandbox, 400)
        sandbox.faults.once("500", method="GET", path="/orders", skip=1)

        found = seen(sandbox)
        sizes = [
            int(dict(parse_qsl(each.query))["per_page"])
            for each in sandbox.log.requests
            if each.path.endswith("/orders") and "trash" not in each.query
        ]

    assert found == placed
    assert sizes[:3] == [100, 50, 50]
    assert sizes[-1] == 100


def test_the_smallest_page_that_breaks_down_ends_the_pull() -> None:
    sizes: list[str] = []

    def script(asked: Asked) -> bytes:
        sizes.append(asked.query["per_page"])
        return response("", 500)

    with scripted(script) as server, pytest.raises(TryAgain, match="broke down"):
        list(connect_to(server.url).changed_orders(since=None))

    assert sizes == ["100", "50", "25"]


def test_a_shop_that_serves_fewer_rows_than_asked_is_read_to_its_end() -> None:
    """A filter caps the page at 40; the total says that there is more."""
    everything = [
        f'{{"id":{number},"date_modified_gmt":"2026-11-01T08:{number // 60:02}:{number % 60:02}"}}'
        for number in range(1, 131)
    ]

    def script(asked: Asked) -> bytes:
        if asked.query["status"] == "trash":
            return response("[]")
        bound = asked.query.get("modified_after", "")
        left = [row for row in everything if row[-21:-2] > bound]
        start = int(asked.query.get("offset", "0"))
        return response(f"[{','.join(left[start : start + 40])}]", X_WP_Total=str(len(left)))

    with scripted(script) as server:
        pages = list(connect_to(server.url).changed_orders(since=None))

    assert [order.remote_id for page in pages for order in page.orders] == [
        str(number) for number in range(1, 131)
    ]


def test_a_row_that_makes_no_sense_does_not_stop_the_page() -> None:
    rows = '[{"id":1,"date_modified_gmt":"2026-11-01T08:00:00"},null,{"id":2}]'

    def script(asked: Asked) -> bytes:
        return response("[]" if asked.query["status"] == "trash" else rows)

    with scripted(script) as server:
        (page,) = connect_to(server.url).changed_orders(since=None)

    first, broken, second = page.orders
    assert (first.remote_id, second.remote_id) == ("1", "2")
    assert broken.remote_id.startswith("unknown-")
