"""A marketplace that answers garbage about one order: that order is named, all others go on."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, select

from tests.pull.hostile_market import (
    BAD,
    BROKEN,
    BROKEN_NAMES,
    FAILED,
    NOW,
    NUL,
    PLACED,
    Json,
    Shop,
    escrow,
    line,
    opened,
    order,
    with_raw,
)
from tests.stores import shelf, verified
from webapp.database import reading
from webapp.models.orders import ChannelOrder


@pytest.fixture
def shop(sqlite_engine: Engine) -> Iterator[Shop]:
    with opened(sqlite_engine) as shop:
        yield shop


@pytest.fixture
def shop_on_both(engine: Engine) -> Iterator[Shop]:
    with opened(engine) as shop:
        yield shop


@pytest.mark.parametrize("broken", BROKEN, ids=BROKEN_NAMES)
@pytest.mark.parametrize("field", ["total_amount", "update_time"])
def test_an_order_that_breaks_the_rules_of_json_fails_alone(
    shop: Shop, field: str, broken: bytes
) -> None:
    shop.serve(with_raw(order(), field, broken), escrow())

    shop.pull()

    assert shop.others() == {FAILED: 1}
    assert "makes no sense" in shop.message()


def test_of_fifty_orders_one_is_broken_and_forty_nine_go_on(shop: Shop) -> None:
    for number in range(47):
        name = f"260305MANY{number:04d}"
        shop.serve(order(name), escrow(name))
    shop.serve(with_raw(order(), "total_amount", b"NaN"), escrow())

    report = shop.pull(1)

    assert report.fetched == 50
    assert shop.states() == {("synced", None): 49, FAILED: 1}
    assert report.watermark is not None


def test_an_order_that_is_mended_in_the_store_goes_through_at_the_next_pull(shop: Shop) -> None:
    shop.serve(with_raw(order(), "total_amount", b"NaN"), escrow())
    shop.pull()

    shop.serve(order(), escrow())
    shop.pull(1)

    assert shop.others() == {("synced", None): 1}


def test_an_order_of_twenty_megabytes_fails_alone(shop: Shop) -> None:
    shop.serve(order(message_to_seller="x" * 20_000_000), escrow())

    shop.pull(1)

    assert shop.others() == {FAILED: 1}


@pytest.mark.parametrize("number", ["", None, True, "x" * 5000, NUL, [], {"a": 1}])
def test_an_order_without_a_usable_number_is_seen_as_a_trouble_of_its_own(
    shop_on_both: Shop, number: Any
) -> None:
    shop = shop_on_both
    shop.rows.append({"order_sn": number})

    shop.pull()

    assert shop.others() == {FAILED: 1}


@pytest.mark.parametrize("number", ["", None, "x" * 5000, NUL, "260305OTHER001"])
def test_a_store_that_shows_another_order_in_place_of_one_harms_that_one_alone(
    shop: Shop, number: Any
) -> None:
    shop.serve(json.dumps(order() | {"order_sn": number}).encode(), escrow())

    shop.pull()

    assert shop.others() == {FAILED: 1}


def test_an_order_that_is_served_twice_in_one_answer_is_one(shop: Shop) -> None:
    shop.serve(json.dumps(order()).encode() + b"," + json.dumps(order()).encode(), escrow())
    shop.rows.append({"order_sn": BAD})

    shop.pull()

    assert shop.others() == {("synced", None): 1}
    assert shelf(shop.engine)["MUG"] == (994, 0)


@pytest.mark.parametrize(
    "change",
    [{"currency": None}, {"currency": 5}, {"currency": "x" * 5000}, {"currency": NUL},
     {"currency": {"a": 1}}, {"create_time": 253_402_300_799}, {"create_time": -1},
     {"update_time": 10**18}, {"update_time": True}, {"pay_time": "soon"}, {"item_list": None},
     {"item_list": []}, {"item_list": {}}, {"item_list": "x"}, {"item_list": [None]},
     {"item_list": [line(), 5]}],
)  # fmt: skip
def test_a_field_that_cannot_be_fails_its_own_order(shop: Shop, change: Json) -> None:
    shop.serve(order(**change), escrow())

    shop.pull()

    assert shop.others() == {FAILED: 1}


@pytest.mark.parametrize(
    "change",
    [{"item_id": "mug"}, {"item_id": -4}, {"item_id": "9" * 80}, {"model_id": NUL},
     {"item_id": "1" * 80, "model_id": "2" * 80}, {"line_item_id": [1]},
     {"model_quantity_purchased": 10**12}, {"model_quantity_purchased": -2},
     {"model_quantity_purchased": True}, {"model_quantity_purchased": None}],
)  # fmt: skip
def test_a_line_that_makes_no_sense_fails_its_own_order(shop_on_both: Shop, change: Json) -> None:
    shop = shop_on_both
    shop.serve(order(item_list=[line(**change)]), escrow())

    shop.pull(1)

    assert shop.others() == {FAILED: 1}


@pytest.mark.parametrize(
    "change",
    [{"item_name": "x" * 500_000}, {"item_name": NUL}, {"item_sku": "\0s" * 300},
     {"order_item_id": "z" * 80, "promotion_group_id": "y" * 80}],
)  # fmt: skip
def test_an_odd_name_in_a_line_is_no_reason_to_fail(shop_on_both: Shop, change: Json) -> None:
    shop = shop_on_both
    shop.serve(order(item_list=[line(**change), line(**change)]), escrow())

    shop.pull()

    assert shop.others() == {("synced", None): 1}


@pytest.mark.parametrize("currency", ["XX", "myr", "SGD"])
def test_an_order_in_another_currency_waits_for_a_person(shop: Shop, currency: str) -> None:
    shop.serve(order(currency=currency), escrow())

    shop.pull()

    assert shop.others() == {("blocked", "currency_mismatch"): 1}


@pytest.mark.parametrize("status", ["NEW_STATUS", "x" * 500, NUL, 5, None, [], "<script>"])
def test_a_status_that_nobody_knows_begins_nothing(shop_on_both: Shop, status: Any) -> None:
    shop = shop_on_both
    shop.serve(order(order_status=status), escrow())

    shop.pull()

    assert shop.others() == {("skipped", "not_wanted"): 1}


def test_an_order_that_loses_its_lines_keeps_its_goods_and_its_books(shop: Shop) -> None:
    shop.serve(order(), escrow())
    shop.pull(1)
    before = shelf(shop.engine)

    shop.serve(order(item_list=[], update_time=PLACED + 90), escrow())
    shop.pull()

    assert shop.others() == {FAILED: 1}
    assert shelf(shop.engine) == before
    assert verified(shop.engine).is_clean


def test_a_version_dated_years_ahead_does_not_stand_against_all_later_ones(shop: Shop) -> None:
    shop.serve(order(update_time=NOW + 50 * 365 * 86_400), escrow())
    shop.pull(1)

    shop.serve(order(update_time=NOW + 7200, order_status="CANCELLED"), escrow(escrow_amount=0))
    shop.pull()

    with reading(shop.engine) as session:
        status = session.scalars(
            select(ChannelOrder.status).where(ChannelOrder.remote_id == BAD)
        ).one()
    assert status == "CANCELLED"


def test_a_date_that_goes_back_changes_nothing(shop: Shop) -> None:
    shop.serve(order(), escrow())
    shop.pull(1)

    shop.serve(order(update_time=PLACED - 60, order_status="CANCELLED"), escrow())
    shop.pull()

    assert shop.others() == {("synced", None): 1}
    assert shelf(shop.engine)["MUG"] == (994, 0)


def test_a_known_order_that_cannot_be_shown_any_more_says_so_and_goes_on_later(shop: Shop) -> None:
    shop.serve(order(), escrow())
    shop.pull(1)
    shop.moves_on(days=2)
    now = int(time.time())  # the tests may have begun longer ago than a pull looks back

    shop.serve(with_raw(order(update_time=now), "note", BROKEN[-1]), escrow())
    shop.pull()
    assert shop.others() == {FAILED: 1}

    shop.serve(order(update_time=now), escrow())
    shop.pull(1)
    assert shop.others() == {("synced", None): 1}
    assert shelf(shop.engine)["MUG"] == (994, 0)
