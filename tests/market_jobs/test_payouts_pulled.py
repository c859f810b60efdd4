"""A marketplace's payouts are pulled: stored once, posted to their orders, or on the worklist."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from jobs.payouts import NoPayouts, pull_payouts
from platforms.errors import PlatformError
from tests import factories as make
from tests.market_jobs.connected import Market
from webapp.backoffice.books.settling import worklist
from webapp.database import reading, writing
from webapp.models.settlement import SettlementLine
from webapp.models.sites import SyncRun


def waiting(market: Market) -> list[tuple[str, str]]:
    with reading(market.engine) as session:
        return [(line.order_number, line.code) for line in worklist(session, market.site_id)]


def test_a_payout_clears_its_order_to_the_cent(market_on_both: Market) -> None:
    market = market_on_both
    number = market.sells("50.00")
    market.pull()
    assert market.left() == {number: Decimal("45.00")}
    market.completes(number)
    market.store.release(number)

    done = market.payouts()

    assert (done.rows, done.posted, done.unchanged, done.unmatched) == (1, 1, 0, ())
    assert market.left() == {}
    assert market.entries(number)[-1].part == "release"
    assert market.is_clean()


def test_pulled_twice_it_posts_nothing_more(market_on_both: Market) -> None:
    market = market_on_both
    number = market.sells()
    market.pull()
    market.completes(number)
    market.store.release(number)
    market.payouts()
    before = market.entries(number)

    again = market.payouts()

    assert (again.rows, again.posted, again.unchanged) == (1, 0, 1)
    assert market.entries(number) == before


def test_the_escrow_is_read_once_more_so_what_changed_last_is_paid_out(market: Market) -> None:
    number = market.sells()
    market.completes(number)
    market.pull()
    market.store.set_escrow(number, commission_fee="6.00")  # no date moves
    market.store.release(number)

    done = market.payouts()

    assert done.unmatched == ()
    assert done.reread == 1
    assert market.left() == {}


def test_an_adjustment_after_the_release_is_seen_with_the_next_payouts(market: Market) -> None:
    number = market.sells()
    market.completes(number)
    market.pull()
    market.store.release(number)
    market.payouts()
    market.store.advance(60)

    market.store.adjust(number, "-8.00", "Return Refund deduction")
    market.store.advance(60)
    market.payouts()

    parts = {(entry.chapter, entry.part.partition(":")[0]) for entry in market.entries(number)}
    assert ("refund", "adj") in parts
    assert market.left() == {}


def test_an_order_that_is_not_here_has_its_payout_wait(market: Market) -> None:
    number = market.sells()
    market.completes(number)
    market.store.release(number)

    done = market.payouts()

    assert [(line.order_number, line.code) for line in done.unmatched] == [
        (number, "order_unknown")
    ]
    assert market.numbers() == set()

    market.pull()

    assert waiting(market) == []
    assert market.left() == {}


def test_a_payout_that_does_not_fit_waits_and_the_order_stays_synced(market: Market) -> None:
    number = market.sells()
    market.completes(number)
    market.pull()
    market.store.release(number, amount="40.00")

    done = market.payouts()

    assert [(line.order_number, line.code) for line in done.unmatched] == [
        (number, "payout_mismatch")
    ]
    assert market.state(number) == ("synced", None)
    assert market.left() == {number: Decimal("45.00")}


def test_the_first_time_reaches_back_to_the_sites_beginning_and_then_goes_on(
    market: Market,
) -> None:
    market.payouts()
    first = len([path for path in market.sandbox.log.requests if "get_escrow_list" in str(path)])
    watermark = market.site().payouts_watermark
    assert watermark is not None

    market.payouts()

    paths = [path for path in market.sandbox.log.requests if "get_escrow_list" in str(path)]
    assert len(paths) - first < first
    after = market.site()
    assert after.payouts_watermark is not None
    assert after.payouts_watermark >= watermark
    assert after.last_payouts_at is not None


def test_a_fault_half_way_keeps_what_was_read_and_goes_on_next_time(market: Market) -> None:
    numbers = [market.sells() for _ in range(3)]
    for number in numbers:
        market.completes(number)
        market.store.release(number)
    market.pull()
    market.store.refuse("/payment/get_escrow_detail*", "error_auth", "No permission", times=1)

    with pytest.raises(PlatformError):
        market.payouts()
    market.store.refuse_nothing()
    done = market.payouts()

    assert done.rows == 3
    assert market.left() == {}
    assert waiting(market) == []


def test_the_run_is_recorded(market: Market) -> None:
    number = market.sells()
    market.completes(number)
    market.pull()
    market.store.release(number)

    done = market.payouts()

    with reading(market.engine) as session:
        run = session.get_one(SyncRun, done.run)
    assert (run.kind, run.counts["rows"], run.counts["posted"]) == ("payouts", 1, 1)
    assert run.requests == done.requests > 0


def test_a_line_says_in_its_key_what_it_is_and_keeps_its_moment(market: Market) -> None:
    number = market.sells()
    market.completes(number)
    market.pull()
    market.store.release(number)
    market.payouts()

    with reading(market.engine) as session:
        line = session.scalars(select(SettlementLine)).one()
    assert line.key.startswith(f"release:{number}:20")
    assert line.settled_at is not None
    zone = timedelta(hours=8)
    assert line.settled_on == (line.settled_at + zone).date()


def test_a_store_that_lists_no_payouts_says_to_import_files(market: Market) -> None:
    with writing(market.engine) as session:
        other = make.site(session, name="shop").id

    with pytest.raises(NoPayouts) as raised:
        pull_payouts(market.runtime, other)

    assert "payment provider" in str(raised.value)
