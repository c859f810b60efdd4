"""A parcel leaves: the store is told once, and again does no harm."""

import pytest

from platforms.base import Platform, RemoteOrder, Shipment, Store, StoreTerms
from platforms.errors import NotFound, Refused, TryAgain
from platforms.sandbox.story import SHARED, Story
from tests.contract.connecting import connected


@pytest.fixture
def store(platform: Platform, story: Story) -> Store:
    return connected(platform, story.store)


@pytest.fixture
def sold(platform: Platform, story: Story, store: Store) -> RemoteOrder:
    """An order that is paid and waits to be packed."""
    fetched = store.order_by_number(story.sell(SHARED, 2))
    return platform.open_order(fetched, StoreTerms()).order


def shipment(platform: Platform, remote_id: str, **given: str) -> Shipment:
    values = {"carrier": "Courier", "tracking": "T-1", **given}
    return Shipment(remote_order_id=remote_id, set_status=platform.shipped_status, **values)


def test_a_shipped_order_is_told_once(platform: Platform, store: Store, sold: RemoteOrder) -> None:
    assert not sold.is_shipped

    told = store.tell_shipped(shipment(platform, sold.remote_id))
    after = store.order_by_id(sold.remote_id)
    again = store.tell_shipped(shipment(platform, sold.remote_id))

    assert told.sentence.endswith(".")
    assert again.sentence.endswith(".")
    assert platform.open_order(after, StoreTerms()).order.status == platform.shipped_status
    assert store.order_by_id(sold.remote_id).digest == after.digest


def test_telling_it_again_after_the_answer_was_lost_is_told_once(
    platform: Platform, story: Story, store: Store, sold: RemoteOrder
) -> None:
    story.store.faults.once("lost", method="POST")
    story.store.faults.once("lost", method="PUT")

    try:
        store.tell_shipped(shipment(platform, sold.remote_id))
    except TryAgain:
        story.store.faults.clear()
        store.tell_shipped(shipment(platform, sold.remote_id))

    story.store.faults.clear()
    after = store.order_by_id(sold.remote_id)
    assert platform.open_order(after, StoreTerms()).order.status == platform.shipped_status


def test_each_way_that_a_parcel_may_leave_is_taken_or_refused_with_a_reason(
    platform: Platform, story: Story, store: Store
) -> None:
    told = 0
    for handover in platform.handovers:
        order = store.order_by_number(story.sell(SHARED, 1))
        try:
            done = store.tell_shipped(shipment(platform, order.remote_id, handover=handover))
        except Refused as refused:
            said = refused.sentence
        else:
            said, told = done.sentence, told + 1
        assert said.endswith("."), handover

    assert bool(told) == bool(platform.handovers)


def test_an_unknown_order_is_refused(platform: Platform, store: Store) -> None:
    with pytest.raises((Refused, NotFound)):
        store.tell_shipped(shipment(platform, "987654321"))


def test_a_courier_of_the_store_gives_a_number_sooner_or_later(
    platform: Platform, store: Store, sold: RemoteOrder
) -> None:
    """Asking never fails for want of one; a number once told stays the same."""
    store.tell_shipped(shipment(platform, sold.remote_id))

    numbers = [store.tracking_of(sold.remote_id) for _ in range(4)]

    assert len(set(filter(None, numbers))) <= 1
    assert numbers == sorted(numbers)


def test_shipping_costs_a_few_requests(platform: Platform, store: Store, sold: RemoteOrder) -> None:
    before = store.requests

    store.tell_shipped(shipment(platform, sold.remote_id))

    assert store.requests - before <= 6
