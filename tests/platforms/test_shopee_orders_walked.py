"""The list of orders, walked over a socket while orders move out of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from platforms import registry
from platforms.base import OrderPage, Stage, Store, StoreTerms
from platforms.errors import BadResponse, NotFound
from platforms.sandbox.shopee import Sold
from tests.platforms.shopee_shop import access_to, shop

SHOPEE = registry.get("shopee")
TERMS = StoreTerms()
LIST, DETAIL = "GET /order/get_order_list", "GET /order/get_order_detail"


def store_of(sandbox: Any) -> Store:
    return SHOPEE.connect(access_to(sandbox))


def hours_ago(hours: float) -> datetime:
    return datetime.now(UTC) - timedelta(hours=hours)


@contextmanager
def shop_with(count: int, **settings: Any) -> Iterator[tuple[Any, list[str]]]:
    """A shop with this many paid orders, placed a second apart, three hours ago."""
    with shop(**settings) as sandbox:
        first = hours_ago(3)
        yield (
            sandbox,
            [
                sandbox.store.place_order(
                    lines=[Sold(product="MUG-TEHTARIK")], at=first + timedelta(seconds=number)
                )
                for number in range(count)
            ],
        )


def ids(pages: Iterator[OrderPage] | list[OrderPage]) -> list[str]:
    return [order.remote_id for page in pages for order in page.orders]


def test_a_thousand_orders_take_ten_lists_and_twenty_calls_for_details() -> None:
    with shop_with(1000) as (sandbox, orders):
        store = store_of(sandbox)

        found = ids(store.changed_orders(since=hours_ago(5)))

        assert sorted(found) == sorted(orders)
        counts = sandbox.log.counts()
        assert (counts[LIST], counts[DETAIL]) == (10, 20)


def test_windows_of_a_year_share_their_pages() -> None:
    with shop() as sandbox:
        first = hours_ago(24 * 360)
        orders = [
            sandbox.store.place_order(
                lines=[Sold(product="MUG-TEHTARIK")], at=first + timedelta(days=3 * number)
            )
            for number in range(115)
        ]

        pages = list(store_of(sandbox).changed_orders(since=first - timedelta(hours=1)))

        assert ids(pages) == orders
        assert [len(page.orders) for page in pages] == [100, 15]
        assert sandbox.log.counts()[LIST] == 25
        assert sandbox.log.counts()[DETAIL] == 3


def test_each_page_says_how_far_everything_is_read() -> None:
    with shop(orders=300) as sandbox:
        pages = list(store_of(sandbox).changed_orders(since=None))

        reached = [page.complete_to for page in pages if page.complete_to is not None]
        assert reached == sorted(reached)
        assert reached[-1] <= datetime.now(UTC)
        for number, page in enumerate(pages):
            later = [order.modified_at for each in pages[number + 1 :] for order in each.orders]
            assert page.complete_to is None or all(date >= page.complete_to for date in later)


def test_a_quiet_shop_is_read_up_to_its_clock_in_one_call() -> None:
    with shop() as sandbox:
        store = store_of(sandbox)

        (page,) = store.changed_orders(since=hours_ago(1))

        assert page.orders == ()
        assert page.complete_to is not None
        assert abs(page.complete_to - datetime.now(UTC)) < timedelta(seconds=5)
        assert store.requests == 1


def test_orders_of_a_store_whose_clock_is_ahead_are_not_missed() -> None:
    with shop() as sandbox:
        sandbox.store.advance(7200)
        order = sandbox.store.place_order(lines=[Sold(product="MUG-TEHTARIK")])

        pages = list(store_of(sandbox).changed_orders(since=hours_ago(1)))

        assert ids(pages) == [order]


@pytest.mark.parametrize("newest_first", [False, True], ids=["oldest first", "newest first"])
def test_an_order_that_leaves_the_window_hides_no_other(newest_first: bool) -> None:
    with shop_with(350) as (sandbox, orders):
        sandbox.store.configure(newest_first=newest_first)
        touched = 340 if newest_first else 5
        _between_lists(sandbox, 2, lambda: sandbox.store.set_note(orders[touched], "moved"))

        found = ids(store_of(sandbox).changed_orders(since=hours_ago(5)))

        assert set(found) == set(orders)


def test_orders_that_leave_the_window_by_the_hundred_hide_no_other() -> None:
    """The list is read again, and while it is, so many leave that one is skipped once more."""
    with shop_with(350) as (sandbox, orders):

        def move(first: int, end: int) -> None:
            for order in orders[first:end]:
                sandbox.store.set_note(order, "moved")

        _between_lists(sandbox, 2, lambda: move(0, 1))
        _between_lists(sandbox, 3, lambda: move(1, 2))
        _between_lists(sandbox, 6, lambda: move(2, 102))

        found = ids(store_of(sandbox).changed_orders(since=hours_ago(5)))

        assert set(found) == set(orders)


def _between_lists(sandbox: Any, call: int, act: Callable[[], object]) -> None:
    """Do something in the store just before it answers the list for the `call`-th time."""
    listing = sandbox.store.listing
    real = listing.page
    state = {"calls": 0, "is_done": False}

    def page(*given: Any) -> Any:
        state["calls"] += 1
        if state["calls"] == call and not state["is_done"]:
            state["is_done"] = True
            act()
            rows, by, cursor, size = given
            ends = [order.updated for order in rows]
            given = (listing.window(by, min(ends), max(ends)), by, cursor, size)
        return real(*given)

    listing.page = page


def test_a_window_with_too_many_orders_is_cut() -> None:
    with shop() as sandbox:
        first = hours_ago(24 * 14)
        orders = [
            sandbox.store.place_order(
                lines=[Sold(product="MUG-TEHTARIK")], at=first + timedelta(minutes=9 * number)
            )
            for number in range(2150)
        ]

        pages = list(store_of(sandbox).changed_orders(since=first))

        assert ids(pages) == orders
        reached = [page.complete_to for page in pages if page.complete_to is not None]
        assert len(set(reached)) > 1
        assert sandbox.log.counts()[LIST] <= 20 + 23


def test_an_order_under_review_is_not_ready_to_ship() -> None:
    with shop() as sandbox:
        order = sandbox.store.place_order(lines=[Sold(product="MUG-TEHTARIK")], status="PENDING")

        found = store_of(sandbox).order_by_id(order)

        read = SHOPEE.read_payload(SHOPEE.open_order(found, TERMS).payload, TERMS)
        assert (read.status, read.stage) == ("PENDING", Stage.AWAITING)


@pytest.mark.parametrize("unknown_sn", ["refuse", "omit"])
def test_an_unknown_number_does_not_take_the_others_along(unknown_sn: str) -> None:
    with shop_with(60) as (sandbox, orders):
        sandbox.store.configure(unknown_sn=unknown_sn)
        asked = [*orders[:30], "990101NOTHERE", "a,b", "", *orders[30:]]

        found = store_of(sandbox).orders_by_id(asked)

        assert [order.remote_id for order in found] == orders


@pytest.mark.parametrize("remote_id", ["990101NOTHERE", "", "a,b", "../x", "ü", "A" * 90])
def test_an_order_that_does_not_exist_is_not_found(remote_id: str) -> None:
    with shop() as sandbox, pytest.raises(NotFound):
        store_of(sandbox).order_by_id(remote_id)


def test_an_order_is_found_by_the_number_people_type() -> None:
    with shop_with(1) as (sandbox, orders):
        found = store_of(sandbox).order_by_number(f" #{orders[0].lower()} ")

        assert found.remote_id == orders[0]
        assert found.details is not None


def test_a_question_refused_for_one_order_alone_leaves_it_named() -> None:
    with shop_with(4) as (sandbox, orders):
        store = store_of(sandbox)
        # The batch, its first half, and the first order alone are refused; then it answers.
        sandbox.store.refuse("/order/get_order_detail", "error_data", "parse data failed", times=3)

        found = {order.remote_id: order for order in store.orders_by_id(orders)}

        assert list(found) == [*orders[1:], orders[0]]
        assert found[orders[0]].body == b""


def test_a_question_refused_for_every_order_is_told_after_a_few_tries() -> None:
    with shop_with(50) as (sandbox, orders):
        store = store_of(sandbox)
        sandbox.store.refuse("/order/get_order_detail", "error_data", "parse data failed", times=99)

        with pytest.raises(BadResponse):
            store.orders_by_id(orders)

        assert store.requests <= 12


def test_orders_placed_in_a_time_come_whatever_changed_since() -> None:
    with shop_with(6) as (sandbox, orders):
        rows = {row.remote_id: row for row in store_of(sandbox).orders_by_id(orders)}
        placed = [SHOPEE.open_order(rows[each], TERMS).order.ordered_at for each in orders]
        sandbox.store.set_note(orders[2], "changed")

        pages = list(store_of(sandbox).orders_placed(since=placed[1], until=placed[4]))

        assert set(ids(pages)) == set(orders[1:4])
        assert all(page.complete_to is None for page in pages)
