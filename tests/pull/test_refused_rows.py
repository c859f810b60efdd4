"""A page that the database refuses whole is written order by order: the bad one is named."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from jobs.process import process_waiting
from jobs.runtime import leased
from platforms.sandbox.woocommerce import Sold, open_sandbox
from tests.pull.shops import Shop, connected
from tests.stores import states
from webapp.database import reading
from webapp.models.orders import SyncEvent


@pytest.mark.parametrize("place", [0, 7, 14])
def test_an_order_with_one_line_twice_stops_alone(engine: Engine, place: int) -> None:
    with open_sandbox() as sandbox:
        shop = connected(engine, sandbox)
        numbers = [shop.sells(quantity=1) for _ in range(15)]
        order = sandbox.store.orders[numbers[place]]
        order.lines.append(order.lines[0])
        sandbox.store.touched(order)

        report = shop.pull()

        assert report.fetched == 15
        assert states(engine)["synced", None] == 14
        state, code = shop.state(numbers[place])
        assert state in ("retrying", "failed")
        assert code is not None
        assert shop.on_hand("MUG-TEHTARIK") == 5000 - 14
        assert shop.is_clean()


def test_it_is_tried_again_ever_later_until_the_limit(shop: Shop) -> None:
    shop.settings(attempt_limit=3)
    number = shop.sells()
    order = shop.store.orders[number]
    order.lines.append(order.lines[0])
    shop.store.touched(order)
    shop.pull()
    waits, seen = [], [shop.order(number)]

    for _ in range(2):
        due = seen[-1].next_attempt_at
        assert due is not None
        waits.append(due - seen[-1].timeline[-1].at)
        runtime = replace(shop.runtime, now=lambda due=due: due)
        with leased(runtime, shop.site_id) as lease:
            process_waiting(runtime, lease)
        seen.append(shop.order(number))

    assert [(each.state, each.attempts) for each in seen] == [
        ("retrying", 1),
        ("retrying", 2),
        ("failed", 3),
    ]
    assert waits[0] >= timedelta(seconds=30)
    assert waits[1] >= 2 * timedelta(seconds=30)
    assert (seen[-1].code, seen[-1].next_attempt_at) == ("internal_error", None)


def test_an_order_whose_time_has_not_come_is_left_alone(shop: Shop) -> None:
    number = shop.sells()
    order = shop.store.orders[number]
    order.lines.append(order.lines[0])
    shop.store.touched(order)
    shop.pull()

    shop.pull()

    assert (shop.state(number)[0], shop.order(number).attempts) == ("retrying", 1)


def test_amounts_too_large_for_the_books_stop_alone(engine: Engine) -> None:
    with open_sandbox() as sandbox:
        shop = connected(engine, sandbox)
        large = Sold(product="MUG-TEHTARIK", subtotal="900000000000000", tax="0")
        numbers = [shop.sells(), shop.sells(line=large), shop.sells()]

        shop.pull()

        assert states(engine)["synced", None] == 2
        assert shop.state(numbers[1]) == ("failed", "internal_error")
        assert shop.is_clean()


def test_what_stopped_one_order_says_nothing_of_its_buyer(engine: Engine) -> None:
    with open_sandbox() as sandbox:
        shop = connected(engine, sandbox)
        number = shop.sells(quantity=1, customer_note="Secret words")
        order = sandbox.store.orders[number]
        order.lines.append(order.lines[0])
        sandbox.store.touched(order)

        shop.pull()

        with reading(engine) as session:
            details = session.scalars(select(SyncEvent.detail)).all()
            assert session.scalar(select(func.count(SyncEvent.id))) == 1
        assert details[0]
        for word in ("Secret", "Aisyah", "Ampang", "aisyah.rahman"):
            assert word not in (details[0] or "")
