"""Payouts: in order, each exactly once, and to the cent what the escrow says."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from platforms.base import Platform, RemotePayout, Store
from platforms.sandbox.story import Story
from tests.contract.connecting import connected, opened

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def marketplace(platform: Platform) -> Platform:
    if not platform.has_payouts:
        pytest.skip("the platform pays nothing out")
    return platform


def all_payouts(store: Store, since: datetime = BEGINNING) -> list[RemotePayout]:
    return [payout for page in store.payouts(since=since) for payout in page.payouts]


def test_a_platform_that_pays_nothing_out_is_not_asked(platform: Platform, store: Store) -> None:
    if platform.has_payouts:
        pytest.skip("it pays out")

    assert list(store.payouts(since=BEGINNING)) == []
    assert store.requests == 0


@pytest.mark.usefixtures("marketplace")
def test_payouts_come_in_order_and_each_exactly_once(store: Store) -> None:
    found = all_payouts(store)

    moments = [payout.released_at for payout in found]
    assert len(found) > 20
    assert moments == sorted(moments)
    assert max(Counter((each.order_remote_id, each.released_at) for each in found).values()) == 1
    assert all(moment.utcoffset() == timedelta(0) for moment in moments)
    assert {type(payout.amount) for payout in found} == {Decimal}


@pytest.mark.usefixtures("marketplace")
def test_a_page_of_payouts_that_says_it_is_complete_is(store: Store) -> None:
    pages = list(store.payouts(since=BEGINNING))

    reaching = [page.complete_to for page in pages if page.complete_to is not None]
    everything = {
        (each.order_remote_id, each.released_at) for page in pages for each in page.payouts
    }
    assert reaching == sorted(reaching)
    assert reaching[-1] >= max(at for _, at in everything)
    seen: set[tuple[str, datetime]] = set()
    for page in pages:
        seen.update((each.order_remote_id, each.released_at) for each in page.payouts)
        if page.complete_to is not None:
            assert {each for each in everything if each[1] < page.complete_to} <= seen


@pytest.mark.usefixtures("marketplace")
def test_payouts_since_a_moment_are_those_since_then(store: Store) -> None:
    everything = all_payouts(store)
    middle = everything[len(everything) // 2].released_at

    assert all_payouts(store, middle) == [each for each in everything if each.released_at >= middle]
    assert all_payouts(store, datetime.now(UTC)) == []


@pytest.mark.usefixtures("marketplace")
def test_what_is_paid_out_is_the_escrow_with_the_adjustments_of_that_moment(
    platform: Platform, store: Store
) -> None:
    escrows = {each.order.remote_id: each.order.escrow for each in opened(platform, store)}

    for payout in all_payouts(store):
        escrow = escrows[payout.order_remote_id]
        assert escrow is not None
        before = [each.amount for each in escrow.adjustments if each.at <= payout.released_at]
        assert payout.amount == escrow.net + sum(before, Decimal(0))


def test_an_order_that_is_paid_out_is_listed_then(marketplace: Platform, story: Story) -> None:
    store = connected(marketplace, story.store)
    before = all_payouts(store)
    for _ in story.day():
        pass

    act = next(story.pay_out())

    new = [each for each in all_payouts(store) if each not in before]
    assert [payout.order_remote_id for payout in new] == list(act.shows)
    assert [page for page in store.payouts(since=new[0].released_at) if page.payouts]


@pytest.mark.usefixtures("marketplace")
def test_payouts_cost_few_requests(store: Store) -> None:
    """A page of them and a look at the hints of what was adjusted, for each stretch of time."""
    since = datetime.now(UTC) - timedelta(days=13)

    all_payouts(store, since)

    assert store.requests <= 8
