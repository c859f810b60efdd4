"""Which state an order gets when several things are wrong with it: the first test that fails."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from platforms.base import Stage
from tests import factories as make
from tests.in_memory import WIRED, Desk, applied, books, plan, site_rules
from tests.remote_sales import example, goods
from webapp.backoffice.books.channel_ledgers import Wiring
from webapp.backoffice.errors import Code
from webapp.backoffice.orders.entries import Books
from webapp.backoffice.orders.standing import UNKNOWN_ORDER, Standing
from webapp.backoffice.sites.settings import PostingSettings
from webapp.backoffice.states import State

UNWIRED = Books(Wiring({}), None)
POSTED_BEFORE = applied(UNKNOWN_ORDER, example(), plan(example()))
GONE = replace(POSTED_BEFORE, is_gone=True)

# In the order of the tests; each makes one more thing wrong with an order that is posted.
FAULTS: list[tuple[str, Callable[[dict[str, Any]], None]]] = [
    (Code.CHILD_ORDER, lambda given: given["order"].update(parent_remote_id="4000")),
    (Code.CURRENCY_MISMATCH, lambda given: given["order"].update(currency="EUR")),
    (Code.ORDER_DELETED, lambda given: given.update(standing=GONE)),
    (Code.UNMAPPED_LISTING, lambda given: given.update(mapped={"12": None})),
    (Code.LEDGER_NOT_WIRED, lambda given: given.update(books=UNWIRED)),
    (Code.TOTALS_MISMATCH, lambda given: given["order"].update(total=Decimal("50.00"))),
    (Code.PERIOD_CLOSED, lambda given: given.update(books_closed=True)),
]


def outcome(*codes: str) -> Code | None:
    """The problem of an order with these things wrong."""
    given: dict[str, Any] = {"order": {}, "standing": UNKNOWN_ORDER}
    for code, spoil in FAULTS:
        if code in codes:
            spoil(given)
    is_closed = given.pop("books_closed", False)
    if is_closed:
        given["posting"] = PostingSettings(closed_period="block")
        wiring = given.get("books", WIRED).wiring
        given["books"] = Books(wiring, date(2026, 12, 31))
    order = example(**given.pop("order"))
    standing = given.pop("standing")
    if given.get("mapped"):
        standing = replace(standing, kept={})
    made = plan(order, standing, **given)
    return made.problem.code if made.problem else None


@pytest.mark.parametrize("code", [code for code, _ in FAULTS])
def test_each_fault_alone_has_its_code(code: str) -> None:
    assert outcome(code) == code


PAIRS = [(first, second) for at, (first, _) in enumerate(FAULTS) for second, _ in FAULTS[at + 1 :]]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_of_two_faults_the_earlier_test_decides(first: str, second: str) -> None:
    assert outcome(first, second) == first


def test_everything_wrong_at_once_is_told_one_by_one() -> None:
    codes = [code for code, _ in FAULTS]

    told = [outcome(*codes[at:]) for at in range(len(codes))]

    assert told == codes


@pytest.mark.parametrize(
    "unwanted",
    [
        {"status": "awaiting-pickup", "stage": Stage.UNKNOWN},
        {"stage": Stage.AWAITING, "status": "pending"},
        {"stage": Stage.DEAD, "status": "cancelled"},
        {"stage": Stage.TRASHED, "status": "trash"},
        {"ordered_at": datetime(2025, 12, 31, tzinfo=UTC)},
    ],
)
def test_an_order_that_is_not_wanted_is_skipped_whatever_else_is_wrong(
    unwanted: dict[str, Any],
) -> None:
    order = example(currency="EUR", parent_remote_id="4000", total=Decimal(1), **unwanted)

    made = plan(order, books=UNWIRED, mapped={"12": None})

    assert made.state is State.SKIPPED
    assert made.problem is not None
    assert made.problem.code == Code.NOT_WANTED
    assert (made.entries, dict(made.moves), made.retail_status) == ((), {}, None)


def test_a_status_the_site_does_not_import_is_not_wanted() -> None:
    rules = replace(site_rules(), statuses_let_in=frozenset({"completed"}))

    made = plan(example(), rules=rules)

    assert made.state is State.SKIPPED
    assert dict(made.reserved) == {12: 2}


def test_an_order_asked_for_by_a_person_reaches_behind_the_sites_start() -> None:
    old = example(ordered_at=datetime(2025, 12, 31, tzinfo=UTC))

    made = plan(old, Standing(is_asked_for=True))

    assert made.state is State.SYNCED


def test_an_order_that_posts_nothing_yet_is_not_blocked_for_want_of_ledgers() -> None:
    made = plan(example(is_paid=False, paid_at=None), books=UNWIRED)

    assert (made.state, dict(made.reserved)) == (State.SYNCED, {12: 2})


def test_a_required_ledger_that_the_order_does_not_use_is_required_all_the_same() -> None:
    no_fees = Books(
        Wiring(
            {
                key: ledger
                for key, ledger in WIRED.wiring.ledgers.items()
                if key[0] != "platform_fees"
            }
        ),
        None,
    )

    made = plan(example(), books=no_fees)

    assert made.problem is not None
    assert made.problem.code == Code.LEDGER_NOT_WIRED
    assert made.problem.facts["roles"] == ("platform_fees",)


def test_a_blocked_order_leaves_what_earlier_versions_posted() -> None:
    desk = Desk()
    desk.arrives(example())
    before = desk.balances(), desk.moved()

    later = example(total=Decimal("50.00"), modified_at=datetime(2026, 11, 3, tzinfo=UTC))
    made = desk.arrives(later)

    assert made is not None
    assert made.problem is not None
    assert made.problem.code == Code.TOTALS_MISMATCH
    assert (desk.balances(), desk.moved()) == before


def test_unmapped_listings_matter_to_alive_orders_only() -> None:
    desk = Desk()
    desk.arrives(example())

    dead = example(stage=Stage.DEAD, status="cancelled", is_taken=False)
    made = plan(dead, replace(desk.standing, kept={}), mapped={"12": None})

    assert (made.state, made.needs) == (State.SYNCED, ())


def test_an_unmapped_order_names_every_listing_once_and_waits_for_them() -> None:
    lines = [goods("10.00"), goods("10.00"), goods("10.00", key="13"), goods("10.00", key="14")]

    made = plan(make.remote_order(lines), mapped={"12": None, "13": None})

    assert made.problem is not None
    assert made.problem.facts["listings"] == ("Product 12", "Product 13")
    assert set(made.needs) == {12, 13}
    assert dict(made.reserved) == {14: 1}


def test_a_child_order_is_posted_when_the_site_says_so() -> None:
    child = example(parent_remote_id="4000")

    assert plan(child, posting=PostingSettings(child_orders="post")).state is State.SYNCED
    skipped = plan(child, posting=PostingSettings(child_orders="skip"))
    assert (skipped.state, dict(skipped.reserved)) == (State.SKIPPED, {})


def test_a_child_order_that_waits_for_an_answer_holds_its_pieces() -> None:
    made = plan(example(parent_remote_id="4000"))

    assert (made.state, dict(made.reserved)) == (State.BLOCKED, {12: 2})


def test_books_kept_elsewhere_let_the_goods_through_without_entries() -> None:
    elsewhere = Standing(books_elsewhere=True)

    made = plan(example(currency="EUR", total=Decimal(1)), elsewhere, books=UNWIRED)

    assert (made.state, made.entries, dict(made.moves)) == (State.SYNCED, (), {12: -2})


def test_ledgers_are_asked_for_before_the_totals_of_a_first_entry() -> None:
    made = plan(example(total=Decimal("50.00")), books=books(), mapped={"12": {12: 1}})
    unwired = plan(example(total=Decimal("50.00")), books=UNWIRED)

    assert made.problem is not None
    assert unwired.problem is not None
    assert (made.problem.code, unwired.problem.code) == (
        Code.TOTALS_MISMATCH,
        Code.LEDGER_NOT_WIRED,
    )


def test_a_child_order_that_waits_becomes_no_retail_order() -> None:
    """Its parent may be the same sale: what is skipped later must have caused nothing."""
    desk = Desk()
    waiting = desk.arrives(example(parent_remote_id="4000"))

    skipped = desk.planned_again(posting=PostingSettings(child_orders="skip"))

    assert waiting is not None
    assert waiting.retail_status is None
    assert (skipped.state, dict(skipped.reserved)) == (State.SKIPPED, {})


def test_a_child_order_that_posted_nothing_yet_ends_when_the_site_skips_them() -> None:
    desk = Desk()
    child = example(parent_remote_id="4000", is_paid=False, paid_at=None)
    desk.arrives(child, posting=PostingSettings(child_orders="post"))

    made = desk.planned_again(posting=PostingSettings(child_orders="skip"))

    assert (made.state, made.retail_status, dict(made.reserved)) == (
        State.SYNCED,
        "cancelled",
        {},
    )


def test_a_blocked_order_with_an_unknown_status_is_not_called_synced() -> None:
    order = example(currency="EUR")
    blocked = applied(UNKNOWN_ORDER, order, plan(order))

    made = plan(example(currency="EUR", status="awaiting-pickup", stage=Stage.UNKNOWN), blocked)

    assert made.state is State.SKIPPED
    assert made.problem is not None
    assert made.problem.code == Code.NOT_WANTED
    assert dict(made.reserved) == dict(blocked.reserved)


def test_a_cancelled_order_thrown_away_asks_for_no_decision() -> None:
    cancelled = example(status="cancelled", stage=Stage.DEAD, is_taken=False)
    reversed_ = applied(POSTED_BEFORE, cancelled, plan(cancelled, POSTED_BEFORE))

    made = plan(example(status="trash", stage=Stage.TRASHED, is_taken=False), reversed_)

    assert (made.state, made.problem, made.entries) == (State.SYNCED, None, ())
