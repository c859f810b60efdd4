"""A bookkeeper wires a site's ledgers, and an operator changes what happens by itself."""

from tests.admin.shop import Shop
from tests.browser.conftest import Desk


def test_a_bookkeeper_wires_the_missing_ledger_after_one_was_refused(
    desk: Desk, shop: Shop
) -> None:
    desk.sign_in("bookkeeper")
    page = desk.page
    desk.open(f"/sites/{shop.second_site}/ledgers")
    assert "Tax: no ledger" in page.get_by_label("Journal preview").inner_text()

    page.get_by_label("Tax", exact=False).first.select_option("2200 Sales tax")
    page.get_by_label("Bank", exact=False).first.select_option("1150 Customer payments")
    page.get_by_role("button", name="Save").click()

    assert "a payout would vanish in it" in page.get_by_role("alert").inner_text()
    assert all("422" in said for said in desk.console)  # the browser's own word on a refused form
    desk.console.clear()
    page.wait_for_load_state()  # the script listens from then on
    page.get_by_label("Bank", exact=False).first.select_option("1000 Bank")
    preview = page.get_by_role("button", name="Preview")
    if preview.count():  # without script
        preview.click()
    page.get_by_text("Saving lets 1 order go on").wait_for()
    assert "2200Sales tax" in page.get_by_label("Journal preview").inner_text().replace("\n", "")
    page.get_by_role("button", name="Save").click()

    assert "1 order went on: 1 synced." in page.locator(".tb-toast").inner_text()
    desk.open("/orders/?q=2071")
    assert "synced" in page.get_by_role("row", name="2071").inner_text()


def test_another_example_is_shown_when_it_is_chosen(desk: Desk, shop: Shop) -> None:
    desk.sign_in("bookkeeper")
    desk.open(f"/sites/{shop.site}/ledgers")

    desk.page.get_by_label("Discount", exact=False).first.select_option("6100 Platform fees")
    preview = desk.page.get_by_role("button", name="Preview")
    if preview.count():
        preview.click()

    desk.page.get_by_text("Discounts land on the fees ledger").wait_for()
    assert desk.page.get_by_label("Order", exact=True).input_value() == str(shop.orders["10482"])


def test_an_operator_sees_what_a_lower_bound_would_have_held_and_saves_it(
    desk: Desk, shop: Shop
) -> None:
    desk.sign_in("operator")
    page = desk.page
    desk.open(f"/sites/{shop.site}/automation")

    page.get_by_label("What rule 1 compares with").fill("300")
    page.get_by_role("button", name="See what would change").click()
    page.get_by_text("instead of 1").wait_for()
    page.get_by_role("button", name="Save").click()

    assert "1 sentence saved." in page.locator(".tb-toast").inner_text()
    assert page.get_by_label("What rule 1 compares with").input_value() == "300"
    assert "total over 300" in page.locator(".tb-trail").inner_text()


def test_a_typed_field_tells_at_once_what_would_change(phone: Desk, shop: Shop) -> None:
    phone.sign_in("operator")
    phone.open(f"/sites/{shop.site}/automation")

    phone.page.get_by_label("Stock leaves when the order is").select_option("shipped")

    phone.page.get_by_text("Stock of 3 orders would differ").wait_for()
    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
