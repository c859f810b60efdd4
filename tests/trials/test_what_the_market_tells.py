"""The market's own notices over a real socket: a hint each, heard in any order, twice or late."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from jobs.runtime import connect
from platforms import registry
from platforms.base import NoticeKind, StoreNotice
from platforms.errors import PlatformError
from platforms.sandbox.shopee import open_sandbox
from tests.contract.callback import Callback, open_callback
from tests.market_jobs.hearing import hear
from tests.trials.markets import Market, connected, owed
from webapp.database import reading
from webapp.models.orders import ChannelOrder, OrderBuyer

PLATFORM = registry.get("shopee")


@pytest.fixture
def market(sqlite_engine: Engine) -> Iterator[Market]:
    with open_sandbox() as sandbox:
        yield connected(sqlite_engine, sandbox)


@pytest.fixture
def callback(market: Market) -> Iterator[Callback]:
    """Our address, known to the market; what comes is kept and not heard yet."""
    with open_callback() as opened:
        market.sandbox.send_notices_to(opened.url)
        yield opened


def told(market: Market, callback: Callback) -> list[StoreNotice]:
    """What the market has told, in the order in which it came."""
    assert PLATFORM.notices is not None
    assert market.store.pushes.drain()
    credentials = {name: str(value) for name, value in market.sandbox.credentials.items()}
    found = [
        PLATFORM.notices.read(
            url=callback.url, headers=each.headers, body=each.body, credentials=credentials
        )
        for each in callback.arrived
    ]
    return [notice for notice in found if notice is not None]


def heard(market: Market, notices: list[StoreNotice]) -> None:
    for notice in notices:
        hear(market.runtime, PLATFORM.name, notice)


def buyers(market: Market) -> dict[str, tuple[str, str | None]]:
    with reading(market.engine) as session:
        rows = session.execute(
            select(ChannelOrder.remote_id, OrderBuyer.name, OrderBuyer.emptied_why).join(
                OrderBuyer, OrderBuyer.channel_order_id == ChannelOrder.id
            )
        )
        return {row.remote_id: (row.name, row.emptied_why) for row in rows}


def test_an_orders_life_heard_backwards_and_twice_ends_as_it_is(
    market: Market, callback: Callback
) -> None:
    order_sn = market.sells()
    for step in (market.store.ship, market.store.deliver, market.store.complete):
        market.store.advance(60)
        step(order_sn)
    notices = told(market, callback)

    heard(market, [*reversed(notices), *notices])

    assert len(notices) >= 4
    assert market.state(order_sn) == ("synced", None)
    assert market.clearing(order_sn) == owed(market.sandbox, order_sn)
    assert market.order(order_sn).status == "COMPLETED"
    assert market.is_clean()


def test_what_was_lost_comes_with_the_next_pull(market: Market, callback: Callback) -> None:
    callback.status = 500
    order_sn = market.sells()
    market.pull()
    deadline = time.monotonic() + 5
    while not market.store.pushes.lost and time.monotonic() < deadline:
        time.sleep(0.05)

    market.pull()

    assert market.state(order_sn) == ("synced", None)
    assert connect(market.runtime, market.site()).missed_notices() == ()


def test_a_withdrawn_consent_stops_the_site_and_its_buyers_stay_empty_for_good(
    market: Market, callback: Callback
) -> None:
    before = [market.sells() for _ in range(3)]
    market.pull()
    assert all(name and why is None for name, why in buyers(market).values())
    market.store.advance(60)
    market.store.withdraw_consent()
    (*_, last) = told(market, callback)

    heard(market, [last])

    assert last.kind is NoticeKind.CONSENT_WITHDRAWN
    assert market.site().stopped_at is not None
    assert "withdrawn" in (market.site().stopped_message or "")
    assert set(buyers(market).values()) == {("", "consent withdrawn")}
    with pytest.raises(PlatformError):
        market.pull()
    market.store.advance(60)
    market.store.give_consent()
    market.declares(credentials={**typed(market), "code": market.sandbox.new_code()})
    for order_sn in before:
        market.store.ship(order_sn)
    after = market.sells()
    market.pull()
    found = buyers(market)
    assert {found[order_sn] for order_sn in before} == {("", "consent withdrawn")}
    assert found[after][0]
    assert market.site().stopped_at is None
    assert market.is_clean()


def typed(market: Market) -> dict[str, str]:
    """What a person typed in; not what the market renews."""
    renewed = {field.name for field in PLATFORM.credential_fields if field.is_renewed}
    given = market.sandbox.credentials.items()
    return {name: str(value) for name, value in given if name not in renewed}


def test_a_withdrawal_whose_notice_was_lost_empties_the_buyers_all_the_same(
    market: Market, callback: Callback
) -> None:
    market.sells()
    market.pull()
    callback.status = 500
    market.store.advance(60)
    market.store.withdraw_consent()
    deadline = time.monotonic() + 5
    while not market.store.pushes.lost and time.monotonic() < deadline:
        time.sleep(0.05)

    with pytest.raises(PlatformError):
        market.pull()

    assert market.site().stopped_at is not None
    assert set(buyers(market).values()) == {("", "consent withdrawn")}


@pytest.mark.parametrize(
    ("goes_wrong", "is_mended"),
    [("expire_key", "renew_key"), ("undeclare_ip", "declare_ip"),
     ("exhaust_quota", "restore_quota"), ("ban", "unban")],
)  # fmt: skip
def test_a_refusal_of_the_whole_app_parks_the_site_and_uses_up_nobodys_attempt(
    market: Market, goes_wrong: str, is_mended: str
) -> None:
    waiting, fine = market.sells(), market.sells()
    market.store.hold_escrow(waiting)
    market.pull()
    before = [market.order(each).attempts for each in (waiting, fine)]
    late = market.sells()
    getattr(market.store, goes_wrong)()

    for _ in range(3):
        market.due()
        with pytest.raises(PlatformError):
            market.pull()

    assert [market.order(each).attempts for each in (waiting, fine)] == before
    assert market.state(waiting) == ("retrying", "escrow_not_ready")
    assert market.state(fine) == ("synced", None)
    site = market.site()
    assert site.next_pull_at is not None
    assert site.stopped_at is not None or site.next_pull_at > site.created_at + timedelta(minutes=1)
    getattr(market.store, is_mended)()
    market.store.free_escrow(waiting)
    market.due()
    market.pull()
    assert market.site().stopped_at is None
    assert [market.state(each) for each in (waiting, late)] == [("synced", None)] * 2
