"""The trial balance on a screen."""

import csv
import re
from decimal import Decimal

from tests.admin.conftest import AsRole

ROW = re.compile(
    r'tb-ledger__code">(\d+)</span>([^<]+)</a></th>'
    r'<td[^>]*>\w+</td>(?:<td class="tb-r">([^<]*)</td>)' + r'<td class="tb-r">([^<]*)</td>' * 3
)


def test_the_balance_shows_turnover_and_closing_and_balances(as_role: AsRole) -> None:
    page = as_role("bookkeeper").get("/trial-balance/").text

    assert ROW.findall(page) == [
        ("1150", "Customer payments", "1,291.08", "3.51", "1,287.57", ""),
        ("2200", "Sales tax", "", "73.08", "", "73.08"),
        ("4000", "Sales", "", "1,212.00", "", "1,212.00"),
        ("4200", "Delivery income", "", "16.00", "", "16.00"),
        ("4900", "Discounts", "10.00", "", "10.00", ""),
        ("6100", "Platform fees", "3.51", "", "3.51", ""),
    ]
    assert "balanced</span></h1>" in page
    assert page.count("1,304.59</td>") == 2
    assert page.count("1,301.08</td>") == 2


def test_a_period_opens_with_what_came_before_it(as_role: AsRole) -> None:
    after = as_role("bookkeeper").get("/trial-balance/?from=2026-12-01").text

    opened = re.search(r"Customer payments</a></th>.*?</td><td class=.tb-r.>([^<]*)</td>", after)
    assert opened is not None
    assert opened[1] == "1,287.57"
    assert "Opening" in after


def test_a_site_or_a_day_without_entries_says_what_was_looked_at(as_role: AsRole) -> None:
    bookkeeper = as_role("bookkeeper")

    elsewhere = bookkeeper.get("/trial-balance/?site=rimba-eu").text
    before = bookkeeper.get("/trial-balance/?to=2026-01-01").text
    odd = bookkeeper.get("/trial-balance/?to=soon&site=nowhere").text

    assert "Looked at rimba-eu." in elsewhere
    assert "Looked at all sites, up to 1 Jan 2026." in before
    assert "“soon” is not a day" in odd
    assert "There is no site “nowhere”." in odd


def test_the_export_balances_too(as_role: AsRole) -> None:
    answer = as_role("bookkeeper").get("/trial-balance/export.csv")

    rows = list(csv.DictReader(answer.get_data().decode("utf-8-sig").splitlines()))
    for side in ("", "closing_"):
        debit = sum(Decimal(row[f"{side}debit"]) for row in rows)
        credit = sum(Decimal(row[f"{side}credit"]) for row in rows)
        assert debit == credit > 0
    assert {row["currency"] for row in rows} == {"MYR"}
