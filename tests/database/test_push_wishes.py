"""Whose push is wished for when an order moves stock: the stores that show the item."""

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from tests import factories as make
from webapp.backoffice.goods.push_wishes import grant_wishes, wish_pushes, wishes_of
from webapp.backoffice.goods.stock_counters import StockChange, shown_otherwise
from webapp.database import reading, writing
from webapp.models.schedule import PushWish
from webapp.models.sites import Site
from webapp.models.stock import StockItem


def _listed(session: Session, site: Site, item: StockItem, *keys: str) -> None:
    for key in keys:
        make.mapping(session, make.listing(session, site, key), (item, 1))


def _wished(engine: Engine) -> list[int]:
    with reading(engine) as session:
        return sorted(session.scalars(select(PushWish.site_id)))


def test_the_other_stores_that_show_the_item_are_told(engine: Engine) -> None:
    with writing(engine) as session:
        here, there, elsewhere = (make.site(session) for _ in range(3))
        item, other = make.stock_item(session, "TEE", 5), make.stock_item(session, "CAP", 5)
        _listed(session, here, item, "1")
        _listed(session, there, item, "1")
        _listed(session, elsewhere, other, "1")

        wish_pushes(session, here.id, {item.id}, make.NOW)

    assert _wished(engine) == [there.id]


def test_a_store_is_told_of_its_own_sale_where_two_listings_share_the_item(engine: Engine) -> None:
    with writing(engine) as session:
        here = make.site(session)
        item = make.stock_item(session, "TEE", 5)
        _listed(session, here, item, "1", "2")

        wish_pushes(session, here.id, {item.id}, make.NOW)

    assert _wished(engine) == [here.id]


@pytest.mark.parametrize(
    "given",
    [
        {"push_every": None},
        {"push_seen_at": None},
        {"enabled": False},
        {"stopped_at": make.NOW},
    ],
    ids=["never by itself", "dry run not seen", "paused", "stopped"],
)
def test_a_store_that_does_not_push_is_not_told(engine: Engine, given: dict[str, object]) -> None:
    with writing(engine) as session:
        here, there = make.site(session), make.site(session, **given)
        item = make.stock_item(session, "TEE", 5)
        _listed(session, there, item, "1")

        wish_pushes(session, here.id, {item.id}, make.NOW)

    assert _wished(engine) == []


def test_a_push_meets_the_wishes_it_has_seen_and_no_later_one(engine: Engine) -> None:
    with writing(engine) as session:
        here, there = make.site(session), make.site(session)
        item = make.stock_item(session, "TEE", 5)
        _listed(session, there, item, "1")
        wish_pushes(session, here.id, {item.id}, make.NOW)
        seen = wishes_of(session, there.id)
        wish_pushes(session, here.id, {item.id}, make.NOW)

        grant_wishes(session, seen)

    assert _wished(engine) == [there.id]


def test_reserved_pieces_that_leave_change_nothing_that_is_shown() -> None:
    leaving = StockChange(stock_item_id=1, order_id=9, moved=-2, held=-2)
    taken = StockChange(stock_item_id=2, order_id=9, moved=0, held=2)

    assert shown_otherwise([leaving, taken]) == {2}
