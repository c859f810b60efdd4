"""The store is asked for its notices once, looked at every hour, and put right where it may be."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from jobs.pull import pull_site
from jobs.runtime import Runtime
from jobs.subscribing import due_subscriptions, tend_subscription
from platforms.base import SubscriptionState
from platforms.sandbox import shopee, woocommerce
from tests.webhooks.serving import Served, connect
from webapp.backoffice.sites.subscriptions import Standing
from webapp.database import reading
from webapp.models.notices import NoticeSubscription

HOUR = timedelta(hours=1)
Look = Callable[..., Standing]


@pytest.fixture
def shop_site(served_on_sqlite: Served, shop: woocommerce.Sandbox) -> int:
    return connect(served_on_sqlite.engine, shop, "woocommerce")


@pytest.fixture
def market_site(served_on_sqlite: Served, market: shopee.Sandbox) -> int:
    return connect(served_on_sqlite.engine, market, "shopee")


def at(served: Served, after: timedelta) -> Runtime:
    moment = datetime.now(UTC) + after
    return replace(served.runtime, now=lambda: moment)


def look(served: Served, site_id: int, after: timedelta = timedelta(0)) -> Standing:
    standing = tend_subscription(at(served, after), site_id)
    assert standing is not None
    return standing


def set_up(served: Served, site_id: int) -> Standing:
    served.ask_for_notices(site_id)
    return look(served, site_id)


def hooks(shop: woocommerce.Sandbox) -> list[Any]:
    return list(shop.store.webhooks.hooks.values())


def test_nothing_is_written_to_a_store_before_a_person_asks(
    served_on_sqlite: Served, shop: woocommerce.Sandbox, shop_site: int
) -> None:
    assert due_subscriptions(served_on_sqlite.runtime) == ()
    assert tend_subscription(served_on_sqlite.runtime, shop_site) is None

    pull_site(served_on_sqlite.runtime, shop_site)

    assert hooks(shop) == []


def test_the_next_pull_does_what_a_person_asked_for(
    served_on_sqlite: Served, shop: woocommerce.Sandbox, shop_site: int
) -> None:
    served_on_sqlite.ask_for_notices(shop_site)

    pull_site(served_on_sqlite.runtime, shop_site)

    assert served_on_sqlite.standing(shop_site).is_well
    assert {hook.topic for hook in hooks(shop)} == {
        "order.created",
        "order.updated",
        "order.deleted",
        "order.restored",
    }
    assert {hook.delivery_url for hook in hooks(shop)} == {served_on_sqlite.address(shop_site)}
    assert shop.store.webhooks.drain(10)
    assert all(hook.pinged for hook in hooks(shop))


def test_asking_twice_makes_nothing_twice_and_leaves_others_alone(
    served_on_sqlite: Served, shop: woocommerce.Sandbox, shop_site: int
) -> None:
    shop.store.webhooks.tell_of_orders("http://127.0.0.1:9/another-app", "theirs")
    theirs = {hook.id: (hook.secret, hook.delivery_url, hook.status) for hook in hooks(shop)}

    set_up(served_on_sqlite, shop_site)
    set_up(served_on_sqlite, shop_site)

    assert len(hooks(shop)) == len(theirs) + 4
    left = {h.id: (h.secret, h.delivery_url, h.status) for h in hooks(shop) if h.id in theirs}
    assert left == theirs


def test_the_secret_is_made_up_once_kept_encrypted_and_never_shown(
    served_on_sqlite: Served, shop: woocommerce.Sandbox, shop_site: int
) -> None:
    set_up(served_on_sqlite, shop_site)
    (secret,) = {hook.secret for hook in hooks(shop)}
    set_up(served_on_sqlite, shop_site)

    assert {hook.secret for hook in hooks(shop)} == {secret}
    assert secret.isalnum()
    assert len(secret) >= 32
    with served_on_sqlite.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT secret FROM notice_subscriptions").scalar_one()
    assert secret.encode() not in bytes(stored)
    assert secret not in repr(served_on_sqlite.standing(shop_site))
    page = served_on_sqlite.send("/sites/", b"", method="GET")
    assert secret.encode() not in page.said  # type: ignore[attr-defined]


def test_a_secret_that_a_person_gave_is_used(
    served_on_sqlite: Served, shop: woocommerce.Sandbox
) -> None:
    keys = dict(shop.credentials) | {"webhook_secret": "typed by hand"}
    site_id = connect(served_on_sqlite.engine, shop, "woocommerce", credentials=keys)

    set_up(served_on_sqlite, site_id)

    assert {hook.secret for hook in hooks(shop)} == {"typed by hand"}
    with reading(served_on_sqlite.engine) as session:
        assert session.get_one(NoticeSubscription, site_id).secret is None


def test_a_store_that_gave_up_is_seen_within_the_hour_and_woken_once(
    served_on_sqlite: Served, shop: woocommerce.Sandbox, shop_site: int
) -> None:
    set_up(served_on_sqlite, shop_site)
    for hook in hooks(shop):
        hook.status = "disabled"

    assert look(served_on_sqlite, shop_site, HOUR / 2).is_well  # not due yet
    woken = look(served_on_sqlite, shop_site, 2 * HOUR)

    assert woken.is_well
    assert woken.mended_at is not None
    assert {hook.status for hook in hooks(shop)} == {"active"}

    hooks(shop)[1].status = "disabled"
    again = look(served_on_sqlite, shop_site, 4 * HOUR)

    assert (again.state, again.is_asked) == (SubscriptionState.DISABLED, False)
    assert "order.updated" in again.said
    assert hooks(shop)[1].status == "disabled"

    assert set_up(served_on_sqlite, shop_site).is_well
    assert hooks(shop)[1].status == "active"


def test_deliveries_that_fail_disable_a_webhook_and_it_comes_back(
    served_on_sqlite: Served, shop: woocommerce.Sandbox, shop_site: int
) -> None:
    """The store's own counting: seven failures in a row."""
    set_up(served_on_sqlite, shop_site)
    assert shop.store.webhooks.drain(10)
    right = {hook.id: hook.secret for hook in hooks(shop)}
    for hook in hooks(shop):
        hook.secret = "changed in the store"
    sku = shop.stock_rows()[0][0]
    for _ in range(7):
        shop.store.place_order(lines=[woocommerce.Sold(product=sku, quantity=1)])
        assert shop.store.webhooks.drain(10)
    assert {hook.status for hook in hooks(shop) if hook.topic == "order.updated"} == {"disabled"}

    assert look(served_on_sqlite, shop_site, 2 * HOUR).is_well

    assert {hook.id: hook.secret for hook in hooks(shop)} == right
    order_id = shop.store.place_order(lines=[woocommerce.Sold(product=sku, quantity=1)])
    assert shop.store.webhooks.drain(10)
    waiting = served_on_sqlite.waiting(shop_site)
    assert [each.order_remote_id for each in waiting] == [str(order_id)]


def test_what_a_person_paused_or_removed_in_the_store_stays_so(
    served_on_sqlite: Served, shop: woocommerce.Sandbox, shop_site: int
) -> None:
    set_up(served_on_sqlite, shop_site)
    hooks(shop)[0].status = "paused"

    assert look(served_on_sqlite, shop_site, 2 * HOUR).state is SubscriptionState.PAUSED
    assert hooks(shop)[0].status == "paused"

    shop.store.webhooks.hooks.clear()
    assert look(served_on_sqlite, shop_site, 4 * HOUR).state is SubscriptionState.MISSING
    assert hooks(shop) == []


def test_a_new_public_address_is_told_to_the_store(
    served_on_sqlite: Served, shop: woocommerce.Sandbox, shop_site: int
) -> None:
    set_up(served_on_sqlite, shop_site)
    moved = replace(at(served_on_sqlite, 2 * HOUR), public_url="http://127.0.0.1:9")

    standing = tend_subscription(moved, shop_site)

    assert standing is not None
    assert standing.is_well
    assert standing.url == f"http://127.0.0.1:9/webhooks/woocommerce/{shop_site}"


def test_without_a_public_address_a_person_is_told_what_to_set(
    served_on_sqlite: Served, shop: woocommerce.Sandbox, shop_site: int
) -> None:
    served_on_sqlite.ask_for_notices(shop_site)

    standing = tend_subscription(replace(served_on_sqlite.runtime, public_url=""), shop_site)

    assert standing is not None
    assert "TILLBRIDGE_PUBLIC_URL" in standing.fix
    assert hooks(shop) == []


def test_a_key_that_may_not_do_it_stops_no_pull_and_is_said(
    served_on_sqlite: Served, shop: woocommerce.Sandbox, shop_site: int
) -> None:
    served_on_sqlite.ask_for_notices(shop_site)
    shop.key.permissions = "read"

    pull_site(served_on_sqlite.runtime, shop_site)

    standing = served_on_sqlite.standing(shop_site)
    assert (standing.state, standing.is_asked) == (None, False)
    assert "Read/Write" in standing.fix
    assert due_subscriptions(served_on_sqlite.runtime) == ()


@pytest.mark.parametrize(("asks_for", "minutes"), [("-", 5), ("600", 10)])
def test_a_store_out_of_reach_is_asked_again_in_minutes(
    served_on_sqlite: Served,
    shop: woocommerce.Sandbox,
    shop_site: int,
    asks_for: str,
    minutes: int,
) -> None:
    served_on_sqlite.ask_for_notices(shop_site)
    shop.faults.set(f"429=1:{asks_for}")

    standing = look(served_on_sqlite, shop_site)
    assert (standing.state, standing.is_asked) == (None, True)

    shop.faults.set("")
    early = look(served_on_sqlite, shop_site, timedelta(minutes=minutes - 1))
    assert early.state is None
    assert look(served_on_sqlite, shop_site, timedelta(minutes=minutes + 1)).is_well


def test_a_marketplaces_app_sends_to_one_address_for_all_its_shops(
    served_on_sqlite: Served, market: shopee.Sandbox, market_site: int
) -> None:
    assert set_up(served_on_sqlite, market_site).is_well

    assert market.store.pushes.callback_url == f"{served_on_sqlite.url}/webhooks/shopee"


def test_pushes_that_were_suspended_are_turned_on_again(
    served_on_sqlite: Served, market: shopee.Sandbox, market_site: int
) -> None:
    set_up(served_on_sqlite, market_site)
    market.store.pushes.suspend()

    assert look(served_on_sqlite, market_site, 2 * HOUR).is_well
    assert not market.store.pushes.suspended_at


def test_an_app_whose_pushes_go_elsewhere_is_left_alone_and_a_person_told_where_to_click(
    served_on_sqlite: Served, market: shopee.Sandbox, market_site: int
) -> None:
    market.store.pushes.register("http://127.0.0.1:9/another-system")

    standing = set_up(served_on_sqlite, market_site)

    assert standing.state is SubscriptionState.ELSEWHERE
    assert "http://127.0.0.1:9/another-system" in standing.said
    assert served_on_sqlite.address(market_site) in standing.fix
    assert market.store.pushes.callback_url == "http://127.0.0.1:9/another-system"
