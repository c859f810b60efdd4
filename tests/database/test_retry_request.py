"""A person's Retry: marked first, then processed at once as far as that goes."""

from datetime import datetime

from sqlalchemy import Engine, func, select

from jobs.enqueue import AT_ONCE, request_processing, request_retry
from tests.admin.shop import LISTINGS, open_shop, pull, woo_order
from webapp.backoffice.sites import leases
from webapp.database import reading, writing
from webapp.models.orders import ChannelOrder, SyncEvent
from webapp.models.sites import Site

KETTLE = LISTINGS[3][:3]


def states(engine: Engine, ids: list[int]) -> set[str]:
    with reading(engine) as session:
        return set(session.scalars(select(ChannelOrder.state).where(ChannelOrder.id.in_(ids))))


def test_a_failed_order_is_processed_at_once(engine: Engine, now: datetime) -> None:
    shop = open_shop(engine)
    order = shop.orders["10490"]

    done = request_retry(engine, shop.site, [order], actor="mei", now=now)

    assert (done.requested, done.states, done.waiting) == (1, {"synced": 1}, 0)
    with reading(engine) as session:
        site = session.get_one(Site, shop.site)
        assert site.lease_holder is None
        said = session.scalars(
            select(SyncEvent.message)
            .where(SyncEvent.channel_order_id == order)
            .order_by(SyncEvent.id)
        ).all()
    assert "Retry was pressed by mei." in said


def test_while_another_process_works_on_the_site_orders_are_marked_and_wait(
    sqlite_engine: Engine, now: datetime
) -> None:
    shop = open_shop(sqlite_engine)
    with writing(sqlite_engine) as session:
        site = session.get_one(Site, shop.site)
        site.lease_holder, site.lease_until = "elsewhere:1", now + leases.LEASE

    done = request_retry(sqlite_engine, shop.site, [shop.orders["10490"]], actor="mei", now=now)

    assert (done.requested, done.states, done.waiting) == (1, {}, 1)
    assert states(sqlite_engine, [shop.orders["10490"]]) == {"pending"}


def test_more_orders_than_fit_at_once_wait_for_the_next_pull(
    sqlite_engine: Engine, now: datetime
) -> None:
    shop = open_shop(sqlite_engine)
    many = [
        woo_order(str(20_000 + number), [(*KETTLE, 1, "119.00", "119.00")])
        for number in range(AT_ONCE + 7)
    ]
    pull(sqlite_engine, shop.site, many)
    with reading(sqlite_engine) as session:
        ids = list(session.scalars(select(ChannelOrder.id).where(ChannelOrder.number >= "20000")))

    done = request_retry(sqlite_engine, shop.site, ids, actor="mei", now=now)

    assert (done.requested, done.states, done.waiting) == (AT_ONCE + 7, {"blocked": AT_ONCE}, 7)
    with reading(sqlite_engine) as session:
        waiting = session.scalar(
            select(func.count()).where(ChannelOrder.state == "pending", ChannelOrder.id.in_(ids))
        )
    assert waiting == 7
    assert request_processing(sqlite_engine, shop.site, actor="mei", now=now) == {"blocked": 7}


def test_orders_of_another_site_and_synced_ones_are_left_alone(
    sqlite_engine: Engine, now: datetime
) -> None:
    shop = open_shop(sqlite_engine)
    ids = [shop.orders["2071"], shop.orders["10482"]]

    done = request_retry(sqlite_engine, shop.site, ids, actor="mei", now=now)

    assert done.requested == 0
    assert states(sqlite_engine, ids) == {"blocked", "synced"}
