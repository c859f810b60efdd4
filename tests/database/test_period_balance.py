"""The trial balance of a period: opening, turnover, closing."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tests import factories as make
from tests.database.posted import posted
from webapp.backoffice.reports.period_balance import period_balance


def test_what_came_before_opens_the_period_and_what_came_after_is_left_out(
    session: Session,
) -> None:
    site = make.wired_site(session)
    for day, amount in ((28, "100.00"), (1, "40.00"), (2, "7.00")):
        month = 2 if day == 28 else 3
        posted(
            session,
            site,
            [("1150", amount, "0"), ("4000", "0", amount)],
            on=date(2026, month, day),
        )

    found = period_balance(session, since=date(2026, 3, 1), until=date(2026, 3, 1))["MYR"]

    assert [
        (row.ledger, row.opening, row.debit, row.credit, row.closing) for row in found.rows
    ] == [
        ("1150", Decimal(100), Decimal(40), Decimal(0), Decimal(140)),
        ("4000", Decimal(-100), Decimal(0), Decimal(40), Decimal(-140)),
    ]
    assert found.is_balanced
    assert found.closing_debit == found.closing_credit == Decimal(140)


def test_a_ledger_that_only_opened_stands_there_too(session: Session) -> None:
    site = make.wired_site(session)
    sides = [("1150", "9.00", "0"), ("4000", "0", "9.00")]
    posted(session, site, sides, on=date(2026, 1, 31))

    found = period_balance(session, since=date(2026, 2, 1))["MYR"]

    assert [(row.ledger, row.closing) for row in found.rows] == [
        ("1150", Decimal(9)),
        ("4000", Decimal(-9)),
    ]
    assert found.debit == found.credit == Decimal(0)


def test_a_site_and_currencies_stand_for_themselves(session: Session) -> None:
    site = make.wired_site(session)
    other = make.site(session, name="other")
    posted(session, site, [("1150", "5.00", "0"), ("4000", "0", "5.00")])
    posted(session, other, [("1150", "500", "0"), ("4000", "0", "500")], currency="JPY")

    assert list(period_balance(session)) == ["JPY", "MYR"]
    assert list(period_balance(session, site_id=site.id)) == ["MYR"]
    assert period_balance(session, until=date(2020, 1, 1)) == {}
