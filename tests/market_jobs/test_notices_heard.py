"""A store's notice is a hint to look; a withdrawn consent stops the site and empties its buyers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from jobs.notices import take_notices
from jobs.runtime import leased
from platforms.base import NoticeKind, StoreNotice
from platforms.errors import PlatformError
from tests.market_jobs.connected import PLATFORM, Market
from tests.market_jobs.hearing import hear
from webapp.backoffice.people.buyers import export_buyer, find_buyers
from webapp.backoffice.sites.consent import consent_until, ends_soon
from webapp.backoffice.sites.leases import LeaseTaken
from webapp.database import reading
from webapp.models.audit import AuditEntry
from webapp.models.orders import ChannelOrder, OrderBuyer

NOW = datetime.now(UTC)


def notice(market: Market, kind: NoticeKind = NoticeKind.ORDER, **given: Any) -> StoreNotice:
    shop = str(market.sandbox.credentials["shop_id"])
    return StoreNotice(**{"kind": kind, "at": datetime.now(UTC), "shop": shop, **given})


def heard(market: Market, said: StoreNotice) -> tuple[int, ...]:
    return hear(market.runtime, PLATFORM.name, said)


def buyers(engine: Engine) -> list[tuple[str, str | None]]:
    with reading(engine) as session:
        rows = session.execute(select(OrderBuyer.name, OrderBuyer.emptied_why))
        return [(row.name, row.emptied_why) for row in rows]


def test_an_order_is_read_from_the_store_whatever_the_notice_says(market: Market) -> None:
    number = market.sells()
    said = notice(market, order_remote_id=number)

    assert heard(market, said) == (market.site_id,)

    assert market.state(number) == ("synced", None)


def test_notices_that_come_twice_or_late_change_nothing(market: Market) -> None:
    number = market.sells()
    said = notice(market, order_remote_id=number)
    heard(market, said)
    before = market.entries(number)

    heard(market, said)
    heard(market, notice(market, order_remote_id=number, at=NOW - timedelta(days=3)))

    assert market.entries(number) == before


def test_many_notices_never_put_off_the_pull_that_reads_everything(market: Market) -> None:
    number = market.sells()
    due = datetime.now(UTC) + timedelta(seconds=20)
    market.change(next_pull_at=due)

    heard(market, notice(market, order_remote_id=number))

    assert market.site().next_pull_at == due
    assert market.site().last_pull_at is None


def test_a_notice_for_a_busy_site_waits_until_it_is_free(market: Market) -> None:
    number = market.sells()

    with leased(market.runtime, market.site_id), pytest.raises(LeaseTaken):
        heard(market, notice(market, order_remote_id=number))
    before = market.numbers()
    take_notices(market.runtime, market.site_id)

    assert before == set()
    assert market.state(number) == ("synced", None)


def test_a_notice_of_another_shop_is_not_ours(market: Market) -> None:
    number = market.sells()

    assert heard(market, notice(market, order_remote_id=number, shop="999")) == ()

    assert market.numbers() == set()


def test_a_site_that_stands_still_is_not_asked(market: Market) -> None:
    number = market.sells()
    market.change(stopped_at=NOW, stopped_code="store_refused_credentials", stopped_message="x")

    assert heard(market, notice(market, order_remote_id=number)) == ()


def test_an_order_that_is_in_no_store_harms_nothing(market: Market) -> None:
    heard(market, notice(market, order_remote_id="260101NOSUCHXX"))

    assert market.numbers() == set()


def test_a_withdrawn_consent_stops_the_site_and_empties_every_buyer(
    market_on_both: Market,
) -> None:
    market = market_on_both
    numbers = [market.sells() for _ in range(3)]
    market.pull()
    assert {why for _, why in buyers(market.engine)} == {None}
    market.store.withdraw_consent()

    heard(market, notice(market, NoticeKind.CONSENT_WITHDRAWN))

    site = market.site()
    assert site.stopped_code == "store_refused_credentials"
    assert site.stopped_message is not None
    assert "withdrawn the consent" in site.stopped_message
    assert buyers(market.engine) == [("", "consent withdrawn")] * 3
    with reading(market.engine) as session:
        audit = session.scalars(select(AuditEntry.action)).all()
        for number in numbers:
            kept = export_buyer(session, market.order_id(number))
            assert kept is not None
            assert (kept["shipping"], kept["phone"]) == ({}, "")
    assert audit.count("consent_withdrawn") == 1


def test_an_emptied_buyer_is_not_filled_again_when_the_shop_comes_back(market: Market) -> None:
    number = market.sells()
    market.pull()
    heard(market, notice(market, NoticeKind.CONSENT_WITHDRAWN))

    market.store.set_note(number, "a new version")
    market.pull(order=number)

    assert buyers(market.engine) == [("", "consent withdrawn")]
    assert market.is_clean()


def test_a_withdrawal_from_before_the_present_consent_is_of_no_account(market: Market) -> None:
    market.sells()
    market.pull()
    market.change(consented_at=NOW)

    heard(market, notice(market, NoticeKind.CONSENT_WITHDRAWN, at=NOW - timedelta(hours=1)))

    assert market.site().stopped_at is None
    assert {why for _, why in buyers(market.engine)} == {None}


def test_that_the_consent_ends_is_looked_up_in_the_store(market: Market) -> None:
    market.pull()
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(days=10)
    market.store.end_consent(until=until)

    heard(market, notice(market, NoticeKind.CONSENT_ENDS))

    found = consent_until(market.site().facts)
    assert found == until
    assert ends_soon(found, datetime.now(UTC))


def test_a_consent_that_is_given_changes_nothing_by_itself(market: Market) -> None:
    market.change(stopped_at=NOW, stopped_code="store_refused_credentials", stopped_message="x")

    heard(market, notice(market, NoticeKind.CONSENT_GIVEN))

    assert market.site().stopped_at is not None


def test_masked_addresses_never_replace_readable_ones(market: Market) -> None:
    number = market.sells()
    market.store.unmask(number)
    market.pull()
    with reading(market.engine) as session:
        before = export_buyer(session, market.order_id(number))
    assert before is not None
    assert "*" not in str(before)
    market.store.mask(number)
    market.store.set_note(number, "a new version")

    market.pull()

    with reading(market.engine) as session:
        assert export_buyer(session, market.order_id(number)) == before


def test_a_masked_buyer_becomes_readable_when_the_store_shows_it(market: Market) -> None:
    number = market.sells()
    market.store.mask(number)
    market.pull()
    market.store.unmask(number)
    market.store.set_note(number, "a new version")

    market.pull()

    name = market.store.order(number)["recipient_address"]["name"]
    with reading(market.engine) as session:
        found = find_buyers(session, name.split()[0])
    assert [each.number for each in found] == [number]


def test_a_fault_among_missed_notices_does_not_fail_the_pull(market: Market) -> None:
    number = market.sells()
    market.store.refuse("/push/*", "error_system_busy", "System busy", times=10)

    market.pull()

    assert market.state(number) == ("synced", None)


def test_a_pull_of_a_withdrawn_consent_says_so_and_uses_up_no_attempt(market: Market) -> None:
    number = market.sells()
    market.store.hold_escrow(number)
    market.pull()
    market.store.withdraw_consent()

    with pytest.raises(PlatformError):
        market.pull()

    assert market.site().stopped_at is not None
    with reading(market.engine) as session:
        order = session.get_one(ChannelOrder, market.order_id(number))
    assert order.attempts == 1


def test_what_the_store_could_not_deliver_is_heard_with_the_next_pull(market: Market) -> None:
    pushes = market.store.pushes
    pushes.retry_after = (0.01,)
    pushes.register("http://127.0.0.1:1/nobody-listens")
    number = market.sells()
    pushes.drain(timeout=5)
    assert pushes.lost

    market.pull()
    market.pull()

    assert market.state(number) == ("synced", None)
    asked = [each for each in market.sandbox.log.requests if "confirm" in str(each.path)]
    assert asked
