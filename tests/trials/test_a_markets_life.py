"""From the declaration to the last payout: what is open in clearing is what the market owes."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select

from platforms.sandbox.shopee import Sandbox, open_sandbox
from platforms.sandbox.shopee.records import Order, Status
from tests.stores import states
from tests.trials.markets import ZERO, Market, clearings, connected, owed, released
from webapp.database import reading
from webapp.models.orders import ChannelOrder

ORDERS = 120
AWAITING = frozenset({Status.UNPAID, Status.PENDING, Status.INVOICE_PENDING})


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox(orders=ORDERS, seed=4) as sandbox:
        yield sandbox


def open_before_payout(sandbox: Sandbox, order: Order) -> Decimal:
    """What the order is to leave in clearing before anything was paid out."""
    is_paid = order.paid or order.status is Status.COMPLETED
    is_foreign = order.currency != sandbox.store.settings.currency
    if is_foreign or order.status in AWAITING:
        return ZERO
    return owed(sandbox, order.order_sn) if is_paid or order.status is Status.CANCELLED else ZERO


def stated(engine: Engine) -> dict[str, tuple[str, str | None]]:
    with reading(engine) as session:
        rows = session.execute(
            select(ChannelOrder.remote_id, ChannelOrder.state, ChannelOrder.code)
        )
        return {row.remote_id: (row.state, row.code) for row in rows}


def without_zeros(amounts: dict[str, Decimal]) -> dict[str, Decimal]:
    return {order: amount for order, amount in amounts.items() if amount}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_clearing_is_the_escrow_before_the_payout_and_nothing_after_it(
    engine: Engine, seed: int
) -> None:
    with open_sandbox(orders=ORDERS, seed=seed) as sandbox:
        _lives(connected(engine, sandbox))


def _lives(market: Market) -> None:
    engine, sandbox, orders = market.engine, market.sandbox, market.store.orders

    report = market.pull()

    begin = market.site().orders_from.timestamp()
    assert report.new == sum(1 for order in orders.values() if order.updated >= begin) > 110
    expected = {each: open_before_payout(sandbox, order) for each, order in orders.items()}
    assert without_zeros(clearings(engine, market.site_id)) == without_zeros(expected)
    assert market.is_clean()

    paid = market.settle()

    assert paid.posted == paid.rows - len(paid.unmatched)
    left = {each: amount for each, amount in expected.items() if each not in released(sandbox)}
    assert without_zeros(clearings(engine, market.site_id)) == without_zeros(left)
    assert market.is_clean()
    foreign = {each.order_sn for each in orders.values() if each.currency != "MYR"}
    assert {line.order_number for line in paid.unmatched} <= foreign


def test_every_order_is_synced_skipped_or_stopped_for_a_planted_reason(
    sqlite_engine: Engine, sandbox: Sandbox
) -> None:
    market = connected(sqlite_engine, sandbox)

    market.pull()

    for order_sn, (state, code) in stated(sqlite_engine).items():
        order = sandbox.store.orders[order_sn]
        if order.currency != "MYR":
            assert (state, code) in {
                ("blocked", "currency_mismatch"),
                ("skipped", "not_wanted"),
            }, order_sn
        elif order.status in AWAITING:
            assert (state, code) == ("skipped", "not_wanted"), order_sn
        elif order.status is Status.CANCELLED and not owed(sandbox, order_sn):
            assert state == "skipped", order_sn
        else:
            assert (state, code) == ("synced", None), order_sn


def test_doing_it_all_again_changes_nothing(sqlite_engine: Engine, sandbox: Sandbox) -> None:
    market = connected(sqlite_engine, sandbox)
    market.pull()
    market.settle()
    before = market_stands(market)

    pulled, settled = market.pull(), market.settle()

    assert (pulled.new, pulled.changed, settled.posted) == (0, 0, 0)
    assert market_stands(market) == before
    market.declares(posting={"restock_on_refund": True})
    assert market.pull().processed == 0
    assert market_stands(market) == before


def market_stands(market: Market) -> tuple[Any, ...]:
    found: Counter[tuple[str, str | None]] = states(market.engine)
    return found, clearings(market.engine, market.site_id), market.stock("MUG-TEHTARIK")


@pytest.mark.parametrize("region", ["ID", "SG", "TH", "VN", "PH", "TW"])
def test_every_markets_currency_posts_to_its_own_minor_unit(
    sqlite_engine: Engine, region: str
) -> None:
    with open_sandbox(orders=36, region=region) as sandbox:
        market = connected(sqlite_engine, sandbox)
        orders = sandbox.store.orders.values()

        market.pull()
        before = clearings(sqlite_engine, market.site_id)
        market.settle()

        currency = sandbox.store.settings.currency
        own = [order.order_sn for order in orders if order.currency == currency]
        assert len(own) >= 28
        expected = {each.order_sn: open_before_payout(sandbox, each) for each in orders}
        assert without_zeros(before) == without_zeros(expected)
        after = without_zeros(clearings(sqlite_engine, market.site_id))
        assert not set(after) & released(sandbox)
        assert market.is_clean()
