"""Pieces that an order moves, holds and brings back, whatever the books make of it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from platforms.base import RemoteOrder, Stage
from tests import factories as make
from tests.in_memory import Desk, plan, site_rules
from tests.remote_sales import back, example, goods, refund
from webapp.backoffice.orders.planning import Plan
from webapp.backoffice.orders.standing import Standing
from webapp.backoffice.sites.settings import PostingSettings

LATER = datetime(2026, 11, 10, tzinfo=UTC)
ON_SHIPPING = site_rules(automation={"stock_leaves_on": "shipped"})
UNPAID: dict[str, Any] = {"is_paid": False, "paid_at": None}
SHIPPED: dict[str, Any] = {"is_shipped": True, "shipped_at": LATER, "status": "completed"}
CANCELLED: dict[str, Any] = {"stage": Stage.DEAD, "status": "cancelled", "is_taken": False}


def goods_of(made: Plan) -> tuple[dict[int, int], dict[int, int]]:
    """What is moved, and what is held."""
    return dict(made.moves), dict(made.reserved)


@pytest.mark.parametrize(
    ("order", "moves", "reserved"),
    [
        (example(), {12: -2}, {}),
        (example(**UNPAID, status="on-hold"), {}, {12: 2}),
        (example(**UNPAID, payment_method="cod"), {}, {12: 2}),
        (example(total=Decimal(1)), {}, {12: 2}),
        (example(refunds=(refund("47.70", back("45.00", tax="2.70", quantity=1)),)), {12: -1}, {}),
        (example(**UNPAID, refunds=(refund("47.70", back("45.00", quantity=1)),)), {}, {12: 1}),
        (example(refunds=(refund("20.00"),)), {12: -2}, {}),
    ],
    ids=["paid", "bank", "cod", "blocked", "returned", "returned-unpaid", "amount-only"],
)
def test_stock_that_leaves_on_payment(
    order: RemoteOrder, moves: dict[int, int], reserved: dict[int, int]
) -> None:
    assert goods_of(plan(order)) == (moves, reserved)


@pytest.mark.parametrize(
    ("order", "moves", "reserved"),
    [
        (example(), {}, {12: 2}),
        (example(**SHIPPED), {12: -2}, {}),
        (example(**{**UNPAID, **SHIPPED}), {12: -2}, {}),
        (example(**UNPAID), {}, {12: 2}),
    ],
    ids=["paid", "shipped", "shipped-unpaid", "unpaid"],
)
def test_stock_that_leaves_on_shipping(
    order: RemoteOrder, moves: dict[int, int], reserved: dict[int, int]
) -> None:
    assert goods_of(plan(order, rules=ON_SHIPPING)) == (moves, reserved)


def test_shipped_here_is_shipped() -> None:
    here = Standing(has_retail=True, shipped_here_at=LATER)

    made = plan(example(), here, rules=ON_SHIPPING)

    assert (goods_of(made), made.retail_status) == (({12: -2}, {}), "complete")


def test_a_kit_is_taken_apart() -> None:
    made = plan(example(), mapped={"12": {7: 2, 8: 1}})

    assert dict(made.moves) == {7: -4, 8: -2}


def test_ignored_listings_carry_money_and_move_nothing() -> None:
    made = plan(example(), mapped={"12": {}})

    assert (goods_of(made), len(made.entries)) == (({}, {}), 1)


def test_mapped_lines_of_a_blocked_order_are_held_and_the_unmapped_are_waited_for() -> None:
    order = make.remote_order([goods("10.00", key="12"), goods("10.00", key="13", quantity=3)])

    made = plan(order, mapped={"12": None})

    assert (goods_of(made), made.needs) == (({}, {13: 3}), (12,))


def test_never_more_comes_back_than_went_out() -> None:
    fifty = refund("0.00", back(quantity=50))

    assert dict(plan(example(refunds=(fifty,))).moves) == {}


def test_two_refunds_of_one_line_together_bring_back_at_most_what_went_out() -> None:
    twice = (refund("0.00", back(quantity=2)), refund("0.00", back(quantity=2)))

    assert dict(plan(example(refunds=twice)).moves) == {}


def test_a_refund_of_a_line_that_is_not_there_brings_nothing_back() -> None:
    assert dict(plan(example(refunds=(refund("0.00", back(quantity=1, line="999")),))).moves) == {
        12: -2
    }


def test_without_restocking_a_refund_brings_nothing_back() -> None:
    order = example(refunds=(refund("0.00", back(quantity=1)),))

    made = plan(order, posting=PostingSettings(restock_on_refund=False))

    assert goods_of(made) == ({12: -2}, {})


def test_a_cancelled_order_brings_everything_back_and_holds_nothing() -> None:
    desk = Desk()
    desk.arrives(example())

    made = desk.arrives(example(**CANCELLED, modified_at=LATER))

    assert made is not None
    assert goods_of(made) == ({12: 2}, {})
    assert (made.return_reason, made.retail_status) == ("cancel", "cancelled")


def test_a_site_may_leave_the_goods_of_cancelled_orders_out() -> None:
    desk = Desk(rules=site_rules(automation={"cancel_restocks": False}))
    desk.arrives(example())

    made = desk.arrives(example(**CANCELLED, modified_at=LATER))

    assert made is not None
    assert goods_of(made) == ({}, {})


def test_an_order_that_came_back_to_life_moves_its_goods_again() -> None:
    desk = Desk()
    desk.arrives(example())
    desk.arrives(example(**CANCELLED, modified_at=LATER))

    desk.arrives(example(modified_at=datetime(2026, 11, 11, tzinfo=UTC)))

    assert desk.moved() == {12: -2}
    assert desk.standing.moved[12] == (-2, 3)


def test_an_item_edited_out_of_a_paid_order_comes_back() -> None:
    desk = Desk()
    desk.arrives(make.remote_order([goods("10.00", key="12"), goods("10.00", key="13")]))

    edited = make.remote_order([goods("20.00", key="13")], modified_at=LATER)
    desk.arrives(edited)

    assert desk.moved() == {13: -1}


def test_what_had_left_before_the_count_neither_moves_nor_is_held() -> None:
    rules = replace(site_rules(), stock_from=datetime(2026, 11, 5, tzinfo=UTC))
    before = example(**{**SHIPPED, "shipped_at": datetime(2026, 11, 4, tzinfo=UTC)})

    made = plan(before, rules=rules)

    assert (goods_of(made), len(made.entries)) == (({}, {}), 1)


REFUNDED: dict[str, Any] = {"status": "refunded", "is_taken": False}


@pytest.mark.parametrize(
    ("given", "refunded_on", "moves"),
    [(REFUNDED, 4, {}), (REFUNDED, 6, {12: -2}), ({}, 4, {12: -2})],
    ids=["before", "after", "in-part"],
)
def test_what_was_given_back_whole_before_the_count_was_not_to_be_packed(
    given: dict[str, Any], refunded_on: int, moves: dict[int, int]
) -> None:
    rules = replace(site_rules(), stock_from=datetime(2026, 11, 5, tzinfo=UTC))
    given_back = refund("103.88", at=datetime(2026, 11, refunded_on, tzinfo=UTC))

    made = plan(example(refunds=(given_back,), **given), rules=rules)

    assert dict(made.moves) == moves


def test_what_was_still_to_be_packed_at_the_count_moves() -> None:
    rules = replace(site_rules(), stock_from=datetime(2026, 11, 5, tzinfo=UTC))

    assert dict(plan(example(), rules=rules).moves) == {12: -2}
    assert dict(plan(example(**SHIPPED), rules=rules).moves) == {12: -2}


def test_an_order_that_began_before_the_sites_start_holds_nothing() -> None:
    old = example(ordered_at=datetime(2025, 12, 1, tzinfo=UTC), **UNPAID)

    assert goods_of(plan(old)) == ({}, {})


@pytest.mark.parametrize(
    ("given", "status"),
    [
        ({}, "active"),
        (UNPAID, "new"),
        (SHIPPED, "complete"),
        ({"status": "refunded", "is_taken": False}, "complete"),
    ],
)
def test_the_retail_orders_life(given: dict[str, Any], status: str) -> None:
    assert plan(example(**given)).retail_status == status


def test_a_held_order_keeps_its_books_and_pieces_and_waits() -> None:
    made = plan(example(), hold_reason="Check the address")

    assert (made.retail_status, made.hold_reason) == ("hold", "Check the address")
    assert (len(made.entries), dict(made.moves)) == (1, {12: -2})


def test_a_released_order_is_not_held_again() -> None:
    released = Standing(has_retail=True, is_released=True, hold_reason="Check the address")

    assert plan(example(), released).retail_status == "active"
