"""A merchandiser's sheet: uploaded, previewed row by row, applied as a whole, taken back as a whole."""

import io
import re
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from tests import factories as make
from tests.admin.conftest import AsRole
from tests.admin.shop import Shop
from tests.admin.test_mapping_screen import save, standing
from tests.admin.visitor import Visitor
from webapp.backoffice.files.sheet_formats import xlsx_bytes
from webapp.backoffice.goods.mapping_sheet import COLUMNS
from webapp.database import reading, writing
from webapp.models.mapping import MappingBatch
from webapp.models.orders import ChannelOrder
from webapp.models.stock import StockItem

FORM = "application/x-www-form-urlencoded"
HEADING = "listing_id,listing_sku,listing_name,sku,quantity,ignore,max_quantity"
GOOD = "\n".join(
    (
        HEADING,
        "845,,,KETTLE-12,1,,",
        "846,,,TOWEL-BATIK,2,,",
        "830,,,GLASS-TT,4,,",
        "830,,,JUG-STEEL,1,,",
        "811:1204,,,MUG-BATIK-IND,1,,10",
        "811:1205,,,MUG-BATIK-TER,1,,",
    )
)


@pytest.fixture(autouse=True)
def goods(shop_engine: Engine) -> None:
    with writing(shop_engine) as session:
        make.stock_item(session, "KETTLE-12", 20, name="Enamel kettle 1.2 L")
        make.stock_item(session, "TOWEL-BATIK", 30, name="Kitchen towel batik")


def upload(
    visitor: Visitor, shop: Shop, content: str | bytes, name: str = "sheet.csv", reach: str = ""
) -> TestResponse:
    """Send a sheet as a browser's form does; built here, since the client leaves large ones open."""
    fields = {"csrf_token": visitor.token(), "reach": reach}
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'
        for n, v in fields.items()
    ]
    parts.append(f'--b\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n')
    body = content.encode() if isinstance(content, str) else content
    return visitor.client.post(
        f"/mapping/{shop.site}/upload",
        data="".join(parts).encode() + body + b"\r\n--b--\r\n",
        content_type="multipart/form-data; boundary=b",
    )


def previewed(visitor: Visitor, shop: Shop, content: str | bytes, **fields: str) -> tuple[str, str]:
    """The address of the preview, and its page."""
    address = upload(visitor, shop, content, **fields).headers["Location"]
    return address, visitor.get(address).text


def apply(visitor: Visitor, address: str) -> TestResponse:
    revision = re.search(r'name="revision" value="(\d+)"', visitor.get(address).text)
    assert revision is not None
    return visitor.post(f"{address}/apply", revision=revision[1])


def on_hand(engine: Engine, sku: str) -> int:
    with reading(engine) as session:
        return session.scalars(select(StockItem.on_hand).where(StockItem.sku == sku)).one()


def states(engine: Engine, *numbers: str) -> list[str]:
    with reading(engine) as session:
        query = select(ChannelOrder.state).where(ChannelOrder.number.in_(numbers))
        return list(session.scalars(query.order_by(ChannelOrder.number)))


def words(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("<main")[1]))


def test_a_preview_says_what_it_unblocks_and_what_the_store_would_show(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    _, page = previewed(as_role("merchandiser"), shop, GOOD)

    said = words(page)
    assert "Unblocks 3 orders worth MYR 535.83" in said
    assert "Listings that change 4 of 5" in said
    assert "2 mapped · 1 changed · 1 maximum" in said
    # 20 kettles, of which the two unblocked orders take three.
    assert "11 → 17" in said
    assert "20 free, 3 in these orders" in said
    # 30 towels, two a listing, of which one order takes one listing.
    assert "11 → 14" in said
    assert "Apply all 4 changes" in said
    assert standing(shop_engine, shop.listings["845"]) == (None, [])


def test_the_store_shows_after_applying_what_the_preview_said(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    address, _ = previewed(merchandiser, shop, GOOD)

    apply(merchandiser, address)

    page = merchandiser.get(f"/mapping/{shop.site}/?show=mapped&q=KETTLE").text
    assert 'data-l="Ours">17<' in page
    page = merchandiser.get(f"/mapping/{shop.site}/?show=mapped&q=towel").text
    assert 'data-l="Ours">14<' in page
    assert states(shop_engine, "10526", "10527", "10528") == ["synced"] * 3


def test_a_sheet_with_wrong_rows_names_each_and_cannot_be_applied(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    sheet = GOOD.replace("KETTLE-12", "KETTEL-12").replace("TOWEL-BATIK,2", 'TOWEL-BATIK,"4,5"')

    address, page = previewed(merchandiser, shop, sheet)

    said = words(page)
    assert "2 rows of this upload are wrong" in said
    assert "There is no stock item KETTEL-12." in said
    assert "The nearest is KETTLE-12, Enamel kettle 1.2 L." in said
    assert "“4,5” is not a whole number" in said
    assert "Apply" not in said
    answer = merchandiser.post(f"{address}/apply", revision="2")
    assert answer.status_code == 303
    assert standing(shop_engine, shop.listings["845"]) == (None, [])
    errors = merchandiser.get(f"{address}/errors.csv").get_data().decode("utf-8-sig")
    assert errors.splitlines()[1].startswith("2,sku,KETTEL-12,")


def test_a_mapping_changed_meanwhile_is_shown_anew_and_nothing_is_applied(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    address, _ = previewed(merchandiser, shop, GOOD)
    path = f"/mapping/{shop.site}/{shop.listings['845']}"
    save(as_role("admin"), path, means="ignore", reason="a gift")

    answer = apply(merchandiser, address)

    assert answer.status_code == 409
    assert (
        "1 of its listings were mapped differently meanwhile (Enamel kettle 1.2 L)" in answer.text
    )
    assert standing(shop_engine, shop.listings["846"]) == (None, [])
    assert "a gift" in answer.text
    assert apply(merchandiser, address).status_code == 303
    assert standing(shop_engine, shop.listings["845"])[1] == [("KETTLE-12", 1)]


def test_a_preview_that_another_tab_applied_already_is_not_applied_twice(
    as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    address, page = previewed(merchandiser, shop, GOOD)
    revision = re.search(r'name="revision" value="(\d+)"', page)
    assert revision is not None
    merchandiser.post(f"{address}/apply", revision=revision[1])
    merchandiser.get("/")

    merchandiser.post(f"{address}/apply", revision=revision[1])

    assert "It was applied already." in merchandiser.toast()


@pytest.mark.parametrize("moves", ["keep", "back"])
def test_an_undo_puts_back_what_stood_and_takes_moves_back_only_if_asked(
    shop_engine: Engine, as_role: AsRole, shop: Shop, moves: str
) -> None:
    merchandiser = as_role("merchandiser")
    address, _ = previewed(merchandiser, shop, GOOD)
    apply(merchandiser, address)
    assert on_hand(shop_engine, "KETTLE-12") == 17

    page = words(merchandiser.get(f"{address}/undo").text)
    merchandiser.post(f"{address}/undo", moves=moves)

    assert "4 listings will stand for what they stood for before; 2 of them for nothing" in page
    assert "orders went through meanwhile" in page
    assert standing(shop_engine, shop.listings["845"]) == (None, [])
    kit = standing(shop_engine, shop.listings["830"])[1]
    assert kit == [("GLASS-TT", 4), ("JUG-STEEL", 1), ("TRAY-S", 1)]
    assert on_hand(shop_engine, "KETTLE-12") == (17 if moves == "keep" else 20)
    assert states(shop_engine, "10526", "10527") == ["synced", "synced"]
    assert "taken back" in words(merchandiser.get(address).text)


def test_orders_whose_pieces_were_taken_back_take_them_again_once_it_is_mapped_anew(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    address, _ = previewed(merchandiser, shop, f"{HEADING}\n845,,,TOWEL-BATIK,1,,")
    apply(merchandiser, address)
    assert on_hand(shop_engine, "TOWEL-BATIK") == 27
    merchandiser.post(f"{address}/undo", moves="back")
    assert on_hand(shop_engine, "TOWEL-BATIK") == 30

    path = f"/mapping/{shop.site}/{shop.listings['845']}"
    save(merchandiser, path, means="stock", sku="KETTLE-12", quantity="1")

    assert (on_hand(shop_engine, "TOWEL-BATIK"), on_hand(shop_engine, "KETTLE-12")) == (30, 17)
    assert states(shop_engine, "10526", "10527") == ["synced", "synced"]


def test_what_was_changed_by_hand_since_forbids_the_undo_and_is_named(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    address, _ = previewed(merchandiser, shop, GOOD)
    apply(merchandiser, address)
    path = f"/mapping/{shop.site}/{shop.listings['845']}"
    save(merchandiser, path, means="stock", sku="KETTLE-12", quantity="2", reach="from_now")

    answer = merchandiser.post(f"{address}/undo", moves="keep")

    assert answer.status_code == 409
    assert "cannot be taken back as a whole" in answer.text
    assert "Enamel kettle 1.2 L" in answer.text
    assert standing(shop_engine, shop.listings["846"])[1] == [("TOWEL-BATIK", 2)]


def test_an_upload_whose_process_ended_on_the_way_says_so(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    address, _ = previewed(merchandiser, shop, GOOD)
    with writing(shop_engine) as session:
        batch = session.scalars(select(MappingBatch)).one()
        batch.state, batch.beat_at = "reading", batch.beat_at - timedelta(minutes=5)

    page = words(merchandiser.get(address).text)
    progress = merchandiser.get(f"{address}/progress")

    assert "It was interrupted" in page
    assert "Upload it again." in page
    assert progress.headers["HX-Refresh"] == "true"


def test_a_sheet_still_being_read_shows_its_progress_with_script_and_without(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    address, _ = previewed(merchandiser, shop, GOOD)
    with writing(shop_engine) as session:
        batch = session.scalars(select(MappingBatch)).one()
        batch.state, batch.done = "reading", 4500

    page = merchandiser.get(address).text

    assert '<noscript><meta http-equiv="refresh" content="2"></noscript>' in page
    assert "4,500 rows so far" in page
    assert "4,500 rows so far" in merchandiser.get(f"{address}/progress").text


def test_only_the_last_twenty_sheets_of_a_site_are_kept(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")

    for _ in range(22):
        upload(merchandiser, shop, HEADING + "\n845,,,KETTLE-12,1,,")

    with reading(shop_engine) as session:
        assert len(session.scalars(select(MappingBatch)).all()) == 20


def test_utf_16_with_semicolons_is_read(as_role: AsRole, shop: Shop) -> None:
    content = GOOD.replace(",", ";").encode("utf-16")

    _, page = previewed(as_role("merchandiser"), shop, content)

    assert "Apply all 4 changes" in page


def test_formulas_in_cells_are_refused_by_row_and_column(as_role: AsRole, shop: Shop) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(list(COLUMNS))
    book.active.append(["845", None, None, '=CONCAT("KETTLE","-12")', 1, None, None])
    out = io.BytesIO()
    book.save(out)

    _, page = previewed(as_role("merchandiser"), shop, out.getvalue())

    assert "The cell holds a formula: paste its value instead." in page
    assert "Apply" not in words(page)


def test_an_xlsx_sheet_is_read_like_a_csv(as_role: AsRole, shop: Shop) -> None:
    content = xlsx_bytes(COLUMNS, [("845", "", "", "KETTLE-12", 1, "", None)])

    _, page = previewed(as_role("merchandiser"), shop, content, name="x.csv")

    assert "Apply this change" in page


def test_a_zip_bomb_is_refused_without_being_unpacked(as_role: AsRole, shop: Shop) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (200 * 1024 * 1024))

    _, page = previewed(as_role("merchandiser"), shop, out.getvalue())

    assert "unpacks to more than 150 MB" in page


def test_a_file_that_is_no_sheet_says_what_was_expected(as_role: AsRole, shop: Shop) -> None:
    merchandiser = as_role("merchandiser")

    _, picture = previewed(merchandiser, shop, b"\x89PNG\r\n\x1a\n\0\0\0")
    _, columns = previewed(merchandiser, shop, "name,colour\nTee,red")

    assert "This file is no mapping sheet" in words(picture)
    assert "The file is neither CSV nor XLSX." in picture
    assert "neither a column listing_id nor listing_sku" in columns


def test_a_file_over_the_limit_is_refused_with_a_page_and_only_here_large_ones_are_taken(
    as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")

    large = upload(merchandiser, shop, b"a" * (31 * 1024 * 1024))
    medium = upload(merchandiser, shop, HEADING + "\n" + "x" * (2 * 1024 * 1024))
    elsewhere = merchandiser.client.post(
        f"/mapping/{shop.site}/ignore", data=b"x" * (2 * 1024 * 1024), content_type=FORM
    )

    assert large.status_code == 413
    assert "The file is over 30 MB" in large.text
    assert medium.status_code == 303
    assert elsewhere.status_code == 413


def test_nothing_chosen_is_said_beside_the_field(as_role: AsRole, shop: Shop) -> None:
    answer = as_role("merchandiser").post(f"/mapping/{shop.site}/upload")

    assert answer.status_code == 422
    assert "Choose the file first" in answer.text


def test_the_name_of_a_file_is_shown_and_never_a_path(as_role: AsRole, shop: Shop) -> None:
    merchandiser = as_role("merchandiser")

    address = upload(merchandiser, shop, GOOD, "../../etc/<b>pass\x07wd.csv").headers["Location"]

    page = merchandiser.get(address).text
    assert "&lt;b&gt;passwd.csv" in page
    assert "etc/" not in page


def test_a_batch_of_another_site_is_not_found_under_this_one(as_role: AsRole, shop: Shop) -> None:
    merchandiser = as_role("merchandiser")
    address, _ = previewed(merchandiser, shop, GOOD)
    number = address.rsplit("/", 1)[-1]

    assert merchandiser.get(f"/mapping/{shop.second_site}/batch/{number}").status_code == 404
    assert merchandiser.post(f"/mapping/{shop.second_site}/batch/{number}/undo").status_code == 404


def test_a_discarded_upload_is_gone_and_an_applied_one_cannot_be_discarded(
    as_role: AsRole, shop: Shop
) -> None:
    merchandiser = as_role("merchandiser")
    address, _ = previewed(merchandiser, shop, GOOD)
    merchandiser.post(f"{address}/discard")
    assert merchandiser.get(address).status_code == 404

    address, _ = previewed(merchandiser, shop, GOOD)
    apply(merchandiser, address)
    merchandiser.post(f"{address}/discard")

    assert "It was not discarded" in merchandiser.toast()
    assert merchandiser.get(address).status_code == 200
