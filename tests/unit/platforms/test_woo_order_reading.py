"""One WooCommerce payload becomes one order in neutral words."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from platforms.base import RefundedKind, RemoteOrder, Stage, StoreTerms
from platforms.woocommerce.orders import open_order, read_payload
from tests.unit.platforms.woo_payloads import (
    captured_json,
    every_captured_order,
    every_captured_refund,
    fetched,
    line,
    order,
    refund,
)

CAPTURED = list(every_captured_order())
REFUNDS = list(every_captured_refund())


def read(found: Any, refunds: list[Any] | None = None, **terms: Any) -> RemoteOrder:
    return open_order(fetched(found, refunds), StoreTerms(**terms)).order


def parts_of(found: RemoteOrder) -> Decimal:
    """What a store's total is made of."""
    return sum(
        (each.total for each in (*found.lines, *found.charges, *found.deliveries)), found.total_tax
    )


def test_there_are_captured_orders_and_refunds_to_read() -> None:
    assert len(CAPTURED) >= 46
    assert len(REFUNDS) >= 4


@pytest.mark.parametrize(
    "found", [each for _, each in CAPTURED], ids=[name for name, _ in CAPTURED]
)
def test_every_captured_order_reads_to_its_own_total(found: dict[str, Any]) -> None:
    opened = open_order(fetched(found, []), StoreTerms())

    assert opened.order.remote_id == str(found["id"])
    assert opened.order.total == Decimal(found["total"])
    assert opened.order.total_tax == Decimal(found["total_tax"])
    assert parts_of(opened.order) == opened.order.total
    assert len(opened.order.lines) == len(found["line_items"])
    assert opened.order.stage is not Stage.UNKNOWN
    assert read_payload(opened.payload, StoreTerms()) == opened.order


@pytest.mark.parametrize("found", [each for _, each in REFUNDS], ids=[name for name, _ in REFUNDS])
def test_every_captured_refund_reads_with_positive_numbers(found: dict[str, Any]) -> None:
    (given_back,) = read(order(total="9999999.00"), [found]).refunds

    assert given_back.remote_id == str(found["id"])
    assert given_back.amount == Decimal(found["amount"])
    lines = sum((each.total + each.tax for each in given_back.lines), Decimal(0))
    assert not given_back.lines or lines == given_back.amount
    assert all(each.quantity >= 0 and each.total >= 0 for each in given_back.lines)
    assert all(each.remote_line_id for each in given_back.lines)


def test_a_captured_partial_refund_takes_back_one_line_and_its_tax() -> None:
    found = read(
        captured_json("153-order-rf-partial-qty"), captured_json("order-refunds-rf-partial-qty")
    )

    (given_back,) = found.refunds
    (taken,) = given_back.lines
    assert given_back.created_at == datetime(2026, 11, 24, 20, 44, 19, tzinfo=UTC)
    assert (taken.kind, taken.remote_line_id, taken.quantity) == (RefundedKind.GOODS, "97", 1)
    assert (taken.total, taken.tax) == (Decimal("33.33"), Decimal("2.00"))
    assert taken.taxes == (("US-KY-KY SALES TAX-1", Decimal("2.00")),)
    assert found.fields.refund.format(given_back.remote_id) == "refund[104].amount"


def test_refunded_delivery_has_its_own_kind_and_no_pieces() -> None:
    found = read(order(total="135.60"), captured_json("order-refunds-rf-full-with-lines"))

    (given_back,) = found.refunds
    kinds = [(each.kind, each.quantity, each.remote_line_id) for each in given_back.lines]
    assert kinds == [
        (RefundedKind.GOODS, 3, "7160"),
        (RefundedKind.GOODS, 2, "7161"),
        (RefundedKind.DELIVERY, 0, "7162"),
    ]


def test_a_rate_unknown_to_the_order_is_named_by_its_id() -> None:
    given_back = refund(
        line_items=[line(quantity=-1, total="-10.00", taxes=[{"id": 9, "total": "-0.60"}])]
    )

    assert read(order(), [given_back]).refunds[0].lines[0].taxes == (("9", Decimal("0.60")),)


def test_refunds_stand_in_the_order_they_were_made() -> None:
    later = refund(id=8, amount="1.00", date_created_gmt="2026-11-26T00:00:00")
    same_second = refund(id=100, amount="2.00")
    first = refund(id=99, amount="3.00")

    found = read(order(), [later, same_second, first])

    assert [each.remote_id for each in found.refunds] == ["99", "100", "8"]


def test_a_zero_refund_is_zero_and_not_less() -> None:
    given_back = refund(amount="-0.00", line_items=[line(quantity=-2, total="-0.00")])

    (found,) = read(order(), [given_back]).refunds

    assert str(found.amount) == "0"
    assert (str(found.lines[0].total), found.lines[0].quantity) == ("0", 2)


@pytest.mark.parametrize(
    ("status", "stage", "is_taken"),
    [
        ("processing", Stage.ALIVE, True),
        ("on-hold", Stage.ALIVE, True),
        ("completed", Stage.ALIVE, True),
        ("refunded", Stage.ALIVE, False),
        ("pending", Stage.AWAITING, False),
        ("checkout-draft", Stage.AWAITING, False),
        ("auto-draft", Stage.AWAITING, False),
        ("cancelled", Stage.DEAD, False),
        ("failed", Stage.DEAD, False),
        ("trash", Stage.TRASHED, False),
        ("awaiting-pickup", Stage.UNKNOWN, False),
    ],
)
def test_each_status_has_its_stage(status: str, stage: Stage, is_taken: bool) -> None:
    found = read(order(status=status))

    assert (found.status, found.stage, found.is_taken) == (status, stage, is_taken)


def test_a_site_says_how_its_own_status_is_read() -> None:
    found = read(order(status="awaiting-pickup"), status_as={"awaiting-pickup": "completed"})

    assert (found.status, found.stage) == ("awaiting-pickup", Stage.ALIVE)
    assert (found.is_paid, found.is_taken, found.is_shipped) == (True, True, True)


@pytest.mark.parametrize(
    ("status", "paid", "completed", "is_paid", "is_shipped"),
    [
        ("processing", None, None, False, False),
        ("processing", "2026-11-24T20:43:30", None, True, False),
        ("on-hold", "2026-11-24T20:43:30", None, True, False),
        ("completed", None, "2026-11-25T01:00:00", True, True),
        ("refunded", "2026-11-24T20:43:30", None, True, False),
        ("refunded", "2026-11-24T20:43:30", "2026-11-25T01:00:00", True, True),
        ("cancelled", "2026-11-24T20:43:30", "2026-11-25T01:00:00", True, False),
    ],
)
def test_paid_and_shipped_follow_from_dates_and_status(
    status: str, paid: str | None, completed: str | None, is_paid: bool, is_shipped: bool
) -> None:
    found = read(order(status=status, date_paid_gmt=paid, date_completed_gmt=completed))

    assert (found.is_paid, found.is_shipped) == (is_paid, is_shipped)
    assert (found.shipped_at is None) == (completed is None)


@pytest.mark.parametrize(
    ("amounts", "stage"),
    [
        (["10.00"], Stage.ALIVE),
        (["4.00", "6.00"], Stage.ALIVE),
        (["9.99"], Stage.DEAD),
        ([], Stage.DEAD),
    ],
)
def test_a_cancelled_order_refunded_to_the_cent_stands_as_refunded(
    amounts: list[str], stage: Stage
) -> None:
    refunds = [refund(id=number, amount=amount) for number, amount in enumerate(amounts, 1)]

    assert read(order(status="cancelled"), refunds).stage is stage


def test_a_cancelled_order_of_nothing_is_dead() -> None:
    assert (
        read(order(status="cancelled", total="0.00"), [refund(amount="0.00")]).stage is Stage.DEAD
    )


@pytest.mark.parametrize(
    ("currency", "total", "shown", "digits"),
    [
        ("MYR", "10.00", None, 2),
        ("MYR", "10", None, 0),
        ("MYR", "10.000000", 2, 2),
        ("JPY", "4175.00", 2, 0),
        ("KWD", "33.560", 3, 3),
        ("KWD", "33.56", 2, 2),
        ("IDR", "150000", 0, 0),
    ],
)
def test_the_minor_unit_is_the_smaller_of_currency_and_store(
    currency: str, total: str, shown: int | None, digits: int
) -> None:
    assert read(order(currency=currency, total=total), digits=shown).digits == digits


@pytest.mark.parametrize(
    ("product", "variation", "key"),
    [(15, 0, "15"), (28, 31, "28:31"), (0, 0, None), (None, None, None), (0, 31, None)],
)
def test_a_line_is_known_by_its_product_and_variation(
    product: Any, variation: Any, key: str | None
) -> None:
    found = read(order(line_items=[line(product_id=product, variation_id=variation, sku=None)]))

    assert (found.lines[0].listing_key, found.lines[0].sku) == (key, "")


def test_names_are_told_without_html_entities() -> None:
    found = read(order(line_items=[line(name="Fish &amp; Chips &#8211; large")]))

    assert found.lines[0].name == "Fish & Chips – large"


def test_fee_lines_are_charges_whatever_their_sign() -> None:
    found = read(captured_json("133-order-neg-fee"))

    (reduction,) = found.charges
    assert reduction.total < 0
    assert parts_of(found) == found.total


def test_each_tax_rate_has_its_code_and_both_its_parts() -> None:
    found = read(captured_json("153-order-rf-partial-qty"))

    (tax,) = found.taxes
    assert (tax.code, tax.label, tax.percent) == ("US-KY-KY SALES TAX-1", "KY Sales Tax", 6)
    assert tax.amount == Decimal("7.20") + Decimal("0.48")
    assert found.fields.tax_rate.format(tax.code) == (
        "order.tax_lines[US-KY-KY SALES TAX-1].tax_total"
    )


def test_a_parent_makes_a_child_order() -> None:
    assert read(order(parent_id=12)).parent_remote_id == "12"
    assert read(order(parent_id=0)).parent_remote_id is None


def test_an_order_without_a_modified_time_was_modified_when_it_was_made() -> None:
    found = read(order(date_modified_gmt=None))

    assert found.modified_at == found.ordered_at == datetime(2026, 11, 24, 20, 43, tzinfo=UTC)
