"""Any order of a marketplace's versions and payouts ends the same on a database, and verifies."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from tests import factories as make
from tests.marketplace import clearing, is_clean, part_totals, pay_out, serve, shop, waiting
from webapp.database import make_engine
from webapp.models import all_tables
from webapp.models.sites import Site

REASONS = ("Return Refund deduction", "Logistics")
Event = tuple[str, Any]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{tmp_path_factory.mktemp('escrow') / 'books.sqlite3'}")
    all_tables().create_all(engine)
    yield engine
    engine.dispose()


@st.composite
def versions(draw: st.DrawFn) -> list[dict[str, Any]]:
    """An order's versions, oldest first: fees change, adjustments come, it may be cancelled."""
    found = []
    for number in range(draw(st.integers(1, 3))):
        fee = draw(st.sampled_from(["6.90", "10.00"]))
        refund = draw(st.sampled_from(["0", "-45.00"]))
        cost = draw(st.sampled_from(["0", "6.30"]))
        is_dead = draw(st.sampled_from([False, False, True]))
        adjustments = [
            {"amount": amount, "at": f"2026-03-{day:02}T04:00:00", "reason": reason}
            for amount, day, reason in draw(
                st.lists(
                    st.tuples(
                        st.sampled_from(["-40.00", "8.50", "8.50"]),
                        st.integers(11, 16),
                        st.sampled_from(REASONS),
                    ),
                    max_size=2,
                )
            )
        ]
        income = (
            {"final_return_to_seller_shipping_fee": cost, "escrow_amount": f"-{cost}"}
            if is_dead
            else {
                "original_cost_of_goods_sold": "80.00",
                "commission_fee": fee,
                "seller_return_refund": refund,
                "escrow_amount": str(Decimal("80.00") - Decimal(fee) + Decimal(refund)),
            }
        )
        total = sum((Decimal(each["amount"]) for each in adjustments), Decimal(0))
        found.append(
            {
                "status": "CANCELLED" if is_dead else "COMPLETED",
                "paid": "2026-03-05T04:00:00",
                "modified": f"2026-03-{20 + number}T00:00:00",
                "income": {**income, "total_adjustment_amount": str(total)},
                "adjustments": adjustments,
            }
        )
    return found


@st.composite
def stories(draw: st.DrawFn) -> tuple[list[dict[str, Any]], list[Event], list[Event]]:
    """Versions, payouts, and an order of events in which each comes once or more."""
    served = draw(versions())
    amounts = st.sampled_from(["73.10", "70.00", "28.10", "33.10", "81.60", "-6.30"])
    days = st.integers(10, 17)
    paid = [
        ("payout", (amount, f"2026-03-{day:02}T05:00:00"))
        for day, amount in draw(st.dictionaries(days, amounts, max_size=2)).items()
    ]
    events: list[Event] = [("version", version) for version in served]
    events += paid
    events += draw(st.lists(st.sampled_from(events), max_size=2))
    return served, paid, draw(st.permutations(events))


def end_of(session: Session, site: Site) -> tuple[dict[str, Decimal], Decimal, dict[str, str]]:
    return part_totals(session, site), clearing(session, site), waiting(session, site)


@settings(max_examples=40)
@given(stories())
def test_any_order_of_pulls_and_payouts_ends_the_same(
    engine: Engine, story: tuple[list[dict[str, Any]], list[Event], list[Event]]
) -> None:
    served, paid, events = story
    with Session(engine) as session:
        plain = shop(session)
        serve(session, plain, served[-1], now=make.NOW)
        for _, what in paid:
            pay_out(session, plain, *what)

        mixed = shop(session)
        for kind, what in events:
            if kind == "version":
                serve(session, mixed, what, now=make.NOW)
            else:
                pay_out(session, mixed, *what)

        assert end_of(session, mixed) == end_of(session, plain)
        assert is_clean(session)
        session.rollback()
