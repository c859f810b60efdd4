"""The trial balance: net, per currency, as of a day, by site."""

from datetime import date
from decimal import Decimal

from sqlalchemy.orm import Session

from tests import factories as make
from tests.database.posted import posted
from webapp.backoffice.reports.trial_balance import trial_balance


def test_rows_are_net_and_the_sides_agree(session: Session) -> None:
    site = make.wired_site(session)
    posted(session, site, [("1150", "103.88", "0"), ("4000", "0", "98.00"), ("2200", "0", "5.88")])
    posted(session, site, [("4000", "20.00", "0"), ("1150", "0", "20.00")])

    balance = trial_balance(session)["MYR"]

    assert [(row.ledger, row.debit, row.credit) for row in balance.rows] == [
        ("1150", Decimal("83.88"), Decimal(0)),
        ("2200", Decimal(0), Decimal("5.88")),
        ("4000", Decimal(0), Decimal("78.00")),
    ]
    assert balance.debit == balance.credit == Decimal("83.88")


def test_a_ledger_that_came_back_to_zero_is_left_out(session: Session) -> None:
    site = make.wired_site(session)
    posted(session, site, [("1150", "10.00", "0"), ("4000", "0", "10.00")])
    posted(session, site, [("4000", "10.00", "0"), ("1150", "0", "10.00")])

    assert trial_balance(session) == {}


def test_no_entries_give_no_currencies(session: Session) -> None:
    assert trial_balance(session) == {}


def test_currencies_are_never_added_up(session: Session) -> None:
    site = make.wired_site(session)
    posted(session, site, [("1150", "10.00", "0"), ("4000", "0", "10.00")])
    posted(session, site, [("1150", "500", "0"), ("4000", "0", "500")], currency="JPY")

    balances = trial_balance(session)

    assert list(balances) == ["JPY", "MYR"]
    assert balances["JPY"].debit == Decimal(500)
    assert balances["MYR"].debit == Decimal(10)


def test_a_day_takes_the_entries_up_to_its_end(session: Session) -> None:
    site = make.wired_site(session)
    posted(session, site, [("1150", "10.00", "0"), ("4000", "0", "10.00")], on=date(2026, 3, 1))
    posted(session, site, [("1150", "5.00", "0"), ("4000", "0", "5.00")], on=date(2026, 3, 2))

    assert trial_balance(session, at=date(2026, 3, 1))["MYR"].debit == Decimal(10)
    assert trial_balance(session, at=date(2026, 3, 2))["MYR"].debit == Decimal(15)


def test_one_site_is_its_own_entries_only(session: Session) -> None:
    ours, other = make.wired_site(session), make.wired_site(session)
    posted(session, ours, [("1150", "10.00", "0"), ("4000", "0", "10.00")])
    posted(session, other, [("1150", "7.00", "0"), ("4000", "0", "7.00")])

    assert trial_balance(session, site_id=other.id)["MYR"].debit == Decimal(7)
