"""The home page, the sites, and what an empty Tillbridge says."""

import re
from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.admin.conftest import AsRole, config_for_tests
from tests.admin.pages import pages
from tests.admin.shop import PASSWORD, PEOPLE, Shop, open_shop
from tests.admin.visitor import Visitor
from webapp.app import create_app
from webapp.backoffice.people.people import add_person
from webapp.database import utc_now, writing


def test_home_says_what_needs_a_person_by_the_money_that_waits(as_role: AsRole) -> None:
    page = as_role("operator").get("/").text

    listed = re.findall(r'tb-todo__what">([^<]+)<', page)
    assert listed == [
        "A listing is not mapped",
        "The totals do not add up",
        "The store&#39;s answer makes no sense",
        "A ledger is not wired",
        "The order is in another currency",
        "6 ledgers are not wired",
        "rimba-eu pushes nothing yet",
    ]


def test_a_stopped_site_is_named_on_every_page(as_role: AsRole) -> None:
    operator = as_role("operator")

    for path in ("/", "/orders/", "/sites/", "/password/"):
        page = operator.get(path).text
        assert "rimba-sg stands still since 24 Nov 2026, 13:58." in page
        assert "The store refused our key" in page


def test_a_page_never_shows_a_key_of_a_store(as_role: AsRole, shop: Shop) -> None:
    admin = as_role("admin")

    for path in pages(shop):
        said = admin.get(path).data
        assert b"ck_1" not in said, path
        assert b"cs_1" not in said, path


@pytest.fixture
def empty(sqlite_engine: Engine, encryption_keys: tuple[str, ...], tmp_path: Path) -> Visitor:
    """An admin in a Tillbridge without any site."""
    with writing(sqlite_engine) as session:
        add_person(
            session, email=PEOPLE["admin"], password=PASSWORD, roles=["admin"], now=utc_now()
        )
    app = create_app(config_for_tests(encryption_keys, tmp_path), engine=sqlite_engine)
    return Visitor(app).signed_in_as("admin")


def test_an_empty_tillbridge_says_what_to_do_next(empty: Visitor) -> None:
    assert "bin/tillbridge site apply FILE.json" in empty.get("/").text
    assert "No store is connected" in empty.get("/orders/").text
    assert "No store is connected" in empty.get("/sites/").text
    assert "No listings yet" in empty.get("/mapping/").text


def test_every_page_opens_on_both_databases(
    engine: Engine, encryption_keys: tuple[str, ...], tmp_path: Path
) -> None:
    shop = open_shop(engine)
    app = create_app(config_for_tests(encryption_keys, tmp_path), engine=engine)
    admin = Visitor(app).signed_in_as("admin")

    for path in pages(shop):
        assert admin.get(path).status_code == 200, path
    admin.post(f"/orders/{shop.orders['10490']}/retry")
    assert "the order is synced" in admin.toast()
