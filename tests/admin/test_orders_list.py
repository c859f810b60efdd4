"""The list of orders: what it shows, how it is filtered, Retry, export."""

import csv
import re

import pytest
from sqlalchemy import Engine, select

from tests.admin.conftest import AsRole
from tests.admin.shop import Shop
from webapp.backoffice.files.sheets import read_sheet
from webapp.database import reading, writing
from webapp.models.orders import ChannelOrder, SyncEvent

NUMBER = re.compile(r'<th scope="row"><a class="tb-num"[^>]*>#(\d+)</a>')


def numbers(page: str) -> list[str]:
    return NUMBER.findall(page)


def tab_counts(page: str) -> dict[str, str]:
    found = re.findall(r">(\w+) <span class=\"tb-count[^\"]*\">([\d,+]+)</span></a></li>", page)
    return dict(found)


def test_the_tabs_count_the_orders_of_each_state(as_role: AsRole) -> None:
    page = as_role("operator").get("/orders/").text

    assert tab_counts(page) == {
        "All": "10",
        "Blocked": "6",
        "Failed": "1",
        "Retrying": "0",
        "Pending": "0",
        "Synced": "2",
        "Skipped": "1",
    }


def test_orders_come_newest_first(as_role: AsRole) -> None:
    page = as_role("operator").get("/orders/?state=blocked&site=rimba-my").text

    assert numbers(page) == ["10529", "10533", "10526", "10527", "10528"]


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("?q=105", {"10526", "10527", "10528", "10529", "10533", "10534", "10535"}),
        ("?q=%2310482", {"10482"}),
        ("?q=105&state=blocked", {"10526", "10527", "10528", "10529", "10533"}),
        ("?code=ledger_not_wired", {"2071"}),
        ("?site=rimba-eu", {"2071"}),
        ("?status=pending", {"10535"}),
        ("?site=rimba-my&to=2026-11-20", {"10490"}),
        ("?site=rimba-my&from=2026-11-23&to=2026-11-23", {"10526", "10527", "10528"}),
        ("?q=999", set()),
    ],
)
def test_a_filter_in_the_address_finds_its_orders(
    as_role: AsRole, address: str, expected: set[str]
) -> None:
    assert set(numbers(as_role("operator").get(f"/orders/{address}").text)) == expected


def test_a_filter_that_makes_no_sense_is_named_and_left_out(as_role: AsRole) -> None:
    page = as_role("operator").get("/orders/?site=nowhere&state=odd&from=soon&page=x").text

    assert "There is no site “nowhere”." in page
    assert "There is no state “odd”" in page
    assert "“soon” is not a day" in page
    assert len(numbers(page)) == 10


def test_an_empty_list_says_what_was_looked_for(as_role: AsRole) -> None:
    page = as_role("operator").get("/orders/?q=777&site=rimba-eu").text

    assert "No order fits" in page
    assert "numbers beginning with “777”" in page
    assert "and that SKU, at rimba-eu" in page


def test_causes_stand_above_the_list_with_money_by_currency(as_role: AsRole) -> None:
    page = as_role("merchandiser").get("/orders/?state=blocked").text

    causes = re.findall(r'tb-todo__what">([^<]+)<.*?tb-todo__sum">([^<]+)<', page, re.DOTALL)
    assert causes == [
        ("A listing is not mapped", "MYR 535.83"),
        ("The totals do not add up", "MYR 166.03"),
        ("A ledger is not wired", "EUR 86.90"),
        ("The order is in another currency", "USD 64.00"),
    ]
    assert "2 listings" in page


def test_buyers_are_named_to_those_who_may_see_them(as_role: AsRole) -> None:
    assert "Priya Nair" in as_role("operator").get("/orders/").text
    assert "Priya Nair" not in as_role("merchandiser").get("/orders/").text


def test_pages_follow_each_other_without_a_gap(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    with writing(shop_engine) as session:
        first = session.get_one(ChannelOrder, shop.orders["10482"])
        columns = {c.key: getattr(first, c.key) for c in ChannelOrder.__table__.columns}
        for number in range(60):
            row = {
                **columns,
                "id": 1000 + number,
                "remote_id": f"p{number}",
                "number": f"7{number:03}",
            }
            session.add(ChannelOrder(**row))
    operator = as_role("operator")

    one = numbers(operator.get("/orders/?state=synced").text)
    two = numbers(operator.get("/orders/?state=synced&page=2").text)

    assert len(one) == 50
    assert len(two) == 12
    assert len({*one, *two}) == 62


def test_retry_of_ticked_orders_says_what_became_of_them(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    operator = as_role("operator")
    ticked = [shop.orders["10490"], shop.orders["10533"], shop.orders["10482"]]

    answer = operator.post("/orders/retry?state=blocked", order=ticked)

    assert answer.headers["Location"] == "/orders/?state=blocked"
    said = operator.toast()
    assert "2 orders retried" in said
    assert "1 synced" in said
    assert "1 blocked" in said
    with reading(shop_engine) as session:
        assert session.get_one(ChannelOrder, shop.orders["10490"]).state == "synced"


def test_retry_by_cause_takes_the_orders_of_that_cause_and_no_other(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    operator = as_role("operator")

    operator.post(
        "/orders/retry", by="cause", site="rimba-my", state="blocked", code="unmapped_listing"
    )

    assert "3 orders retried: 3 blocked." in operator.toast()
    with reading(shop_engine) as session:
        pressed = session.scalars(
            select(SyncEvent.channel_order_id).where(
                SyncEvent.message.startswith("Retry was pressed")
            )
        ).all()
    assert shop.orders["10526"] in pressed
    assert shop.orders["10533"] not in pressed


def test_a_retry_without_a_tick_is_not_done_and_says_so(as_role: AsRole) -> None:
    operator = as_role("operator")

    operator.post("/orders/retry", order=["x", "-1", "99999999999999999999"])

    assert "Nothing was retried" in operator.toast()


def test_the_export_holds_the_filtered_orders_and_no_formula(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    with writing(shop_engine) as session:
        session.get_one(ChannelOrder, shop.orders["10526"]).message = "=HYPERLINK(1)"

    answer = as_role("bookkeeper").get("/orders/export.csv?site=rimba-my&state=blocked")

    rows = list(csv.DictReader(answer.get_data().decode("utf-8-sig").splitlines()))
    assert answer.headers["Content-Disposition"] == "attachment; filename=orders.csv"
    assert [row["number"] for row in rows] == ["10528", "10527", "10526", "10533", "10529"]
    assert rows[2]["message"] == "'=HYPERLINK(1)"
    assert rows[2]["total"] == "126.14"


def test_the_export_as_a_workbook_holds_the_same_rows(as_role: AsRole) -> None:
    answer = as_role("bookkeeper").get("/orders/export.xlsx?site=rimba-my&state=blocked")

    sheet = read_sheet(answer.get_data(), ("number", "total"))
    assert answer.headers["Content-Disposition"] == "attachment; filename=orders.xlsx"
    assert [row.cells["number"] for row in sheet.rows] == [
        "10528", "10527", "10526", "10533", "10529",
    ]  # fmt: skip
    assert as_role("bookkeeper").get("/orders/export.doc").status_code == 404


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("priya", {"10533"}),
        ("Lim Siew", {"10526"}),
        ("CB-350-IND", {"10482", "10527", "10529", "10533"}),
        ("MUG-BATIK-IND", {"10482", "10527", "10529", "10533", "2071"}),
        ("KETTLE-1.2", {"10526", "10527"}),
        ("SET-TT4", {"10490", "10534"}),
    ],
)
def test_a_search_finds_orders_by_their_buyer_or_a_sku(
    as_role: AsRole, text: str, expected: set[str]
) -> None:
    assert set(numbers(as_role("operator").get(f"/orders/?q={text}").text)) == expected


def test_a_search_looks_into_no_buyer_for_who_may_not_see_them(as_role: AsRole) -> None:
    assert numbers(as_role("merchandiser").get("/orders/?q=priya").text) == []
    sheet = as_role("merchandiser").get("/orders/export.csv?q=priya").get_data().decode("utf-8-sig")
    assert len(sheet.splitlines()) == 1


def test_a_search_stays_within_its_state_and_site(as_role: AsRole) -> None:
    found = numbers(as_role("operator").get("/orders/?q=MUG-BATIK-IND&state=synced").text)

    assert found == ["10482"]
