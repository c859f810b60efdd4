"""An operator authorises a marketplace's shop in a browser, on the store's own page and back."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from tests.admin.test_consent_screen import market, sandbox
from tests.browser.conftest import Desk
from webapp.database import writing
from webapp.models.sites import Site

__all__ = ["market", "sandbox"]


def test_an_operator_has_a_shop_authorised_again_before_its_consent_ends(
    shop_engine: Engine, desk: Desk, market: int
) -> None:
    with writing(shop_engine) as session:
        site = session.get_one(Site, market)
        site.consented_at = datetime.now(UTC) - timedelta(days=340)
        site.facts = {"consent_until": (datetime.now(UTC) + timedelta(days=12)).isoformat()}
    desk.sign_in("operator")
    page = desk.page

    desk.open(f"/sites/{market}/integration/")
    page.get_by_role("button", name="Authorise").first.click()
    page.get_by_role("link", name="Go to Shopee").click()

    page.wait_for_url(f"{desk.address}/sites/{market}/integration/")
    assert "market is authorised" in page.locator(".tb-toasts").inner_text()
    assert "lets us in" not in page.locator("main").inner_text()


def test_the_way_to_the_store_fits_a_phone(phone: Desk, market: int) -> None:
    phone.sign_in("operator")

    phone.open(f"/sites/{market}/integration/")
    phone.page.get_by_role("button", name="Authorise").click()

    width = phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= 390
    assert phone.page.get_by_role("link", name="Go to Shopee").is_visible()
