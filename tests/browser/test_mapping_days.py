"""A merchandiser's day in a browser: the grid, and a sheet that is wrong first and right then."""

import io
import re
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from tests import factories as make
from tests.admin.shop import Shop
from tests.browser.conftest import Desk
from webapp.database import reading, writing
from webapp.models.orders import ChannelOrder

HEADING = "listing_id,sku,quantity,ignore"
WRONG = f"{HEADING}\n845,KETTEL-12,1,\n846,TOWEL-BATIK,2,\n"
RIGHT = WRONG.replace("KETTEL", "KETTLE")


@pytest.fixture(autouse=True)
def goods(shop_engine: Engine) -> None:
    with writing(shop_engine) as session:
        make.stock_item(session, "KETTLE-12", 20, name="Enamel kettle 1.2 L")
        make.stock_item(session, "TOWEL-BATIK", 30, name="Kitchen towel batik")


@pytest.fixture
def wide(chromium: object, address: str) -> Desk:
    """A wide window with script."""
    page = chromium.new_page(viewport={"width": 1440, "height": 900})  # type: ignore[attr-defined]
    return Desk(page, address)


def test_a_sheet_with_errors_is_corrected_previewed_applied_and_taken_back(
    shop_engine: Engine, desk: Desk, shop: Shop, tmp_path: Path
) -> None:
    sheet = tmp_path / "sheet.csv"
    sheet.write_text(WRONG)
    desk.sign_in("merchandiser")
    page = desk.page
    desk.open(f"/mapping/{shop.site}/")

    page.get_by_role("link", name="Upload sheet").click()
    page.get_by_label("Drop the sheet here").set_input_files(sheet)
    page.get_by_role("button", name="Upload and preview").click()
    page.get_by_role("heading", level=1, name="1 row of this upload is wrong").wait_for()
    assert "The nearest is KETTLE-12" in page.get_by_role("main").inner_text()

    sheet.write_text(RIGHT)
    page.get_by_label("Drop the corrected sheet here").set_input_files(sheet)
    page.get_by_role("button", name="Upload and preview").click()
    page.get_by_role("heading", level=1, name="What this upload would change").wait_for()
    assert "worth MYR 535.83" in page.get_by_role("main").inner_text()

    page.get_by_role("button", name="Apply all 2 changes").click()
    page.get_by_role("link", name="Undo…").wait_for()
    assert "3 orders went on" in page.locator(".tb-toasts").inner_text()
    assert _states(shop_engine) == {"synced"}

    page.get_by_role("link", name="Undo…").click()
    assert "3 orders went through meanwhile" in page.get_by_role("main").inner_text()
    page.get_by_label("give the pieces back", exact=False).check()
    page.get_by_role("button", name="Undo all 2 changes").click()
    page.get_by_text("is taken back").wait_for()
    desk.open(f"/mapping/{shop.site}/?show=unmapped")
    page.get_by_role("link", name=re.compile("Enamel kettle 1.2 L")).wait_for()


def test_a_kit_is_put_together_in_the_row_with_the_item_picker(wide: Desk, shop: Shop) -> None:
    wide.sign_in("merchandiser")
    page = wide.page
    wide.open(f"/mapping/{shop.site}/")

    page.get_by_role("button", name="Other… Enamel kettle 1.2 L").click()
    first = page.get_by_role("combobox", name="Stock item (SKU or name)").first
    first.fill("teh tarik")
    page.get_by_role("option", name=re.compile("GLASS-TT")).wait_for()
    first.press("ArrowDown")
    first.press("Enter")
    page.get_by_label("Pieces").first.fill("4")
    page.get_by_role("button", name="Another stock item").click()
    page.get_by_role("combobox", name="Stock item (SKU or name)").nth(1).fill("TRAY-S")
    page.get_by_role("button", name="Save", exact=True).click()

    page.get_by_text("2 orders went on: 2 synced.").wait_for()
    page.get_by_role("link", name=re.compile("^Mapped")).click()
    row = page.get_by_role("row", name=re.compile("Enamel kettle"))
    row.get_by_text("GLASS-TT").wait_for()
    assert "4 ×" in row.inner_text()
    assert wide.console == []
    page.close()


def test_ticked_suggestions_are_confirmed_together_and_one_click_leads_back(
    shop_engine: Engine, wide: Desk, shop: Shop
) -> None:
    wide.sign_in("merchandiser")
    page = wide.page
    wide.open(f"/mapping/{shop.site}/")

    page.get_by_text("The SKU is KETTLE-12 but for its signs.").wait_for()
    page.get_by_label("Select Row").nth(1).check()
    page.get_by_label("Select Row").nth(2).check()
    page.get_by_role("button", name="Confirm 2 suggestions").click()
    page.get_by_text("2 listings are saved. 3 orders went on: 3 synced.").wait_for()

    assert _states(shop_engine) == {"synced"}
    page.get_by_role("link", name="Undo…").click()
    assert "3 orders went through meanwhile" in page.get_by_role("main").inner_text()
    assert wide.console == []
    page.close()


def test_a_file_too_large_is_said_before_it_is_sent(wide: Desk, shop: Shop) -> None:
    wide.sign_in("merchandiser")
    page = wide.page
    wide.open(f"/mapping/{shop.site}/upload")

    large = io.BytesIO(b"0" * (31 * 1024 * 1024)).getvalue()
    page.get_by_label("Drop the sheet here").set_input_files(
        {"name": "large.csv", "mimeType": "text/csv", "buffer": large}
    )

    page.get_by_role("alert").get_by_text("The file is 31 MB large").wait_for()
    page.get_by_role("button", name="Upload and preview").click()
    assert page.url.endswith("/upload")
    page.close()


def _states(engine: Engine) -> set[str]:
    with reading(engine) as session:
        query = select(ChannelOrder.state)
        return set(
            session.scalars(query.where(ChannelOrder.number.in_(["10526", "10527", "10528"])))
        )
