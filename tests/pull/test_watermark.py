"""How far a store has been read: its own clock, both order storages, any time zone."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from platforms.sandbox.woocommerce import OrderStorage, open_sandbox
from tests.pull.shops import Shop, connected

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
MUG = "MUG-TEHTARIK"


def test_the_watermark_is_the_newest_modified_time_stored(shop: Shop) -> None:
    shop.sells()
    shop.store.advance(3600)
    last = shop.sells()

    report = shop.pull()

    modified = datetime.fromisoformat(shop.store.order(last)["date_modified_gmt"])
    assert report.watermark == modified.replace(tzinfo=UTC)
    assert shop.site().pull_watermark == report.watermark


def test_an_order_dated_next_year_does_not_hide_the_rest(sqlite_engine: Engine) -> None:
    with open_sandbox(now=NOW) as sandbox:
        shop = connected(sqlite_engine, sandbox)
        shop.sells(at=NOW + timedelta(days=400))
        today = shop.sells()
        report = shop.pull()
        shop.store.advance(3600)
        later = shop.sells()

        shop.pull()

        assert report.watermark is not None
        assert report.watermark <= NOW + timedelta(minutes=5)
        assert shop.state(today) == shop.state(later) == ("synced", None)
        assert len(shop.numbers()) == 3


@pytest.mark.parametrize("skew", [timedelta(hours=-30), timedelta(days=300)])
def test_a_store_whose_clock_is_wrong_is_read_by_its_own_clock(
    sqlite_engine: Engine, skew: timedelta
) -> None:
    with open_sandbox(now=datetime.now(UTC) + skew) as sandbox:
        shop = connected(sqlite_engine, sandbox)
        numbers = []
        for _ in range(3):
            shop.store.advance(1200)
            numbers.append(str(shop.sells()))
            shop.pull()

        assert shop.numbers() == set(numbers)
        assert shop.is_clean()


@pytest.mark.parametrize("storage", list(OrderStorage))
@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles", "UTC"])
def test_nothing_is_missed_in_any_time_zone_and_storage(
    sqlite_engine: Engine, storage: OrderStorage, zone: str
) -> None:
    """Each pull reads the order made since the last, and the newest one before it once more."""
    with open_sandbox(timezone=zone) as sandbox:
        sandbox.store.configure(order_storage=storage)
        shop = connected(sqlite_engine, sandbox, timezone=zone)
        found = []
        for _ in range(4):
            shop.store.advance(1800)
            number = shop.sells(quantity=1)
            report = shop.pull()
            found.append((report.new, report.fetched))
            assert shop.state(number) == ("synced", None)

        assert found == [(1, 1), (1, 2), (1, 2), (1, 2)]
        assert shop.is_clean()


@pytest.mark.parametrize("version", ["11.0.1", "9.9.5"])
def test_a_refund_that_leaves_the_orders_date_alone_is_asked_for_by_itself(
    sqlite_engine: Engine, version: str
) -> None:
    with open_sandbox(version=version) as sandbox:
        sandbox.store.configure(order_storage=OrderStorage.POSTS, refund_bumps=False)
        shop = connected(sqlite_engine, sandbox)
        number = shop.sells()
        shop.pull()
        modified = shop.store.order(number)["date_modified_gmt"]
        shop.store.advance(3600)
        shop.sells("CANDLE-PANDAN")
        shop.pull()
        refund = shop.store.refund(number, amount="20.00")

        report = shop.pull()

        assert shop.store.order(number)["date_modified_gmt"] == modified
        assert (report.changed, report.states["synced"]) == (1, 1)
        assert [each.part for each in shop.order(number).entries if each.chapter == "refund"] == [
            str(refund)
        ]


def test_a_store_without_a_list_of_refunds_is_read_by_the_sweep(sqlite_engine: Engine) -> None:
    with open_sandbox() as sandbox:
        sandbox.store.configure(
            order_storage=OrderStorage.POSTS, refund_bumps=False, shop_wide_refunds=False
        )
        shop = connected(sqlite_engine, sandbox)
        number = shop.sells()
        shop.pull()
        shop.store.advance(3600)
        shop.sells("CANDLE-PANDAN")
        shop.pull()
        shop.store.refund(number, amount="20.00")
        pulled = shop.pull()

        swept = shop.sweep()

        assert pulled.changed == 0
        assert (swept.changed, swept.missed_by_date) == (1, 1)
        assert shop.balance(number)["refunds"] > 0


def test_an_item_edited_without_a_new_date_is_found_by_the_sweep(sqlite_engine: Engine) -> None:
    with open_sandbox() as sandbox:
        sandbox.store.configure(order_storage=OrderStorage.POSTS)
        shop = connected(sqlite_engine, sandbox)
        number = shop.sells(quantity=1)
        shop.pull()
        shop.store.advance(3600)
        shop.sells("CANDLE-PANDAN")
        shop.pull()
        shop.store.edit_line(number, quantity=3, subtotal="150.00", total="150.00")

        pulled, swept = shop.pull(), shop.sweep()

        assert (pulled.changed, swept.changed, swept.missed_by_date) == (0, 1, 1)
        assert shop.balance(number)["sales_revenue"] == -150
        assert shop.is_clean()


def test_a_late_fee_written_straight_into_the_table_is_found_by_the_sweep(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    shop.store.set_meta(number, "_stripe_fee", "3.51", bump=False)

    report = shop.sweep()

    assert report.changed == 1
    assert [entry.chapter for entry in shop.order(number).entries] == ["sale", "fees"]


def test_a_pull_asks_for_every_status_and_follows_what_has_begun(shop: Shop) -> None:
    numbers = [shop.sells(quantity=1) for _ in range(4)]
    shop.pull()
    shop.store.advance(60)
    for number, status in zip(numbers, ("cancelled", "failed", "pending", "refunded"), strict=True):
        shop.store.set_status(number, status)

    shop.pull()

    assert [shop.balance(number) for number in numbers[:3]] == [{}, {}, {}]
    assert shop.balance(numbers[3]) == {"sales_revenue": -50, "refunds": 50}
    assert shop.is_clean()


def test_a_pull_that_is_cut_off_goes_on_where_it_was(sqlite_engine: Engine) -> None:
    from platforms.errors import PlatformError

    with open_sandbox(orders=350) as sandbox:
        shop = connected(sqlite_engine, sandbox)
        sandbox.faults.once("truncate", path="/orders", skip=3, times=30)
        with pytest.raises(PlatformError):
            shop.pull()
        first = len(shop.numbers())
        sandbox.faults.clear()

        report = shop.pull()

        assert 0 < first < 350
        assert len(shop.numbers()) == 350
        assert report.new == 350 - first
        assert shop.is_clean()
