"""Counting: one move makes on hand what was counted, whatever was sold in between."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from webapp.backoffice.files.sheets import read_sheet
from webapp.backoffice.goods.adopting import adopt_stock, show_stock
from webapp.backoffice.goods.counting import StockImport, import_stock
from webapp.backoffice.goods.stock_sheet import COLUMNS, NEEDED
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site
from webapp.models.stock import StockItem, StockMove

HOUR = timedelta(hours=1)
LATER = make.NOW + 5 * HOUR


def count(session: Session, *rows: str, **given: object) -> StockImport:
    content = "\n".join(("sku,name,on_hand,cost", *rows)).encode()
    sheet = read_sheet(content, COLUMNS, needed=NEEDED)
    return import_stock(session, sheet, now=LATER, actor="m@example.com", **given)  # type: ignore[arg-type]


def on_hand(session: Session, sku: str) -> int:
    session.expire_all()
    item = session.scalars(select(StockItem).where(StockItem.sku == sku)).one()
    moved = session.scalar(
        select(func.coalesce(func.sum(StockMove.quantity), 0)).where(
            StockMove.stock_item_id == item.id
        )
    )
    assert item.on_hand == moved
    return item.on_hand


def sold(
    session: Session, site: Site, item: StockItem, quantity: int, at: datetime, **life: object
) -> ChannelOrder:
    """An order whose pieces moved at an instant; unshipped unless `life` says otherwise."""
    order = make.order(session, site)
    make.retail_order(session, order, **life)
    make.move(session, item, -quantity, reason="sale", at=at, channel_order_id=order.id, seq=1)
    item.on_hand -= quantity
    session.flush()
    return order


def test_a_count_makes_items_and_moves_the_difference(session: Session) -> None:
    make.stock_item(session, "TEE", 5)
    make.stock_item(session, "CAP", 3)

    done = count(session, "TEE,,7,", "CAP,,3,", "MUG,Mug,4,2.50", "PEN,,0,")

    assert (done.rows, done.created, done.moved, done.unchanged) == (4, 2, 2, 1)
    assert [on_hand(session, sku) for sku in ("TEE", "CAP", "MUG", "PEN")] == [7, 3, 4, 0]
    move = session.scalars(select(StockMove).order_by(StockMove.id.desc())).first()
    assert move is not None
    assert (move.reason, move.actor, move.at) == ("count", "m@example.com", LATER)


def test_repeating_a_count_changes_nothing(session: Session) -> None:
    count(session, "TEE,Tee,7,2.50")

    again = count(session, "TEE,Tee,7,2.50")

    assert (again.created, again.moved, again.unchanged) == (0, 0, 1)


def test_a_count_of_zero_is_known_and_no_count_is_not(session: Session) -> None:
    count(session, "ZERO,,0,", "UNKNOWN,,,")

    counted = dict(session.execute(select(StockItem.sku, StockItem.counted_at)).all())
    assert counted == {"ZERO": LATER, "UNKNOWN": None}
    count(session, "UNKNOWN,,0,")
    assert session.scalars(select(StockItem.counted_at)).all() == [LATER, LATER]


def test_names_and_costs_follow_the_sheet_where_it_gives_them(session: Session) -> None:
    make.stock_item(session, "TEE", 5, name="Old")

    count(session, "TEE,New,5,3.20")
    count(session, "TEE,,5,")

    row = session.execute(select(StockItem.name, StockItem.cost)).one()
    assert (row.name, str(row.cost)) == ("New", "3.2")


def test_a_shelf_count_includes_what_is_sold_but_not_packed(session: Session) -> None:
    site = make.site(session)
    tee = make.stock_item(session, "TEE", 10)
    sold(session, site, tee, 2, make.NOW)
    sold(session, site, tee, 3, make.NOW, status="complete", shipped_at=make.NOW)

    done = count(session, "TEE,,7,", shelf=True)

    assert done.moved == 0
    assert on_hand(session, "TEE") == 5
    assert count(session, "TEE,,9,", shelf=True).moved == 1
    assert on_hand(session, "TEE") == 7
    assert count(session, "TEE,,9,", shelf=True).moved == 0


def test_a_shelf_count_ignores_reserved_pieces_which_are_no_moves(session: Session) -> None:
    site = make.site(session, automation={"stock_leaves_on": "shipped"})
    tee = make.stock_item(session, "TEE", 4)
    order = make.order(session, site)
    make.retail_order(session, order)
    make.reservation(session, order, tee, 2)
    session.flush()

    count(session, "TEE,,6,", shelf=True)

    assert on_hand(session, "TEE") == 6


def test_sales_since_the_moment_of_the_count_stay_sold(session: Session) -> None:
    site = make.site(session)
    tee = make.stock_item(session, "TEE", 10)
    sold(session, site, tee, 1, make.NOW + HOUR)
    sold(session, site, tee, 2, make.NOW + 3 * HOUR)
    at = make.NOW + 2 * HOUR

    count(session, "TEE,,20,", counted_at=at)

    assert on_hand(session, "TEE") == 18
    assert count(session, "TEE,,20,", counted_at=at).moved == 0


def test_a_shelf_count_of_an_earlier_moment_takes_all_unpacked_sales_off_once(
    session: Session,
) -> None:
    site = make.site(session)
    tee = make.stock_item(session, "TEE", 10)
    at = make.NOW + 2 * HOUR
    sold(session, site, tee, 1, make.NOW + HOUR)  # still on the shelf
    sold(
        session, site, tee, 2, make.NOW + HOUR, status="complete", shipped_at=at - HOUR
    )  # gone before
    sold(
        session, site, tee, 3, make.NOW + HOUR, status="complete", shipped_at=at + HOUR
    )  # packed after the count
    sold(session, site, tee, 1, at + HOUR)  # sold after the count

    count(session, "TEE,,50,", shelf=True, counted_at=at)

    assert on_hand(session, "TEE") == 50 - 1 - 3 - 1
    assert count(session, "TEE,,50,", shelf=True, counted_at=at).moved == 0


def test_an_order_cancelled_after_the_shelf_count_gives_its_pieces_back_once(
    session: Session,
) -> None:
    site = make.site(session)
    tee = make.stock_item(session, "TEE", 10)
    at = make.NOW + 2 * HOUR
    order = sold(session, site, tee, 2, make.NOW + HOUR, status="cancelled")
    make.move(session, tee, 2, reason="cancel", at=at + HOUR, channel_order_id=order.id, seq=2)
    tee.on_hand += 2
    session.flush()

    count(session, "TEE,,10,", shelf=True, counted_at=at)

    assert on_hand(session, "TEE") == 10


def test_a_count_from_the_future_is_refused(session: Session) -> None:
    with pytest.raises(ValueError, match="future"):
        count(session, "TEE,,1,", counted_at=LATER + HOUR)


def test_every_wrong_row_is_named_and_nothing_is_counted(session: Session) -> None:
    make.stock_item(session, "cup", 1)
    make.stock_item(session, "CUP", 1)

    done = count(
        session,
        "TEE,,5,",
        ",,5,",
        "TEE,,6,",
        "A,,-1,",
        "B,,1.5,",
        "C,,many,",
        "D,,1,-2",
        "E,,1,1.23456",
        "Cup,,1,",
    )

    assert [(fault.row, fault.column) for fault in done.errors] == [
        (3, "sku"),
        (4, "sku"),
        (5, "on_hand"),
        (6, "on_hand"),
        (7, "on_hand"),
        (8, "cost"),
        (9, "cost"),
        (10, "sku"),
    ]
    assert session.scalar(select(func.count()).select_from(StockItem)) == 2


def test_a_store_s_numbers_become_the_opening_count(session: Session) -> None:
    site = make.site(session)
    tee = make.stock_item(session, "TEE", counted_at=None)
    cap, mug, pen = (make.stock_item(session, sku, 3) for sku in ("CAP", "MUG", "PEN"))
    order = make.order(session, site)
    make.reservation(session, order, tee, 2)
    for key, quantity, components in (
        ("1", 5, (tee,)),
        ("2", 9, ((tee, 1), (cap, 1))),
        ("3", 8, ((cap, 2),)),
        ("4", None, (cap,)),
        ("5", 3, (mug,)),
        ("6", 4, (pen,)),
        ("7", 5, (pen,)),
    ):
        listing = make.listing(session, site, key, store_quantity=quantity)
        make.mapping(session, listing, *components)

    tried = adopt_stock(session, site, now=LATER, actor=None, dry_run=True)
    assert on_hand(session, "TEE") == 0
    done = adopt_stock(session, site, now=LATER, actor=None)

    assert tried == done
    assert (done.rows, done.moved, done.unchanged) == (7, 1, 1)
    assert [each.listing_id for each in done.skipped] == ["2", "3", "4", "6", "7"]
    assert on_hand(session, "TEE") == 7
    seen = show_stock(session, "tee")
    assert seen is not None
    assert (seen.on_hand, seen.reserved, seen.available, seen.is_counted) == (7, 2, 5, True)
    assert adopt_stock(session, site, now=LATER, actor=None).moved == 0


def test_a_stock_item_shows_what_each_of_its_listings_should_show(session: Session) -> None:
    tee, cap = make.stock_item(session, "TEE", 9), make.stock_item(session, "CAP", 3)
    first = make.site(session, name="a", automation={"stock_buffer": 1})
    second = make.site(session, name="b")
    make.mapping(session, make.listing(session, first, "1"), tee)
    make.mapping(session, make.listing(session, second, "2"), (tee, 2), cap)
    make.mapping(session, make.listing(session, second, "3", is_gone=True), tee)

    seen = show_stock(session, "TEE")

    assert seen is not None
    assert [(each.site, each.listing_id, each.quantity) for each in seen.listings] == [
        ("a", "1", 8),
        ("b", "2", 3),
    ]
    assert show_stock(session, "NONE") is None
