"""What the store released, and what it corrected, read over a socket."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from platforms import registry
from platforms.base import PayoutPage, RemotePayout, Store
from platforms.errors import TryAgain
from platforms.sandbox.shopee import Sold
from tests.platforms.shopee_shop import access_to, shop

SHOPEE = registry.get("shopee")
LIST = "GET /payment/get_escrow_list"
WALLET = "/payment/get_wallet_transaction_list"


def store_of(sandbox: Any) -> Store:
    return SHOPEE.connect(access_to(sandbox))


def days_ago(days: float) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) - timedelta(days=days)


def released(sandbox: Any, at: datetime, amount: str | None = None) -> str:
    order: str = sandbox.store.place_order(
        lines=[Sold(product="MUG-TEHTARIK")], status="COMPLETED", at=at - timedelta(days=1)
    )
    sandbox.store.release(order, amount=amount, at=at)
    return order


def all_of(pages: list[PayoutPage]) -> list[RemotePayout]:
    return [each for page in pages for each in page.payouts]


def test_releases_of_months_come_once_each_oldest_first() -> None:
    with shop() as sandbox:
        # Every seam of two windows has a release on it, too.
        moments = [days_ago(70) + timedelta(days=7 * number) for number in range(10)]
        orders = [released(sandbox, at) for at in moments]

        pages = list(store_of(sandbox).payouts(since=moments[0]))

        found = all_of(pages)
        assert [each.order_remote_id for each in found] == orders
        assert [each.released_at for each in found] == moments
        reached = [page.complete_to for page in pages]
        assert all(moment is not None for moment in reached)
        assert reached == sorted(reached, key=lambda moment: moment or moments[0])
        # Five windows of a fortnight, and one more where the clock went on meanwhile.
        assert sandbox.log.counts()[LIST] in (5, 6)


def test_a_busy_day_is_read_page_by_page() -> None:
    with shop() as sandbox:
        orders = {released(sandbox, days_ago(2)) for _ in range(230)}

        pages = list(store_of(sandbox).payouts(since=days_ago(5)))

        found = all_of(pages)
        assert len(found) == 230
        assert {each.order_remote_id for each in found} == orders
        assert sandbox.log.counts()[LIST] == 3


def test_a_negative_release_was_taken_from_the_seller() -> None:
    with shop() as sandbox:
        released(sandbox, days_ago(1), amount="-6.30")

        (payout,) = all_of(list(store_of(sandbox).payouts(since=days_ago(2))))

        assert payout.amount == Decimal("-6.30")


def test_a_time_without_releases_still_says_how_far_it_was_read() -> None:
    with shop() as sandbox:
        (page,) = store_of(sandbox).payouts(since=days_ago(60))

        assert page.payouts == ()
        assert page.complete_to is not None
        assert datetime.now(UTC) - page.complete_to < timedelta(minutes=2)


def test_a_correction_in_the_wallet_names_its_order() -> None:
    with shop() as sandbox:
        corrected, other = (released(sandbox, days_ago(9)) for _ in range(2))
        sandbox.store.adjust(corrected, "-40.00", "Return Refund deduction", at=days_ago(3))
        sandbox.store.withdraw("10.00")

        pages = list(store_of(sandbox).payouts(since=days_ago(20)))

        adjusted = {order for page in pages for order in page.adjusted}
        assert adjusted == {corrected}
        assert {each.order_remote_id for each in all_of(pages)} == {corrected, other}


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("error_permission", "Only local shops can call this API."),
        ("error_api_permission", "No permission to current api."),
        ("time_invalid", "The period is invalid."),
        ("error_not_found", "Wrong parameters."),
    ],
)
def test_a_shop_that_is_refused_its_wallet_goes_on_without(error: str, message: str) -> None:
    with shop() as sandbox:
        order = released(sandbox, days_ago(20))
        sandbox.store.refuse(WALLET, error, message, times=99)

        pages = list(store_of(sandbox).payouts(since=days_ago(40)))

        assert [each.order_remote_id for each in all_of(pages)] == [order]
        assert sandbox.log.counts()[f"GET {WALLET}"] == 1


def test_a_fault_that_passes_is_told_and_what_came_before_it_stands() -> None:
    with shop() as sandbox:
        order = released(sandbox, days_ago(30))
        released(sandbox, days_ago(1))
        sandbox.faults.once("429", "7", path="/payment/get_escrow_list", skip=1, times=9)
        pages = store_of(sandbox).payouts(since=days_ago(40))

        first = next(pages)
        with pytest.raises(TryAgain):
            list(pages)

        assert [each.order_remote_id for each in first.payouts] == [order]
