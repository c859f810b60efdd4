"""Orders of a marketplace on their way: taken before they are paid, waiting, cancelled at a cost."""

from dataclasses import replace
from datetime import UTC, datetime

from platforms.base import Stage
from tests.escrows import PAID, adjustment, amount, escrow, held
from tests.in_memory import Desk, plan, site_rules
from tests.remote_sales import back, refund
from webapp.backoffice.books.channel_ledgers import Wiring
from webapp.backoffice.errors import MONEY_CODES, Code
from webapp.backoffice.orders.entries import Books
from webapp.backoffice.orders.standing import Standing
from webapp.backoffice.states import State

UNPAID = {"stage": Stage.AWAITING, "status": "unpaid", "is_paid": False, "paid_at": None}
CANCELLED = {"stage": Stage.DEAD, "status": "cancelled", "is_taken": False}
COST = [amount("fee", "return_shipping", "-6.30")]


def test_an_unpaid_order_is_skipped_and_its_pieces_are_reserved() -> None:
    made = plan(held(None, **UNPAID))

    assert made.state is State.SKIPPED
    assert dict(made.reserved) == {12: 1}
    assert made.entries == ()


def test_the_pieces_of_an_unpaid_order_are_free_again_when_it_is_cancelled() -> None:
    desk = Desk()
    desk.arrives(held(None, **UNPAID))

    made = desk.arrives(held(None, **CANCELLED))

    assert made is not None
    assert made.state is State.SKIPPED
    assert dict(made.reserved) == {}


def test_an_unpaid_order_from_before_the_beginning_reserves_nothing() -> None:
    late = site_rules(orders_from=datetime(2026, 6, 1, tzinfo=UTC))

    assert dict(plan(held(None, **UNPAID), rules=late).reserved) == {}


def test_a_paid_order_without_an_escrow_is_tried_again_with_its_pieces_reserved() -> None:
    made = plan(held(None))

    assert made.state is State.RETRYING
    assert made.problem is not None
    assert made.problem.code is Code.ESCROW_NOT_READY
    assert (made.entries, dict(made.moves)) == ((), {})
    assert dict(made.reserved) == {12: 1}
    assert made.retail_status == "active"


def test_waiting_for_the_escrow_never_holds_a_parcel() -> None:
    assert Code.ESCROW_NOT_READY in MONEY_CODES


def test_ledgers_are_asked_for_before_the_escrow() -> None:
    made = plan(held(None), books=Books(Wiring({}), None))

    assert made.problem is not None
    assert made.problem.code is Code.LEDGER_NOT_WIRED


def test_an_order_that_is_not_paid_yet_needs_no_escrow() -> None:
    made = plan(held(None, is_paid=False, paid_at=None))

    assert (made.state, made.retail_status) == (State.SYNCED, "new")
    assert dict(made.reserved) == {12: 1}


def test_what_was_posted_stands_while_the_escrow_is_away() -> None:
    desk = Desk()
    desk.arrives(held(escrow()))
    before = desk.balances()

    made = desk.arrives(held(None))

    assert made is not None
    assert made.state is State.RETRYING
    assert desk.balances() == before


def test_a_cancelled_order_that_never_began_and_cost_nothing_is_skipped() -> None:
    assert plan(held(None, **CANCELLED)).state is State.SKIPPED
    assert plan(held(escrow(goods="0.00"), **CANCELLED)).state is State.SKIPPED


def test_a_cancelled_order_that_cost_something_posts_though_it_never_began() -> None:
    made = plan(held(escrow(fee="-6.30"), is_paid=False, paid_at=None, **CANCELLED))

    assert made.state is State.SYNCED
    assert made.retail_status == "cancelled"
    (entry,) = made.entries
    assert (entry.difference.chapter, entry.difference.part) == ("fees", "escrow")
    assert dict(made.reserved) == {}


def test_a_cancelled_order_with_adjustments_alone_posts_them() -> None:
    statement = escrow(goods="0.00", adjustments=[adjustment("-4.00", "2026-03-20")])

    made = plan(held(statement, **CANCELLED))

    assert [entry.difference.part[:3] for entry in made.entries] == ["adj"]


def test_what_is_wrong_with_a_cancelled_order_that_cost_something_is_told() -> None:
    spoilt = escrow(fee="-6.30", net="-9.00")

    made = plan(held(spoilt, **CANCELLED))

    assert made.state is State.BLOCKED
    assert made.problem is not None
    assert made.problem.code is Code.TOTALS_MISMATCH


def test_a_cancelled_order_from_before_the_beginning_is_left_out_whatever_it_cost() -> None:
    late = site_rules(orders_from=datetime(2026, 6, 1, tzinfo=UTC))

    assert plan(held(escrow(fee="-6.30"), **CANCELLED), rules=late).state is State.SKIPPED


def test_a_cancelled_order_whose_books_are_kept_elsewhere_posts_nothing() -> None:
    made = plan(held(escrow(fee="-6.30"), **CANCELLED), Standing(books_elsewhere=True))

    assert (made.state, made.entries) == (State.SKIPPED, ())


def test_a_sale_that_was_cancelled_leaves_its_cost_alone() -> None:
    desk = Desk()
    desk.arrives(held(escrow()))

    desk.arrives(held(escrow(fee="-6.30"), **CANCELLED))

    assert {key: str(value) for key, value in desk.balances().items()} == {
        ("fees", "escrow", "platform_fees"): "6.30",
        ("fees", "escrow", "customer_payment"): "-6.30",
    }
    assert desk.moved() == {}


def test_an_order_that_the_store_has_wait_again_keeps_its_books_and_goods() -> None:
    desk = Desk()
    desk.arrives(held(escrow()))
    before = desk.stands()

    made = desk.arrives(held(escrow(), stage=Stage.AWAITING, status="pending"))

    assert made is not None
    assert made.state is State.SYNCED
    assert desk.stands() == before


def test_an_order_deleted_in_the_store_asks_a_person_and_reversing_takes_all_back() -> None:
    desk = Desk()
    desk.arrives(held(escrow()))
    desk.standing = replace(desk.standing, is_gone=True)

    blocked = desk.planned_again()
    desk.standing = replace(desk.standing, deletion_choice="reverse")
    desk.planned_again()

    assert blocked.problem is not None
    assert blocked.problem.code is Code.ORDER_DELETED
    assert desk.balances() == {}


def test_pieces_of_an_accepted_return_come_back_and_carry_no_money() -> None:
    desk = Desk()
    desk.arrives(held(escrow()))
    before = desk.balances()

    returned = refund("0.00", back(quantity=50, line="101"), at=PAID)
    desk.arrives(held(escrow(), refunds=(returned,)))

    assert desk.moved() == {}
    assert desk.balances() == before
