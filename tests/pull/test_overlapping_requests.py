"""A site's requests overlap: the same comes of it as one by one, whatever the store does."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from jobs.pull import pull_site
from jobs.taking import PullReport
from platforms.errors import SiteRefused, TryAgain
from platforms.sandbox.woocommerce import open_sandbox
from tests.market_jobs.connected import connect_market, open_market
from tests.pull.shops import connected
from tests.stores import runtime_of
from webapp.database import reading, writing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site, SyncRun

ORDERS = 130


@dataclass(slots=True)
class Twice:
    """One store, connected as two sites: one asks one by one, the other four at once."""

    engine: Engine
    sandbox: Any
    singly: int
    at_once: int
    detail: str  # the path of the requests that overlap
    apart: timedelta  # a list that is read up to the store's clock is so much further on

    def pull(self, site_id: int) -> PullReport:
        return pull_site(runtime_of(self.engine), site_id)

    def stands(self, site_id: int) -> tuple[Any, ...]:
        """Every order with its state, and what the site knows of itself."""
        with reading(self.engine) as session:
            site = session.get_one(Site, site_id)
            query = select(ChannelOrder).where(ChannelOrder.site_id == site_id)
            orders = {
                each.number: (each.state, each.digest, each.details_digest, each.remote_modified_at)
                for each in session.scalars(query)
            }
        return orders, site.pull_watermark, site.stopped_code

    def are_alike(self) -> bool:
        """Whether both sites stand the same."""
        orders, watermark, code = self.stands(self.at_once)
        theirs, their_watermark, their_code = self.stands(self.singly)
        assert (orders, code) == (theirs, their_code)
        if watermark is None or their_watermark is None:
            return watermark is their_watermark
        return bool(abs(watermark - their_watermark) <= self.apart)

    def runs(self, site_id: int) -> list[str | None]:
        with reading(self.engine) as session:
            query = select(SyncRun.code).where(SyncRun.site_id == site_id).order_by(SyncRun.id)
            return list(session.scalars(query))


@contextmanager
def two_shops(engine: Engine) -> Iterator[Twice]:
    with open_sandbox(orders=ORDERS) as sandbox:
        sandbox.store.configure(shop_wide_refunds=False)
        sold = [each for each in sandbox.store.orders.values() if each.status == "completed"]
        for order in sold[::3]:
            if not order.refunds:
                sandbox.store.refund(order.id, amount="0.50")
        singly = connected(engine, sandbox, name="singly", requests_at_once=1)
        at_once = connected(engine, sandbox, name="at-once", requests_at_once=4)
        yield Twice(
            engine, sandbox, singly.site_id, at_once.site_id, "/orders/*/refunds", timedelta(0)
        )


@contextmanager
def two_markets(engine: Engine) -> Iterator[Twice]:
    with open_market(engine, orders=ORDERS) as market:
        with writing(engine) as session:
            session.get_one(Site, market.site_id).requests_at_once = 1
        other = connect_market(engine, market.sandbox, name="at-once", requests_at_once=4)
        path = "/payment/get_escrow_detail_batch"
        yield Twice(
            engine, market.sandbox, market.site_id, other.site_id, path, timedelta(minutes=2)
        )


@pytest.fixture(params=[two_shops, two_markets], ids=["shops", "markets"])
def twice(request: pytest.FixtureRequest, sqlite_engine: Engine) -> Iterator[Twice]:
    opened: Callable[[Engine], Any] = request.param
    with opened(sqlite_engine) as found:
        yield found


def test_four_at_once_bring_what_one_by_one_brings(twice: Twice) -> None:
    first = twice.pull(twice.singly)
    twice.sandbox.log.clear()
    twice.sandbox.faults.set("slow=1:0.02")
    second = twice.pull(twice.at_once)

    assert twice.are_alike()
    assert second.counts() == first.counts()
    assert second.requests == first.requests == len(twice.sandbox.log.requests)
    assert 1 < twice.sandbox.log.most_at_once <= 4


def test_a_429_in_the_middle_leaves_what_it_leaves_one_by_one(twice: Twice) -> None:
    for site_id in (twice.singly, twice.at_once):
        twice.sandbox.faults.once("429", "30", path=twice.detail, skip=1)
        with pytest.raises(TryAgain) as raised:
            twice.pull(site_id)
        assert raised.value.retry_after == 30

    assert twice.are_alike()
    for site_id in (twice.singly, twice.at_once):
        twice.pull(site_id)
    assert twice.are_alike()
    assert len(twice.stands(twice.at_once)[0]) > 100


def test_a_connection_that_drops_in_the_middle_of_a_page_costs_nothing(twice: Twice) -> None:
    twice.pull(twice.singly)
    twice.sandbox.faults.once("drop", path=twice.detail, skip=1)

    twice.pull(twice.at_once)

    assert twice.are_alike()


def test_a_refusal_of_the_site_among_many_requests_stops_it_once(twice: Twice) -> None:
    twice.sandbox.faults.once("waf", path=twice.detail, times=3)
    before = len(twice.runs(twice.at_once))

    with pytest.raises(SiteRefused):
        twice.pull(twice.at_once)

    orders, watermark, code = twice.stands(twice.at_once)
    assert (orders, watermark) == ({}, None)
    assert code is not None
    assert twice.runs(twice.at_once)[before:] == [code]
