"""The grid's own routes: pages of rows, suggestions, the item picker, and changes of many at once."""

import re
from typing import Any

import pytest
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from tests import factories as make
from tests.admin.conftest import AsRole
from tests.admin.shop import Shop
from tests.admin.test_mapping_screen import standing
from tests.admin.visitor import Visitor
from webapp.database import reading, writing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site

JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def goods(shop_engine: Engine) -> None:
    with writing(shop_engine) as session:
        make.stock_item(session, "KETTLE-12", 20, name="Enamel kettle 1.2 L")
        make.stock_item(session, "TOWEL-BATIK", 30, name="Kitchen towel batik")


def send(visitor: Visitor, path: str, **fields: Any) -> TestResponse:
    """Send a form as the grid does, which wants JSON."""
    return visitor.client.post(
        path, data={**fields, "csrf_token": visitor.token()}, headers=JSON, buffered=True
    )


def test_a_page_of_the_grid_holds_ready_words_and_the_counts(as_role: AsRole, shop: Shop) -> None:
    found = as_role("merchandiser").get(f"/mapping/{shop.site}/rows.json?show=all").json

    assert [row["name"] for row in found["rows"]][:2] == [
        "Enamel kettle 1.2 L",
        "Kitchen towel batik, 2 pcs",
    ]
    assert (found["rows"][0]["orders"], found["rows"][0]["money"]) == (2, "MYR 440.43")
    assert found["counts"] == {"unmapped": 2, "mapped": 3, "ignored": 1, "all": 6}
    assert found["held"] == "2 listings hold up 3 orders worth MYR 535.83"
    kit = next(row for row in found["rows"] if row["sku"] == "SET-TT4")
    assert [part["sku"] for part in kit["parts"]] == ["GLASS-TT", "JUG-STEEL", "TRAY-S"]
    assert kit["drifted"] is True


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("kettle", ["Enamel kettle 1.2 L"]),
        ("BATIK mu", ["Batik mug 350 ml, indigo", "Batik mug 350 ml, terracotta"]),
        ("cb-350", ["Batik mug 350 ml, indigo", "Batik mug 350 ml, terracotta"]),
        ("811:1205", ["Batik mug 350 ml, terracotta"]),
        ("1204", ["Batik mug 350 ml, indigo"]),
        ("350-ml", ["Batik mug 350 ml, indigo", "Batik mug 350 ml, terracotta"]),
        ("ettle", []),
        ("%", []),
    ],
)
def test_listings_are_found_by_the_beginnings_of_words_skus_and_ids(
    as_role: AsRole, shop: Shop, typed: str, found: list[str]
) -> None:
    answer = as_role("merchandiser").client.get(
        f"/mapping/{shop.site}/rows.json", query_string={"q": typed, "sort": "name"}
    )

    assert [row["name"] for row in answer.json["rows"]] == found


@pytest.mark.parametrize("sort", ["held", "name", "sku"])
@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize("show", ["all", "unmapped"])
def test_pages_of_any_order_hold_every_listing_once(
    shop_engine: Engine, as_role: AsRole, shop: Shop, sort: str, order: str, show: str
) -> None:
    with writing(shop_engine) as session:
        site = session.get_one(Site, shop.site)
        for number in range(110):
            make.listing(
                session, site, str(3000 + number), name=f"Bowl {number}", sku=f"B-{number}"
            )
    visitor = as_role("merchandiser")
    pages = [
        visitor.get(
            f"/mapping/{shop.site}/rows.json?show={show}&sort={sort}&dir={order}&page={page}"
        ).json["rows"]
        for page in (1, 2, 3)
    ]

    ids = [row["id"] for page in pages for row in page]
    assert len(ids) == len(set(ids)) == (116 if show == "all" else 112)
    if sort != "held":
        shown = [
            row["sku" if sort == "sku" else "name"].casefold() for page in pages for row in page
        ]
        assert shown == sorted(shown, reverse=order == "desc")


def test_suggestions_come_for_the_unmapped_ones_of_a_page(as_role: AsRole, shop: Shop) -> None:
    ids = f"{shop.listings['845']},{shop.listings['830']},999999"

    found = as_role("merchandiser").get(f"/mapping/{shop.site}/suggestions.json?ids={ids}").json

    assert list(found) == [str(shop.listings["845"])]
    best = found[str(shop.listings["845"])][0]
    assert (best["sku"], best["score"]) == ("KETTLE-12", 95)


def test_the_item_picker_finds_by_sku_and_by_words_of_the_name(as_role: AsRole) -> None:
    visitor = as_role("merchandiser")

    assert [item["sku"] for item in visitor.get("/mapping/items.json?q=kettle").json] == [
        "KETTLE-12"
    ]
    assert [item["sku"] for item in visitor.get("/mapping/items.json?q=rattan tr").json] == [
        "TRAY-S"
    ]
    assert visitor.get("/mapping/items.json?q=").json == []
    assert visitor.get("/mapping/items.json?q=TOWEL-BATIK").json[0]["available"] == 30


def test_confirming_a_suggestion_lets_orders_go_and_offers_an_undo(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    listing = shop.listings["845"]

    answer = send(
        merchandiser, f"/mapping/{shop.site}/confirm", listing=[listing], sku=["KETTLE-12"]
    )

    assert answer.status_code == 200
    assert "2 orders went on: 2 synced." in answer.json["said"]
    assert standing(shop_engine, listing)[1] == [("KETTLE-12", 1)]
    page = merchandiser.get(answer.json["undo"]).text
    assert "2 orders went through meanwhile" in page


def test_a_ticked_listing_that_was_mapped_meanwhile_stops_the_whole(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    answer = send(
        as_role("merchandiser"),
        f"/mapping/{shop.site}/ignore",
        listing=[shop.listings["845"], shop.listings["830"]],
        reason="not ours",
    )

    assert answer.status_code == 409
    assert "1 listing of those that were ticked" in answer.json["said"]
    assert standing(shop_engine, shop.listings["845"]) == (None, [])


def test_ignoring_many_needs_a_reason(as_role: AsRole, shop: Shop) -> None:
    answer = send(
        as_role("merchandiser"),
        f"/mapping/{shop.site}/ignore",
        listing=[shop.listings["845"]],
        reason=" ",
    )

    assert answer.status_code == 422
    assert "Say why it is ignored" in answer.json["said"]


def test_the_grid_saves_one_row_and_gets_the_row_back(as_role: AsRole, shop: Shop) -> None:
    merchandiser = as_role("merchandiser")
    row = merchandiser.get(f"/mapping/{shop.site}/rows.json?q=846").json["rows"][0]
    path = f"/mapping/{shop.site}/{row['id']}"
    fields = {"means": "stock", "sku": "TOWEL-BATIK", "quantity": "2", "maximum": "9"}

    wrong = send(merchandiser, path, standing=row["mark"], **{**fields, "sku": "TOWEL"})
    saved = send(merchandiser, path, standing=row["mark"], **fields)
    again = send(merchandiser, path, standing=row["mark"], **fields)

    assert (wrong.status_code, wrong.json["said"]) == (
        422,
        "TOWEL: There is no stock item “TOWEL”.",
    )
    assert saved.json["row"]["parts"] == [{"pieces": 2, "sku": "TOWEL-BATIK"}]
    assert (saved.json["row"]["kind"], saved.json["row"]["maximum"]) == ("mapped", 9)
    assert again.status_code == 409
    assert again.json["row"]["parts"] == saved.json["row"]["parts"]


def test_all_suggestions_above_a_score_are_shown_before_they_are_saved(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")

    strict = merchandiser.post(f"/mapping/{shop.site}/suggested", least="95")
    loose = merchandiser.post(f"/mapping/{shop.site}/suggested", least="75")

    page = merchandiser.get(strict.headers["Location"]).text
    assert "Apply this change" in page
    assert "KETTLE-12" in page
    assert "TOWEL-BATIK" not in page
    page = merchandiser.get(loose.headers["Location"]).text
    assert "Apply all 2 changes" in page
    assert standing(shop_engine, shop.listings["845"]) == (None, [])
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None
    merchandiser.post(f"{loose.headers['Location']}/apply", revision=revision[1])
    with reading(shop_engine) as session:
        states = session.scalars(
            select(ChannelOrder.state).where(ChannelOrder.number.in_(["10526", "10527", "10528"]))
        )
        assert set(states) == {"synced"}


@pytest.mark.parametrize("path", ["confirm", "ignore", "suggested", "upload"])
def test_who_may_not_map_is_refused(as_role: AsRole, shop: Shop, path: str) -> None:
    answer = as_role("bookkeeper").post(f"/mapping/{shop.site}/{path}")

    assert answer.status_code == 403
