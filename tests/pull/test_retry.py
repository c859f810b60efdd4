"""Retry, by order, code or state; and one process per site."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest

from jobs.retry import retry_orders
from jobs.runtime import leased
from tests import factories as make
from tests.pull.shops import Shop
from webapp.backoffice.sites.leases import LeaseLost, LeaseTaken
from webapp.database import reading, writing
from webapp.models.ledgers import Ledger
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site, SiteWiring


@pytest.fixture
def troubled(shop: Shop) -> Shop:
    """Two orders with other totals, one in dollars, one for a listing never mapped."""
    shop.store.add_product("Vase", price="50.00", sku="VASE", stock=9)
    shop.seen = {}
    for number, given in enumerate(
        ({"total": "999.00"}, {"total": "998.00"}, {"currency": "SGD"}, {"sku": "VASE"}), 1
    ):
        shop.seen[-number] = shop.sells(**given)  # type: ignore[arg-type]
    shop.pull()
    return shop


def numbers(shop: Shop) -> list[int]:
    return [shop.seen[-number] for number in (1, 2, 3, 4)]


def tried_again(shop: Shop) -> list[int]:
    """Which of the four were tried twice."""
    return [
        place
        for place, number in enumerate(numbers(shop), 1)
        if any("Retry" in event.message for event in shop.order(number).timeline)
    ]


def test_one_order_is_retried_by_its_number(troubled: Shop) -> None:
    number = numbers(troubled)[1]

    report = retry_orders(troubled.runtime, troubled.site_id, number=str(number), actor="siti")

    assert (report.retried, report.states["blocked"]) == (1, 1)
    assert tried_again(troubled) == [2]
    assert [event.actor for event in troubled.order(number).timeline if event.actor] == ["siti"] * 2


def test_orders_are_retried_by_their_code(troubled: Shop) -> None:
    report = retry_orders(troubled.runtime, troubled.site_id, code="totals_mismatch")

    assert (report.retried, tried_again(troubled)) == (2, [1, 2])


def test_orders_are_retried_by_their_state(troubled: Shop) -> None:
    synced = troubled.sells()
    troubled.pull()

    report = retry_orders(troubled.runtime, troubled.site_id, state="blocked")

    assert (report.retried, tried_again(troubled)) == (4, [1, 2, 3, 4])
    assert len(troubled.order(synced).timeline) == 1


def test_code_and_state_together_narrow_it(troubled: Shop) -> None:
    report = retry_orders(
        troubled.runtime, troubled.site_id, state="blocked", code="unmapped_listing"
    )

    assert (report.retried, tried_again(troubled)) == (1, [4])


def test_without_a_choice_everything_that_waits_is_retried(troubled: Shop) -> None:
    report = retry_orders(troubled.runtime, troubled.site_id)

    assert (report.retried, tried_again(troubled)) == (4, [1, 2, 3, 4])


def test_an_order_that_does_not_exist_retries_nothing(troubled: Shop) -> None:
    assert retry_orders(troubled.runtime, troubled.site_id, number="4711").retried == 0


def test_retrying_a_synced_order_posts_nothing_more(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    before = shop.balance(number), shop.stock("MUG-TEHTARIK")

    report = retry_orders(shop.runtime, shop.site_id, number=str(number))

    assert (report.retried, report.states["synced"]) == (1, 1)
    assert (shop.balance(number), shop.stock("MUG-TEHTARIK")) == before
    assert len(shop.order(number).entries) == 1


def test_a_ledger_wired_in_the_meantime_lets_a_retry_through(shop: Shop) -> None:
    with writing(shop.engine) as session:
        wired = session.query(SiteWiring).filter_by(role="tax").one()
        ledger = wired.ledger_id
        session.delete(wired)
    number = shop.sells()
    shop.pull()
    blocked = shop.order(number)
    with writing(shop.engine) as session:
        site = session.get_one(Site, shop.site_id)
        make.wiring(session, site, "tax", session.get_one(Ledger, ledger))

    retry_orders(shop.runtime, shop.site_id, code="ledger_not_wired")

    assert (blocked.state, blocked.code, blocked.entries) == ("blocked", "ledger_not_wired", ())
    assert "tax" in (blocked.message or "")
    assert shop.state(number) == ("synced", None)


# --- one process per site -----------------------------------------------------------------------


HOLDS = """
import sys
from webapp.backoffice.sites.leases import claim
from webapp.database import make_engine, utc_now, writing
with writing(make_engine(sys.argv[1])) as session:
    claim(session, int(sys.argv[2]), utc_now())
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def holder(shop: Shop) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the site's lease."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDS, str(shop.engine.url), str(shop.site_id)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def held_elsewhere(shop: Shop) -> None:
    with writing(shop.engine) as session:
        site = session.get_one(Site, shop.site_id)
        site.lease_holder = "another-machine:1:1"
        site.lease_until = shop.runtime.now() + timedelta(seconds=90)
        site.lease_no += 1


def test_a_live_process_keeps_others_out(shop: Shop, holder: subprocess.Popen[str]) -> None:
    number = shop.sells()

    with pytest.raises(LeaseTaken):
        shop.pull()
    with pytest.raises(LeaseTaken):
        shop.sweep()
    with pytest.raises(LeaseTaken):
        retry_orders(shop.runtime, shop.site_id)

    assert holder.poll() is None
    assert str(number) not in shop.numbers()


def test_a_dead_process_gives_way_at_once(shop: Shop, holder: subprocess.Popen[str]) -> None:
    number = shop.sells()
    holder.kill()
    holder.wait()

    shop.pull()

    assert shop.state(number) == ("synced", None)
    assert shop.site().lease_holder is None


def test_a_process_elsewhere_keeps_others_out_until_its_time_is_over(shop: Shop) -> None:
    held_elsewhere(shop)

    with pytest.raises(LeaseTaken):
        shop.pull()
    shop.settings(lease_until=shop.runtime.now() - timedelta(seconds=1))

    assert shop.pull().run


def test_what_a_process_writes_after_losing_its_lease_is_void(shop: Shop) -> None:
    with leased(shop.runtime, shop.site_id) as lease:
        held_elsewhere(shop)
        with pytest.raises(LeaseLost), lease.writing() as session:
            session.get_one(Site, shop.site_id).name = "stolen"

    assert shop.site().name == "main"
    assert shop.site().lease_holder == "another-machine:1:1"


def test_an_unreadable_order_with_a_number_of_its_own_is_read_anew_by_its_id(shop: Shop) -> None:
    """A plugin's number is not known as long as the order cannot be read."""
    number = shop.sells()
    order = shop.store.orders[number]
    order.number = "KR-2026-7"
    order.lines[0].quantity = 0.5  # type: ignore[assignment]
    shop.store.touched(order)
    shop.pull()
    order.lines[0].quantity = 2
    shop.store.touched(order)

    report = retry_orders(shop.runtime, shop.site_id, code="store_bad_response")

    assert (report.retried, report.states["synced"]) == (1, 1)
    with reading(shop.engine) as session:
        row = session.query(ChannelOrder).one()
    assert (row.number, row.state, row.gone_at) == ("KR-2026-7", "synced", None)


def test_an_unreadable_order_that_is_gone_by_now_is_said_to_be_gone(shop: Shop) -> None:
    number = shop.sells()
    order = shop.store.orders[number]
    order.lines[0].quantity = 0.5  # type: ignore[assignment]
    shop.store.touched(order)
    shop.pull()
    shop.store.force_delete(number)

    report = retry_orders(shop.runtime, shop.site_id)

    with reading(shop.engine) as session:
        row = session.query(ChannelOrder).one()
    assert (report.retried, row.state) == (1, "failed")
    assert row.gone_at is not None


def test_neither_edits_nor_retries_use_up_the_attempts(troubled: Shop) -> None:
    """The limit is for what goes wrong again and again by itself."""
    edited, blocked = troubled.sells(quantity=1), numbers(troubled)[0]
    for quantity in (2, 3, 4):
        troubled.pull()
        troubled.store.advance(60)
        troubled.store.edit_line(edited, quantity=quantity)
    troubled.pull()
    for _ in range(2):
        retry_orders(troubled.runtime, troubled.site_id, number=str(blocked))

    assert (troubled.order(edited).attempts, troubled.order(blocked).attempts) == (1, 1)
