"""Whose push is wished for when an order moves stock: the stores that show the item."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from platforms import registry
from tests import factories as make
from webapp.backoffice.files.sheets import read_sheet
from webapp.backoffice.goods.adopting import adopt_stock
from webapp.backoffice.goods.counting import import_stock
from webapp.backoffice.goods.mapping import import_mapping
from webapp.backoffice.goods.mapping_sheet import COLUMNS as MAPPING_COLUMNS
from webapp.backoffice.goods.push_wishes import grant_wishes, wish_pushes, wishes_of
from webapp.backoffice.goods.stock_counters import StockChange, shown_otherwise
from webapp.backoffice.goods.stock_sheet import COLUMNS, NEEDED
from webapp.backoffice.setup.setting_changes import requeue_after_settings
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


@pytest.mark.parametrize(("seconds", "is_told"), [(-60, False), (0, True), (30, True)])
def test_a_store_is_told_of_its_own_sale_where_our_push_went_over_it(
    engine: Engine, seconds: int, is_told: bool
) -> None:
    with writing(engine) as session:
        here = make.site(session)
        item = make.stock_item(session, "TEE", 5)
        listing = make.listing(session, here, "1", pushed_at=make.NOW + timedelta(seconds=seconds))
        make.mapping(session, listing, (item, 1))

        wish_pushes(session, here.id, {item.id}, make.NOW, changed_since=make.NOW)

    assert _wished(engine) == ([here.id] if is_told else [])


@pytest.mark.parametrize(
    "given",
    [
        {"push_every": None},
        {"push_seen_at": None},
        {"push_held_at": make.NOW},
        {"enabled": False},
        {"stopped_at": make.NOW},
    ],
    ids=["never by itself", "dry run not seen", "held", "paused", "stopped"],
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


# --- what people change -------------------------------------------------------------------------


def _count(session: Session, *rows: str) -> None:
    sheet = read_sheet("\n".join(("sku,on_hand", *rows)).encode(), COLUMNS, needed=NEEDED)
    assert not import_stock(session, sheet, now=make.NOW, actor="m").errors


def test_a_count_is_told_to_every_store_that_shows_the_item(engine: Engine) -> None:
    with writing(engine) as session:
        here, there = make.site(session), make.site(session)
        unseen = make.site(session, push_seen_at=None)
        tee, cap = make.stock_item(session, "TEE", 5), make.stock_item(session, "CAP", 5)
        _listed(session, here, tee, "1")
        _listed(session, there, cap, "1")
        _listed(session, unseen, tee, "1")

    with writing(engine) as session:
        _count(session, "TEE,5", "CAP,5")
    assert _wished(engine) == []

    with writing(engine) as session:
        _count(session, "TEE,4", "CAP,5")
    assert _wished(engine) == [here.id]


def test_the_first_count_is_told_though_nothing_moved(engine: Engine) -> None:
    with writing(engine) as session:
        here = make.site(session)
        item = make.stock_item(session, "TEE", 0, counted_at=None)
        _listed(session, here, item, "1")

    with writing(engine) as session:
        _count(session, "TEE,0")

    assert _wished(engine) == [here.id]


def test_a_stores_own_numbers_taken_over_are_told_to_the_others(engine: Engine) -> None:
    with writing(engine) as session:
        here, there = make.site(session), make.site(session)
        item = make.stock_item(session, "TEE", 5)
        _listed(session, there, item, "1")
        listing = make.listing(session, here, "1", store_quantity=8)
        make.mapping(session, listing, (item, 1))

    with writing(engine) as session:
        adopt_stock(session, session.get_one(Site, here.id), now=make.NOW, actor="m", dry_run=True)
    assert _wished(engine) == []

    with writing(engine) as session:
        adopt_stock(session, session.get_one(Site, here.id), now=make.NOW, actor="m")
    assert there.id in _wished(engine)


@pytest.mark.parametrize(
    ("given", "row", "is_wished"),
    [
        ({}, "1,TEE,2,", True),
        ({}, "1,TEE,1,", False),
        ({}, "1,,,yes", False),
        ({"push_seen_at": None}, "1,TEE,2,", False),
        ({"push_every": None}, "1,TEE,2,", False),
    ],
    ids=["another meaning", "the same", "ignored", "dry run not seen", "never by itself"],
)
def test_a_mapping_is_told_to_its_own_store(
    engine: Engine, given: dict[str, object], row: str, is_wished: bool
) -> None:
    with writing(engine) as session:
        here, other = make.site(session, **given), make.site(session)
        item = make.stock_item(session, "TEE", 5)
        _listed(session, here, item, "1")
        _listed(session, other, item, "1")

    with writing(engine) as session:
        content = f"listing_id,sku,quantity,ignore\n{row}".encode()
        sheet = read_sheet(content, MAPPING_COLUMNS, needed=())
        done = import_mapping(
            session, session.get_one(Site, here.id), sheet, now=make.NOW, actor="m"
        )
        assert done.applied, done.errors

    assert _wished(engine) == ([here.id] if is_wished else [])


def test_a_buffer_is_told_to_its_own_store(engine: Engine) -> None:
    with writing(engine) as session:
        here = make.site(session)
        requeue_after_settings(
            session,
            here,
            registry.get(here.platform),
            ["automation.stock_buffer"],
            now=make.NOW,
            actor="m",
        )

    assert _wished(engine) == [here.id]
