"""What becomes of an order's money, act by act: each time the difference, in the end nothing open."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from platforms.sandbox.shopee import Given, open_sandbox
from tests.trials.markets import Market, connected, owed

# A store's clock that is far from ours is not believed, so these days are short.
DAY = 300
NEW_FEE = "live_stream_fee"


@pytest.fixture
def market(engine: Engine) -> Iterator[Market]:
    """The catalogue is mapped and counted, nothing is sold yet; on both databases."""
    with open_sandbox() as sandbox:
        yield connected(engine, sandbox)


def completed(market: Market, **given: object) -> str:
    """An order on its way to its end, pulled at each step."""
    order_sn = market.sells(**given)  # type: ignore[arg-type]
    market.pull()
    for step in (market.store.ship, market.store.deliver, market.store.complete):
        market.store.advance(DAY)
        step(order_sn)
        market.pull()
        assert market.clearing(order_sn) == owed(market.sandbox, order_sn)
    return order_sn


def test_the_escrow_is_followed_from_the_estimate_to_the_payout(market: Market) -> None:
    order_sn = completed(market)

    market.store.release(order_sn)
    report = market.settle()

    assert (report.rows, report.posted, report.unmatched) == (1, 1, ())
    assert market.clearing(order_sn) == 0
    assert market.state(order_sn) == ("synced", None)
    assert market.settle().posted == 0
    assert market.is_clean()


def test_what_lands_without_moving_a_date_is_posted_with_the_payout(market: Market) -> None:
    order_sn = completed(market)
    market.store.set_escrow(order_sn, actual_shipping_fee="9.90", commission_fee="3.33")
    market.pull()
    assert market.clearing(order_sn) != owed(market.sandbox, order_sn)

    market.store.release(order_sn)
    market.settle()

    assert market.clearing(order_sn) == 0
    assert market.is_clean()


def test_an_order_without_its_escrow_is_packed_and_shipped_and_posts_when_it_comes(
    market: Market,
) -> None:
    order_sn = market.sells()
    market.store.hold_escrow(order_sn)
    market.pull()
    waits = market.state(order_sn)
    on_hand, reserved = market.stock("MUG-TEHTARIK")

    shipped = market.ship(order_sn)

    assert waits == ("retrying", "escrow_not_ready")
    assert reserved == 2
    assert shipped.store_told, shipped.message
    assert market.store.orders[order_sn].status == "PROCESSED"
    assert market.order(order_sn).entries == ()
    market.store.free_escrow(order_sn)
    market.due()
    market.pull()
    assert market.state(order_sn) == ("synced", None)
    assert market.clearing(order_sn) == owed(market.sandbox, order_sn) != 0
    assert market.stock("MUG-TEHTARIK") == (on_hand - 2, 0)
    assert market.is_clean()


def test_a_fee_that_nobody_knows_blocks_with_its_name_and_one_decision_frees_them_all(
    market: Market,
) -> None:
    fees = ("1.20", "0.90", "3.00")
    charged = [market.sells() for _ in fees]
    earlier = market.sells()
    other = market.sells()
    market.pull()
    for order_sn, fee in zip(charged, fees, strict=True):
        market.store.add_unknown_fee(order_sn, NEW_FEE, fee)
    market.store.add_unknown_fee(earlier, NEW_FEE, "0.45")
    market.store.add_unknown_fee(other, "another_fee", "0.10")
    market.store.advance(DAY)
    for order_sn in (*charged, earlier, other):
        market.store.ship(order_sn)

    market.pull()

    for order_sn, fee in zip(charged, fees, strict=True):
        assert market.state(order_sn) == ("blocked", "totals_mismatch")
        said = market.order(order_sn).message or ""
        assert NEW_FEE in said
        assert fee in said
    market.declares(posting={"escrow_fields": {NEW_FEE: {"role": "platform_fees", "sign": -1}}})
    market.pull()
    for order_sn in (*charged, earlier):
        assert market.state(order_sn) == ("synced", None)
        assert market.clearing(order_sn) == owed(market.sandbox, order_sn)
    assert market.state(other) == ("blocked", "totals_mismatch")
    late = market.sells()
    market.store.add_unknown_fee(late, NEW_FEE, "0.70")
    market.pull()
    assert market.clearing(late) == owed(market.sandbox, late)
    assert market.is_clean()


def test_adjustments_after_the_payout_settle_by_themselves(market: Market) -> None:
    order_sn = completed(market)
    market.store.release(order_sn)
    market.settle()
    market.store.advance(DAY)

    market.store.adjust(order_sn, "-4.00", "Return Refund deduction")
    market.store.adjust(order_sn, "1.50", "Logistics Related Compensation")
    market.settle()

    assert market.clearing(order_sn) == 0
    chapters = {
        (entry.chapter, entry.part.partition(":")[0]) for entry in market.order(order_sn).entries
    }
    assert {("refund", "adj"), ("fees", "adj"), ("payout", "adj")} <= chapters
    assert market.is_clean()


def test_adjustments_before_the_payout_are_paid_with_it(market: Market) -> None:
    order_sn = completed(market)
    market.store.adjust(order_sn, "-2.25", "Return Refund deduction")
    market.store.advance(DAY)

    market.store.release(order_sn)
    market.settle()

    assert market.clearing(order_sn) == 0
    assert market.waiting() == []
    assert market.is_clean()


def test_a_return_before_completion_takes_its_money_off_the_escrow(market: Market) -> None:
    order_sn = market.sells(quantity=3)
    market.pull()
    on_hand = market.stock("MUG-TEHTARIK")[0]
    market.store.advance(DAY)
    market.store.ship(order_sn)
    market.store.deliver(order_sn)
    market.pull()
    market.store.advance(DAY)

    market.store.return_before(order_sn, [Given(line=0, quantity=1)])
    market.pull()

    assert market.clearing(order_sn) == owed(market.sandbox, order_sn)
    assert market.stock("MUG-TEHTARIK")[0] == on_hand + 1
    market.store.release(order_sn)
    market.settle()
    assert market.clearing(order_sn) == 0
    assert market.is_clean()


def test_a_return_after_completion_is_an_adjustment_and_its_pieces_come_back(
    market: Market,
) -> None:
    order_sn = completed(market, quantity=3)
    market.store.release(order_sn)
    market.settle()
    on_hand = market.stock("MUG-TEHTARIK")[0]
    market.store.advance(DAY)

    market.store.return_after(order_sn, [Given(line=0, quantity=1)])
    market.pull()
    market.settle()

    assert market.clearing(order_sn) == 0
    assert market.stock("MUG-TEHTARIK")[0] == on_hand + 1
    assert market.is_clean()


def test_a_return_of_money_alone_brings_no_pieces(market: Market) -> None:
    order_sn = market.sells(quantity=2)
    market.store.ship(order_sn)
    market.store.deliver(order_sn)
    market.pull()
    on_hand = market.stock("MUG-TEHTARIK")[0]
    market.store.advance(DAY)

    market.store.return_before(order_sn, [Given(line=0, quantity=1)], solution=1)
    market.pull()

    assert market.stock("MUG-TEHTARIK")[0] == on_hand
    assert market.clearing(order_sn) == owed(market.sandbox, order_sn)


@pytest.mark.parametrize("cod", [False, True])
def test_a_failed_delivery_costs_the_way_back(market: Market, cod: bool) -> None:
    order_sn = market.sells(cod=cod)
    market.pull()
    market.store.advance(DAY)
    market.store.ship(order_sn)
    market.pull()
    market.store.advance(DAY)

    market.store.fail_delivery(order_sn, "6.30")
    market.pull()

    assert market.clearing(order_sn) == Decimal("-6.30")
    market.store.advance(DAY)
    market.store.release(order_sn)
    market.settle()
    assert market.clearing(order_sn) == 0
    assert market.state(order_sn) == ("synced", None)
    assert market.stock("MUG-TEHTARIK")[1] == 0
    assert market.is_clean()


def test_a_second_release_of_an_order_waits_in_the_worklist(market: Market) -> None:
    order_sn = completed(market)
    market.store.release(order_sn)
    market.settle()
    market.store.advance(DAY)

    market.store.release(order_sn, amount="1.00")
    report = market.settle()

    assert [line.code for line in report.unmatched] == ["payout_mismatch"]
    assert [line.order_number for line in market.waiting()] == [order_sn]
    assert market.clearing(order_sn) == 0
    assert market.state(order_sn) == ("synced", None)
    assert market.is_clean()


def test_a_payout_that_is_off_waits_until_the_escrow_says_the_same(market: Market) -> None:
    order_sn = completed(market)
    paid = owed(market.sandbox, order_sn) - Decimal("2.00")
    market.store.release(order_sn, amount=str(paid))
    market.settle()
    before = [(line.code, line.order_number) for line in market.waiting()]
    left = market.clearing(order_sn)

    income = market.store.orders[order_sn].income
    market.store.set_escrow(order_sn, commission_fee=str(income["commission_fee"] + 2))
    market.settle()

    assert before == [("payout_mismatch", order_sn)]
    assert left == paid + 2
    assert market.waiting() == []
    assert market.clearing(order_sn) == 0
    assert market.is_clean()


def test_a_payout_of_an_order_that_is_not_here_waits_until_it_is(market: Market) -> None:
    order_sn = market.sells()
    for step in (market.store.ship, market.store.deliver, market.store.complete):
        step(order_sn)
    market.store.release(order_sn)

    first = market.settle()
    market.pull()

    assert [line.code for line in first.unmatched] == ["order_unknown"]
    assert market.waiting() == []
    assert market.clearing(order_sn) == 0
    assert market.is_clean()
