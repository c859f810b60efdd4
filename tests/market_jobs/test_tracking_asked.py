"""The courier's number of what was shipped here: asked for gently, taken from a notice at once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from jobs.ship import ship_order
from platforms.base import NoticeKind, StoreNotice
from tests.market_jobs.connected import PLATFORM, Market
from tests.market_jobs.hearing import hear
from webapp.database import reading, writing
from webapp.models.orders import Delivery, SyncEvent


def shipped(market: Market, *, empty_answers: int = 2) -> str:
    """An order shipped here whose number the store does not have at once."""
    number = market.sells(carrier="J&T Express")
    market.pull()
    market.store.parcels.tracking_after_calls = empty_answers
    report = ship_order(market.runtime, market.site_id, market.order_id(number))
    assert report.store_told, report.message
    return number


def tracking(market: Market, number: str) -> str:
    with reading(market.engine) as session:
        query = select(Delivery.tracking).where(
            Delivery.channel_order_id == market.order_id(number), Delivery.source == "here"
        )
        return session.scalars(query).one()


def five_minutes_pass(market: Market) -> None:
    with writing(market.engine) as session:
        session.execute(
            update(Delivery)
            .where(Delivery.tracking_asked_at.is_not(None))
            .values(tracking_asked_at=datetime.now(UTC) - timedelta(minutes=6))
        )


def asked(market: Market) -> int:
    return len([each for each in market.sandbox.log.requests if "tracking_number" in str(each)])


def test_a_number_that_the_store_gives_at_once_is_kept(market: Market) -> None:
    number = shipped(market, empty_answers=0)

    assert tracking(market, number)


def test_a_pull_asks_for_the_number_until_there_is_one(market: Market) -> None:
    number = shipped(market)
    assert tracking(market, number) == ""

    for _ in range(3):
        market.pull()
        five_minutes_pass(market)

    assert tracking(market, number)
    with reading(market.engine) as session:
        told = session.scalars(select(SyncEvent.message)).all()
    assert [each for each in told if "courier gave it the tracking number" in each]


def test_it_is_asked_for_every_five_minutes_at_most(market: Market) -> None:
    shipped(market, empty_answers=100)
    market.pull()
    before = asked(market)

    market.pull()
    market.pull()

    assert asked(market) == before
    five_minutes_pass(market)
    market.pull()
    assert asked(market) == before + 1


def test_a_notice_brings_the_number_at_once(market: Market) -> None:
    number = shipped(market, empty_answers=100)
    said = StoreNotice(
        kind=NoticeKind.ORDER,
        at=datetime.now(UTC),
        shop=str(market.sandbox.credentials["shop_id"]),
        order_remote_id=number,
        tracking="MY99887766",
    )

    hear(market.runtime, PLATFORM.name, said)

    assert tracking(market, number) == "MY99887766"


def test_a_number_that_stands_is_not_asked_for_again(market: Market) -> None:
    shipped(market, empty_answers=0)
    before = asked(market)

    market.pull()
    five_minutes_pass(market)
    market.pull()

    assert asked(market) == before


def test_shipping_again_is_the_same_delivery_though_the_store_gave_a_number(
    market: Market,
) -> None:
    number = shipped(market, empty_answers=0)

    again = ship_order(market.runtime, market.site_id, market.order_id(number))

    assert again.store_told
    with reading(market.engine) as session:
        assert len(session.scalars(select(Delivery.id)).all()) == 1


@pytest.mark.parametrize("way", ["pickup", "dropoff"])
def test_the_way_that_a_parcel_leaves_is_the_sites_choice(market: Market, way: str) -> None:
    market.change(automation={**market.site().automation, "handover": way})
    number = market.sells(carrier="J&T Express")
    market.pull()

    report = ship_order(market.runtime, market.site_id, market.order_id(number))

    assert f"by {way}" in report.message
