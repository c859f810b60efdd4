"""Whatever happens in the market, and whenever we look: in the end the books are the same."""

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from platforms.sandbox.shopee import Given, ShopeeStore, Sold, escrow, open_sandbox
from platforms.sandbox.shopee.errors import ShopeeError
from tests.stores import balances, shelf, states
from tests.trials.markets import Market, clearings, connected, owed, released
from webapp.database import make_engine, reading
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.orders import ChannelOrder

ORDERS = 3
MINUTE = 60
FEES = ("0", "1.00", "2.55", "7.10")


def follows(store: ShopeeStore, order_sn: str, step: str, fee: str) -> None:
    """The next step of an order's way; with it a fee may change."""
    getattr(store, step)(order_sn)
    if fee != "0" and store.orders[order_sn].status != "CANCELLED":
        store.set_escrow(order_sn, commission_fee=fee)


def pays_out(store: ShopeeStore, order_sn: str, fee: str) -> None:
    order = store.orders[order_sn]
    if (
        order.status in ("COMPLETED", "CANCELLED")
        and not order.releases
        and escrow.after_adjustment(order)
    ):
        store.release(order_sn)


def adjusts(store: ShopeeStore, order_sn: str, fee: str) -> None:
    if fee != "0" and store.orders[order_sn].releases:
        store.adjust(order_sn, f"-{fee}", "Logistics Adjustment")


def _quiet(_: str) -> None:
    """What an act gives back is of no account here."""


def comes_back(store: ShopeeStore, order_sn: str, fee: str) -> None:
    if store.orders[order_sn].status == "SHIPPED":
        store.fail_delivery(order_sn, fee)


ACTS: dict[str, Callable[[ShopeeStore, str, str], None]] = {
    **{
        step: (lambda store, order_sn, fee, step=step: follows(store, order_sn, step, fee))
        for step in ("pay", "ship", "deliver", "complete", "cancel", "time_out", "request_cancel")
    },
    "fail": comes_back,
    "return": lambda store, order_sn, fee: _quiet(store.return_before(order_sn, [Given(line=0)])),
    "regret": lambda store, order_sn, fee: _quiet(store.return_after(order_sn, [Given(line=0)])),
    "adjust": adjusts,
    "release": pays_out,
}


acts = st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, ORDERS - 1), st.sampled_from(FEES))
looks = st.sampled_from(["pull", "settle"])
lives = st.lists(st.one_of(acts, acts, acts, looks), min_size=4, max_size=22)


@pytest.fixture(scope="module")
def databases(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Callable[[], Engine]]:
    """Makes databases of their own, with all tables."""
    folder = tmp_path_factory.mktemp("lives")
    made: list[Engine] = []

    def make() -> Engine:
        path = shutil.copy(sqlite_template, folder / f"{len(made)}.sqlite3")
        made.append(make_engine(f"sqlite:///{path}"))
        return made[-1]

    yield make
    for engine in made:
        engine.dispose()


def stands(market: Market) -> tuple[object, ...]:
    """Balances, goods and states, and each part's amounts, however many entries they took."""
    with reading(market.engine) as session:
        parts = session.execute(
            select(
                ChannelOrder.remote_id,
                JournalEntry.chapter,
                JournalEntry.part,
                JournalLine.role,
                func.sum(JournalLine.debit),
                func.sum(JournalLine.credit),
            )
            .join(JournalEntry, JournalEntry.channel_order_id == ChannelOrder.id)
            .join(JournalLine, JournalLine.entry_id == JournalEntry.id)
            .group_by(
                ChannelOrder.remote_id, JournalEntry.chapter, JournalEntry.part, JournalLine.role
            )
        ).all()
    totals = {tuple(row[:4]): row[4] - row[5] for row in parts if row[4] != row[5]}
    money = {key: amount for key, amount in balances(market.engine).items() if amount}
    return money, totals, shelf(market.engine)


def final_look(market: Market) -> None:
    market.pull()
    market.settle()
    market.pull()


# Each life takes a store and two databases: a failing one is told as it was found.
@settings(max_examples=12, phases=[Phase.explicit, Phase.reuse, Phase.generate])
@given(lives)
def test_looking_often_or_once_ends_the_same(
    databases: Callable[[], Engine], life: list[Any]
) -> None:
    # Two sites of one shop, each with keys of its own: they must not come to be renewed.
    with open_sandbox(token_seconds=30 * 86_400) as sandbox:
        store = sandbox.store
        often, once = connected(databases(), sandbox), connected(databases(), sandbox)
        numbers = [
            store.place_order(
                lines=[Sold(product="MUG-TEHTARIK", quantity=2)], status=status, cod=cod
            )
            for status, cod in (
                ("UNPAID", False),
                ("READY_TO_SHIP", False),
                ("READY_TO_SHIP", True),
            )
        ]
        for act in life:
            if isinstance(act, str):
                getattr(often, act)()
                continue
            name, which, fee = act
            store.advance(MINUTE)
            with contextlib.suppress(ValueError, ShopeeError):
                ACTS[name](store, numbers[which], fee)
        store.advance(MINUTE)

        final_look(often)
        final_look(once)

        assert stands(often)[0] == stands(once)[0]
        assert stands(often) == stands(once)
        for market in (often, once):
            assert market.is_clean()
            left = clearings(market.engine, market.site_id)
            for order_sn in numbers:
                order = store.orders[order_sn]
                expects = (
                    owed(sandbox, order_sn) if order.paid or order.status == "CANCELLED" else 0
                )
                if order_sn in released(sandbox) or order.status == "UNPAID":
                    expects = 0
                assert left.get(order_sn, 0) == expects, (order.status, order_sn)
            assert market.waiting() == []
            assert not {state for state, _ in states(market.engine)} & {"failed", "blocked"}
