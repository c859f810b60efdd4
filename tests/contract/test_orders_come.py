"""Orders: each once, from a moment on, the same bytes as long as nothing changed."""

from datetime import timedelta
from typing import Any

import pytest

from platforms.base import Platform, Stage, Store, StoreTerms
from platforms.errors import NotFound
from platforms.sandbox.story import SHARED, Story
from tests.contract.connecting import ORDERS, connected, pulled

MINUTE = timedelta(minutes=1)


def test_every_order_is_pulled_once(store: Store) -> None:
    pages = list(store.changed_orders(since=None))

    orders = [order for page in pages for order in page.orders]
    assert len(orders) == len({order.remote_id for order in orders}) == ORDERS
    assert all(page.store_time.tzinfo is not None for page in pages)


def test_a_page_that_says_it_is_complete_up_to_a_moment_is(store: Store) -> None:
    """Whoever stores the pages up to it and stops has missed nothing older."""
    pages = list(store.changed_orders(since=None))

    reaching = [page.complete_to for page in pages if page.complete_to is not None]
    assert reaching == sorted(reaching)
    everything = {order.remote_id: order.modified_at for page in pages for order in page.orders}
    assert reaching[-1] >= max(everything.values())
    seen: set[str] = set()
    for page in pages:
        seen.update(order.remote_id for order in page.orders)
        if page.complete_to is not None:
            older = {each for each, at in everything.items() if at < page.complete_to}
            assert older <= seen


def test_the_first_pages_of_a_long_pull_already_say_how_far_they_reach(store: Store) -> None:
    """A pull that is cut off begins where it was, not at the beginning."""
    pages = list(store.changed_orders(since=None))

    full = [page for page in pages if page.orders]
    assert len(full) > 1
    assert any(page.complete_to is not None for page in full[:-1])


def test_a_pull_from_a_moment_brings_what_changed_then_and_later(store: Store) -> None:
    everything = pulled(store)
    middle = sorted(order.modified_at for order in everything)[ORDERS // 2]

    found = {order.remote_id for order in pulled(store, since=middle)}

    assert found == {order.remote_id for order in everything if order.modified_at >= middle}


def test_an_order_placed_meanwhile_comes_with_the_next_pull(
    platform: Platform, story: Story
) -> None:
    store = connected(platform, story.store)
    pages = list(store.changed_orders(since=None))
    reached = max(page.complete_to for page in pages if page.complete_to is not None)

    number = story.sell(SHARED, 1)

    new = pulled(store, since=reached - MINUTE)
    assert number in {platform.open_order(each, StoreTerms()).order.number for each in new}


@pytest.mark.parametrize("seconds", [2, 30, 90])
def test_a_sale_of_this_second_comes_also_when_the_stores_clock_is_ahead_of_ours(
    platform: Platform, story: Story, seconds: int
) -> None:
    """A push pulls first: a sale that it did not see would be overwritten."""
    world: Any = story.store
    world.store.advance(seconds)
    store = connected(platform, story.store)
    pages = list(store.changed_orders(since=None))
    reached = max(page.complete_to for page in pages if page.complete_to is not None)
    number = story.sell(SHARED, 1)

    new = pulled(connected(platform, story.store), since=reached - MINUTE)

    assert number in {platform.open_order(each, StoreTerms()).order.number for each in new}


def test_a_pull_with_nothing_new_costs_a_handful_of_requests(
    platform: Platform, sandbox: Any
) -> None:
    store = connected(platform, sandbox)
    pages = list(store.changed_orders(since=None))
    reached = min(pages[-1].store_time, max(page.complete_to or page.store_time for page in pages))
    before = store.requests

    pulled(store, since=reached - MINUTE)

    assert store.requests - before <= 4


def test_an_unchanged_order_has_the_same_digest_each_time(store: Store) -> None:
    first = {order.remote_id: order.digest for order in pulled(store)}

    assert {order.remote_id: order.digest for order in pulled(store)} == first
    some = list(first)[:7]
    assert {order.remote_id: order.digest for order in store.orders_by_id(some)} == {
        each: first[each] for each in some
    }


def test_one_unknown_order_among_those_asked_for_hides_none(store: Store) -> None:
    some = [order.remote_id for order in pulled(store)[:5]]

    found = store.orders_by_id([*some[:2], "987654321", *some[2:]])

    assert {order.remote_id for order in found} == set(some)


def test_more_orders_than_a_page_holds_are_found_by_their_ids(store: Store) -> None:
    wanted = [order.remote_id for order in pulled(store)][:120]

    found = [order.remote_id for order in store.orders_by_id(wanted)]

    assert sorted(found) == sorted(wanted)
    assert store.orders_by_id([]) == ()


def test_one_order_by_its_id_is_whole(store: Store) -> None:
    listed = next(order for order in reversed(pulled(store)) if order.has_details)

    found = store.order_by_id(listed.remote_id)

    assert (found.remote_id, found.digest) == (listed.remote_id, listed.digest)
    assert found.details is not None


def test_one_order_by_the_number_people_know(platform: Platform, store: Store) -> None:
    order = platform.open_order(pulled(store)[5], StoreTerms()).order

    assert store.order_by_number(order.number).remote_id == order.remote_id


def test_an_order_that_does_not_exist_is_not_found(store: Store) -> None:
    with pytest.raises(NotFound):
        store.order_by_id("987654321")
    with pytest.raises(NotFound):
        store.order_by_number("987654321")


def test_orders_placed_in_a_time_are_those_of_that_time(platform: Platform, store: Store) -> None:
    placed = {
        order.remote_id: platform.open_order(order, StoreTerms()).order.ordered_at
        for order in pulled(store)
    }
    since, until = (sorted(placed.values())[at] for at in (20, 60))

    pages = store.orders_placed(since=since, until=until)

    assert {order.remote_id for page in pages for order in page.orders} == {
        remote_id for remote_id, at in placed.items() if since <= at < until
    }


def test_an_order_that_waits_for_its_payment_takes_its_pieces_until_it_dies(
    platform: Platform, story: Story
) -> None:
    store = connected(platform, story.store)
    number, _ = story.reserve(SHARED, 2)

    waiting = platform.open_order(store.order_by_number(number), StoreTerms()).order
    story.let_go(number)
    dead = platform.open_order(store.order_by_number(number), StoreTerms()).order

    assert (waiting.is_paid, waiting.is_taken, waiting.is_shipped) == (False, True, False)
    assert sum(line.quantity for line in waiting.lines) == 2
    assert (dead.stage, dead.is_taken) == (Stage.DEAD, False)
    assert dead.modified_at >= waiting.modified_at
