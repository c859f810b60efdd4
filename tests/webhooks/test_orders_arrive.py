"""Orders made at a store arrive by themselves: as notices, then as orders."""

from typing import Any

import pytest

from jobs.notices import take_notices, waiting_notices
from jobs.pull import pull_site
from jobs.subscribing import due_subscriptions, tend_subscription
from platforms.base import NoticeKind, SubscriptionState
from platforms.sandbox import shopee, woocommerce
from tests.stores import state_of, states
from tests.webhooks.serving import Served, connect


def sell(sandbox: Any) -> str:
    """One paid order; its id at the store."""
    sku = sandbox.stock_rows()[0][0]
    if isinstance(sandbox, shopee.Sandbox):
        lines: list[Any] = [shopee.Sold(product=sku, quantity=1)]
        return str(sandbox.store.place_order(lines=lines, status="READY_TO_SHIP"))
    placed = sandbox.store.place_order(lines=[woocommerce.Sold(product=sku, quantity=1)])
    return str(placed)


def all_sent(sandbox: Any) -> None:
    """Wait until the store has nothing more to tell."""
    told = sandbox.store.pushes if isinstance(sandbox, shopee.Sandbox) else sandbox.store.webhooks
    assert told.drain(10)


@pytest.fixture
def subscribed(served: Served, sandbox: Any, platform_name: str) -> int:
    """A site on either database whose store was asked to send its notices here."""
    site_id = connect(served.engine, sandbox, platform_name)
    served.ask_for_notices(site_id)
    assert due_subscriptions(served.runtime) == (site_id,)
    standing = tend_subscription(served.runtime, site_id)
    assert standing is not None
    assert (standing.state, standing.said) == (SubscriptionState.ACTIVE, "")
    return site_id


def test_an_order_made_at_the_store_waits_here_and_is_read(
    served: Served, sandbox: Any, subscribed: int
) -> None:
    number = sell(sandbox)
    all_sent(sandbox)

    (waiting,) = served.waiting(subscribed)
    assert (waiting.kind, waiting.order_remote_id) == (NoticeKind.ORDER, number)
    (due,) = waiting_notices(served.runtime)
    assert (due.site_id, due.notices) == (subscribed, 1)

    report = take_notices(served.runtime, subscribed)

    assert (report.taken, report.new, report.unread) == (1, 1, 0)
    assert served.waiting(subscribed) == []
    assert state_of(served.engine, number) == ("synced", None)
    assert waiting_notices(served.runtime) == ()


def test_nothing_is_lost_without_a_worker_since_the_next_pull_reads_it(
    served: Served, sandbox: Any, subscribed: int
) -> None:
    numbers = [sell(sandbox) for _ in range(3)]
    all_sent(sandbox)
    assert len(served.waiting(subscribed)) == 3

    pull_site(served.runtime, subscribed)

    assert served.waiting(subscribed) == []
    assert {state_of(served.engine, number)[0] for number in numbers} == {"synced"}
    assert states(served.engine).total() == 3


def test_a_store_that_is_heard_is_shown_as_heard(
    served: Served, sandbox: Any, subscribed: int
) -> None:
    assert served.standing(subscribed).heard_at is None

    sell(sandbox)
    all_sent(sandbox)

    assert served.standing(subscribed).heard_at is not None
