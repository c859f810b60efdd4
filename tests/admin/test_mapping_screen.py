"""The mapping list and the form of one listing."""

import csv
import re
from typing import Any

import pytest
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from tests import factories as make
from tests.admin.conftest import AsRole
from tests.admin.shop import PEOPLE, Shop
from tests.admin.visitor import Visitor
from webapp.database import reading, writing
from webapp.models.audit import AuditEntry
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.orders import ChannelOrder
from webapp.models.stock import StockItem


@pytest.fixture
def kettle(shop_engine: Engine) -> None:
    with writing(shop_engine) as session:
        make.stock_item(session, "KETTLE-12", 20, name="Enamel kettle 1.2 L")


STANDING = re.compile(r'name="standing" value="([^"]+)"')


def save(visitor: Visitor, path: str, **fields: Any) -> TestResponse:
    """Send the form of one listing as its page was drawn."""
    found = STANDING.search(visitor.get(path).text)
    return visitor.post(path, standing=found[1] if found else "", **fields)


def standing(engine: Engine, listing_id: int) -> tuple[Mapping | None, list[tuple[str, int]]]:
    with reading(engine) as session:
        mapping = session.scalars(
            select(Mapping).where(Mapping.listing_id == listing_id, Mapping.is_current)
        ).one_or_none()
        parts = session.execute(
            select(StockItem.sku, MappingComponent.quantity)
            .join(StockItem, StockItem.id == MappingComponent.stock_item_id)
            .where(MappingComponent.mapping_id == (mapping.id if mapping else 0))
            .order_by(StockItem.sku)
        )
        return mapping, [(sku, quantity) for sku, quantity in parts]


def test_unmapped_listings_come_first_by_the_money_that_they_hold_up(
    as_role: AsRole, shop: Shop
) -> None:
    page = as_role("merchandiser").get(f"/mapping/{shop.site}/").text

    names = re.findall(r'<th scope="row">([^<]+)<', page)
    assert names == ["Enamel kettle 1.2 L", "Kitchen towel batik, 2 pcs"]
    assert "MYR 440.43" in page
    assert "MYR 95.40" in page


def test_a_listing_shows_what_the_store_should_show_and_what_it_shows(
    as_role: AsRole, shop: Shop
) -> None:
    page = as_role("merchandiser").get(f"/mapping/{shop.site}/?q=SET-TT4").text

    assert "4 ×</b>GLASS-TT" in page
    assert "kit: TRAY-S is the bottleneck" in page
    assert 'data-l="Ours">1<' in page
    assert 'class="tb-warn tb-strong">11<' in page


def test_the_menu_leads_to_the_site_with_the_most_to_map(as_role: AsRole, shop: Shop) -> None:
    assert as_role("merchandiser").get("/mapping/").headers["Location"] == f"/mapping/{shop.site}/"


@pytest.mark.usefixtures("kettle")
def test_mapping_a_listing_lets_its_orders_go_at_once(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    listing = shop.listings["845"]

    path = f"/mapping/{shop.site}/{listing}"
    save(merchandiser, path, means="stock", sku=["KETTLE-12", ""], quantity=["1", "1"])

    assert "2 orders went on: 2 synced." in merchandiser.toast()
    mapping, parts = standing(shop_engine, listing)
    assert parts == [("KETTLE-12", 1)]
    assert mapping is not None
    assert mapping.created_by == PEOPLE["merchandiser"]
    with reading(shop_engine) as session:
        states = {
            number: session.get_one(ChannelOrder, shop.orders[number]).state
            for number in ("10526", "10527", "10528")
        }
        change = session.scalars(select(AuditEntry).where(AuditEntry.subject == "listing")).one()
    assert states == {"10526": "synced", "10527": "synced", "10528": "blocked"}
    assert (change.actor, change.subject_id) == (PEOPLE["merchandiser"], listing)


@pytest.mark.usefixtures("kettle")
def test_a_listing_offers_what_it_may_stand_for_with_the_reason(
    as_role: AsRole, shop: Shop
) -> None:
    path = f"/mapping/{shop.site}/{shop.listings['845']}"

    page = as_role("merchandiser").get(path).text
    read_only = as_role("operator").get(path).text

    assert "The SKU is KETTLE-12 but for its signs." in page
    assert 'Confirm<span class="tb-sr"> KETTLE-12</span>' in page
    assert "KETTLE-12" in read_only
    assert "Confirm<" not in read_only


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"sku": "KETTLE", "quantity": "1"}, "There is no stock item “KETTLE”."),
        ({"sku": "TRAY-S", "quantity": "0"}, "A whole number from 1."),
        ({"sku": "TRAY-S", "quantity": "1.5"}, "A whole number from 1."),
        ({"sku": ["TRAY-S", "TRAY-S"], "quantity": ["1", "2"]}, "It stands in this kit already"),
        ({"sku": "", "quantity": "1"}, "Name at least one stock item by its SKU."),
        ({"sku": "TRAY-S", "quantity": "1", "maximum": "-1"}, "A whole number from 0"),
        ({"means": "ignore", "reason": " "}, "Say why it is ignored"),
        ({"means": "burn"}, "Choose what the listing stands for."),
    ],
)
def test_what_was_typed_wrongly_is_said_beside_its_field_and_nothing_is_saved(
    shop_engine: Engine, as_role: AsRole, shop: Shop, typed: dict[str, str], said: str
) -> None:
    listing = shop.listings["845"]

    answer = as_role("merchandiser").post(
        f"/mapping/{shop.site}/{listing}", **{"means": "stock", **typed}
    )

    assert answer.status_code == 422
    assert said in answer.text
    assert standing(shop_engine, listing) == (None, [])


def test_a_listing_is_ignored_with_its_reason(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    listing = shop.listings["846"]

    path = f"/mapping/{shop.site}/{listing}"
    save(as_role("merchandiser"), path, means="ignore", reason="Given away")

    mapping, _ = standing(shop_engine, listing)
    assert mapping is not None
    assert (mapping.is_ignored, mapping.ignore_reason) == (True, "Given away")
    with reading(shop_engine) as session:
        assert session.get_one(ChannelOrder, shop.orders["10528"]).state == "synced"


def test_a_correction_moves_the_difference_and_from_now_on_does_not(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    path = f"/mapping/{shop.site}/{shop.listings['811:1204']}"
    change = {"means": "stock", "sku": "MUG-BATIK-TER", "quantity": "1"}

    def on_hand(sku: str) -> int:
        with reading(shop_engine) as session:
            item = session.scalars(select(StockItem).where(StockItem.sku == sku)).one()
            return item.on_hand

    before = on_hand("MUG-BATIK-TER")
    save(merchandiser, path, **change, reach="from_now")
    assert on_hand("MUG-BATIK-TER") == before
    save(merchandiser, path, **{**change, "sku": "MUG-BATIK-IND"}, reach="from_now")

    save(merchandiser, path, **change, reach="correction")

    assert on_hand("MUG-BATIK-IND") == 52 - 2
    assert on_hand("MUG-BATIK-TER") == before


def test_a_listing_of_another_site_is_not_found_under_this_one(as_role: AsRole, shop: Shop) -> None:
    merchandiser = as_role("merchandiser")
    path = f"/mapping/{shop.second_site}/{shop.listings['845']}"

    assert merchandiser.get(path).status_code == 404
    assert merchandiser.post(path, means="nothing").status_code == 404


def test_the_downloaded_sheet_lists_every_listing(as_role: AsRole, shop: Shop) -> None:
    answer = as_role("merchandiser").get(f"/mapping/{shop.site}/sheet.csv")

    rows = list(csv.DictReader(answer.get_data().decode("utf-8-sig").splitlines()))
    assert [row["listing_id"] for row in rows].count("830") == 3
    assert {row["listing_id"] for row in rows} == set(shop.listings)


def test_both_sheets_are_offered_and_the_second_is_a_spreadsheet(
    as_role: AsRole, shop: Shop
) -> None:
    answer = as_role("merchandiser").get(f"/mapping/{shop.site}/sheet.xlsx")

    assert answer.get_data().startswith(b"PK")
    assert "mapping" in answer.headers["Content-Disposition"]


@pytest.mark.usefixtures("kettle")
def test_a_listing_that_somebody_else_mapped_meanwhile_is_shown_and_not_overwritten(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    listing = shop.listings["845"]
    path = f"/mapping/{shop.site}/{listing}"
    merchandiser = as_role("merchandiser")
    drawn = STANDING.search(merchandiser.get(path).text)
    assert drawn is not None
    save(as_role("admin"), path, means="stock", sku="KETTLE-12", quantity="1")

    answer = merchandiser.post(path, standing=drawn[1], means="stock", sku="TRAY-S", quantity="1")

    assert answer.status_code == 409
    assert "somebody changed this listing meanwhile" in answer.text
    assert "1 × KETTLE-12" in answer.text
    assert 'value="TRAY-S"' in answer.text
    assert standing(shop_engine, listing)[1] == [("KETTLE-12", 1)]


def test_what_a_correction_reaches_is_counted_before_it_is_saved(
    as_role: AsRole, shop: Shop
) -> None:
    path = f"/mapping/{shop.site}/{shop.listings['811:1204']}"

    fragment = as_role("merchandiser").get(f"{path}/reach").text
    page = as_role("merchandiser").get(f"{path}?reach=1").text

    assert "4 orders with 7 sold pieces were read as" in fragment
    assert "4 orders with 7 sold pieces were read as" in page
