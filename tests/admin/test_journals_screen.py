"""The journal on a screen: what each filter finds, and the export."""

import csv
import re

from tests.admin.conftest import AsRole
from tests.admin.visitor import Visitor


def entries(person: Visitor, asked: str = "") -> list[str]:
    return re.findall(r'tb-tag">(J-\d+)<', person.get(f"/journals/{asked}").text)


def test_entries_stand_newest_first_with_their_lines_and_balance(as_role: AsRole) -> None:
    page = as_role("bookkeeper").get("/journals/").text

    days = re.findall(r'<time datetime="(2026-\d\d-\d\d)">', page)
    assert days == sorted(days, reverse=True)
    assert "Dr MYR 1,304.59 = Cr MYR 1,304.59" in page
    assert '<a href="/orders/' in page


def test_each_filter_takes_its_part(as_role: AsRole) -> None:
    person = as_role("bookkeeper")
    every = entries(person)

    sales = entries(person, "?chapter=sale")
    fees = entries(person, "?chapter=fees")

    assert sorted(sales + fees) == sorted(every)
    assert entries(person, "?ledger=6100") == fees
    assert entries(person, "?site=rimba-eu") == []
    assert entries(person, "?from=2027-01-01") == []
    assert entries(person, "?moved=yes") == []
    assert entries(person, "?currency=EUR") == []


def test_an_entry_is_found_by_its_number_its_order_and_an_amount(as_role: AsRole) -> None:
    person = as_role("bookkeeper")
    first = entries(person, "?chapter=fees")[0]
    number = re.search(r">#(\d+)</a>", person.get(f"/journals/?q={first}").text)
    assert number is not None

    assert entries(person, f"?q={first}") == [first]
    assert first in entries(person, f"?q=%23{number[1]}")
    assert entries(person, "?q=3.51") == [first]
    assert "No entry fits" in person.get("/journals/?q=999.99").text


def test_what_makes_no_sense_is_said_and_left_out(as_role: AsRole) -> None:
    page = as_role("operator").get("/journals/?chapter=odd&ledger=x&currency=ringgit&page=0").text

    assert "There is no chapter “odd”" in page
    assert "There is no ledger “x”." in page
    assert "“ringgit” is not a currency" in page


def test_the_export_holds_the_filtered_lines(as_role: AsRole) -> None:
    answer = as_role("bookkeeper").get("/journals/export.csv?chapter=fees")

    rows = list(csv.DictReader(answer.get_data().decode("utf-8-sig").splitlines()))
    assert {row["chapter"] for row in rows} == {"fees"}
    assert sorted(row["debit"] for row in rows) == ["0.00", "3.51"]
