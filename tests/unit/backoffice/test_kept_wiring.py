"""Which ledger a role lands on: defaults, overrides per payment method, and what an order keeps."""

from datetime import UTC, datetime
from decimal import Decimal

from platforms.base import RemoteOrder
from tests.in_memory import Desk, books, plan
from tests.remote_sales import example, refund
from webapp.backoffice.books.channel_ledgers import Wiring, ledgers_of_order
from webapp.backoffice.orders.planning import Plan

LATER = datetime(2026, 11, 10, tzinfo=UTC)


def ledgers(made: Plan | None, which: int = 0) -> dict[str, int]:
    """The ledger of each role in one entry of a plan."""
    assert made is not None
    entry = made.entries[which]
    return {
        str(line.role): ledger
        for line, ledger in zip(entry.difference.lines, entry.ledgers, strict=True)
    }


def refunded(**given: object) -> RemoteOrder:
    return example(refunds=(refund("20.00", at=LATER),), modified_at=LATER, **given)


def test_refunds_without_a_ledger_land_on_sales_and_keep_their_name() -> None:
    made = plan(refunded())

    assert ledgers(made, 1)["refunds"] == 4000


def test_refunds_with_a_ledger_of_their_own_land_there() -> None:
    made = plan(refunded(), books=books(refunds=4100))

    assert ledgers(made, 1)["refunds"] == 4100


def test_rounding_without_a_ledger_lands_on_the_discounts() -> None:
    made = plan(example(total=Decimal("103.89")))

    assert ledgers(made)["rounding"] == 4900


def test_a_payment_method_has_its_own_clearing_ledger() -> None:
    wired = books(customer_payment__cod=1160)

    assert ledgers(plan(example(payment_method="cod"), books=wired))["customer_payment"] == 1160
    assert ledgers(plan(example(), books=wired))["customer_payment"] == 1150


def test_only_the_clearing_and_the_bank_ledger_differ_by_payment_method() -> None:
    wiring = Wiring({("sales_revenue", ""): 4000, ("sales_revenue", "cod"): 4001})

    assert wiring.ledger_for("sales_revenue", "cod") == 4000


def test_an_override_alone_wires_the_role_for_its_method_and_no_other() -> None:
    wiring = Wiring({("customer_payment", "cod"): 1160})

    _, missing = ledgers_of_order((), wiring, "stripe", {})

    assert wiring.ledger_for("customer_payment", "cod") == 1160
    assert "customer_payment" in missing


def test_a_posted_order_keeps_its_ledgers_after_rewiring() -> None:
    desk = Desk()
    desk.arrives(example())
    desk.books = books(customer_payment=1199, tax=2299, delivery=4299, sales_revenue=4099)

    made = desk.arrives(refunded())

    assert ledgers(made) == {
        "refunds": 4000,
        "delivery": 4200,
        "tax": 2200,
        "customer_payment": 1150,
    }


def test_a_default_role_follows_the_ledger_that_the_order_kept_not_the_new_one() -> None:
    desk = Desk()
    desk.arrives(example())
    desk.books = books(sales_revenue=4099, discount=4999)

    made = desk.arrives(
        example(refunds=(refund("20.00", at=LATER),), modified_at=LATER, total=Decimal("103.89"))
    )

    assert ledgers(made, 0)["rounding"] == 4900
    assert ledgers(made, 1)["refunds"] == 4000


def test_rewiring_reaches_an_order_that_has_not_posted() -> None:
    desk = Desk()
    desk.arrives(example(is_paid=False, paid_at=None))
    desk.books = books(customer_payment=1199)

    made = desk.arrives(example(modified_at=LATER))

    assert ledgers(made)["customer_payment"] == 1199


def test_an_order_that_changed_its_payment_method_keeps_the_clearing_ledger_it_opened() -> None:
    desk = Desk(books=books(customer_payment__cod=1160))
    desk.arrives(example())

    made = desk.arrives(example(payment_method="cod", modified_at=LATER, total=Decimal("103.89")))

    assert ledgers(made)["customer_payment"] == 1150
