"""The chart of accounts: a default one, sheets of ledgers, and types that must stay."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from webapp.backoffice.files.sheets import read_sheet
from webapp.backoffice.setup.chart import (
    COLUMNS,
    DEFAULT_CHART,
    NEEDED,
    LedgerImport,
    import_ledgers,
    list_ledgers,
    make_default_chart,
)
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.ledgers import Ledger
from webapp.models.sites import Site


def bring(session: Session, *rows: str) -> LedgerImport:
    sheet = read_sheet("\n".join((",".join(COLUMNS), *rows)).encode(), COLUMNS, needed=NEEDED)
    return import_ledgers(session, sheet, now=make.NOW, actor="b@example.com")


def posted(session: Session, site: Site, ledger: Ledger, currency: str) -> None:
    entry = JournalEntry(
        site_id=site.id,
        channel_order_id=make.order(session, site).id,
        chapter="sale",
        part="order",
        seq=1,
        posted_on=date(2026, 11, 2),
        currency=currency,
        memo="",
        created_at=make.NOW,
    )
    session.add(entry)
    session.flush()
    line = {"entry_id": entry.id, "position": 1, "role": "tax", "because": "x"}
    session.add(JournalLine(ledger_id=ledger.id, debit=1, credit=0, **line))
    session.flush()


def test_the_default_chart_is_made_once_and_holds_the_declared_codes(session: Session) -> None:
    assert make_default_chart(session) == len(DEFAULT_CHART)
    assert make_default_chart(session) == 0

    codes = {ledger.code for ledger in list_ledgers(session)}
    assert codes >= {"6100", "1150", "4200", "4000", "4900", "2200", "1000", "1160", "1010"}


def test_ledgers_are_made_changed_and_left_alone(session: Session) -> None:
    rows = ("7000,Rent,Expense,", "7100,Wages,expense,myr")

    assert bring(session, *rows) == LedgerImport(created=2, changed=0, unchanged=0)
    assert bring(session, *rows) == LedgerImport(created=0, changed=0, unchanged=2)
    assert bring(session, "7000,Office rent,expense,") == LedgerImport(
        created=0, changed=1, unchanged=0
    )
    assert [(row.code, row.name, row.currency) for row in list_ledgers(session)] == [
        ("7000", "Office rent", None),
        ("7100", "Wages", "MYR"),
    ]


def test_every_wrong_row_is_named_and_nothing_is_saved(session: Session) -> None:
    done = bring(
        session,
        "1,Good,asset,",
        ",No code,asset,",
        "a:b,Colon,asset,",
        "2,,asset,",
        "3,Type,money,",
        "4,Currency,asset,ABC",
        "1,Twice,asset,",
    )

    assert [(fault.row, fault.column) for fault in done.errors] == [
        (3, "code"),
        (4, "code"),
        (5, "name"),
        (6, "type"),
        (7, "currency"),
        (8, "code"),
    ]
    assert list_ledgers(session) == []


def test_a_ledger_with_journal_lines_keeps_its_type(session: Session) -> None:
    site = make.site(session)
    ledger = make.ledger(session, "2200", "liability")
    posted(session, site, ledger, "MYR")

    done = bring(session, "2200,Tax,expense,")

    assert [(fault.row, fault.column) for fault in done.errors] == [(2, "type")]
    assert "has journal lines" in done.errors[0].message
    assert bring(session, "2200,Another name,liability,").changed == 1


def test_a_wired_ledger_keeps_a_type_that_its_role_takes(session: Session) -> None:
    site = make.site(session)
    make.wiring(session, site, "discount", make.ledger(session, "4900", "income"))

    assert bring(session, "4900,Discounts,expense,").changed == 1
    refused = bring(session, "4900,Discounts,asset,")
    assert [(fault.column, "discount" in fault.message) for fault in refused.errors] == [
        ("type", True)
    ]


@pytest.mark.parametrize("is_wired", [True, False])
def test_a_ledger_is_not_bound_to_a_currency_that_its_use_has_not(
    session: Session, is_wired: bool
) -> None:
    site = make.site(session, currency="SGD")
    ledger = make.ledger(session, "2200", "liability")
    if is_wired:
        make.wiring(session, site, "tax", ledger)
    else:
        posted(session, site, ledger, "SGD")

    assert [fault.column for fault in bring(session, "2200,Tax,liability,MYR").errors] == [
        "currency"
    ]
    assert bring(session, "2200,Tax,liability,SGD").changed == 1
