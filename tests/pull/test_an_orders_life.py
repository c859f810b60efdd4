"""An order edited, partly refunded, its refund deleted, cancelled: each time the difference."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from platforms.sandbox.woocommerce import Carriage, OrderStorage, Returned, open_sandbox
from tests.pull.shops import Shop, connected


@pytest.fixture(params=list(OrderStorage))
def stored(request: pytest.FixtureRequest, engine: Engine) -> Iterator[Shop]:
    """The story is the same for both order storages, on both databases."""
    with open_sandbox() as sandbox:
        sandbox.store.configure(order_storage=request.param)
        yield connected(engine, sandbox)


def test_each_change_posts_exactly_the_difference(stored: Shop) -> None:
    """In posts storage edits, refunds and deleted refunds leave the date: the sweep finds them."""
    shop, mugs = stored, "MUG-TEHTARIK"
    before = shop.on_hand(mugs)
    number = shop.sells(mugs, 1, meta={"_stripe_fee": "2.04"}, shipping=[Carriage(total="8.00")])

    shop.pull()

    assert shop.news(number) == [
        (
            "sale",
            "order",
            1,
            {
                "customer_payment": "61.48",
                "sales_revenue": "-50.00",
                "delivery": "-8.00",
                "tax": "-3.48",
            },
        ),
        ("fees", "order", 1, {"platform_fees": "2.04", "customer_payment": "-2.04"}),
    ]
    assert shop.on_hand(mugs) == before - 1

    shop.store.advance(60)
    shop.store.edit_line(number, quantity=2, subtotal="100.00", total="80.00")
    shop.pull()
    shop.sweep()

    assert shop.news(number) == [
        (
            "sale",
            "order",
            2,
            {
                "customer_payment": "31.80",
                "discount": "20.00",
                "sales_revenue": "-50.00",
                "tax": "-1.80",
            },
        )
    ]
    assert shop.on_hand(mugs) == before - 2

    shop.store.advance(60)
    line = shop.store.order(number)["line_items"][0]["id"]
    refund = shop.store.refund(
        number, amount="42.40", lines=[Returned(id=line, quantity=1, total="40.00", tax="2.40")]
    )
    shop.pull()

    assert shop.news(number) == [
        (
            "refund",
            str(refund),
            1,
            {"refunds": "40.00", "tax": "2.40", "customer_payment": "-42.40"},
        )
    ]
    assert shop.on_hand(mugs) == before - 1

    shop.store.advance(3600)
    shop.sells("CANDLE-PANDAN")  # the watermark goes on: the order is not read again by itself
    shop.pull()
    shop.store.delete_refund(refund)
    pulled = shop.pull()
    swept = shop.sweep()

    assert pulled.changed == 0
    assert (swept.changed, swept.missed_by_date) == (1, 1)
    assert shop.news(number) == [
        (
            "refund",
            str(refund),
            2,
            {"customer_payment": "42.40", "refunds": "-40.00", "tax": "-2.40"},
        )
    ]
    assert shop.on_hand(mugs) == before - 2

    shop.store.advance(60)
    shop.store.set_status(number, "cancelled")
    shop.pull()

    assert shop.news(number) == [
        (
            "sale",
            "order",
            3,
            {
                "customer_payment": "-93.28",
                "discount": "-20.00",
                "sales_revenue": "100.00",
                "delivery": "8.00",
                "tax": "5.28",
            },
        ),
        ("fees", "order", 2, {"platform_fees": "-2.04", "customer_payment": "2.04"}),
    ]
    assert (shop.balance(number), shop.on_hand(mugs)) == ({}, before)
    assert shop.state(number) == ("synced", None)
    assert shop.is_clean()


def test_pulling_and_sweeping_again_post_nothing(shop: Shop) -> None:
    number = shop.sells()
    shop.store.refund(number, amount="20.00")
    shop.pull()
    shop.news(number)

    again, swept = shop.pull(), shop.sweep()

    assert (again.new, again.changed, swept.changed, swept.missed_by_date) == (0, 0, 0, 0)
    assert shop.news(number) == []


def test_a_store_that_only_moved_its_date_posts_nothing(shop: Shop) -> None:
    number = shop.sells()
    shop.pull()
    shop.news(number)
    shop.store.advance(60)
    shop.store.set_meta(number, "_packed_by", None)

    report = shop.pull()

    assert (report.unchanged, report.changed, shop.news(number)) == (1, 0, [])


def test_edits_of_an_order_between_two_pulls_are_one_difference(shop: Shop) -> None:
    number = shop.sells(quantity=1)
    shop.pull()
    shop.news(number)
    for quantity in (2, 3, 4):
        shop.store.advance(10)
        price = f"{50 * quantity}.00"
        shop.store.edit_line(number, quantity=quantity, subtotal=price, total=price)

    shop.pull()

    ((chapter, _, seq, posted),) = shop.news(number)
    assert (chapter, seq, posted["sales_revenue"]) == ("sale", 2, "-150.00")
