"""An operator's day with orders: find the failed one, mend it, ship another in two parcels."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select, update

from jobs.asked import do_asked
from jobs.pull import pull_site
from platforms.sandbox.woocommerce import Sandbox, open_sandbox
from tests.admin.shop import Shop
from tests.browser.conftest import Desk
from tests.stores import connect_shop, runtime_of
from webapp.backoffice.sites import leases
from webapp.database import reading, utc_now, writing
from webapp.models.orders import ChannelOrder, Delivery, RetailOrder, RetailOrderLine
from webapp.models.schedule import AskedWork


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with open_sandbox(orders=12) as sandbox:
        yield sandbox


def test_a_retry_that_has_to_wait_shows_its_outcome_when_it_lands(
    desk: Desk, shop_engine: Engine, shop: Shop
) -> None:
    desk.sign_in("operator")
    page = desk.page
    desk.open("/orders/?q=tan+wei")
    page.get_by_role("link", name="#10490").click()
    assert "The store's answer makes no sense" in page.get_by_role("main").inner_text()
    with writing(shop_engine) as session:
        lease = leases.claim(session, shop.site, utc_now())

    page.get_by_role("button", name="Retry").click()
    page.get_by_text("No worker is running").wait_for()
    assert "pending" in page.get_by_role("heading", level=1).inner_text()
    with writing(shop_engine) as session:
        leases.release(session, shop.site, lease)
        session.get_one(ChannelOrder, shop.orders["10490"]).state = "blocked"
        session.execute(update(AskedWork).values(closed_at=utc_now()))

    if not desk.is_scripted:
        page.reload()
    page.get_by_role("heading", level=1).filter(has_text="blocked").wait_for(timeout=8000)


def test_an_order_leaves_in_two_parcels_and_the_store_hears_of_both(
    desk: Desk, shop_engine: Engine, sandbox: Sandbox
) -> None:
    site_id = connect_shop(
        shop_engine,
        sandbox,
        name="studio",
        enabled=True,
        automation={
            "import_statuses": ["processing", "completed"],
            "on_shipped_set_status": "completed",
        },
    )
    pull_site(runtime_of(shop_engine), site_id)
    order, number, remote_id = order_to_pack(shop_engine, site_id)
    desk.sign_in("operator")
    page = desk.page

    desk.open(f"/orders/?q={number}&site=studio")
    page.get_by_role("link", name=f"#{number}").click()
    page.get_by_role("link", name="Delivery").click()
    page.get_by_label("leave now").first.fill("1")
    page.get_by_label("Carrier").fill("Pos Laju")
    page.get_by_label("Tracking number").fill("EP221840917MY")
    page.get_by_role("button", name="Ship these pieces").click()
    assert "The workers tell the store now." in page.locator(".tb-toasts").inner_text()
    do_asked(runtime_of(shop_engine), site_id)
    told(desk, 1)
    assert sandbox.store.order(int(remote_id))["status"] == "processing"

    page.get_by_label("Tracking number").fill("EP221840918MY")
    page.get_by_role("button", name="Ship these pieces").click()
    do_asked(runtime_of(shop_engine), site_id)
    told(desk, 2)

    assert page.get_by_text("Everything is shipped").is_visible()
    assert sandbox.store.order(int(remote_id))["status"] == "completed"
    with reading(shop_engine) as session:
        parcels = session.scalars(select(Delivery).where(Delivery.channel_order_id == order))
        assert [each.told for each in parcels] == ["told", "told"]


def order_to_pack(engine: Engine, site_id: int) -> tuple[int, str, str]:
    """An order of two pieces at least that is paid and waits to be packed."""
    with reading(engine) as session:
        row = session.execute(
            select(ChannelOrder.id, ChannelOrder.number, ChannelOrder.remote_id)
            .join(RetailOrder, RetailOrder.channel_order_id == ChannelOrder.id)
            .join(RetailOrderLine, RetailOrderLine.channel_order_id == ChannelOrder.id)
            .where(
                ChannelOrder.site_id == site_id,
                ChannelOrder.status == "processing",
                RetailOrder.status == "active",
                RetailOrderLine.quantity > 1,
            )
            .limit(1)
        ).one()
        return row.id, row.number, row.remote_id


def told(desk: Desk, parcels: int) -> None:
    """The page tells by itself, with script; without, it is loaded again."""
    if not desk.is_scripted:
        desk.page.reload()
    desk.page.locator(".tb-state", has_text="told to the store").nth(parcels - 1).wait_for(
        timeout=8000
    )
