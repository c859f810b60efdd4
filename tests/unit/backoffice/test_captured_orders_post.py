"""Orders captured from a real shop: each posts the store's own total and tax, or says why not."""

from decimal import Decimal
from typing import Any

import pytest

from platforms.base import RemoteOrder, Stage, StoreTerms
from platforms.money import round_to
from platforms.woocommerce.orders import open_order
from tests.in_memory import plan, site_rules
from tests.unit.platforms.woo_payloads import every_captured_order, fetched
from webapp.backoffice.books.effects import Chapter
from webapp.backoffice.errors import Code
from webapp.backoffice.orders.planning import Plan
from webapp.backoffice.states import State

CAPTURED = list(every_captured_order())
NAMES = [name for name, _ in CAPTURED]
ORDERS = [found for _, found in CAPTURED]


def planned(found: dict[str, Any]) -> tuple[RemoteOrder, Plan]:
    """A captured order in a shop of its own currency, everything mapped and wired."""
    order = open_order(fetched(found, None), StoreTerms()).order
    rules = site_rules(
        currency=order.currency,
        orders_from=order.ordered_at,
        statuses_let_in=frozenset({"processing", "on-hold", "completed", "refunded"}),
    )
    return order, plan(order, rules=rules)


def posted(made: Plan, role: str) -> Decimal:
    """What the sale posts to a role, debit plus, credit minus."""
    return sum(
        (
            line.signed
            for entry in made.entries
            if entry.difference.chapter == Chapter.SALE
            for line in entry.difference.lines
            if line.role == role
        ),
        Decimal(0),
    )


@pytest.mark.parametrize("found", ORDERS, ids=NAMES)
def test_a_captured_order_posts_the_stores_total_and_tax_or_says_why_not(
    found: dict[str, Any],
) -> None:
    order, made = planned(found)

    if order.stage is not Stage.ALIVE:
        assert (made.state, made.entries) == (State.SKIPPED, ())
        assert made.problem is not None
        assert made.problem.code == Code.NOT_WANTED
    elif not order.is_paid:
        assert (made.state, made.problem, made.entries) == (State.SYNCED, None, ())
    else:
        assert (made.state, made.problem) == (State.SYNCED, None)
        assert posted(made, "customer_payment") == round_to(order.total, order.digits)
        assert -posted(made, "tax") == round_to(order.total_tax, order.digits)


def test_captured_orders_of_every_kind_were_planned() -> None:
    kinds = {(order.stage, order.is_paid) for order, _ in map(planned, ORDERS)}

    assert {(Stage.ALIVE, True), (Stage.ALIVE, False), (Stage.AWAITING, False)} <= kinds


@pytest.mark.parametrize("found", ORDERS, ids=NAMES)
def test_a_captured_order_in_another_currency_is_stopped(found: dict[str, Any]) -> None:
    order = open_order(fetched(found, None), StoreTerms()).order
    rules = site_rules(
        currency="XAF",
        orders_from=order.ordered_at,
        statuses_let_in=frozenset({"processing", "on-hold", "completed", "refunded"}),
    )

    made = plan(order, rules=rules)

    expected = Code.CURRENCY_MISMATCH if order.stage is Stage.ALIVE else Code.NOT_WANTED
    assert made.problem is not None
    assert (made.problem.code, made.entries) == (expected, ())
