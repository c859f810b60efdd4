"""Which orders come in: statuses, the site's start, what a person asks for, child orders."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from jobs.retry import retry_orders
from platforms.sandbox.woocommerce import open_sandbox
from tests.pull.shops import Shop, connected

MUG = "MUG-TEHTARIK"


def retried(shop: Shop, number: int) -> tuple[str, str | None]:
    retry_orders(shop.runtime, shop.site_id, number=str(number))
    return shop.state(number)


def test_a_custom_status_is_skipped_until_the_site_says_what_it_is(shop: Shop) -> None:
    on_hand = shop.on_hand(MUG)
    number = shop.sells(status="awaiting-pickup", paid=True)
    shop.pull()
    before = shop.state(number), shop.stock(MUG)

    shop.settings(automation={"status_as": {"awaiting-pickup": "processing"}})

    assert before == (("skipped", "not_wanted"), (on_hand, 0))
    assert retried(shop, number) == ("synced", None)
    assert shop.stock(MUG) == (on_hand - 2, 0)
    assert shop.is_clean()


def test_a_custom_status_after_posting_changes_nothing_until_the_site_says_what_it_is(
    shop: Shop,
) -> None:
    number = shop.sells()
    shop.pull()
    before = shop.balance(number)
    shop.store.advance(60)
    shop.store.set_status(number, "awaiting-pickup")
    shop.pull()
    unknown = shop.state(number), shop.balance(number)

    shop.settings(automation={"status_as": {"awaiting-pickup": "cancelled"}})

    assert unknown == (("synced", None), before)
    assert "awaiting-pickup" in shop.order(number).timeline[-1].message
    assert retried(shop, number) == ("synced", None)
    assert shop.balance(number) == {}


def test_pending_then_paid_comes_in(shop: Shop) -> None:
    number = shop.sells(status="pending", paid=False)
    shop.pull()
    waiting = shop.state(number)
    shop.store.advance(60)
    shop.store.pay(number)

    shop.pull()

    assert waiting == ("skipped", "not_wanted")
    assert shop.state(number) == ("synced", None)
    assert shop.balance(number)["sales_revenue"] == -100


def test_a_bank_transfer_posts_when_the_merchant_confirms_it(shop: Shop) -> None:
    number = shop.sells(payment_method="bacs", status="on-hold")
    shop.pull()
    before = shop.order(number)
    shop.store.advance(60)
    shop.store.pay(number)

    shop.pull()

    assert (before.entries, before.retail_status) == ((), "new")
    assert len(shop.order(number).entries) == 1


def test_an_order_under_review_keeps_its_sale(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    before = shop.balance(number)
    shop.store.advance(60)
    shop.store.set_status(number, "on-hold")

    shop.pull()

    assert (shop.state(number), shop.balance(number)) == (("synced", None), before)


def test_cancelled_with_full_refunds_is_refunded(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    total = shop.store.order(number)["total"]
    shop.store.advance(60)
    shop.store.refund(number, amount=total)
    shop.store.set_status(number, "cancelled")

    shop.pull()

    assert shop.state(number) == ("synced", None)
    assert [entry.chapter for entry in shop.order(number).entries] == ["sale", "refund"]
    assert shop.balance(number) == {"sales_revenue": -100, "refunds": 100}


def test_cancelled_with_full_refunds_is_refunded_also_when_first_seen_so(shop: Shop) -> None:
    """Versions may not arrive at all: the end must be the same as if each had."""
    number = shop.sells(meta={"_stripe_fee": "3.51"})
    shop.store.refund(number, amount=shop.store.order(number)["total"])
    shop.store.set_status(number, "cancelled")

    shop.pull()

    assert shop.state(number) == ("synced", None)
    assert [entry.chapter for entry in shop.order(number).entries] == ["sale", "fees", "refund"]


def test_cancelled_with_full_refunds_stays_out_where_refunded_orders_do(shop: Shop) -> None:
    shop.settings(automation={"import_statuses": ["processing"]})
    number = shop.sells()
    shop.store.refund(number, amount=shop.store.order(number)["total"])
    shop.store.set_status(number, "cancelled")

    shop.pull()

    assert shop.state(number) == ("skipped", "not_wanted")


def test_cancelled_with_a_partial_refund_is_cancelled(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    shop.store.advance(60)
    shop.store.refund(number, amount="20.00")
    shop.pull()
    shop.store.advance(60)
    shop.store.set_status(number, "cancelled")

    shop.pull()

    assert shop.balance(number) == {}
    assert shop.is_clean()


def test_orders_before_the_sites_start_are_not_wanted_until_asked_for(
    sqlite_engine: Engine,
) -> None:
    began = datetime(2026, 11, 20, tzinfo=UTC)
    with open_sandbox() as sandbox:
        shop = connected(sqlite_engine, sandbox, orders_from=began)
        number = shop.sells(at=began - timedelta(days=9))
        shop.store.set_meta(number, "_packed_by", "Wei")
        shop.pull()
        before = shop.state(number), shop.stock(MUG)[1]

        shop.pull(order=str(number))

        assert before == (("skipped", "not_wanted"), 0)
        assert shop.state(number) == ("synced", None)
        shop.store.advance(60)
        shop.store.edit_line(number, quantity=1, subtotal="50.00", total="50.00")
        shop.pull()
        assert shop.balance(number)["sales_revenue"] == -50


def test_a_range_reaches_behind_the_sites_start_and_leaves_the_watermark(
    sqlite_engine: Engine,
) -> None:
    began = datetime(2026, 11, 20, tzinfo=UTC)
    with open_sandbox() as sandbox:
        shop = connected(sqlite_engine, sandbox, orders_from=began)
        days = [shop.sells(at=began - timedelta(days=day)) for day in (9, 8, 7)]
        shop.pull()
        watermark = shop.site().pull_watermark

        report = shop.pull(since=began - timedelta(days=8), until=began - timedelta(days=7))

        assert report.fetched == 1
        assert shop.numbers() == {str(days[1])}
        assert shop.state(days[1]) == ("synced", None)
        assert shop.site().pull_watermark == watermark


def test_changing_which_statuses_come_in_does_not_stop_what_has_begun(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    shop.settings(automation={"import_statuses": ["completed"]})
    shop.store.advance(60)
    shop.store.set_status(number, "cancelled")

    shop.pull()

    assert (shop.state(number), shop.balance(number)) == (("synced", None), {})
