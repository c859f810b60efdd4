"""Orders lower what the stores are offered as soon as they are pulled, paid or not."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import Engine

from jobs.ship import ship_order
from platforms.sandbox.woocommerce import open_sandbox
from tests.pull.shops import Shop, connected
from webapp.backoffice.goods.availability import site_quantities
from webapp.backoffice.orders.shipping import CannotShip
from webapp.database import reading
from webapp.models.sites import Site

MUG = "MUG-TEHTARIK"


def offered(shop: Shop, sku: str = MUG) -> int | None:
    """What the shop's listing of this SKU should show."""
    with reading(shop.engine) as session:
        found = site_quantities(session, session.get_one(Site, shop.site_id))
    return {each.sku: each.quantity.shown for each in found}[sku]


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ({"payment_method": "cod", "status": "processing"}, ("synced", None)),
        ({"payment_method": "bacs", "status": "on-hold"}, ("synced", None)),
        ({"total": "999.00"}, ("blocked", "totals_mismatch")),
        ({"currency": "SGD"}, ("blocked", "currency_mismatch")),
        ({"status": "completed"}, ("synced", None)),
    ],
    ids=["cash-on-delivery", "bank-transfer", "totals-mismatch", "currency", "shipped"],
)
def test_an_order_lowers_what_two_stores_are_offered(
    sqlite_engine: Engine, given: dict[str, str], state: tuple[str, str | None]
) -> None:
    with open_sandbox() as sandbox, open_sandbox(seed=2) as second:
        shop = connected(sqlite_engine, sandbox)
        other = connected(sqlite_engine, second, name="other")
        before = offered(shop), offered(other)
        number = shop.sells(MUG, 3, **given)

        shop.pull()

        assert shop.state(number) == state
        assert before[0] is not None
        assert before[1] is not None
        assert (offered(shop), offered(other)) == (before[0] - 3, before[1] - 3)


def test_a_status_the_site_does_not_import_lowers_it_too(shop: Shop) -> None:
    shop.settings(automation={"import_statuses": ["completed"]})
    before = offered(shop)
    assert before is not None

    number = shop.sells(MUG, 3)
    shop.pull()

    assert shop.state(number) == ("skipped", "not_wanted")
    assert offered(shop) == before - 3
    assert shop.is_clean()


def test_orders_that_wait_for_payment_or_died_hold_nothing(shop: Shop) -> None:
    before = offered(shop)
    for status in ("pending", "failed", "cancelled", "checkout-draft"):
        shop.sells(MUG, 3, status=status, paid=False)

    shop.pull()

    assert offered(shop) == before


def test_what_was_held_is_let_go_when_the_order_dies(shop: Shop) -> None:
    before = offered(shop)
    number = shop.sells(MUG, 3, payment_method="bacs", status="on-hold")
    shop.pull()
    held = offered(shop)
    shop.store.advance(60)
    shop.store.set_status(number, "cancelled")

    shop.pull()

    assert before is not None
    assert (held, offered(shop)) == (before - 3, before)


def test_an_order_blocked_for_its_totals_is_shipped_and_the_store_hears_it(shop: Shop) -> None:
    shop.settings(automation={"on_shipped_set_status": "completed"})
    number = shop.sells(MUG, 3, total="999.00")
    shop.pull()
    before = offered(shop)

    report = ship_order(
        shop.runtime, shop.site_id, shop.order_id(number), carrier="Pos Laju", tracking="EP1MY"
    )

    assert report.store_told
    assert shop.store.order(number)["status"] == "completed"
    shop.pull()
    view = shop.order(number)
    assert (view.state, view.code) == ("blocked", "totals_mismatch")
    assert (view.retail_status, view.entries) == ("complete", ())
    assert [each.told for each in view.deliveries] == ["told"]
    assert offered(shop) == before
    assert shop.is_clean()


def test_shipping_again_with_the_same_tracking_is_the_same_delivery(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    order_id = shop.order_id(number)
    first = ship_order(shop.runtime, shop.site_id, order_id, tracking="EP1MY")

    again = ship_order(shop.runtime, shop.site_id, order_id, tracking="EP1MY")

    assert again.shipped_at == first.shipped_at
    assert len(shop.order(number).deliveries) == 1
    with pytest.raises(CannotShip):
        ship_order(shop.runtime, shop.site_id, order_id, tracking="EP2MY")


def test_a_cancelled_order_cannot_be_shipped(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    shop.store.advance(60)
    shop.store.set_status(number, "cancelled")
    shop.pull()

    with pytest.raises(CannotShip, match="cancelled"):
        ship_order(shop.runtime, shop.site_id, shop.order_id(number))


def test_where_stock_leaves_on_shipping_it_is_held_until_then(shop: Shop) -> None:
    shop.settings(automation={"stock_leaves_on": "shipped"})
    on_hand, _ = shop.stock(MUG)
    number = shop.sells(MUG, 3)
    shop.pull()
    packed = shop.stock(MUG)

    ship_order(shop.runtime, shop.site_id, shop.order_id(number))

    assert packed == (on_hand, 3)
    assert shop.stock(MUG) == (on_hand - 3, 0)


def test_selling_below_zero_is_recorded_and_not_refused(shop: Shop) -> None:
    from sqlalchemy import select

    from webapp.models.stock import Oversell

    on_hand, _ = shop.stock(MUG)
    number = shop.sells(MUG, on_hand + 2)

    shop.pull()

    assert shop.state(number) == ("synced", None)
    assert shop.stock(MUG) == (-2, 0)
    assert offered(shop) == 0
    with reading(shop.engine) as session:
        assert session.scalars(select(Oversell.missing)).all() == [2]


# --- where stock begins -------------------------------------------------------------------------


def test_a_year_of_orders_after_a_shelf_count_leaves_the_count_as_it_was(
    sqlite_engine: Engine,
) -> None:
    counted_at = datetime(2026, 11, 23, tzinfo=UTC)
    with open_sandbox(orders=300) as sandbox:
        for number, order in list(sandbox.store.orders.items()):
            if order.status in ("processing", "on-hold", "awaiting-pickup"):
                sandbox.store.set_status(number, "completed", at=counted_at - timedelta(days=9))
        shop = connected(sqlite_engine, sandbox, stock_from=counted_at)
        before = {sku: shop.stock(sku) for sku, _, _ in sandbox.stock_rows()}

        report = shop.pull()

        assert report.states["synced"] > 200
        assert {sku: shop.stock(sku) for sku in before} == before
        assert shop.is_clean()


def test_orders_still_to_be_packed_at_the_count_are_taken_off(sqlite_engine: Engine) -> None:
    counted_at = datetime(2026, 11, 23, tzinfo=UTC)
    with open_sandbox() as sandbox:
        shop = connected(sqlite_engine, sandbox, stock_from=counted_at)
        on_hand, _ = shop.stock(MUG)
        shop.sells(MUG, 1, at=counted_at - timedelta(days=5))
        number = shop.sells(MUG, 1, at=counted_at - timedelta(days=5))
        shop.store.set_status(number, "completed", at=counted_at + timedelta(hours=1))

        shop.pull()

        assert shop.stock(MUG) == (on_hand - 2, 0)


def test_the_books_of_orders_before_the_count_are_whole(sqlite_engine: Engine) -> None:
    counted_at = datetime(2026, 11, 23, tzinfo=UTC)
    with open_sandbox() as sandbox:
        shop = connected(sqlite_engine, sandbox, stock_from=counted_at)
        number = shop.sells(MUG, 1, at=counted_at - timedelta(days=9))
        shop.store.set_status(number, "completed", at=counted_at - timedelta(days=8))

        shop.pull()

        assert shop.balance(number)["customer_payment"] == Decimal("61.48")
        assert shop.order(number).moves == ()
