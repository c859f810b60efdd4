"""What a replay foretells of other rules is what saving them then does."""

from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from platforms import registry
from tests.admin.shop import NOW, Shop, open_shop
from webapp.backoffice.orders.processing import process_stored, waiting_orders
from webapp.backoffice.orders.scene import set_scene
from webapp.backoffice.setup.as_declared import check_declared, site_as_declared
from webapp.backoffice.setup.automation_replay import Replay, replay
from webapp.backoffice.setup.declarations import apply_declarations
from webapp.backoffice.setup.recent_orders import doings, methods_seen, statuses_seen
from webapp.database import reading, writing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site
from webapp.models.stock import StockItem


def foretold(session: Session, shop: Shop, **given: Any) -> Replay:
    site = session.get_one(Site, shop.site)
    platform = registry.get(site.platform)
    declared, _ = check_declared(session, site, given, platform)
    names = [f"{part}.{key}" for part, values in given.items() for key in values]
    changed = site_as_declared(site, declared)
    return replay(session, site, changed, platform, names, NOW)


def save(engine: Engine, shop: Shop, **given: Any) -> int:
    """Save and process as the screen does; how many orders were let go on."""
    with writing(engine) as session:
        site = session.get_one(Site, shop.site)
        platform = registry.get(site.platform)
        [applied] = apply_declarations(
            session,
            {"name": site.name, **given},
            platforms={platform.name: platform},
            now=NOW,
            actor="mei",
        )
        ids = waiting_orders(session, site.id, NOW, 500)
        process_stored(session, set_scene(session, site, platform, NOW), ids)
        return applied.requeued


def shelf(engine: Engine) -> dict[str, tuple[int, int]]:
    with reading(engine) as session:
        rows = session.execute(select(StockItem.sku, StockItem.on_hand, StockItem.reserved))
        return {sku: (on_hand, reserved) for sku, on_hand, reserved in rows}


def test_the_pieces_that_would_move_are_those_that_move(engine: Engine) -> None:
    shop = open_shop(engine)
    rule = {"stock_leaves_on": "shipped"}
    before = shelf(engine)
    with reading(engine) as session:
        told = foretold(session, shop, automation=rule)

    save(engine, shop, automation=rule)

    after = shelf(engine)
    moved = {
        sku: (after[sku][0] - before[sku][0], after[sku][1] - before[sku][1])
        for sku in after
        if after[sku] != before[sku]
    }
    assert told.moving is not None
    assert told.moving.orders == 3
    assert moved["MUG-BATIK-IND"] == (2, 2)
    assert {item.sku: (item.moved, item.reserved) for item in told.items} == moved


def test_the_orders_that_come_in_are_those_that_saving_requeues(engine: Engine) -> None:
    shop = open_shop(engine)
    with writing(engine) as session:
        site = session.get_one(Site, shop.site)
        order = session.get_one(ChannelOrder, shop.orders["10526"])
        order.state, order.code, order.status = "skipped", "not_wanted", "processing"
        site.automation = {**site.automation, "import_statuses": ["completed"]}
    rule = {"import_statuses": ["completed", "processing"]}
    with reading(engine) as session:
        told = foretold(session, shop, automation=rule)

    requeued = save(engine, shop, automation=rule)

    assert told.comes_in is not None
    assert told.comes_in.orders == requeued == 1
    assert {currency: str(total) for currency, total in told.comes_in.totals.items()} == {
        "MYR": "126.14"
    }
    assert told.landing == {"blocked": 1}


def test_fewer_statuses_leave_what_came_in_and_say_so(engine: Engine) -> None:
    shop = open_shop(engine)
    with reading(engine) as session:
        told = foretold(session, shop, automation={"import_statuses": ["completed"]})

    assert told.kept_out is not None
    assert told.kept_out.orders == 8
    assert told.comes_in is not None
    assert told.comes_in.orders == 0
    assert told.looked_at == 9


def test_the_newest_orders_tell_their_statuses_methods_and_doings(engine: Engine) -> None:
    shop = open_shop(engine)
    with reading(engine) as session:
        seen = statuses_seen(session, shop.site, 100, since=None, currency="MYR")
        methods = methods_seen(session, shop.site, 3, currency="MYR")
        did = doings(session, shop.site, 100, since=NOW.replace(year=2025))

    assert [(each.status, each.orders, each.skipped) for each in seen] == [
        ("processing", 8, 0),
        ("pending", 1, 1),
    ]
    assert str(seen[1].skipped_total) == "58.5"
    assert [(each.method, each.orders) for each in methods] == [("stripe", 3)]
    assert (did.orders, did.held, did.last_held, did.is_capped) == (9, 1, "10534", False)
