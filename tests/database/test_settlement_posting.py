"""What settlement lines post: payouts, fees, their dates, and what later versions make of them."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms import registry
from tests import factories as make
from tests.settlements import (
    clearing,
    entries,
    generic_line,
    import_lines,
    is_clean,
    payouts,
    process_due,
    serve,
    shop,
    state_of,
    waiting,
)
from webapp.backoffice.orders.decisions import DeletionChoice, decide_deletion
from webapp.backoffice.reports.order_view import find_orders
from webapp.backoffice.reports.verifying import verify_books
from webapp.models.ledgers import PeriodClosing
from webapp.models.settlement import SettlementLine


def test_of_two_charges_the_older_is_the_orders_own_whichever_came_first(session: Session) -> None:
    site = shop(session)
    serve(session, site)

    import_lines(session, site, generic_line(date="2026-03-10"))
    import_lines(session, site, generic_line(reference="older", fee="3.70", net="100.18"))

    assert waiting(session, site) == {"txn_1": "payout_mismatch"}
    assert payouts(session, site) == [
        ("csv:txn_1", 1, "2026-03-10"),
        ("csv:older", 1, "2026-03-09"),
        ("csv:txn_1", 2, "2026-03-09"),
    ]
    assert clearing(session, site) == 0
    assert is_clean(session)


def test_a_line_for_a_closed_month_posts_on_the_first_open_day(session: Session) -> None:
    site = shop(session)
    serve(session, site)
    session.add(PeriodClosing(closed_through=date(2026, 3, 31), at=make.NOW))
    session.flush()

    import_lines(session, site, generic_line())

    payout = entries(session, site)[-1]
    assert (payout.date.isoformat(), str(payout.original_date)) == ("2026-04-01", "2026-03-09")


def test_the_same_file_twice_and_an_overlapping_one_add_nothing(session: Session) -> None:
    site = shop(session)
    serve(session, site)
    first = import_lines(session, site, generic_line(), generic_line(reference="", order_number=""))
    once = entries(session, site)

    again = import_lines(session, site, generic_line(), generic_line(reference="", order_number=""))
    overlapping = import_lines(session, site, generic_line(), generic_line(reference="txn_9"))

    assert (first.new, first.known) == (2, 0)
    assert (again.new, again.known) == (0, 2)
    assert (overlapping.new, overlapping.known) == (1, 1)
    assert entries(session, site) == once


def test_equal_rows_without_a_reference_are_lines_of_their_own(session: Session) -> None:
    site = shop(session)
    row = generic_line(reference="", order_number="777")

    import_lines(session, site, row, row)
    import_lines(session, site, row)

    assert len(session.scalars(select(SettlementLine.id)).all()) == 2


def test_each_line_dates_the_fee_difference_that_it_causes(session: Session) -> None:
    site = shop(session)
    shown = [{"id": 931, "amount": "20.00", "created": "2026-03-08T02:00:00"}]
    serve(session, site, refunds=shown)

    import_lines(
        session,
        site,
        generic_line(
            reference="re_1",
            type="refund",
            gross="-20",
            fee="0.50",
            net="-20.50",
            date="2026-03-11",
        ),
        generic_line(),
    )

    fees = [each for each in entries(session, site) if each.chapter == "fees"]
    assert [(each.seq, each.date.isoformat()) for each in fees] == [
        (1, "2026-03-05"),
        (2, "2026-03-09"),
        (3, "2026-03-11"),
    ]
    assert [each.lines[0].debit for each in fees] == [
        Decimal("3.51"),
        Decimal("0.09"),
        Decimal("0.50"),
    ]


def test_a_fee_that_the_order_does_not_tell_of_begins_on_the_lines_day(session: Session) -> None:
    site = shop(session)
    serve(session, site, meta={})

    import_lines(session, site, generic_line())

    (fees,) = [each for each in entries(session, site) if each.chapter == "fees"]
    assert (fees.seq, fees.date.isoformat()) == (1, "2026-03-09")
    assert clearing(session, site) == 0


def test_a_settled_fee_of_zero_takes_back_what_the_order_told(session: Session) -> None:
    site = shop(session)
    serve(session, site)

    import_lines(session, site, generic_line(fee="0", net="103.88"))

    last = [each for each in entries(session, site) if each.chapter == "fees"][-1]
    assert [(line.role, line.debit, line.credit) for line in last.lines] == [
        ("platform_fees", Decimal(0), Decimal("3.51")),
        ("customer_payment", Decimal("3.51"), Decimal(0)),
    ]
    assert clearing(session, site) == 0


def test_an_order_cancelled_before_it_was_seen_still_shows_the_money_that_came(
    session: Session,
) -> None:
    site = shop(session)
    serve(session, site, status="cancelled")
    assert state_of(session, site) == ("skipped", "not_wanted")

    import_lines(session, site, generic_line())

    assert state_of(session, site) == ("synced", None)
    assert clearing(session, site) == Decimal("-103.88")
    assert is_clean(session)


def test_a_settled_payout_stays_when_the_order_is_cancelled(session: Session) -> None:
    site = shop(session)
    serve(session, site)
    import_lines(session, site, generic_line())

    serve(session, site, status="cancelled", modified="2026-03-10T00:00:00")

    assert clearing(session, site) == Decimal("-103.88")
    assert waiting(session, site) == {}
    assert is_clean(session)


def test_an_edit_after_the_payout_takes_the_match_back_and_says_so(session: Session) -> None:
    site = shop(session)
    serve(session, site)
    import_lines(session, site, generic_line())

    serve(session, site, total="113.88", shipping=["18.00"], modified="2026-03-12T00:00:00")

    assert payouts(session, site) == [
        ("csv:txn_1", 1, "2026-03-09"),
        ("csv:txn_1", 2, "2026-03-12"),
    ]
    assert waiting(session, site) == {"txn_1": "payout_mismatch"}
    assert is_clean(session)


def test_a_deleted_order_that_is_kept_can_still_be_settled(session: Session) -> None:
    site = shop(session)
    serve(session, site)
    serve(session, site, status="trash", modified="2026-03-06T00:00:00")
    import_lines(session, site, generic_line())
    assert waiting(session, site) == {"txn_1": "order_deleted"}

    (order_id,) = find_orders(session, site.id, "5001")
    decide_deletion(session, order_id, DeletionChoice.KEEP, actor="a person", now=make.NOW)
    process_due(session, site)

    assert state_of(session, site) == ("synced", None)
    assert waiting(session, site) == {}
    assert clearing(session, site) == 0
    assert is_clean(session)


def test_a_bank_of_the_payment_method_takes_the_payout(session: Session) -> None:
    site = shop(session)
    wallet = make.ledger(session, "1010", name="PayPal balance")
    make.wiring(session, site, "bank", wallet, "stripe")
    serve(session, site)

    import_lines(session, site, generic_line())

    assert [line.ledger for line in entries(session, site)[-1].lines] == ["1010", "1150"]


def test_two_sites_may_have_lines_of_the_same_reference(session: Session) -> None:
    one, other = shop(session), shop(session)
    serve(session, one)
    serve(session, other)

    import_lines(session, one, generic_line())
    import_lines(session, other, generic_line())

    assert clearing(session, one) == clearing(session, other) == 0


def test_books_verify_sees_a_payout_that_its_line_does_not_ask_for(session: Session) -> None:
    site = shop(session)
    serve(session, site)
    import_lines(session, site, generic_line())
    assert is_clean(session)

    session.scalars(select(SettlementLine)).one().net = Decimal("90.28")
    session.scalars(select(SettlementLine)).one().fee = Decimal("13.60")
    session.flush()

    (drift,) = verify_books(session, registry.get, lambda done, total, what: None).drifted
    assert "payout csv:txn_1: bank -10.00, customer_payment 10.00" in drift.difference
