"""What a store's faults mean for the site, its next try, and its orders."""

import contextlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from jobs.pull import pull_site
from jobs.runtime import Runtime
from platforms.errors import NotFound, PlatformError, SiteRefused, TryAgain
from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from tests.pull.shops import Shop, connected
from webapp.database import reading
from webapp.models.orders import SyncEvent
from webapp.models.sites import SyncRun


def last_run(shop: Shop) -> SyncRun:
    with reading(shop.engine) as session:
        run = session.scalars(select(SyncRun).order_by(SyncRun.id.desc()).limit(1)).one()
        return run


def events(shop: Shop) -> int:
    with reading(shop.engine) as session:
        return len(session.scalars(select(SyncEvent.id)).all())


def test_refused_credentials_stop_the_site_and_touch_no_order(shop: Shop) -> None:
    numbers = [shop.sells() for _ in range(3)]
    shop.pull()
    before = events(shop)
    shop.settings(
        credentials={"consumer_key": "ck_" + "0" * 40, "consumer_secret": "cs_" + "0" * 40}
    )
    shop.store.advance(60)
    shop.sells()

    with pytest.raises(SiteRefused):
        shop.pull()

    site = shop.site()
    assert site.stopped_code == "store_refused_credentials"
    assert site.stopped_at is not None
    assert "ck_" not in (site.stopped_message or "")
    assert [shop.state(number) for number in numbers] == [("synced", None)] * 3
    assert events(shop) == before
    assert last_run(shop).code == "store_refused_credentials"


def test_a_site_runs_again_when_its_credentials_work(shop: Shop) -> None:
    good = dict(shop.sandbox.credentials)
    shop.settings(credentials={**good, "consumer_secret": "cs_" + "0" * 40})
    with pytest.raises(SiteRefused):
        shop.pull()
    number = shop.sells()
    shop.settings(credentials=good)

    shop.pull()

    assert (shop.site().stopped_at, shop.site().stopped_message) == (None, None)
    assert shop.state(number) == ("synced", None)


def test_a_store_that_is_down_is_tried_again_after_its_cadence(sqlite_engine: Engine) -> None:
    with open_sandbox() as sandbox:
        shop = connected(sqlite_engine, sandbox, pull_every=300)
    started = datetime.now(UTC)

    with pytest.raises(TryAgain):
        shop.pull()

    site = shop.site()
    assert site.next_pull_at is not None
    assert timedelta(seconds=299) < site.next_pull_at - started < timedelta(seconds=400)
    assert (site.stopped_at, site.last_pull_at) == (None, None)
    assert last_run(shop).code == "store_unreachable"


def test_what_the_store_asks_for_is_honoured(sqlite_engine: Engine) -> None:
    with open_sandbox() as sandbox:
        shop = connected(sqlite_engine, sandbox, pull_every=60)
        sandbox.faults.once("429", "1800", times=30)
        started = datetime.now(UTC)

        with pytest.raises(TryAgain):
            shop.pull()

        site = shop.site()
        assert site.next_pull_at is not None
        assert site.next_pull_at - started >= timedelta(seconds=1799)
        assert last_run(shop).code == "store_rate_limited"


def test_a_fault_uses_up_nobodys_attempts(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    before = shop.order(number).attempts
    shop.sandbox.faults.set("503=1:1")

    for _ in range(2):
        with pytest.raises(PlatformError):
            shop.pull()

    assert (shop.order(number).attempts, shop.state(number)) == (before, ("synced", None))


def test_a_run_that_broke_down_is_no_success(shop: Shop) -> None:
    """An error of ours must not look like a good pull: the site would seem to be well."""

    class BreaksDown(Exception):
        pass

    def breaks(done: int, total: int | None, what: str) -> None:
        raise BreaksDown

    shop.sells()
    runtime = Runtime(engine=shop.engine, allow_private_stores=True, progress=breaks)

    with pytest.raises(BreaksDown):
        pull_site(runtime, shop.site_id)

    run = last_run(shop)
    assert shop.site().last_pull_at is None
    assert (run.finished_at is not None, run.code) == (True, "internal_error")
    assert shop.site().lease_until is None


@pytest.mark.parametrize("kind", ["notice", "bom"])
def test_noise_before_the_json_is_no_reason_to_stop(shop: Shop, kind: str) -> None:
    number = shop.sells()
    shop.sandbox.faults.set(f"{kind}=1")

    shop.pull()

    assert shop.state(number) == ("synced", None)


def test_a_firewalls_page_is_told_as_such(shop: Shop) -> None:
    shop.sells()
    shop.sandbox.faults.set("waf=1")

    with pytest.raises(PlatformError):
        shop.pull()

    assert last_run(shop).message
    assert shop.numbers() == set()


def test_secrets_are_in_no_message(shop: Shop, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    sandbox: Sandbox = shop.sandbox
    shop.sells()
    for spec in ("500=1", "waf=1", "truncate=1", "drop=1"):
        sandbox.faults.clear()
        sandbox.faults.set(spec)
        with pytest.raises(PlatformError) as raised:
            shop.pull()
        said = f"{raised.value.sentence} {raised.value.said} {last_run(shop).message}"
        for secret in sandbox.credentials.values():
            assert secret not in said
            assert secret not in caplog.text


@pytest.mark.parametrize("spec", ["500=1", "drop=1", "truncate=1", "waf=1", "503=1:1", "429=1:1"])
def test_after_any_fault_the_next_pull_is_timed_or_the_site_stopped(shop: Shop, spec: str) -> None:
    """A site that is due still would be asked again every few seconds."""
    shop.sells()
    started = datetime.now(UTC)
    shop.settings(next_pull_at=started - timedelta(minutes=1))
    shop.sandbox.faults.set(spec)

    with pytest.raises(PlatformError):
        shop.pull()

    site = shop.site()
    assert site.next_pull_at is not None
    assert site.stopped_at is not None or site.next_pull_at > started


def test_an_answer_that_is_no_list_is_told_and_timed(shop: Shop) -> None:
    started = datetime.now(UTC)
    shop.settings(
        next_pull_at=started - timedelta(minutes=1), url=f"{shop.sandbox.url}/no-shop-here"
    )

    with pytest.raises(PlatformError):
        shop.pull()

    site = shop.site()
    assert site.next_pull_at is not None
    assert site.stopped_at is not None or site.next_pull_at > started


def test_asking_for_an_order_that_is_not_there_says_nothing_of_the_store(shop: Shop) -> None:
    shop.pull()
    before = shop.site()

    with pytest.raises(NotFound):
        shop.pull(order="4711")

    after = shop.site()
    assert (after.next_pull_at, after.stopped_at) == (before.next_pull_at, None)


@pytest.mark.parametrize("spec", ["500=1", ""])
def test_a_site_that_never_pulls_by_itself_does_not_begin_to(shop: Shop, spec: str) -> None:
    shop.settings(pull_every=None, next_pull_at=None)
    shop.sandbox.faults.set(spec)

    with contextlib.suppress(PlatformError):
        shop.pull()

    assert shop.site().next_pull_at is None


def test_a_sweep_that_came_to_its_end_is_recorded_as_one(shop: Shop) -> None:
    shop.sells()
    shop.pull()

    swept = shop.sweep()

    run = last_run(shop)
    assert (run.kind, run.id, run.code, run.message) == ("sweep", swept.run, None, None)
    assert run.counts["checked"] == swept.checked == 1
    assert run.requests == swept.requests > 0
    assert shop.site().last_sweep_at == run.finished_at
