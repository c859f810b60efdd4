"""Which order a line of Stripe, PayPal or the generic sheet belongs to, whenever either comes."""

from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.settlements import (
    GENERIC,
    clearing,
    csv_of,
    generic_line,
    import_file,
    import_lines,
    payouts,
    read,
    serve,
    shop,
    waiting,
)
from webapp.backoffice.books import settling
from webapp.models.settlement import SettlementClue, SettlementLine
from webapp.models.sites import Site

STRIPE: dict[str, str] = {
    "balance_transaction_id": "txn_1AbC",
    "available_on": "2026-03-09 00:00:00",
    "currency": "myr",
    "gross": "103.88",
    "fee": "3.60",
    "net": "100.28",
    "reporting_category": "charge",
    "source_id": "",
    "payment_intent_id": "",
    "payment_metadata[order_id]": "",
    "description": "",
}
PAYPAL: dict[str, str] = {
    "Date": "03/25/2026",
    "Time": "20:15:00",
    "TimeZone": "PDT",
    "Type": "Express Checkout Payment",
    "Status": "Completed",
    "Currency": "MYR",
    "Gross": "103.88",
    "Fee": "-3.60",
    "Net": "100.28",
    "Transaction ID": "9AB12345CD678901E",
    "Reference Txn ID": "",
    "Invoice Number": "",
}
# The provider's row, and the transaction id that the order itself has.
CASES: dict[str, tuple[dict[str, str], str]] = {
    "stripe by metadata": ({**STRIPE, "payment_metadata[order_id]": "5001"}, ""),
    "stripe by charge": ({**STRIPE, "source_id": "ch_3XyZ"}, "ch_3XyZ"),
    "stripe by payment intent": ({**STRIPE, "payment_intent_id": "pi_3XyZ"}, "pi_3XyZ"),
    "stripe by description": ({**STRIPE, "description": "The Shop - Order 5001"}, ""),
    "paypal by transaction": (PAYPAL, "9AB12345CD678901E"),
    "paypal by invoice": ({**PAYPAL, "Invoice Number": "WC-5001"}, ""),
    "paypal by invoice without a dash": ({**PAYPAL, "Invoice Number": "SHOP5001"}, ""),
}


def file_of(row: dict[str, str]) -> bytes:
    return csv_of(tuple(row), [row])


@pytest.mark.parametrize("name", CASES)
def test_a_providers_line_finds_its_order(session: Session, name: str) -> None:
    row, transaction_id = CASES[name]
    site = shop(session)
    serve(session, site, transaction_id=transaction_id)

    import_file(session, site, file_of(row))

    assert clearing(session, site) == 0


@pytest.mark.parametrize("name", CASES)
def test_an_order_finds_the_line_that_came_before_it(session: Session, name: str) -> None:
    row, transaction_id = CASES[name]
    site = shop(session)
    import_file(session, site, file_of(row))
    assert len(waiting(session, site)) == 1

    serve(session, site, transaction_id=transaction_id)

    assert waiting(session, site) == {}
    assert clearing(session, site) == 0


def test_a_paypal_refund_finds_its_order_by_the_payment_it_refers_to(session: Session) -> None:
    site = shop(session)
    shown = [{"id": 931, "amount": "20.00", "created": "2026-03-08T02:00:00"}]
    serve(session, site, transaction_id="9AB12345CD678901E", refunds=shown)
    refund = {
        **PAYPAL,
        "Type": "Payment Refund",
        "Gross": "-20.00",
        "Fee": "0.00",
        "Net": "-20.00",
        "Transaction ID": "7ZZ",
        "Reference Txn ID": "9AB12345CD678901E",
    }

    import_file(session, site, csv_of(tuple(PAYPAL), [PAYPAL, refund]))

    assert [part for part, _, _ in payouts(session, site)] == [
        "paypal:7ZZ",
        "paypal:9AB12345CD678901E",
    ]
    assert clearing(session, site) == 0


def test_a_number_that_two_orders_have_tells_nothing(session: Session) -> None:
    site = shop(session)
    serve(session, site, number="A-1")
    serve(session, site, remote_id=5002, number="A-1")

    import_lines(session, site, generic_line(order_number="A-1"))

    assert waiting(session, site) == {"txn_1": "order_unknown"}


def test_the_stores_own_id_finds_an_order_that_has_another_number(session: Session) -> None:
    site = shop(session)
    serve(session, site, number="A-1")

    import_lines(session, site, generic_line(order_number="#5001"))

    assert clearing(session, site, "A-1") == 0


def test_an_order_of_another_site_is_not_taken(session: Session) -> None:
    here, elsewhere = shop(session), shop(session)
    serve(session, elsewhere, transaction_id="ch_3XyZ")

    import_file(session, here, file_of({**STRIPE, "source_id": "ch_3XyZ"}))

    assert waiting(session, here) == {"txn_1AbC": "order_unknown"}


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({**STRIPE, "reporting_category": "fee", "source_id": "fee_1"}, "not_an_order_line"),
        ({**STRIPE, "reporting_category": "dispute", "source_id": "ch_1"}, "not_an_order_line"),
        (
            {**STRIPE, "reporting_category": "dispute", "payment_metadata[order_id]": "777"},
            "order_unknown",
        ),
        (STRIPE, "order_unknown"),
    ],
)
def test_a_line_without_an_order_waits_for_what_it_is(
    session: Session, row: dict[str, str], code: str
) -> None:
    site = shop(session)
    serve(session, site, transaction_id="ch_1")

    import_file(session, site, file_of(row))

    assert list(waiting(session, site).values()) == [code]


def test_an_import_that_was_cut_off_goes_on_when_it_is_repeated(session: Session) -> None:
    site = shop(session)
    serve(session, site)
    content = csv_of(GENERIC, [generic_line()])
    settling.store_lines(session, site, read(content, site), now=make.NOW, actor=None)
    assert waiting(session, site) == {"txn_1": "order_unknown"}

    again = import_file(session, site, content)

    assert (again.new, again.known) == (0, 1)
    assert clearing(session, site) == 0


def test_nothing_personal_of_a_file_is_kept(session: Session) -> None:
    site: Site = shop(session)
    row: dict[str, Any] = {
        **STRIPE,
        "description": "The Shop - Order 5001 for Siti Ahmad",
        "customer_email": "siti@example.com",
        "customer_name": "Siti Ahmad",
    }
    import_file(session, site, file_of(row))

    kept = [
        *session.execute(select(*SettlementLine.__table__.columns)),
        *session.execute(select(*SettlementClue.__table__.columns)),
    ]
    assert "5001" in str(kept)
    assert "siti" not in str(kept).casefold()
