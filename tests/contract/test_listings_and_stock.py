"""The catalogue, and quantities set at the store: told to the piece, refused in the store's words."""

from decimal import Decimal
from typing import Any

import pytest

from platforms.base import (
    Platform,
    PushResult,
    RemoteListing,
    StockKeeping,
    StockLevel,
    StockOutcome,
    Store,
    StoreTerms,
)
from platforms.errors import TryAgain
from platforms.sandbox.story import SHARED, Story
from tests.contract.connecting import connected, listings_of


def owned(store: Store) -> list[RemoteListing]:
    """Listings that keep a quantity of their own."""
    return [each for each in listings_of(store) if each.stock_keeping is StockKeeping.OWN]


def level(listing: RemoteListing, quantity: int) -> StockLevel:
    return StockLevel(listing_key=listing.key, sku=listing.sku, quantity=quantity)


def set_stock(store: Store, *levels: StockLevel) -> list[StockOutcome]:
    return [outcome for batch in store.set_stock(levels) for outcome in batch]


def test_a_catalogue_names_each_listing_once(store: Store) -> None:
    listings = listings_of(store)

    assert listings
    assert len({listing.key for listing in listings}) == len(listings)
    for listing in listings:
        assert listing.name
        assert (listing.quantity is None) == (listing.stock_keeping is StockKeeping.NONE)
        assert listing.price is None or type(listing.price) is Decimal
        assert listing.modified_at is None or listing.modified_at.utcoffset() is not None


def test_every_listing_of_the_mapping_sheet_is_in_the_catalogue(
    platform: Platform, story: Story
) -> None:
    keys = {listing.key for listing in listings_of(connected(platform, story.store))}

    assert {row["listing_id"] for row in story.store.mapping_rows()} <= keys


def test_a_line_of_an_order_names_a_listing_of_the_catalogue(
    platform: Platform, story: Story
) -> None:
    store = connected(platform, story.store)
    number = story.sell(SHARED, 2)
    skus = {listing.key: listing.sku for listing in listings_of(store)}

    order = platform.open_order(store.order_by_number(number), StoreTerms()).order

    assert [(skus[line.listing_key or ""], line.quantity) for line in order.lines] == [(SHARED, 2)]


def test_pushed_quantities_are_confirmed_and_shown(store: Store) -> None:
    levels = [level(listing, number) for number, listing in enumerate(owned(store))]

    outcomes = set_stock(store, *levels)

    assert {outcome.result for outcome in outcomes} == {PushResult.CONFIRMED}
    wanted = {each.listing_key: each.quantity for each in levels}
    assert {outcome.listing_key: outcome.shown for outcome in outcomes} == wanted
    shown = {listing.key: listing.quantity for listing in listings_of(store)}
    assert wanted.items() <= shown.items()


def test_setting_a_quantity_twice_is_no_fault(store: Store) -> None:
    listing = owned(store)[0]

    first, second = set_stock(store, level(listing, 7)), set_stock(store, level(listing, 7))

    assert [each.result for each in (*first, *second)] == [PushResult.CONFIRMED] * 2


def test_a_quantity_is_what_is_left_and_not_what_is_added(platform: Platform, story: Story) -> None:
    store = connected(platform, story.store)
    listing = next(each for each in owned(store) if each.sku == SHARED)

    set_stock(store, level(listing, 40))
    story.sell(SHARED, 3)

    shown = next(each.quantity for each in listings_of(store) if each.key == listing.key)
    assert shown == story.shown(SHARED) == 37


def test_there_is_one_outcome_for_each_level_in_a_batch_of_many(store: Store) -> None:
    levels = [level(listing, 3) for listing in owned(store)]

    outcomes = set_stock(store, *levels)

    assert sorted(each.listing_key for each in outcomes) == sorted(
        each.listing_key for each in levels
    )
    assert store.requests <= len(levels) + 2 * len(listings_of(store))


def test_an_unknown_listing_among_others_is_refused_alone(store: Store) -> None:
    known = owned(store)[0]
    unknown = StockLevel(listing_key="987654321", sku="NONE", quantity=3)

    outcomes = {each.listing_key: each for each in set_stock(store, unknown, level(known, 6))}

    assert outcomes[known.key].result is PushResult.CONFIRMED
    assert outcomes["987654321"].result is PushResult.REFUSED
    assert outcomes["987654321"].code
    assert outcomes["987654321"].said


def test_a_listing_whose_stock_is_not_managed_is_not_confirmed(store: Store) -> None:
    uncounted = [each for each in listings_of(store) if each.stock_keeping is StockKeeping.NONE]
    if not uncounted:
        pytest.skip("the store counts every listing")

    (outcome,) = set_stock(store, level(uncounted[0], 5))

    assert (outcome.result, outcome.code) == (PushResult.NOT_CONFIRMED, "stock_not_managed")


def test_what_the_store_refuses_is_told_in_its_words_and_the_rest_is_set(
    platform: Platform, story: Story
) -> None:
    if not story.refuse_stock():
        pytest.skip("the store never refuses stock")
    store = connected(platform, story.store)

    outcomes = set_stock(store, *(level(each, 9) for each in owned(store)))

    refused = [each for each in outcomes if each.result is not PushResult.CONFIRMED]
    assert len(refused) == 1
    assert (refused[0].result, refused[0].code) == (PushResult.REFUSED, "store_refused")
    assert refused[0].said
    story.allow_stock()
    listing = next(each for each in owned(store) if each.key == refused[0].listing_key)
    assert [each.result for each in set_stock(store, level(listing, 9))] == [PushResult.CONFIRMED]


def test_nothing_to_push_asks_nothing(store: Store) -> None:
    assert list(store.set_stock([])) == []
    assert store.requests == 0


@pytest.mark.parametrize("fault", ["lost", "drop"])
def test_a_write_without_an_answer_is_not_called_set_unless_it_is(
    store: Store, sandbox: Any, fault: str
) -> None:
    listing = owned(store)[0]
    before = len(sandbox.log.requests)
    set_stock(store, level(listing, 10))
    writes = [each for each in sandbox.log.requests[before:] if each.method != "GET"]
    sandbox.faults.once(fault, method=writes[-1].method, times=1)

    try:
        outcomes = set_stock(store, level(listing, 11))
    except TryAgain:
        outcomes = []

    sandbox.faults.clear()
    shown = next(each.quantity for each in listings_of(store) if each.key == listing.key)
    results = [each.result for each in outcomes]
    assert results in ([], [PushResult.UNKNOWN], [PushResult.CONFIRMED], [PushResult.NOT_CONFIRMED])
    if results == [PushResult.CONFIRMED]:
        assert shown == 11
    if fault == "lost":
        assert (shown, results) == (11, [PushResult.CONFIRMED])
