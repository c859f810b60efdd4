"""What is left on clearing: by order and age, whatever ledger it sits on, exact on both databases."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import event
from sqlalchemy.orm import Session

from tests import factories as make
from tests.database.posted import posted
from webapp.backoffice.reports.clearing import clearing
from webapp.models.journal import JournalEntry
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

TODAY = date(2026, 4, 4)
SALE = [("1150", "103.88", "0"), ("4000", "0", "103.88")]
FEES = [("4000", "3.51", "0"), ("1150", "0", "3.51")]
PAYOUT = [("4000", "100.37", "0"), ("1150", "0", "100.37")]


def post(
    session: Session,
    site: Site,
    order: ChannelOrder,
    sides: Sequence[tuple[str, str, str]],
    *,
    chapter: str = "sale",
    on: date = date(2026, 3, 5),
) -> JournalEntry:
    entry = posted(session, site, sides, order=order, on=on)
    entry.chapter = chapter
    session.flush()
    return entry


def test_an_order_that_is_not_paid_out_stands_with_its_chapters_and_age(session: Session) -> None:
    site = make.wired_site(session)
    order = make.order(session, site)
    post(session, site, order, SALE)
    post(session, site, order, FEES, chapter="fees", on=date(2026, 3, 9))

    found = clearing(session, site, at=TODAY)

    (left,) = found.orders
    assert (left.number, left.balance, left.age_days) == (order.number, Decimal("100.37"), 30)
    assert left.chapters == {
        "sale": Decimal("103.88"),
        "fees": Decimal("-3.51"),
        "refund": Decimal(0),
        "payout": Decimal(0),
    }
    assert (found.currency, found.balance) == ("MYR", Decimal("100.37"))


def test_an_order_paid_out_to_the_cent_is_not_listed(session: Session) -> None:
    site = make.wired_site(session)
    order = make.order(session, site)
    post(session, site, order, SALE)
    post(session, site, order, FEES, chapter="fees")
    post(session, site, order, PAYOUT, chapter="payout", on=date(2026, 3, 12))

    assert clearing(session, site, at=TODAY).orders == ()


def test_at_a_day_before_the_payout_it_is_still_there(session: Session) -> None:
    site = make.wired_site(session)
    order = make.order(session, site)
    post(session, site, order, SALE)
    post(session, site, order, FEES, chapter="fees")
    post(session, site, order, PAYOUT, chapter="payout", on=date(2026, 3, 12))

    before, on_the_day = (clearing(session, site, at=date(2026, 3, n)) for n in (11, 12))

    assert [(each.balance, each.age_days) for each in before.orders] == [(Decimal("100.37"), 6)]
    assert on_the_day.orders == ()


def test_what_is_owed_to_a_customer_is_negative_and_lowers_the_sum(session: Session) -> None:
    site = make.wired_site(session)
    first, second = make.order(session, site), make.order(session, site)
    post(session, site, first, SALE)
    post(session, site, second, PAYOUT, chapter="payout", on=date(2026, 3, 2))

    found = clearing(session, site, at=TODAY)

    assert [(each.number, each.balance, each.age_days) for each in found.orders] == [
        (second.number, Decimal("-100.37"), 33),
        (first.number, Decimal("103.88"), 30),
    ]
    assert found.balance == Decimal("3.51")


def test_the_age_counts_from_the_date_that_a_closed_month_moved(session: Session) -> None:
    site = make.wired_site(session)
    order = make.order(session, site)
    entry = post(session, site, order, SALE, on=date(2026, 4, 1))
    entry.original_on = date(2026, 3, 30)
    session.flush()

    (left,) = clearing(session, site, at=TODAY).orders

    assert (left.since, left.age_days) == (date(2026, 3, 30), 5)


def test_many_small_amounts_add_up_exactly(session: Session) -> None:
    site = make.wired_site(session)
    order = make.order(session, site)
    for _ in range(3):
        post(session, site, order, [("1150", "0.10", "0"), ("4000", "0", "0.10")])

    (left,) = clearing(session, site, at=TODAY).orders

    assert left.balance == Decimal("0.30")


def test_other_sites_are_not_counted_and_one_question_is_enough(session: Session) -> None:
    site, other = make.wired_site(session), make.wired_site(session)
    for each in (site, other):
        post(session, each, make.order(session, each), SALE)
    asked: list[str] = []
    connection = session.connection()
    event.listen(connection, "before_cursor_execute", lambda *given: asked.append(given[2]))

    found = clearing(session, site, at=TODAY)

    assert len(found.orders) == 1
    assert len(asked) == 1
