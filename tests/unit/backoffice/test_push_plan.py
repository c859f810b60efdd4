"""What a push sends, what it must not send, and when it asks a person first."""

import pytest

from platforms.base import PushResult, StockOutcome
from webapp.backoffice.goods.availability import ListingQuantity, Quantity
from webapp.backoffice.goods.pushing import failure_of, plan_push, would_empty_store


def listing(
    key: str, store: int | None, wanted: int | None, *, keeping: str = "own"
) -> ListingQuantity:
    return ListingQuantity(
        listing_id=int(key),
        key=key,
        sku=f"SKU-{key}",
        name="x",
        stock_keeping=keeping,
        store_quantity=store,
        quantity=Quantity(wanted, uncounted=() if wanted is not None else ("TEE",)),
    )


def sent(*listings: ListingQuantity, send_all: bool = False) -> list[tuple[str, int]]:
    plan = plan_push(listings, send_all=send_all)
    return [(level.listing_key, level.quantity) for level in plan.levels()]


def test_only_listings_that_differ_are_sent() -> None:
    assert sent(listing("1", 5, 5), listing("2", 5, 4), listing("3", 0, 1)) == [("2", 4), ("3", 1)]


def test_a_listing_of_which_the_store_told_nothing_is_sent() -> None:
    assert sent(listing("1", None, 0)) == [("1", 0)]


def test_all_sends_what_is_the_same_and_what_the_store_does_not_manage() -> None:
    listings = [listing("1", 5, 5), listing("2", None, 3, keeping="none")]

    assert sent(*listings, send_all=True) == [("1", 5), ("2", 3)]


def test_unknown_is_never_sent_and_is_said() -> None:
    plan = plan_push([listing("1", 5, None)], send_all=True)

    assert plan.levels() == []
    [failure] = plan.failures
    assert (failure.listing_id, failure.sku, failure.code) == ("1", "SKU-1", "not_counted")
    assert failure.message == "Never counted or received: “TEE”. Unknown is not zero."


@pytest.mark.parametrize("keeping", ["none", "parent"])
def test_stock_that_the_store_does_not_manage_is_said_and_not_sent(keeping: str) -> None:
    plan = plan_push([listing("1", None, 3, keeping=keeping)], send_all=False)

    assert (plan.changed, plan.levels()) == (0, [])
    assert [failure.code for failure in plan.failures] == ["stock_not_managed"]


@pytest.mark.parametrize(
    ("emptied", "kept", "is_held"),
    [(20, 19, True), (20, 20, False), (19, 0, False), (300, 10, True), (0, 50, False)],
)
def test_more_than_half_of_the_store_at_once_and_twenty_at_least_asks_first(
    emptied: int, kept: int, is_held: bool
) -> None:
    listings = [listing(str(n), 5, 0) for n in range(emptied)]
    listings += [listing(str(1000 + n), 5, 5) for n in range(kept)]
    listings += [listing(str(2000 + n), 0, 0) for n in range(100)]

    held = would_empty_store(listings, plan_push(listings, send_all=False))

    assert (held is not None) is is_held
    if held:
        assert f"{emptied} of the {emptied + kept} listings" in held


@pytest.mark.parametrize(
    ("result", "code", "said", "expected", "word"),
    [
        (PushResult.REFUSED, "store_refused", "Invalid ID.", "store_refused", "Invalid ID."),
        (PushResult.NOT_CONFIRMED, "stock_not_managed", "", "stock_not_managed", "ignored"),
        (PushResult.NOT_CONFIRMED, "store_bad_response", "", "not_confirmed", "does not show"),
        (PushResult.UNKNOWN, "store_unreachable", "", "store_unreachable", "sends it again"),
        (PushResult.UNKNOWN, "store_bad_response", "", "store_bad_response", "sends it again"),
    ],
)
def test_each_outcome_becomes_a_sentence(
    result: PushResult, code: str, said: str, expected: str, word: str
) -> None:
    outcome = StockOutcome(listing_key="1", result=result, shown=None, code=code, said=said)

    failure = failure_of(listing("1", 5, 3), outcome)

    assert failure is not None
    assert failure.code == expected
    assert word in failure.message


def test_a_confirmed_quantity_is_no_failure() -> None:
    outcome = StockOutcome(listing_key="1", result=PushResult.CONFIRMED, shown=3)

    assert failure_of(listing("1", 5, 3), outcome) is None
