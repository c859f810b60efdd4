"""Five hundred orders through a market that fails in every way stand as without it."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from platforms.errors import PlatformError
from platforms.sandbox.shopee import open_sandbox
from tests.stores import balances, shelf, states
from tests.trials.markets import Market, connected, released
from webapp.database import make_engine, reading
from webapp.models.journal import JournalEntry
from webapp.models.orders import ChannelOrder
from webapp.models.settlement import SettlementLine

ORDERS = 500
FAULTS = (
    "429=0.02:0,500=0.02,503=0.01:0,drop=0.06,lost=0.03,slow=0.05:0.02,truncate=0.05,"
    "notice=0.1,bom=0.1,shift=0.03"
)


def until_quiet(run: Callable[[], int], *, at_most: int = 80) -> int:
    """Repeat a run until it brings nothing new; how many ended in a fault of the store."""
    faults = 0
    for _ in range(at_most):
        try:
            found = run()
        except PlatformError:
            faults += 1
            continue
        if found == 0:
            return faults
    raise AssertionError("it never became quiet")


def pulled(market: Market) -> int:
    report = market.pull()
    return report.new + report.changed


def settled(market: Market) -> int:
    report = market.settle()
    return report.rows - report.unchanged


def stands(engine: Engine) -> tuple[object, ...]:
    """Everything that must not depend on how the orders came."""
    with reading(engine) as session:
        parts = session.execute(
            select(ChannelOrder.remote_id, JournalEntry.chapter, JournalEntry.part)
            .join(JournalEntry, JournalEntry.channel_order_id == ChannelOrder.id)
            .distinct()
        ).all()
        lines = session.scalars(select(SettlementLine.key)).all()
    return balances(engine), shelf(engine), Counter(states(engine)), Counter(parts), Counter(lines)


def is_whole(market: Market) -> bool:
    """Every order of the store once, every payout once, and the books verified."""
    begin = market.site().orders_from.timestamp()
    expected = {each for each, order in market.store.orders.items() if order.updated >= begin}
    with reading(market.engine) as session:
        found = session.scalars(select(ChannelOrder.remote_id)).all()
        payouts = session.scalar(select(func.count(SettlementLine.id)))
    assert len(found) == len(set(found))
    assert set(found) == expected
    paid = [row for row in market.store.released() if row.at >= begin]
    assert payouts == len(paid) == len({(row.order_sn, row.at) for row in paid})
    return market.is_clean()


@pytest.fixture(scope="module")
def calm(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[tuple[object, ...]]:
    """How the orders stand when nothing goes wrong."""
    path = tmp_path_factory.mktemp("calm") / "calm.sqlite3"
    engine = make_engine(f"sqlite:///{shutil.copy(sqlite_template, path)}")
    with open_sandbox(orders=ORDERS) as sandbox:
        market = connected(engine, sandbox)
        until_quiet(lambda: pulled(market))
        until_quiet(lambda: settled(market))
        assert released(sandbox)
        yield stands(engine)
    engine.dispose()


def test_five_hundred_orders_under_faults_stand_as_without_them(
    engine: Engine, calm: tuple[object, ...]
) -> None:
    with open_sandbox(orders=ORDERS) as sandbox:
        market = connected(engine, sandbox)
        sandbox.faults.set(FAULTS)

        faults = until_quiet(lambda: pulled(market))
        faults += until_quiet(lambda: settled(market))
        sandbox.faults.clear()
        until_quiet(lambda: pulled(market))

        assert faults > 3
        assert sum(sandbox.faults.met.values()) > 20
        assert is_whole(market)
        assert stands(engine) == calm


def test_one_bad_order_among_five_hundred_stops_none_of_the_others(
    sqlite_engine: Engine,
) -> None:
    with open_sandbox(orders=ORDERS) as sandbox:
        market = connected(sqlite_engine, sandbox)
        orders = sandbox.store.orders
        bad, worse, worst = [each for each in orders if orders[each].status == "COMPLETED"][40:43]
        orders[bad].currency = ""
        orders[worse].lines[0].quantity = -3
        orders[worst].income["commission_fee"] = Decimal("1E+60")
        for each in (bad, worse, worst):
            orders[each].encoded.clear()

        market.pull()

        found = states(sqlite_engine)
        assert found["failed", "store_bad_response"] == 3
        assert {state for state, _ in found} == {"synced", "skipped", "blocked", "failed"}
        assert found["synced", None] > 400
        for each in (bad, worse, worst):
            assert market.state(each) == ("failed", "store_bad_response")
            assert market.order(each).message
        assert market.is_clean()


def test_an_order_that_the_store_will_not_tell_of_stops_none_of_the_others(
    sqlite_engine: Engine,
) -> None:
    """It is in the list, and asked for in detail it does not exist."""
    with open_sandbox(orders=130, with_cases=False) as sandbox:
        market = connected(sqlite_engine, sandbox)
        gone = list(sandbox.store.orders)[60]
        sandbox.faults.set("slow=0:0")
        sandbox.store.configure(unknown_sn="refuse")
        row = sandbox.store.orders.pop(gone)
        sandbox.store.epoch += 1

        market.pull()

        assert sum(states(sqlite_engine).values()) == 129
        sandbox.store.orders[gone] = row
        sandbox.store.set_note(gone, "it is back")
        market.pull()
        assert market.state(gone)[0] in ("synced", "skipped")
