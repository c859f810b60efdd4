"""The operator's first day: a store is connected, looked at, started, and syncs for the first time."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select

from jobs.asked import do_asked
from jobs.push import push_site
from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from tests import factories as make
from tests.browser.conftest import Desk
from tests.stores import runtime_of
from webapp.backoffice.goods.mapping import auto_map
from webapp.backoffice.states import State
from webapp.database import reading, writing
from webapp.models.catalogue import Listing
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site, SiteWiring
from webapp.models.stock import StockItem


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox(orders=30) as sandbox:
        yield sandbox


def test_an_operator_connects_a_store_and_starts_it(
    desk: Desk, shop_engine: Engine, sandbox: Sandbox
) -> None:
    desk.sign_in("operator")
    page = desk.page
    connect(desk, sandbox)
    assert "every step of the test passed" in page.locator(".tb-toasts").inner_text()
    site_id = int(page.url.rstrip("/").rpartition("/")[2])

    page.get_by_role("button", name="Pull the catalogue").click()
    assert page.get_by_text("waits for a worker").is_visible()
    do_asked(runtime_of(shop_engine), site_id)
    see(desk, "3 of 6 steps done")
    map_and_wire(shop_engine, site_id)

    page.get_by_role("link", name="Review and start").click()
    page.get_by_label("The books begin").fill("2026-01-01T00:00")
    page.get_by_label("with this store's own numbers, as they are now.").check()
    page.get_by_role("button", name="Save the dates").click()
    page.get_by_role("button", name="Bring in the orders").click()
    assert page.get_by_text("It waits for a worker.").is_visible()
    do_asked(runtime_of(shop_engine), site_id)
    see(desk, "would change in the store", "still to be packed")
    page.get_by_role("button", name="Start studio").click()

    assert "studio is pulled and pushed by itself" in page.locator(".tb-toasts").inner_text()
    report = push_site(runtime_of(shop_engine), site_id, scheduled=True)
    assert report.confirmed > 0
    with reading(shop_engine) as session:
        synced = select(ChannelOrder.id).where(
            ChannelOrder.site_id == site_id, ChannelOrder.state == State.SYNCED
        )
        assert session.scalars(synced).first() is not None


def test_a_key_that_the_store_does_not_know_is_replaced_and_tested_again(
    desk: Desk, sandbox: Sandbox
) -> None:
    desk.sign_in("operator")
    page = desk.page
    connect(desk, sandbox, consumer_secret="cs_of_another_store")
    assert "What to do." in page.locator(".tb-fix").inner_text()
    assert page.get_by_text("not tested").first.is_visible()

    page.get_by_label("Replace consumer secret").fill(sandbox.credentials["consumer_secret"])
    page.get_by_role("button", name="Save address and keys").click()
    page.get_by_role("button", name="Test connection").first.click()

    see(desk, re.compile(r"all \d+ passed"))


def test_a_form_with_a_currency_that_does_not_exist_keeps_what_was_typed_but_no_key(
    desk: Desk, sandbox: Sandbox
) -> None:
    desk.sign_in("operator")
    page = desk.page

    connect(desk, sandbox, currency="XYZ")

    assert page.get_by_text("There is no currency “XYZ”").first.is_visible()
    assert page.get_by_label("Name", exact=True).input_value() == "studio"
    assert page.get_by_label("Consumer secret").input_value() == ""
    desk.console.clear()  # the browser tells of each 422


@pytest.mark.parametrize("path", ["/sites/connect/", "/sites/connect/woocommerce", "/sites/"])
def test_connecting_fits_a_phone(phone: Desk, path: str) -> None:
    phone.sign_in("operator")

    phone.open(path)

    assert phone.page.evaluate("document.documentElement.scrollWidth") <= 390


def connect(desk: Desk, sandbox: Sandbox, **changes: str) -> None:
    page = desk.page
    desk.open("/sites/")
    page.get_by_role("link", name="Connect a store").click()
    page.get_by_role("link", name="WooCommerce").click()
    page.get_by_label("Name", exact=True).fill("studio")
    page.get_by_label("Address").fill(sandbox.url)
    page.get_by_label("Currency").fill(changes.get("currency", "MYR"))
    keys = {**sandbox.credentials, **changes}
    page.get_by_label("Consumer key").fill(keys["consumer_key"])
    page.get_by_label("Consumer secret").fill(keys["consumer_secret"])
    page.get_by_role("button", name="Save and test").click()


def see(desk: Desk, *texts: Any) -> None:
    """The page tells by itself, with script; without, it is loaded again."""
    page = desk.page
    for text in texts:
        found = page.get_by_label(text).or_(page.get_by_text(text)).first
        if not found.count() and not desk.is_scripted:
            page.reload()
        found.wait_for(timeout=8000, state="attached")


def map_and_wire(engine: Engine, site_id: int) -> None:
    """What a merchandiser and a bookkeeper do meanwhile."""
    with writing(engine) as session:
        site = session.get_one(Site, site_id)
        known = set(session.scalars(select(StockItem.sku)))
        listings = select(Listing).where(Listing.site_id == site_id, Listing.sku != "")
        for row in session.scalars(listings).all():
            if row.sku not in known:
                make.stock_item(session, row.sku, 40)
                known.add(row.sku)
        auto_map(session, site, now=make.NOW, actor=None)
        ledgers = {each.code: each.id for each in session.scalars(select(Ledger))}
        for role, code in make.WIRED.items():
            session.add(SiteWiring(site_id=site_id, role=role, ledger_id=ledgers[code]))
