"""Held orders wait for a person; shipped ones are told to the store, now or later."""

import pytest

from jobs.push import push_site
from jobs.ship import ship_order
from platforms.sandbox.woocommerce import Buyer
from tests.pull.shops import Shop
from webapp.backoffice.orders.decisions import release_hold
from webapp.backoffice.orders.shipping import CannotShip
from webapp.database import writing

MUG = "MUG-TEHTARIK"
RULES = [
    {"field": "country", "is": "SG", "say": "Abroad: look at the customs papers"},
    {"field": "total", "over": 1000, "say": "Large: call the customer"},
]


@pytest.fixture
def telling(shop: Shop) -> Shop:
    shop.settings(automation={"on_shipped_set_status": "completed"})
    return shop


def test_a_held_order_is_booked_and_reserved_and_cannot_be_shipped_until_released(
    shop: Shop,
) -> None:
    shop.settings(automation={"hold_when": RULES, "stock_leaves_on": "shipped"})
    number = shop.sells(buyer=Buyer(country="SG"))
    shop.pull()
    held = shop.order(number)
    with pytest.raises(CannotShip, match="Abroad"):
        ship_order(shop.runtime, shop.site_id, held.id)

    with writing(shop.engine) as session:
        release_hold(session, held.id, actor="siti", now=shop.runtime.now())
    shop.pull()

    assert (held.retail_status, held.state) == ("hold", "synced")
    assert (len(held.entries), held.reserved) == (1, {MUG: 2})
    assert shop.order(number).retail_status == "active"
    ship_order(shop.runtime, shop.site_id, held.id)
    assert shop.order(number).retail_status == "complete"


def test_a_released_order_stays_released_when_it_changes(shop: Shop) -> None:
    shop.settings(automation={"hold_when": RULES})
    number = shop.sells(buyer=Buyer(country="SG"))
    shop.pull()
    with writing(shop.engine) as session:
        release_hold(session, shop.order_id(number), actor="siti", now=shop.runtime.now())
    shop.store.advance(60)
    shop.store.edit_line(number, quantity=3)

    shop.pull()

    assert shop.order(number).retail_status == "active"


def test_an_order_under_the_rules_bounds_is_not_held(shop: Shop) -> None:
    shop.settings(automation={"hold_when": RULES})
    number = shop.sells()

    shop.pull()

    assert shop.order(number).retail_status == "active"


def test_a_rule_made_later_holds_no_order_that_has_begun(shop: Shop) -> None:
    number = shop.sells(buyer=Buyer(country="SG"))
    shop.pull()
    shop.settings(automation={"hold_when": RULES})
    shop.store.advance(60)
    shop.store.edit_line(number, quantity=3)

    shop.pull()

    assert shop.order(number).retail_status == "active"


def test_an_order_first_held_back_is_held_when_it_comes_in(shop: Shop) -> None:
    """Its buyer is read from our row then: the order comes in without a new version."""
    shop.settings(automation={"hold_when": RULES, "import_statuses": ["completed"]})
    number = shop.sells(buyer=Buyer(country="SG"))
    shop.pull()
    shop.settings(automation={"import_statuses": ["processing"]})

    from jobs.retry import retry_orders

    retry_orders(shop.runtime, shop.site_id, number=str(number))

    assert shop.order(number).retail_status == "hold"


def test_a_store_that_is_down_is_told_with_the_next_push(telling: Shop) -> None:
    number = telling.sells()
    telling.pull()
    telling.sandbox.faults.set("500=1")
    report = ship_order(telling.runtime, telling.site_id, telling.order_id(number))
    waiting = telling.order(number)
    telling.sandbox.faults.clear()

    push_site(telling.runtime, telling.site_id)

    assert not report.store_told
    assert "next push" in report.message
    assert (waiting.retail_status, waiting.deliveries[0].told) == ("complete", "waiting")
    assert telling.store.order(number)["status"] == "completed"
    assert telling.order(number).deliveries[0].told == "told"


def test_an_order_cancelled_meanwhile_is_not_completed_over_it(telling: Shop) -> None:
    number = telling.sells()
    telling.pull()
    telling.store.advance(60)
    telling.store.set_status(number, "cancelled")

    report = ship_order(telling.runtime, telling.site_id, telling.order_id(number))

    assert not report.store_told
    assert telling.store.order(number)["status"] == "cancelled"
    assert telling.order(number).deliveries[0].told == "refused"
    assert telling.order(number).deliveries[0].told_message


def test_a_site_that_tells_nothing_tells_nothing(shop: Shop) -> None:
    shop.settings(automation={"on_shipped_set_status": None})
    number = shop.sells()
    shop.pull()

    report = ship_order(shop.runtime, shop.site_id, shop.order_id(number), tracking="EP1MY")

    assert not report.store_told
    assert shop.store.order(number)["status"] == "processing"
    assert shop.order(number).deliveries[0].told == "not_wanted"


def test_an_order_shipped_here_stays_shipped_when_the_store_has_not_heard(shop: Shop) -> None:
    shop.settings(automation={"on_shipped_set_status": None, "stock_leaves_on": "shipped"})
    on_hand = shop.on_hand(MUG)
    number = shop.sells()
    shop.pull()
    ship_order(shop.runtime, shop.site_id, shop.order_id(number))
    shop.store.advance(60)
    shop.store.edit_line(number, quantity=3)

    shop.pull()

    assert shop.order(number).retail_status == "complete"
    assert shop.stock(MUG) == (on_hand - 3, 0)
    assert shop.is_clean()


def test_what_the_store_shipped_has_a_delivery_and_is_not_shipped_again(shop: Shop) -> None:
    number = shop.sells(status="completed")

    shop.pull()

    (delivery,) = shop.order(number).deliveries
    assert (delivery.source, delivery.told) == ("store", "by_store")
    with pytest.raises(CannotShip, match="shipped"):
        ship_order(shop.runtime, shop.site_id, shop.order_id(number))


def test_an_order_that_was_not_taken_in_cannot_be_shipped(shop: Shop) -> None:
    number = shop.sells(status="pending", paid=False)
    shop.pull()

    with pytest.raises(CannotShip, match="not taken in"):
        ship_order(shop.runtime, shop.site_id, shop.order_id(number))


def test_an_order_refunded_whole_is_over_and_cannot_be_shipped(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    shop.store.advance(60)
    shop.store.set_status(number, "refunded")

    shop.pull()

    assert shop.order(number).retail_status == "complete"
    with pytest.raises(CannotShip, match="refunded"):
        ship_order(shop.runtime, shop.site_id, shop.order_id(number))
