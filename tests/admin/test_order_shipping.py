"""Shipping from an order's page: whole or in parts, and what is refused."""

import re

from sqlalchemy import Engine, select

from tests.admin.conftest import AsRole
from tests.admin.shop import PEOPLE, Shop
from webapp.backoffice.sites.asked import AskedKind
from webapp.backoffice.sites.asked_news import news_of
from webapp.database import reading
from webapp.models.orders import ChannelOrder, Delivery, RetailOrder, RetailOrderLine
from webapp.models.stock import StockMove


def order_row(engine: Engine, order_id: int) -> ChannelOrder:
    with reading(engine) as session:
        return session.get_one(ChannelOrder, order_id)


def lines_of(engine: Engine, order: int) -> list[str]:
    with reading(engine) as session:
        query = select(RetailOrderLine.remote_line_id).where(
            RetailOrderLine.channel_order_id == order
        )
        return list(session.scalars(query.order_by(RetailOrderLine.position)))


def mark_of(page: str) -> str:
    found = re.search(r'name="standing" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_an_order_ships_in_parts_and_its_rest_stays_reserved(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    order = shop.orders["10482"]
    operator = as_role("operator")
    address = f"/orders/{order}/delivery"
    (line,) = lines_of(shop_engine, order)

    first = {f"pieces-{line}": "1", "carrier": "Pos Laju", "tracking": "EP1"}
    operator.post(f"/orders/{order}/ship", standing=mark_of(operator.get(address).text), **first)

    page = operator.get(address).text
    assert "1 × Batik mug 350 ml, indigo" in page
    assert 'max="1" value="1"' in page
    with reading(shop_engine) as session:
        assert session.get_one(RetailOrder, order).status == "active"
        moved = session.scalars(
            select(StockMove.quantity).where(StockMove.channel_order_id == order)
        ).all()
    assert sum(moved) == -2  # paid orders leave on payment at this site

    second = {f"pieces-{line}": "1", "tracking": "EP2"}
    operator.post(f"/orders/{order}/ship", standing=mark_of(page), **second)

    with reading(shop_engine) as session:
        assert session.get_one(RetailOrder, order).status == "complete"
        parcels = session.execute(
            select(Delivery.number, Delivery.is_last, Delivery.tracking).order_by(Delivery.number)
        ).all()
    assert [tuple(each) for each in parcels] == [(1, False, "EP1"), (2, True, "EP2")]
    assert "All 2 pieces left in 2 shipments." in operator.get(address).text
    history = operator.get(f"/orders/{order}/history").text
    assert "goods: 1 × Batik mug 350 ml, indigo" in history


def test_more_than_is_left_is_refused_beside_its_field_with_what_was_typed(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    order = shop.orders["10482"]
    operator = as_role("operator")
    (line,) = lines_of(shop_engine, order)
    standing = mark_of(operator.get(f"/orders/{order}/delivery").text)

    for typed in ("3", "-1", "x", "0"):
        answer = operator.post(
            f"/orders/{order}/ship",
            standing=standing,
            carrier="Pos Laju",
            **{f"pieces-{line}": typed},
        )
        assert answer.status_code == 422
        assert "Nothing was shipped" in answer.text
        assert 'value="Pos Laju"' in answer.text

    with reading(shop_engine) as session:
        assert session.scalars(select(Delivery)).all() == []


def test_a_parcel_that_somebody_shipped_meanwhile_is_shown_and_not_shipped_twice(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    order = shop.orders["10482"]
    operator = as_role("operator")
    (line,) = lines_of(shop_engine, order)
    standing = mark_of(operator.get(f"/orders/{order}/delivery").text)
    sent = {"standing": standing, f"pieces-{line}": "1"}

    operator.post(f"/orders/{order}/ship", **sent)
    answer = operator.post(f"/orders/{order}/ship", **sent)

    assert answer.status_code == 409
    assert "Somebody shipped meanwhile" in answer.text
    with reading(shop_engine) as session:
        assert len(session.scalars(select(Delivery)).all()) == 1


def test_an_order_blocked_for_moneys_sake_ships(
    shop_engine: Engine, as_role: AsRole, shop: Shop
) -> None:
    order = shop.orders["10533"]
    operator = as_role("operator")

    operator.post(f"/orders/{order}/ship", carrier="Pos Laju", tracking="EP221840917MY")

    with reading(shop_engine) as session:
        delivery = session.scalars(select(Delivery).where(Delivery.channel_order_id == order)).one()
    assert (delivery.carrier, delivery.tracking, delivery.told) == (
        "Pos Laju",
        "EP221840917MY",
        "waiting",
    )
    assert order_row(shop_engine, order).code == "totals_mismatch"
    assert "not told yet" in operator.get(f"/orders/{order}/delivery").text
    with reading(shop_engine) as session:
        told = news_of(session, shop.site)[AskedKind.TELL]
    assert (told.is_open, told.actor) == (True, PEOPLE["operator"])


def test_a_held_order_does_not_ship_and_says_why(as_role: AsRole, shop: Shop) -> None:
    operator = as_role("operator")

    operator.post(f"/orders/{shop.orders['10534']}/ship")

    assert "is on hold: More than MYR 900: call the buyer" in operator.toast()
