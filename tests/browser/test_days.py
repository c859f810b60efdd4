"""What the three people do in a browser, by role and visible label."""

from typing import Any

from sqlalchemy import Engine

from tests import factories as make
from tests.admin.pages import pages
from tests.admin.shop import Shop
from tests.browser.conftest import Desk
from webapp.database import writing


def test_a_merchandiser_maps_the_listing_that_blocks_an_order(
    shop_engine: Engine, desk: Desk
) -> None:
    with writing(shop_engine) as session:
        make.stock_item(session, "KETTLE-12", 20, name="Enamel kettle 1.2 L")
    desk.sign_in("merchandiser")
    page = desk.page

    page.get_by_role("link", name="Orders", exact=False).first.click()
    page.get_by_role("link", name="#10526").click()
    page.get_by_role("link", name="Map this listing").click()
    page.get_by_label("Stock item (SKU)", exact=True).fill("KETTLE-12")
    page.get_by_role("button", name="Save this mapping").click()

    assert "2 orders went on: 2 synced." in page.locator("[role=status]").last.inner_text()
    desk.open("/orders/?q=10526")
    assert "synced" in page.get_by_role("row", name="10526").inner_text()


def test_an_operator_retries_one_order_and_reads_what_became_of_it(desk: Desk) -> None:
    desk.sign_in("operator")
    page = desk.page

    page.get_by_role("link", name="Orders", exact=False).first.click()
    page.get_by_role("link", name="Failed").click()
    page.get_by_role("link", name="#10490").click()
    page.get_by_role("button", name="Retry").click()

    page.get_by_text("Retried: the order is synced.").wait_for()
    assert "synced" in page.get_by_role("heading", level=1).inner_text()


def test_ticking_orders_brings_the_bulk_bar_and_retries_them(desk: Desk) -> None:
    desk.sign_in("operator")
    page = desk.page
    desk.open("/orders/?state=blocked&site=rimba-my")
    button = page.get_by_role("button", name="Retry the ticked orders")
    assert not button.is_visible()

    page.get_by_label("Tick 10526").check()
    page.get_by_label("Tick 10527").check()
    button.click()

    assert "2 orders retried: 2 blocked." in page.locator(".tb-toast").inner_text()
    assert page.url.endswith("/orders/?site=rimba-my&state=blocked")


def test_a_bookkeeper_asks_an_amount_where_it_comes_from(desk: Desk, shop: Shop) -> None:
    desk.sign_in("bookkeeper")
    desk.open(f"/orders/{shop.orders['10482']}/journal")

    desk.page.get_by_role("button", name="5.88").click()

    box = desk.page.locator("[popover]:popover-open")
    assert "order.tax_lines[0].tax_total" in box.inner_text()
    box.get_by_role("link", name="Field in the data").click()
    assert desk.page.locator("mark:target").inner_text() == '"5.88"'


def test_a_kit_takes_another_stock_item(phone: Desk, shop: Shop) -> None:
    phone.sign_in("merchandiser")
    phone.open(f"/mapping/{shop.site}/{shop.listings['845']}")
    page = phone.page

    page.get_by_label("Stock item (SKU)").fill("GLASS-TT")
    page.get_by_label("Pieces").fill("4")
    page.get_by_role("button", name="Another stock item").click()
    page.get_by_label("Stock item (SKU)").nth(1).fill("TRAY-S")
    page.get_by_role("button", name="Save this mapping").click()
    phone.open(f"/mapping/{shop.site}/?show=mapped&q=kettle")

    assert "GLASS-TT" in page.get_by_role("main").inner_text()
    assert "TRAY-S" in page.get_by_role("main").inner_text()


def test_no_page_scrolls_sideways_on_a_phone_or_says_a_word_in_the_console(
    phone: Desk, shop: Shop
) -> None:
    phone.sign_in("admin")

    for path in pages(shop):
        if ".csv" in path or ".xlsx" in path:
            continue
        phone.open(path)
        assert _width(phone.page) <= 390, path


def test_the_menu_opens_on_a_phone(phone: Desk) -> None:
    phone.sign_in("operator")

    phone.page.get_by_role("button", name="Open menu").click()
    phone.page.get_by_role("link", name="Sites", exact=False).first.click()

    assert phone.page.get_by_role("heading", level=1).inner_text() == "Sites"


def _width(page: Any) -> int:
    width: int = page.evaluate("document.documentElement.scrollWidth")
    return width
