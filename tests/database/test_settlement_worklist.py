"""Settlement lines that cannot be posted wait, with the first reason that holds, and go on later."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.settlements import (
    clearing,
    entries,
    generic_line,
    import_lines,
    payouts,
    process_due,
    serve,
    shop,
    state_of,
    waiting,
    wire_bank,
)
from webapp.backoffice.books import settling
from webapp.backoffice.reports.order_view import find_orders
from webapp.backoffice.setup.wiring import rewire
from webapp.models.ledgers import PeriodClosing
from webapp.models.orders import ChannelOrder
from webapp.models.settlement import SettlementLine

REASONS: dict[str, dict[str, Any]] = {
    "order_unknown": {"order_number": "777"},
    "bad_line": {"net": "100.00"},
    "currency_mismatch": {"currency": "SGD"},
    "payout_mismatch": {"gross": "53.00", "net": "49.40"},
}


@pytest.mark.parametrize("code", REASONS)
def test_a_line_waits_with_its_reason_and_the_order_stays_synced(
    session: Session, code: str
) -> None:
    site = shop(session)
    serve(session, site)
    before = entries(session, site)

    import_lines(session, site, generic_line(**REASONS[code]))

    assert waiting(session, site) == {"txn_1": code}
    assert entries(session, site) == before
    assert state_of(session, site) == ("synced", None)


def test_the_first_reason_that_holds_is_the_one_told(session: Session) -> None:
    site = shop(session)
    serve(session, site)

    import_lines(
        session,
        site,
        generic_line(reference="a", order_number="777", net="1", currency="SGD"),
        generic_line(reference="b", net="1", currency="SGD"),
        generic_line(reference="c", gross="50", net="46.40", currency="SGD"),
    )

    assert waiting(session, site) == {
        "a": "order_unknown",
        "b": "bad_line",
        "c": "currency_mismatch",
    }


def test_a_charge_for_an_order_that_was_edited_after_it_waits(session: Session) -> None:
    site = shop(session)
    serve(session, site)
    serve(session, site, total="113.88", shipping=["18.00"], modified="2026-03-06T00:00:00")

    import_lines(session, site, generic_line())

    (line,) = settling.worklist(session, site.id)
    assert line.code == "payout_mismatch"
    assert line.message == "Charged 103.88, and the order comes to 113.88."


def test_a_second_charge_of_the_same_order_waits(session: Session) -> None:
    site = shop(session)
    serve(session, site)

    import_lines(session, site, generic_line(), generic_line(reference="txn_2"))

    assert waiting(session, site) == {"txn_2": "payout_mismatch"}
    assert payouts(session, site) == [("csv:txn_1", 1, "2026-03-09")]


def test_without_a_bank_the_line_waits_and_goes_through_when_it_is_wired(session: Session) -> None:
    site = shop(session, bank=False)
    serve(session, site)
    import_lines(session, site, generic_line())
    assert waiting(session, site) == {"txn_1": "ledger_not_wired"}
    assert state_of(session, site) == ("synced", None)
    assert len(entries(session, site)) == 2

    rewire(session, site, {("bank", ""): "1000"}, now=make.NOW, actor=None)
    process_due(session, site)

    assert waiting(session, site) == {}
    assert clearing(session, site) == 0


def test_a_line_for_a_closed_month_waits_where_the_site_wants_nothing_moved(
    session: Session,
) -> None:
    site = shop(session, posting={"closed_period": "block"})
    serve(session, site)
    session.add(PeriodClosing(closed_through=date(2026, 3, 31), at=make.NOW))
    session.flush()

    import_lines(session, site, generic_line())

    assert waiting(session, site) == {"txn_1": "period_closed"}
    assert state_of(session, site) == ("synced", None)


def test_lines_wait_for_an_order_that_is_pulled_later(session: Session) -> None:
    site = shop(session)
    import_lines(session, site, generic_line())
    (line,) = settling.worklist(session, site.id)
    assert (line.code, line.message) == ("order_unknown", "No order “5001” is here.")

    serve(session, site)

    assert waiting(session, site) == {}
    assert clearing(session, site) == 0
    assert [(each.chapter, each.seq, each.date.isoformat()) for each in entries(session, site)] == [
        ("sale", 1, "2026-03-05"),
        ("fees", 1, "2026-03-05"),
        ("fees", 2, "2026-03-09"),
        ("payout", 1, "2026-03-09"),
    ]


def test_a_refund_line_waits_until_the_store_shows_the_refund(session: Session) -> None:
    site = shop(session)
    serve(session, site)
    refund = generic_line(
        reference="re_1", type="", gross="-20.00", fee="", net="-20.00", date="2026-03-11"
    )
    import_lines(session, site, generic_line(), refund)
    assert waiting(session, site) == {"re_1": "payout_mismatch"}

    shown = [{"id": 931, "amount": "20.00", "created": "2026-03-08T02:00:00"}]
    serve(session, site, modified="2026-03-12T02:00:00", refunds=shown)

    assert waiting(session, site) == {}
    assert clearing(session, site) == 0


def test_a_line_of_a_blocked_order_waits_for_what_blocks_it(session: Session) -> None:
    site = shop(session)
    unmapped = [{"total": "90.00", "subtotal": "100.00", "quantity": 2, "product_id": 99}]
    serve(session, site, lines=unmapped)

    import_lines(session, site, generic_line())

    assert state_of(session, site) == ("blocked", "unmapped_listing")
    assert waiting(session, site) == {"txn_1": "unmapped_listing"}
    assert entries(session, site) == []


def test_a_line_of_an_order_that_is_not_wanted_waits(session: Session) -> None:
    site = shop(session)
    serve(session, site, created="2025-12-31T04:00:00")

    import_lines(session, site, generic_line())

    assert state_of(session, site)[0] == "skipped"
    assert waiting(session, site) == {"txn_1": "not_wanted"}


def test_nothing_is_posted_to_an_order_whose_books_are_kept_elsewhere(session: Session) -> None:
    site = shop(session)
    serve(session, site, lines=[], total="60.00")
    (order_id,) = find_orders(session, site.id, "5001")
    session.get_one(ChannelOrder, order_id).books_elsewhere = "kept by the agency"
    session.flush()

    import_lines(session, site, generic_line(gross="60.00", net="56.40"))

    assert entries(session, site) == []
    assert len(waiting(session, site)) == 1


def test_a_file_with_wrong_rows_is_never_stored(session: Session) -> None:
    site = shop(session)

    with pytest.raises(ValueError, match="wrong rows"):
        import_lines(session, site, generic_line(), generic_line(reference="b", gross="x"))

    assert session.scalars(select(SettlementLine.id)).all() == []


def test_the_bank_is_needed_by_payouts_only(session: Session) -> None:
    site = shop(session, bank=False)
    serve(session, site)
    assert state_of(session, site) == ("synced", None)

    wire_bank(session, site)
    import_lines(session, site, generic_line())

    assert clearing(session, site) == 0


def test_a_child_order_that_the_site_skips_is_not_settled_either(session: Session) -> None:
    site = shop(session, posting={"child_orders": "skip"})
    serve(session, site, parent_id=4000)

    import_lines(session, site, generic_line())

    assert waiting(session, site) == {"txn_1": "not_wanted"}
    assert entries(session, site) == []
