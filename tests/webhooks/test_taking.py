"""The orders that notices named are read from the store, whatever happens meanwhile."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from jobs.notices import GIVEN_UP_AFTER, take_notices, waiting_notices
from jobs.pull import pull_site
from jobs.runtime import Runtime, leased
from jobs.sweep import sweep_site
from platforms.base import NoticeKind
from platforms.errors import TryAgain
from platforms.sandbox import woocommerce
from tests.stores import connect_shop, runtime_of, state_of
from webapp.backoffice.sites import notices
from webapp.backoffice.sites.leases import LeaseTaken
from webapp.backoffice.sites.notices import WaitingNotice
from webapp.database import reading, writing
from webapp.models.notices import StoreNotice
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site, SyncRun

Sold = woocommerce.Sold


@pytest.fixture
def site_id(engine: Engine, shop: woocommerce.Sandbox) -> int:
    """A shop on either database; its store sends nothing by itself here."""
    return connect_shop(engine, shop)


@pytest.fixture
def runtime(engine: Engine) -> Runtime:
    return runtime_of(engine)


def sell(shop: woocommerce.Sandbox, **given: Any) -> str:
    lines = [Sold(product=shop.stock_rows()[0][0], quantity=1)]
    return str(shop.store.place_order(lines=lines, **given))


def hear(engine: Engine, site_id: int, *orders: str, at: datetime | None = None) -> None:
    with writing(engine) as session:
        for order in orders:
            moment = at or datetime.now(UTC)
            notices.hear(session.connection(), site_id, NoticeKind.ORDER, order, moment)


def waiting(engine: Engine, site_id: int) -> list[WaitingNotice]:
    with reading(engine) as session:
        return notices.waiting_of(session, site_id)


def test_a_burst_about_one_order_is_one_row_and_one_reading(
    engine: Engine, runtime: Runtime, shop: woocommerce.Sandbox, site_id: int
) -> None:
    order = sell(shop)
    hear(engine, site_id, order, order, order)
    (only,) = waiting(engine, site_id)
    assert only.times == 3

    report = take_notices(runtime, site_id)

    assert (report.fetched, report.taken) == (1, 1)
    assert state_of(engine, order) == ("synced", None)
    hear(engine, site_id, order)
    assert [each.times for each in waiting(engine, site_id)] == [1]


def test_one_heard_again_while_its_order_is_read_waits_for_another_reading(
    engine: Engine, site_id: int
) -> None:
    hear(engine, site_id, "1", "2")
    before = waiting(engine, site_id)
    hear(engine, site_id, "2")

    with writing(engine) as session:
        taken = notices.take(session, before, datetime.now(UTC))

    assert taken == 1
    assert [(each.order_remote_id, each.times) for each in waiting(engine, site_id)] == [("2", 2)]


def test_a_hundred_orders_take_few_requests(
    engine: Engine, runtime: Runtime, shop: woocommerce.Sandbox, site_id: int
) -> None:
    orders = [sell(shop) for _ in range(100)]
    hear(engine, site_id, *orders)
    pull_site(runtime, site_id, order=orders[0])  # the store's facts are known then
    shop.log.clear()

    report = take_notices(runtime, site_id)

    assert report.taken == 100
    assert len(shop.log.requests) <= 4
    assert waiting(engine, site_id) == []


def test_an_order_that_is_gone_is_marked_so_and_an_unknown_one_forgotten(
    engine: Engine, runtime: Runtime, shop: woocommerce.Sandbox, site_id: int
) -> None:
    gone, trashed = sell(shop), sell(shop)
    pull_site(runtime, site_id)
    shop.store.force_delete(int(gone))
    shop.store.trash(int(trashed))
    hear(engine, site_id, gone, trashed, "999999")

    report = take_notices(runtime, site_id)

    assert (report.taken, report.unread) == (3, 0)
    with reading(engine) as session:
        gone_at, status = session.execute(
            select(ChannelOrder.gone_at, ChannelOrder.remote_id).where(
                ChannelOrder.remote_id == gone
            )
        ).one()
        kept = session.scalars(
            select(ChannelOrder.status).where(ChannelOrder.remote_id == trashed)
        ).one()
    assert gone_at is not None, status
    assert kept == "trash"


def test_an_order_from_before_the_sites_start_stays_out(
    engine: Engine, runtime: Runtime, shop: woocommerce.Sandbox, site_id: int
) -> None:
    order = sell(shop)
    with writing(engine) as session:
        session.get_one(Site, site_id).orders_from = datetime.now(UTC) + timedelta(days=1)
    hear(engine, site_id, order)

    take_notices(runtime, site_id)

    assert state_of(engine, order) == ("skipped", "not_wanted")


def test_while_the_store_is_down_notices_wait_and_the_pull_keeps_its_time(
    engine: Engine, runtime: Runtime, shop: woocommerce.Sandbox, site_id: int
) -> None:
    order = sell(shop)
    pull_site(runtime, site_id)
    with reading(engine) as session:
        next_pull = session.get_one(Site, site_id).next_pull_at
    hear(engine, site_id, order)
    shop.faults.set("500=1")

    with pytest.raises(TryAgain):
        take_notices(runtime, site_id)

    assert len(waiting(engine, site_id)) == 1
    assert waiting_notices(runtime) == ()
    later = replace(runtime, now=lambda: datetime.now(UTC) + timedelta(minutes=2))
    assert [each.site_id for each in waiting_notices(later)] == [site_id]
    with reading(engine) as session:
        assert session.get_one(Site, site_id).next_pull_at == next_pull
        (code,) = session.scalars(select(SyncRun.code).where(SyncRun.kind == "notices"))
    assert code == "store_unreachable"

    shop.faults.set("")
    assert take_notices(later, site_id).taken == 1
    assert [each.site_id for each in waiting_notices(runtime)] == []


def test_a_notice_over_which_the_store_breaks_down_each_time_is_given_up_in_the_end(
    engine: Engine, runtime: Runtime, shop: woocommerce.Sandbox, site_id: int
) -> None:
    pull_site(runtime, site_id)
    hear(engine, site_id, sell(shop), at=datetime.now(UTC) - GIVEN_UP_AFTER)
    hear(engine, site_id, sell(shop))
    shop.faults.set("500=1")

    with pytest.raises(TryAgain):
        take_notices(runtime, site_id)

    assert len(waiting(engine, site_id)) == 1


def test_a_paused_or_stopped_site_keeps_its_notices(
    engine: Engine, runtime: Runtime, site_id: int
) -> None:
    hear(engine, site_id, "5")

    for values in ({"enabled": False}, {"enabled": True, "stopped_at": datetime.now(UTC)}):
        with writing(engine) as session:
            site = session.get_one(Site, site_id)
            for name, value in values.items():
                setattr(site, name, value)
        assert waiting_notices(runtime) == ()
    assert len(waiting(engine, site_id)) == 1


def test_a_busy_site_keeps_its_notices_for_later(
    engine: Engine, runtime: Runtime, site_id: int
) -> None:
    hear(engine, site_id, "5")

    with leased(runtime, site_id), pytest.raises(LeaseTaken):
        take_notices(runtime, site_id)

    assert len(waiting(engine, site_id)) == 1


def test_without_notices_the_store_is_not_asked(
    runtime: Runtime, shop: woocommerce.Sandbox, site_id: int
) -> None:
    report = take_notices(runtime, site_id)

    assert (report.run, report.taken) == (0, 0)
    assert shop.log.requests == []


def test_a_pull_that_reads_an_order_anyway_makes_its_notice_needless(
    engine: Engine, runtime: Runtime, shop: woocommerce.Sandbox, site_id: int
) -> None:
    order = sell(shop)
    hear(engine, site_id, order)

    report = pull_site(runtime, site_id)

    assert report.fetched == 1
    assert waiting(engine, site_id) == []


def test_a_change_without_a_date_is_read_by_the_pull_because_of_its_notice(
    engine: Engine, runtime: Runtime, shop: woocommerce.Sandbox, site_id: int
) -> None:
    order = sell(shop)
    pull_site(runtime, site_id)
    shop.store.advance(3 * 3600)
    pull_site(runtime, site_id)
    hear(engine, site_id, order)

    report = pull_site(runtime, site_id)

    assert report.fetched == 1
    assert waiting(engine, site_id) == []


def test_what_was_taken_is_forgotten_after_a_week(
    engine: Engine, runtime: Runtime, site_id: int
) -> None:
    hear(engine, site_id, "1", "2")
    read = waiting(engine, site_id)
    with writing(engine) as session:
        notices.take(session, read[:1], datetime.now(UTC) - timedelta(days=8))

    sweep_site(runtime, site_id)

    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(StoreNotice)) == 1
