"""An order without its escrow yet is packed meanwhile, and read anew before it is tried again."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from jobs.enqueue import request_retry
from jobs.retry import retry_orders
from tests.market_jobs.connected import Market
from webapp.backoffice.goods.mapping_changes import lock_site
from webapp.database import reading, writing
from webapp.models.orders import ChannelOrder, SyncEvent

WAITS = ("retrying", "escrow_not_ready")


def held(market: Market) -> str:
    """A paid order whose escrow the store does not tell yet, pulled."""
    number = market.sells()
    market.store.hold_escrow(number)
    market.pull()
    return number


def comes_due(market: Market, number: str) -> None:
    with writing(market.engine) as session:
        lock_site(session, market.site_id)
        session.execute(
            update(ChannelOrder)
            .where(ChannelOrder.number == number)
            .values(next_attempt_at=datetime.now(UTC) - timedelta(seconds=1))
        )


def attempts(market: Market, number: str) -> int:
    with reading(market.engine) as session:
        query = select(ChannelOrder.attempts).where(ChannelOrder.number == number)
        return session.scalars(query).one()


def requests(market: Market) -> int:
    return len(market.sandbox.log.requests)


def test_when_its_time_has_come_it_is_read_from_the_store_and_goes_through(
    market: Market,
) -> None:
    number = held(market)
    assert market.state(number) == WAITS
    market.store.free_escrow(number)  # no date moves
    comes_due(market, number)

    market.pull()

    assert market.state(number) == ("synced", None)
    assert market.is_clean()


def test_before_its_time_the_store_is_not_asked_for_it(market: Market) -> None:
    number = held(market)
    market.store.free_escrow(number)
    before = requests(market)

    market.pull()

    asked = [str(each) for each in market.sandbox.log.requests[before:]]
    assert market.state(number) == WAITS
    assert not [each for each in asked if "get_escrow_detail" in each]


def test_as_long_as_the_store_has_none_it_is_one_attempt_more(market: Market) -> None:
    number = held(market)
    comes_due(market, number)

    market.pull()

    assert market.state(number) == WAITS
    assert attempts(market, number) == 2


def test_retry_reads_it_anew(market: Market) -> None:
    number = held(market)
    market.store.free_escrow(number)

    report = retry_orders(market.runtime, market.site_id, number=number)

    assert report.retried == 1
    assert report.states["synced"] == 1
    assert market.state(number) == ("synced", None)


def test_a_button_in_the_admin_leaves_it_to_the_next_pull_which_asks_the_store(
    market: Market,
) -> None:
    number = held(market)
    market.store.free_escrow(number)

    request = request_retry(
        market.engine,
        market.site_id,
        [market.order_id(number)],
        actor="op@example.com",
        now=datetime.now(UTC),
    )

    assert (request.requested, request.waiting) == (1, 1)
    assert market.state(number)[0] == "pending"
    market.pull()
    assert market.state(number) == ("synced", None)


def test_many_are_read_in_screenfuls(market: Market) -> None:
    numbers = [held(market) for _ in range(3)]
    for number in numbers:
        market.store.free_escrow(number)
        comes_due(market, number)
    before = requests(market)

    market.pull()

    asked = [str(each) for each in market.sandbox.log.requests[before:]]
    assert len([each for each in asked if "get_escrow_detail_batch" in each]) == 1
    assert {market.state(number) for number in numbers} == {("synced", None)}


def test_the_timeline_says_what_it_waited_for(market: Market) -> None:
    number = held(market)

    with reading(market.engine) as session:
        query = select(SyncEvent.message).where(
            SyncEvent.channel_order_id == market.order_id(number), SyncEvent.code == WAITS[1]
        )
        told = session.scalars(query).one()
    assert "does not tell yet" in told
