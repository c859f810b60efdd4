"""The trial balance on a screen."""

import csv
import re
from decimal import Decimal

from tests.admin.conftest import AsRole


def test_the_balance_shows_each_ledger_on_its_side_and_balances(as_role: AsRole) -> None:
    page = as_role("bookkeeper").get("/trial-balance/").text

    rows = re.findall(
        r'tb-ledger__code">(\d+)</span>([^<]+)</th>.*?tb-r">([^<]*)</td><td class="tb-r">([^<]*)<',
        page,
    )
    assert rows == [
        ("1150", "Customer payments", "1,287.57", ""),
        ("2200", "Sales tax", "", "73.08"),
        ("4000", "Sales", "", "1,212.00"),
        ("4200", "Delivery income", "", "16.00"),
        ("4900", "Discounts", "10.00", ""),
        ("6100", "Platform fees", "3.51", ""),
    ]
    assert "balanced</span></h1>" in page
    assert page.count("1,301.08</td>") == 2


def test_a_site_or_a_day_without_entries_says_what_was_looked_at(as_role: AsRole) -> None:
    bookkeeper = as_role("bookkeeper")

    elsewhere = bookkeeper.get("/trial-balance/?site=rimba-eu").text
    before = bookkeeper.get("/trial-balance/?at=2026-01-01").text
    odd = bookkeeper.get("/trial-balance/?at=soon&site=nowhere").text

    assert "Looked at rimba-eu." in elsewhere
    assert "Looked at all sites, up to 1 Jan 2026." in before
    assert "“soon” is not a day" in odd
    assert "There is no site “nowhere”." in odd


def test_the_export_balances_too(as_role: AsRole) -> None:
    answer = as_role("bookkeeper").get("/trial-balance/export.csv")

    rows = list(csv.DictReader(answer.get_data().decode("utf-8-sig").splitlines()))
    debit = sum(Decimal(row["debit"]) for row in rows)
    credit = sum(Decimal(row["credit"]) for row in rows)
    assert debit == credit == Decimal("1301.08")
    assert {row["currency"] for row in rows} == {"MYR"}
