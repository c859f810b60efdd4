"""What a store keeps beside an order: refunds, returns, a marketplace's escrow."""

from datetime import UTC, datetime
from decimal import Decimal

from platforms.base import Platform, RemoteEscrow, Store, StoreTerms
from tests.contract.connecting import opened, pulled

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
ZERO = Decimal(0)


def test_details_are_read_when_asked_for(store: Store) -> None:
    orders = [order for order in pulled(store) if order.has_details]
    assert all(order.details is None for order in orders)

    whole = store.with_details(orders)

    assert [order.remote_id for order in whole] == [order.remote_id for order in orders]
    assert all(order.details is not None for order in whole)
    assert any(order.details for order in whole)


def test_reading_details_leaves_the_order_as_it_was(store: Store) -> None:
    orders = pulled(store)[:30]

    for before, after in zip(orders, store.with_details(orders), strict=True):
        assert (after.body, after.digest) == (before.body, before.digest)
        assert after.modified_at == before.modified_at


def test_unchanged_details_are_the_same_bytes_each_time(platform: Platform, store: Store) -> None:
    orders = pulled(store)

    first, again = store.with_details(orders), store.with_details(list(reversed(orders)))

    by_id = {order.remote_id: order for order in again}
    for order in first:
        other = by_id[order.remote_id]
        assert (order.details, order.details_digest) == (other.details, other.details_digest)
        one, two = (platform.open_order(each, StoreTerms()).payload for each in (order, other))
        assert one == two
    assert len({order.details_digest for order in first}) > 5


def test_an_order_read_alone_has_the_details_it_has_in_company(store: Store) -> None:
    several = [order for order in store.with_details(pulled(store)) if order.details][:5]

    for order in several:
        alone = store.order_by_id(order.remote_id)
        assert (alone.digest, alone.details) == (order.digest, order.details)


def test_details_cost_less_than_a_request_an_order(store: Store) -> None:
    orders = [order for order in pulled(store) if order.has_details]
    before = store.requests

    store.with_details(orders)

    assert store.requests - before <= len(orders)
    asked = store.requests
    assert store.with_details([]) == ()
    assert store.requests == asked


def test_details_heard_of_are_known_once_they_are_read(platform: Platform, store: Store) -> None:
    known = {
        (each.order.remote_id, mark)
        for each in opened(platform, store)
        for mark in platform.detail_marks(each.payload)
    }

    notices = list(store.detail_news(BEGINNING))

    assert notices
    assert {(each.order_remote_id, each.mark) for each in notices} <= known


def test_details_are_heard_of_from_a_moment_on(store: Store) -> None:
    later = datetime.now(UTC)

    assert list(store.detail_news(later)) == []


def test_money_comes_by_an_escrow_where_the_platform_holds_it(
    platform: Platform, store: Store
) -> None:
    orders = [each.order for each in opened(platform, store)]

    assert {order.has_escrow for order in orders} == {platform.has_payouts}
    if platform.has_payouts:
        assert any(order.escrow is not None for order in orders)
    else:
        assert all(order.escrow is None for order in orders)


def test_every_escrow_adds_up_to_what_the_store_says(platform: Platform, store: Store) -> None:
    found = [each.order.escrow for each in opened(platform, store)]
    escrows = [escrow for escrow in found if escrow is not None]

    for escrow in escrows:
        _check(escrow)
        assert {amount.field for amount in escrow.amounts} <= platform.escrow_fields
    assert bool(escrows) == platform.has_payouts


def _check(escrow: RemoteEscrow) -> None:
    assert sum((each.amount for each in escrow.amounts), ZERO) == escrow.net
    assert all(each.amount for each in escrow.amounts)
    assert escrow.unknown == ()
    assert sum((each.amount for each in escrow.adjustments), ZERO) == escrow.adjustments_total
    if escrow.net_adjusted is not None:
        assert escrow.net_adjusted == escrow.net + escrow.adjustments_total
    assert all(each.at.utcoffset() is not None and each.reason for each in escrow.adjustments)
    assert escrow.lines > 0
