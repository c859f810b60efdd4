"""A site that had its turn, or whose worker ends, leaves off after a page and is due again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from jobs.keeping import kept
from jobs.pace import GaveWay
from jobs.pull import PullReport, pull_site
from jobs.push import push_site
from platforms.sandbox.woocommerce import open_sandbox
from tests.pull.shops import Shop, connected
from webapp.backoffice.sites import leases
from webapp.database import utc_now, writing

ORDERS = 250


def _pull_in_turn(shop: Shop) -> PullReport:
    """A pull whose turn is over as soon as it begins."""
    runtime = replace(shop.runtime, had_its_turn=lambda: True)
    return pull_site(runtime, shop.site_id)


def test_a_long_pull_comes_to_its_end_turn_by_turn(sqlite_engine: Engine) -> None:
    with open_sandbox(orders=ORDERS) as sandbox:
        shop = connected(sqlite_engine, sandbox)
        reports = [_pull_in_turn(shop)]
        while reports[-1].is_unfinished:
            assert len(reports) < 20
            reports.append(_pull_in_turn(shop))

    assert len(reports) > 2
    assert len(shop.numbers()) >= ORDERS
    assert shop.is_clean()


def test_a_pull_that_gave_way_is_due_at_once(sqlite_engine: Engine) -> None:
    with open_sandbox(orders=ORDERS) as sandbox:
        shop = connected(sqlite_engine, sandbox, pull_every=3600)
        report = _pull_in_turn(shop)

    assert report.is_unfinished
    due_at = shop.site().next_pull_at
    assert due_at is not None
    assert due_at <= utc_now()


def test_a_push_waits_for_a_pull_that_gave_way(sqlite_engine: Engine) -> None:
    with open_sandbox(orders=ORDERS) as sandbox:
        shop = connected(sqlite_engine, sandbox)
        runtime = replace(shop.runtime, had_its_turn=lambda: True)

        report = push_site(runtime, shop.site_id)

    assert (report.listings, report.sent) == (0, 0)
    due_at = shop.site().next_push_at
    assert due_at is not None
    assert due_at <= utc_now()


def test_a_worker_that_ends_gives_its_site_back_as_due_as_it_was(shop: Shop) -> None:
    shop.sells()
    due_at = utc_now() - timedelta(minutes=1)
    shop.settings(next_pull_at=due_at)
    asked: list[bool] = []

    def is_stopping() -> bool:
        asked.append(True)
        return len(asked) > 2

    with pytest.raises(GaveWay):
        pull_site(replace(shop.runtime, is_stopping=is_stopping), shop.site_id)

    site = shop.site()
    assert (site.next_pull_at, site.lease_until, site.stopped_at) == (due_at, None, None)
    assert shop.pull().processed == 1


def test_a_lease_is_kept_while_the_store_takes_its_time(shop: Shop) -> None:
    began = utc_now()
    with writing(shop.engine) as session:
        number = leases.claim(session, shop.site_id, began)
    later = began + timedelta(seconds=20)

    with kept(shop.engine, shop.site_id, number, lambda: later, every=0.02) as keeper:
        keeper.renewed.wait(5)

    assert shop.site().lease_until == later + leases.LEASE
