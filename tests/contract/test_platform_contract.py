"""What every platform must do, whatever its store: one suite, run against each one's sandbox.

A new platform inherits it by existing: its folder declares it, and its sandbox is the package
of the same name with `open_sandbox`.
"""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest

from platforms import registry
from platforms.base import (
    FetchedOrder,
    OpenedOrder,
    Platform,
    PushResult,
    Shipment,
    Stage,
    StockKeeping,
    StockLevel,
    Store,
    StoreAccess,
    StoreTerms,
)
from platforms.errors import (
    ForbiddenAddress,
    NotFound,
    OrderUnreadable,
    PlatformError,
    SiteRefused,
    TryAgain,
)
from platforms.money import decode_json

ORDERS = 130  # more than a page


@pytest.fixture(params=registry.names())
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def platform(name: str) -> Platform:
    return registry.get(name)


@pytest.fixture
def sandbox(name: str) -> Iterator[Any]:
    with import_module(f"platforms.sandbox.{name}").open_sandbox(orders=ORDERS) as sandbox:
        yield sandbox


def connected(platform: Platform, sandbox: Any, **given: Any) -> Store:
    access = {"url": sandbox.url, "credentials": sandbox.credentials, "allow_private": True}
    return platform.connect(StoreAccess(**{**access, **given}))


@pytest.fixture
def store(platform: Platform, sandbox: Any) -> Store:
    return connected(platform, sandbox)


def pulled(store: Store, since: datetime | None = None) -> list[FetchedOrder]:
    return [order for page in store.changed_orders(since=since) for order in page.orders]


def opened(platform: Platform, store: Store) -> list[OpenedOrder]:
    orders = store.with_details(pulled(store))
    return [platform.open_order(order, StoreTerms()) for order in orders]


def test_connecting_opens_nothing(store: Store, sandbox: Any) -> None:
    assert store.requests == 0
    assert sandbox.log.requests == []


def test_a_good_store_passes_its_test(store: Store) -> None:
    report = store.check()

    assert report.is_ok, report.checks
    assert report.facts.currency
    assert all(check.is_ok and check.message for check in report.checks)


def test_a_store_that_cannot_be_reached_fails_its_test_with_a_way_out(
    platform: Platform, sandbox: Any
) -> None:
    report = connected(platform, sandbox, allow_private=False).check()

    failed = [check for check in report.checks if check.is_ok is False]
    assert not report.is_ok
    assert len(failed) == 1
    assert failed[0].fix


def test_every_order_is_pulled_once_oldest_change_first(store: Store) -> None:
    pages = list(store.changed_orders(since=None))

    orders = [order for page in pages for order in page.orders]
    assert len(orders) == len({order.remote_id for order in orders}) == ORDERS
    reaching = [page.complete_to for page in pages if page.complete_to is not None]
    assert reaching == sorted(reaching)
    assert reaching[-1] == max(order.modified_at for order in orders)
    assert all(page.store_time.tzinfo is not None for page in pages)


def test_a_pull_from_a_moment_brings_what_changed_then_and_later(store: Store) -> None:
    everything = pulled(store)
    middle = sorted(order.modified_at for order in everything)[ORDERS // 2]

    found = {order.remote_id for order in pulled(store, since=middle)}

    assert found == {order.remote_id for order in everything if order.modified_at >= middle}


def test_an_unchanged_order_has_the_same_digest_each_time(store: Store) -> None:
    first = {order.remote_id: order.digest for order in pulled(store)}

    assert {order.remote_id: order.digest for order in pulled(store)} == first
    some = list(first)[:7]
    assert {order.remote_id: order.digest for order in store.orders_by_id(some)} == {
        each: first[each] for each in some
    }


def test_every_order_reads_in_neutral_words(platform: Platform, store: Store) -> None:
    for each in opened(platform, store):
        order = each.order
        assert order.number
        assert order.stage in Stage
        assert 0 <= order.digits <= 3
        assert order.currency != "JPY" or order.digits == 0
        for moment in (order.ordered_at, order.modified_at, order.paid_at, order.shipped_at):
            assert moment is None or moment.utcoffset() == timedelta(0)
        for line in order.lines:
            assert type(line.quantity) is int
            assert {type(line.subtotal), type(line.total), type(line.tax)} == {Decimal}
        for refund in order.refunds:
            assert refund.amount >= 0
            assert all(line.quantity >= 0 for line in refund.lines)


def test_a_stored_payload_reads_as_the_order_did(platform: Platform, store: Store) -> None:
    for each in opened(platform, store):
        assert platform.read_payload(each.payload, StoreTerms()) == each.order


def test_no_stored_payload_holds_its_buyer(platform: Platform, store: Store) -> None:
    found = opened(platform, store)

    assert any(each.buyer.email or each.buyer.billing.last_name for each in found)
    for each in found:
        buyer = each.buyer
        personal = (
            buyer.email,
            buyer.billing.street,
            buyer.shipping.street,
            buyer.billing.phone,
            buyer.note,
        )
        stored = str(decode_json(each.payload))
        assert [words for words in personal if words and words in stored] == []


@pytest.mark.parametrize("payload", [b"", b"null", b"[]", b"{}", b'{"order": null}', b"\xff"])
def test_a_payload_that_makes_no_sense_is_unreadable(platform: Platform, payload: bytes) -> None:
    with pytest.raises(OrderUnreadable):
        platform.read_payload(payload, StoreTerms())


def test_details_are_read_when_asked_for(platform: Platform, store: Store) -> None:
    orders = pulled(store)
    assert all(order.details is None for order in orders)

    whole = store.with_details(orders)

    assert [order.remote_id for order in whole] == [order.remote_id for order in orders]
    assert all(order.details is not None for order in whole)
    assert any(order.details for order in whole)


def test_one_order_by_its_id_is_whole(store: Store) -> None:
    listed = pulled(store)[-1]

    found = store.order_by_id(listed.remote_id)

    assert found.remote_id == listed.remote_id
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


def test_details_heard_of_are_known_once_they_are_read(platform: Platform, store: Store) -> None:
    known = {
        (each.order.remote_id, mark)
        for each in opened(platform, store)
        for mark in platform.detail_marks(each.payload)
    }

    notices = list(store.detail_news(datetime(2020, 1, 1, tzinfo=UTC)))

    assert notices
    assert {(each.order_remote_id, each.mark) for each in notices} <= known


def test_a_catalogue_names_each_listing_once(store: Store) -> None:
    listings = [listing for page in store.catalogue() for listing in page]

    assert listings
    assert len({listing.key for listing in listings}) == len(listings)
    for listing in listings:
        assert listing.name
        assert (listing.quantity is None) == (listing.stock_keeping is StockKeeping.NONE)
        assert listing.price is None or type(listing.price) is Decimal


def test_pushed_quantities_are_confirmed_and_shown(store: Store) -> None:
    owned = [
        listing
        for page in store.catalogue()
        for listing in page
        if listing.stock_keeping is StockKeeping.OWN
    ]
    levels = [
        StockLevel(listing_key=listing.key, sku=listing.sku, quantity=number)
        for number, listing in enumerate(owned)
    ]

    outcomes = [outcome for batch in store.set_stock(levels) for outcome in batch]

    assert {outcome.result for outcome in outcomes} == {PushResult.CONFIRMED}
    wanted = {level.listing_key: level.quantity for level in levels}
    assert {outcome.listing_key: outcome.shown for outcome in outcomes} == wanted
    shown = {listing.key: listing.quantity for page in store.catalogue() for listing in page}
    assert wanted.items() <= shown.items()


def test_a_listing_whose_stock_is_not_managed_is_not_confirmed(store: Store) -> None:
    listing = next(
        listing
        for page in store.catalogue()
        for listing in page
        if listing.stock_keeping is StockKeeping.NONE
    )

    ((outcome,),) = store.set_stock(
        [StockLevel(listing_key=listing.key, sku=listing.sku, quantity=5)]
    )

    assert (outcome.result, outcome.code) == (PushResult.NOT_CONFIRMED, "stock_not_managed")


def test_nothing_to_push_asks_nothing(store: Store) -> None:
    assert list(store.set_stock([])) == []
    assert store.requests == 0


def test_a_shipped_order_is_told_once(platform: Platform, store: Store) -> None:
    order = next(
        each.order
        for each in opened(platform, store)
        if each.order.stage is Stage.ALIVE and each.order.is_taken and not each.order.is_shipped
    )
    shipment = Shipment(
        remote_order_id=order.remote_id,
        set_status=platform.shipped_status,
        carrier="Courier",
        tracking="T-1",
    )

    assert store.tell_shipped(shipment)
    after = store.order_by_id(order.remote_id)
    store.tell_shipped(shipment)

    assert platform.open_order(after, StoreTerms()).order.is_shipped
    assert store.order_by_id(order.remote_id).digest == after.digest


@pytest.mark.parametrize("fault", ["notice", "bom"])
def test_noise_around_an_answer_is_survived(store: Store, sandbox: Any, fault: str) -> None:
    sandbox.faults.once(fault)

    assert len(pulled(store)) == ORDERS


@pytest.mark.parametrize("fault", ["500", "drop", "truncate", "429", "503"])
def test_a_passing_fault_is_worth_another_try(store: Store, sandbox: Any, fault: str) -> None:
    sandbox.faults.once(fault, times=40)

    with pytest.raises(TryAgain):
        pulled(store)

    sandbox.faults.clear()
    assert len(pulled(store)) == ORDERS


def test_a_store_that_asks_to_wait_says_how_long(store: Store, sandbox: Any) -> None:
    sandbox.faults.once("429", "7")

    with pytest.raises(TryAgain) as caught:
        pulled(store)

    assert (caught.value.code, caught.value.retry_after) == ("store_rate_limited", 7)
    assert store.requests == 1


def test_a_fault_in_the_middle_leaves_the_pages_before_it(store: Store, sandbox: Any) -> None:
    sandbox.faults.once("429", "7", skip=2)
    pages = store.changed_orders(since=None)

    first = next(pages)

    assert first.orders
    with pytest.raises(TryAgain):
        list(pages)


def test_wrong_credentials_refuse_the_site_and_show_nowhere(
    platform: Platform, sandbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = {field.name for field in platform.credential_fields if field.is_secret}
    wrong = {
        name: value[:-6] + "000000" if name in secrets else value
        for name, value in sandbox.credentials.items()
    }
    store = connected(platform, sandbox, credentials=wrong)

    with pytest.raises(SiteRefused) as caught:
        pulled(store)

    shown = " ".join([str(caught.value), repr(caught.value), caught.value.fix, caplog.text])
    assert [value for value in wrong.values() if value in shown] == []
    assert caught.value.code == "store_refused_credentials"


def test_a_private_address_is_refused_before_anything_is_sent(
    platform: Platform, sandbox: Any
) -> None:
    store = connected(platform, sandbox, allow_private=False)

    with pytest.raises(ForbiddenAddress):
        pulled(store)

    assert sandbox.log.requests == []


def test_every_error_is_a_sentence_with_a_code(store: Store, sandbox: Any) -> None:
    for fault in ("429", "503", "500", "drop", "truncate", "waf"):
        sandbox.faults.once(fault, times=40)
        with pytest.raises(PlatformError) as caught:
            pulled(store)
        sandbox.faults.clear()

        assert caught.value.sentence.endswith(".")
        assert caught.value.code.startswith("store_")
