"""Stock on screens: the list, an item, counting with what it posts, receiving, sheets."""

import io
import re

from sqlalchemy import Engine, func, select, update
from werkzeug.test import TestResponse

from tests.admin.conftest import AsRole
from tests.admin.visitor import Visitor
from webapp.database import reading, utc_now, writing
from webapp.models.catalogue import Listing
from webapp.models.stock import CountSheet, StockItem, StockMove


def item(engine: Engine, sku: str = "GLASS-TT") -> StockItem:
    with reading(engine) as session:
        return session.scalars(select(StockItem).where(StockItem.sku == sku)).one()


def moves(engine: Engine, item_id: int) -> list[tuple[int, str, str | None]]:
    with reading(engine) as session:
        rows = session.scalars(
            select(StockMove).where(StockMove.stock_item_id == item_id).order_by(StockMove.id)
        )
        return [(row.quantity, row.reason, row.note) for row in rows]


def count(
    person: Visitor, item_id: int, seen: TestResponse | None = None, **typed: str
) -> TestResponse:
    if seen is not None:
        mark = re.search(r'name="standing" value="([^"]*)"', seen.text)
        assert mark is not None
        typed |= {"standing": mark[1], "seen": "yes"}
    return person.post(f"/stock/{item_id}/count/", **typed)


def upload(person: Visitor, content: bytes, **typed: str) -> TestResponse:
    return person.post("/stock/counts/", sheet=(io.BytesIO(content), "count.csv"), **typed)


def test_items_are_found_by_sku_and_by_a_word_of_the_name(as_role: AsRole) -> None:
    person = as_role("merchandiser")

    by_sku = person.get("/stock/?q=GLASS").text
    by_name = person.get("/stock/?q=batik").text

    assert "Teh tarik glass" in by_sku
    assert "TRAY-S" not in by_sku
    assert "MUG-BATIK-IND" in by_name
    assert "MUG-BATIK-TER" in by_name
    assert "No item fits" in person.get("/stock/?q=nothing-like-it").text


def test_an_item_says_what_it_has_who_holds_it_and_what_the_stores_show(
    shop_engine: Engine, as_role: AsRole
) -> None:
    glass = item(shop_engine)
    with writing(shop_engine) as session:
        session.execute(
            update(Listing)
            .where(Listing.key == "830")
            .values(store_quantity=99, pushed_quantity=1, pushed_at=utc_now())
        )

    page = as_role("operator").get(f"/stock/{glass.id}").text

    assert f"<dd>{glass.on_hand}</dd>" in page
    assert "Set Teh Tarik for four" in page
    assert "Changed in the store since our push" not in page
    assert "Changed in the store since our last push" in page
    assert "Enter a count" not in page


def test_a_count_shows_what_it_posts_before_it_posts(shop_engine: Engine, as_role: AsRole) -> None:
    person = as_role("merchandiser")
    glass = item(shop_engine)
    before = moves(shop_engine, glass.id)

    seen = count(person, glass.id, counted=str(glass.on_hand + 5))
    unanswered = count(person, glass.id, seen, counted=str(glass.on_hand + 5))
    assert moves(shop_engine, glass.id) == before
    posted = count(
        person, glass.id, seen, counted=str(glass.on_hand + 5), on_shelf="no", note="found a box"
    )

    assert "posts +5" in seen.text
    assert unanswered.status_code == 422
    assert "Say whether they were on the shelf" in unanswered.text
    assert posted.status_code == 303
    assert moves(shop_engine, glass.id) == [*before, (5, "count", "found a box")]
    assert item(shop_engine).on_hand == glass.on_hand + 5


def test_pieces_that_moved_while_one_looked_are_shown_again(
    shop_engine: Engine, as_role: AsRole
) -> None:
    person = as_role("merchandiser")
    glass = item(shop_engine)
    seen = count(person, glass.id, counted="10")
    person.post(f"/stock/{glass.id}/move/", kind="receive", pieces="7")

    late = count(person, glass.id, seen, counted="10", on_shelf="no")

    assert late.status_code == 409
    assert "Pieces moved while you looked." in late.text
    assert item(shop_engine).on_hand == glass.on_hand + 7


def test_what_is_no_count_stands_beside_its_field(shop_engine: Engine, as_role: AsRole) -> None:
    person = as_role("merchandiser")
    glass = item(shop_engine)

    for typed, says in (
        ({"counted": "many"}, "“many” is not a whole number"),
        ({"counted": ""}, "How many pieces were counted?"),
        ({"counted": "-1"}, "“-1” is not a whole number"),
        ({"counted": "5", "when": "2199-01-01T10:00"}, "lies in the future"),
        ({"counted": "5", "when": "yesterday"}, "is not a moment"),
    ):
        answer = count(person, glass.id, **typed)
        assert answer.status_code == 422, typed
        assert says in answer.text


def test_goods_are_received_and_lost_ones_adjusted_with_a_reason(
    shop_engine: Engine, as_role: AsRole
) -> None:
    person = as_role("merchandiser")
    glass = item(shop_engine)
    path = f"/stock/{glass.id}/move/"

    person.post(path, kind="receive", pieces="24", note="PO-118", cost="3.20")
    unexplained = person.post(path, kind="adjust", pieces="-2")
    person.post(path, kind="adjust", pieces="-2", note="broken")

    assert unexplained.status_code == 422
    assert "Say why" in unexplained.text
    assert moves(shop_engine, glass.id)[-2:] == [
        (24, "receive", "PO-118"),
        (-2, "adjust", "broken"),
    ]
    page = person.get(f"/stock/{glass.id}").text
    assert "received, “PO-118”" in page
    assert str(item(shop_engine).cost) == "3.2000" or str(item(shop_engine).cost) == "3.2"
    for odd in ("0", "-3", "1.5", "1e3", "99999999999"):
        assert person.post(path, kind="receive", pieces=odd).status_code == 422, odd


def test_a_sheet_is_seen_row_by_row_and_posted_as_a_whole(
    shop_engine: Engine, as_role: AsRole
) -> None:
    person = as_role("merchandiser")
    glass = item(shop_engine)

    kept = upload(person, "sku;on_hand\nGLASS-TT;50\nNEW-1;4\n".encode("utf-16"))
    address = kept.headers["Location"]
    page = person.get(address).text
    unanswered = person.post(address)
    posted = person.post(address, on_shelf="no")

    assert "NEW-1" in page
    assert f"+{50 - glass.on_hand}" in page
    assert unanswered.headers["Location"] == address
    assert posted.headers["Location"] == "/stock/"
    assert item(shop_engine).on_hand == 50
    assert item(shop_engine, "NEW-1").on_hand == 4
    assert person.post(address, on_shelf="no").status_code == 404
    assert person.get(address).status_code == 303


def test_a_sheet_with_wrong_rows_posts_nothing(shop_engine: Engine, as_role: AsRole) -> None:
    person = as_role("merchandiser")
    glass = item(shop_engine)

    address = upload(person, b"sku,on_hand\nGLASS-TT,50\nTRAY-S,some\n").headers["Location"]
    page = person.get(address).text
    person.post(address, on_shelf="no")

    assert "Row 3, on hand: “some” is not a whole number" in page
    assert "Post all" not in page
    assert item(shop_engine).on_hand == glass.on_hand


def test_what_is_no_sheet_is_told_and_not_kept(shop_engine: Engine, as_role: AsRole) -> None:
    person = as_role("merchandiser")

    answers = [
        upload(person, b""),
        upload(person, b"name,pieces\nx,1\n"),
        upload(person, b"PK\x03\x04x"),
    ]

    assert [each.status_code for each in answers] == [422] * 3
    with reading(shop_engine) as session:
        assert session.scalar(select(func.count()).select_from(CountSheet)) == 0


def test_the_export_comes_back_without_a_change(shop_engine: Engine, as_role: AsRole) -> None:
    person = as_role("merchandiser")
    sheet = person.get("/stock/items.csv").data

    address = upload(person, sheet).headers["Location"]
    person.post(address, on_shelf="no")

    assert "0 moved" in person.toast()
