"""The sale and its fees at their edges: raised prices, negative fees, nothing, gaps, rates."""

from dataclasses import replace
from decimal import Decimal

import pytest

from platforms.base import RemoteFee, RemoteOrder
from tests import factories as make
from tests.in_memory import Desk, plan, signed, site_rules
from tests.remote_sales import charge, delivery, example, goods, tax
from webapp.backoffice.errors import Code
from webapp.backoffice.sites.settings import PostingSettings
from webapp.backoffice.states import State

MARKETPLACE = PostingSettings(tax_collected_by="marketplace")


def sale(order: RemoteOrder, posting: PostingSettings | None = None) -> dict[str, str]:
    """The sale's amounts by role, as text."""
    made = plan(order, posting=posting or PostingSettings())
    assert made.problem is None
    return {role: str(amount) for role, amount in signed(made.entries[0]).items()}


def test_a_price_raised_by_hand_is_revenue_and_no_negative_discount() -> None:
    order = make.remote_order([goods("45.00", subtotal="40.00")])

    assert sale(order) == {"customer_payment": "45.00", "sales_revenue": "-45.00"}


def test_a_raised_price_does_not_eat_another_lines_discount() -> None:
    lines = [goods("45.00", subtotal="40.00"), goods("50.00", subtotal="60.00", key="13")]

    assert sale(make.remote_order(lines)) == {
        "customer_payment": "95.00",
        "discount": "10.00",
        "sales_revenue": "-105.00",
    }


def test_surcharges_are_revenue_and_negative_fees_are_discount() -> None:
    order = make.remote_order(
        [goods("50.00")], charges=(charge("4.00"), charge("-5.00")), total=Decimal("49.00")
    )

    assert sale(order) == {
        "customer_payment": "49.00",
        "discount": "5.00",
        "sales_revenue": "-54.00",
    }


def test_the_discount_names_both_its_sources() -> None:
    order = make.remote_order(
        [goods("45.00", subtotal="50.00")], charges=(charge("-5.00"),), total=Decimal("40.00")
    )

    because = {line.role: line.because for line in plan(order).entries[0].difference.lines}

    assert because["discount"] == "order.line_items.subtotal - total; order.fee_lines.total"


def test_goods_for_nothing_post_discount_against_revenue() -> None:
    order = make.remote_order([goods("0.00", subtotal="50.00")])

    assert sale(order) == {"discount": "50.00", "sales_revenue": "-50.00"}


def test_an_order_of_zeros_posts_nothing_moves_its_goods_and_is_synced() -> None:
    made = plan(make.remote_order([goods("0.00")]))

    assert (made.state, made.entries) == (State.SYNCED, ())
    assert dict(made.moves) == {12: -1}


def test_an_order_without_lines_of_goods_posts_its_fee_line() -> None:
    order = make.remote_order([], charges=(charge("25.00"),), total=Decimal("25.00"))

    assert sale(order) == {"customer_payment": "25.00", "sales_revenue": "-25.00"}


def test_a_gift_card_that_lowers_the_total_without_a_line_blocks() -> None:
    made = plan(example(total=Decimal("83.88")))

    assert made.problem is not None
    assert made.problem.code == Code.TOTALS_MISMATCH
    assert (made.problem.facts["lines"], made.problem.facts["stated"]) == (
        Decimal("103.88"),
        Decimal("83.88"),
    )
    assert (made.entries, dict(made.moves), dict(made.reserved)) == ((), {}, {12: 2})


@pytest.mark.parametrize(("off", "is_blocked"), [("0.02", False), ("0.03", True), ("-0.03", True)])
def test_the_tolerance_is_one_minor_unit_a_line(off: str, is_blocked: bool) -> None:
    """One line of goods and one of delivery: 0.02 may be off, either way."""
    made = plan(example(total=Decimal("103.88") + Decimal(off)))

    assert (made.problem is not None) == is_blocked
    if not is_blocked:
        assert signed(made.entries[0])["rounding"] == Decimal("-0.02")


def test_lines_of_zero_count_for_the_tolerance_too() -> None:
    order = example(total=Decimal("103.91"), charges=(charge("0.00"),))

    assert sale(order)["rounding"] == "-0.03"


def test_an_order_without_any_line_has_a_tolerance_of_one_minor_unit() -> None:
    assert sale(make.remote_order([], total=Decimal("0.01"))) == {
        "customer_payment": "0.01",
        "rounding": "-0.01",
    }


def test_roles_are_rounded_once_after_their_raw_lines_are_added() -> None:
    lines = [goods("3.333333", key=str(number)) for number in (12, 13, 14)]

    assert sale(make.remote_order(lines, total=Decimal("10.00"))) == {
        "customer_payment": "10.00",
        "sales_revenue": "-10.00",
    }


def test_half_a_minor_unit_is_rounded_away_from_zero() -> None:
    order = make.remote_order([goods("2.345")], total=Decimal("2.345"))

    assert sale(order) == {"customer_payment": "2.35", "sales_revenue": "-2.35"}


def test_the_marketplace_keeps_the_tax() -> None:
    assert sale(example(), MARKETPLACE) == {
        "customer_payment": "98.00",
        "discount": "10.00",
        "sales_revenue": "-100.00",
        "delivery": "-8.00",
    }


def test_the_tax_by_rate_is_made_to_reach_the_orders_tax_on_the_last_one() -> None:
    order = example(taxes=(tax("SST-6", "3.00"), tax("SST-10", "2.87")))

    lines = plan(order).entries[0].difference.lines

    by_rate = {line.tax_rate: str(-line.signed) for line in lines if line.role == "tax"}
    assert by_rate == {"SST-6": "3.00", "SST-10": "2.88"}


def test_two_rates_with_one_code_are_posted_once() -> None:
    """A code is country, name and priority: a shop's 7 and 19 % often share it."""
    order = example(taxes=(tax("DE-VAT-1", "3.00"), tax("DE-VAT-1", "2.88")))
    desk = Desk()
    desk.arrives(order)

    again = desk.planned_again()

    assert again.entries == ()
    assert desk.balances()["sale", "order", "tax"] == Decimal("-5.88")


def test_a_fee_is_an_expense_that_the_gateway_keeps_from_the_payment() -> None:
    fee = RemoteFee(source="order.meta_data._stripe_fee", amount=Decimal("3.5051"), currency="MYR")

    entry = plan(example(fee=fee)).entries[1]

    assert signed(entry) == {
        "platform_fees": Decimal("3.51"),
        "customer_payment": Decimal("-3.51"),
    }


@pytest.mark.parametrize(
    ("amount", "currency"), [("3.51", "USD"), ("0.00", "MYR"), ("0.004", "MYR")]
)
def test_a_fee_of_nothing_or_in_another_currency_is_no_fee_yet(amount: str, currency: str) -> None:
    fee = RemoteFee(source="x", amount=Decimal(amount), currency=currency)

    chapters = [entry.difference.chapter for entry in plan(example(fee=fee)).entries]

    assert chapters == ["sale"]


def test_dinars_have_three_decimals() -> None:
    order = make.remote_order([goods("11.757", tax=Decimal("0.588"))], currency="KWD", digits=3)
    rules = replace(site_rules(), currency="KWD", digits=3)

    amounts = signed(plan(order, rules=rules).entries[0])

    assert amounts["customer_payment"] == Decimal("12.345")


def test_delivery_alone_given_free_of_charge_has_no_line() -> None:
    order = make.remote_order([goods("50.00")], deliveries=(delivery("0.00"),))

    assert sale(order) == {"customer_payment": "50.00", "sales_revenue": "-50.00"}
