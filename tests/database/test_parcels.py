"""An order leaves in parts: stock and reservations follow each parcel."""

import pytest
from sqlalchemy import Engine, select

from platforms import registry
from tests.admin.shop import NOW, Shop, open_shop
from webapp.backoffice.orders.parcels import goods_of
from webapp.backoffice.orders.processing import process_stored
from webapp.backoffice.orders.scene import set_scene
from webapp.backoffice.orders.shipping import CannotShip, ship, untold
from webapp.database import reading, writing
from webapp.models.orders import ChannelOrder, Delivery, RetailOrderLine
from webapp.models.sites import Site
from webapp.models.stock import Reservation, StockItem, StockMove


@pytest.fixture
def shop(engine: Engine) -> Shop:
    """A shop whose stock leaves on shipping."""
    shop = open_shop(engine)
    with writing(engine) as session:
        site = session.get_one(Site, shop.site)
        site.automation = {**site.automation, "stock_leaves_on": "shipped"}
    process(engine, shop)
    return shop


def process(engine: Engine, shop: Shop) -> None:
    with writing(engine) as session:
        site = session.get_one(Site, shop.site)
        scene = set_scene(session, site, registry.get(site.platform), NOW)
        process_stored(session, scene, [shop.orders["10490"]])


def send(engine: Engine, shop: Shop, pieces: dict[str, int] | None, tracking: str) -> None:
    with writing(engine) as session:
        site = session.get_one(Site, shop.site)
        ship(
            session,
            site,
            shop.orders["10490"],
            carrier="Pos Laju",
            tracking=tracking,
            pieces=pieces,
            actor="mei",
            now=NOW,
        )
    process(engine, shop)


def held_and_moved(engine: Engine, shop: Shop) -> tuple[dict[str, int], dict[str, int]]:
    order = shop.orders["10490"]
    with reading(engine) as session:
        skus = dict(session.execute(select(StockItem.id, StockItem.sku)).all())
        held = session.execute(
            select(Reservation.stock_item_id, Reservation.quantity).where(
                Reservation.channel_order_id == order
            )
        )
        moved: dict[str, int] = {}
        for move in session.scalars(select(StockMove).where(StockMove.channel_order_id == order)):
            sku = skus[move.stock_item_id]
            moved[sku] = moved.get(sku, 0) + move.quantity
        return {skus[item]: quantity for item, quantity in held}, {
            sku: quantity for sku, quantity in moved.items() if quantity
        }


def two_lines(engine: Engine, shop: Shop) -> str:
    """The order's line, of a kit, made two of it."""
    from tests.admin.shop import pull, woo_order

    kit = ("830", "Set Teh Tarik for four", "SET-TT4", 2, "278.00", "278.00")
    again = woo_order("10490", [kit], shipping="8.00", tax="17.16", first="Tan", days=4)
    again["date_modified_gmt"] = "2026-11-24T06:31:00"
    pull(engine, shop.site, [again])
    with reading(engine) as session:
        line = session.scalar(
            select(RetailOrderLine.remote_line_id).where(
                RetailOrderLine.channel_order_id == shop.orders["10490"]
            )
        )
    assert line is not None
    return line


def test_a_part_takes_its_pieces_and_leaves_the_rest_reserved(engine: Engine, shop: Shop) -> None:
    line = two_lines(engine, shop)

    send(engine, shop, {line: 1}, "EP1")

    held, moved = held_and_moved(engine, shop)
    assert moved == {"GLASS-TT": -4, "JUG-STEEL": -1, "TRAY-S": -1}
    assert held == {"GLASS-TT": 4, "JUG-STEEL": 1, "TRAY-S": 1}


def test_the_last_part_takes_the_rest_and_nothing_twice(engine: Engine, shop: Shop) -> None:
    line = two_lines(engine, shop)

    send(engine, shop, {line: 1}, "EP1")
    send(engine, shop, None, "EP2")
    process(engine, shop)

    held, moved = held_and_moved(engine, shop)
    assert moved == {"GLASS-TT": -8, "JUG-STEEL": -2, "TRAY-S": -2}
    assert held == {}
    with reading(engine) as session:
        goods = goods_of(session, shop.orders["10490"])
    assert [(each.quantity, each.left) for each in goods] == [(2, 0)]


def test_only_the_last_parcel_makes_the_order_shipped_in_the_store(
    engine: Engine, shop: Shop
) -> None:
    line = two_lines(engine, shop)

    send(engine, shop, {line: 1}, "EP1")
    send(engine, shop, None, "EP2")

    with reading(engine) as session:
        told = untold(session, session.get_one(Site, shop.site))
    assert [(each.shipment.set_status, each.shipment.part) for each in told] == [
        (None, "1 × Set Teh Tarik for four"),
        ("completed", ""),
    ]


@pytest.mark.parametrize("pieces", [{}, {"1": 0}, {"1": 3}, {"1": -1}, {"nothing": 1}])
def test_what_is_not_there_to_leave_is_refused(
    engine: Engine, shop: Shop, pieces: dict[str, int]
) -> None:
    with pytest.raises(CannotShip):
        send(engine, shop, pieces, "")

    with reading(engine) as session:
        assert session.scalars(select(Delivery)).all() == []
        assert session.get_one(ChannelOrder, shop.orders["10490"]) is not None
