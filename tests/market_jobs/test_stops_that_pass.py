"""Refusals of the app as a whole stop the site until they pass; no order's attempt is used up."""

from datetime import UTC, datetime, timedelta

import pytest

from jobs.push import push_site
from platforms.errors import PlatformError, SiteRefused, TryAgain
from tests.market_jobs.connected import Market
from webapp.backoffice.sites.runs import note_fault
from webapp.database import writing
from webapp.models.sites import Site

QUARTER = 900


def fails(market: Market) -> PlatformError:
    with pytest.raises(PlatformError) as raised:
        market.pull()
    return raised.value


def test_a_refusal_that_may_pass_stops_the_site_and_times_its_next_try(market: Market) -> None:
    market.store.expire_key()
    before = datetime.now(UTC)

    fault = fails(market)

    assert isinstance(fault, SiteRefused)
    assert fault.retry_after is not None
    site = market.site()
    assert site.stopped_at is not None
    for following in (site.next_pull_at, site.next_push_at):
        assert following is not None
        assert following >= before + timedelta(seconds=min(fault.retry_after, site.pull_every or 0))
        assert following > site.stopped_at


def test_the_next_run_that_works_lets_the_site_go_on(market: Market) -> None:
    number = market.sells()
    market.store.expire_key()
    fails(market)
    market.store.renew_key()

    market.pull()

    site = market.site()
    assert (site.stopped_at, site.stopped_code, site.stopped_message) == (None, None, None)
    assert market.state(number) == ("synced", None)


def test_a_daily_quota_holds_pull_and_push_until_it_is_over(market: Market) -> None:
    market.store.exhaust_quota()
    before = datetime.now(UTC)

    fault = fails(market)

    assert isinstance(fault, TryAgain)
    assert fault.retry_after is not None
    site = market.site()
    until = before + timedelta(seconds=fault.retry_after - 5)
    assert site.stopped_at is None
    assert site.next_pull_at is not None
    assert site.next_pull_at >= until
    assert site.next_push_at is None or site.next_push_at >= until


def test_a_push_that_meets_the_quota_holds_the_pull_too(market: Market) -> None:
    market.change(next_pull_at=datetime.now(UTC), next_push_at=datetime.now(UTC))
    market.store.exhaust_quota()

    with pytest.raises(TryAgain) as raised:
        push_site(market.runtime, market.site_id)

    site = market.site()
    assert site.next_pull_at is not None
    assert site.next_push_at is not None
    wait = timedelta(seconds=(raised.value.retry_after or 0) - 5)
    assert min(site.next_pull_at, site.next_push_at) >= datetime.now(UTC) + wait


def test_a_stop_that_waits_for_a_person_has_no_try_after_it(market: Market) -> None:
    now = datetime.now(UTC)
    market.change(next_pull_at=now + timedelta(hours=1), next_push_at=now + timedelta(hours=1))

    with writing(market.engine) as session:
        site = session.get_one(Site, market.site_id)
        note_fault(session, site, SiteRefused("No."), now, "pull")

    site = market.site()
    assert site.stopped_at == now
    assert (site.next_pull_at, site.next_push_at) == (now, now)


def test_a_site_that_never_runs_by_itself_does_not_begin_to(market: Market) -> None:
    market.change(pull_every=None, push_every=None, next_pull_at=None, next_push_at=None)

    with writing(market.engine) as session:
        site = session.get_one(Site, market.site_id)
        refusal = SiteRefused("Not now.", retry_after=QUARTER)
        note_fault(session, site, refusal, datetime.now(UTC), "pull")

    site = market.site()
    assert (site.next_pull_at, site.next_push_at) == (None, None)
