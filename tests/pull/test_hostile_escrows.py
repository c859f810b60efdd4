"""Escrows and returns that make no sense: their own order is named, all others go on."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from platforms.errors import BadResponse
from tests.platforms.scripted import response
from tests.pull.hostile_market import (
    BAD,
    BROKEN,
    BROKEN_NAMES,
    FAILED,
    PLACED,
    Json,
    Shop,
    enveloped,
    escrow,
    opened,
    order,
    with_raw,
    with_return,
)
from tests.stores import shelf, verified


@pytest.fixture
def shop(sqlite_engine: Engine) -> Iterator[Shop]:
    with opened(sqlite_engine) as shop:
        yield shop


@pytest.fixture
def shop_on_both(engine: Engine) -> Iterator[Shop]:
    with opened(engine) as shop:
        yield shop


def escrow_with_raw(field: str, value: bytes) -> bytes:
    return with_raw(escrow(), "order_income", with_raw(escrow()["order_income"], field, value))


@pytest.mark.parametrize("broken", BROKEN, ids=BROKEN_NAMES)
@pytest.mark.parametrize("field", ["commission_fee", "instalment_plan"])
def test_an_escrow_that_breaks_the_rules_of_json_fails_its_own_order(
    shop: Shop, field: str, broken: bytes
) -> None:
    shop.serve(order(), escrow_with_raw(field, broken))

    shop.pull()

    assert shop.others() == {FAILED: 1}


@pytest.mark.parametrize("served", [b"[]", b"null", b"5", b'{"order_sn":"260305BAD00001"}'])
def test_an_escrow_that_says_nothing_is_waited_for(shop: Shop, served: bytes) -> None:
    shop.serve(order(), served)

    shop.pull(1)

    assert shop.others() == {("retrying", "escrow_not_ready"): 1}
    assert shelf(shop.engine)["MUG"] == (996, 2)  # the goods go on


def test_the_escrow_of_another_order_is_not_taken_for_this_ones(shop: Shop) -> None:
    shop.serve(order(), escrow("260305OTHER009", escrow_amount=1))

    shop.pull(1)

    assert shop.others() == {("retrying", "escrow_not_ready"): 1}


@pytest.mark.parametrize("amount", ["74.80", "74.8000000001", 74.80000000000001])
def test_an_amount_as_a_text_or_with_dust_posts(shop: Shop, amount: Any) -> None:
    shop.serve(order(), escrow(escrow_amount=amount))

    shop.pull()

    assert shop.others() == {("synced", None): 1}


@pytest.mark.parametrize(
    "income",
    [{"escrow_amount": "lots"}, {"escrow_amount": True}, {"escrow_amount": [1]},
     {"items": "x"}, {"items": [5]}, {"commission_fee": [5]}, {"order_adjustment": {"a": 1}},
     {"order_adjustment": [5]}, {"order_adjustment": [{"amount": -5}]},
     {"order_adjustment": [{"amount": "x", "date": PLACED}]},
     {"order_adjustment": [{"amount": -5, "date": PLACED, "currency": "SGD"}],
      "total_adjustment_amount": -5}],
)  # fmt: skip
def test_an_escrow_that_makes_no_sense_fails_its_own_order(shop: Shop, income: Json) -> None:
    shop.serve(order(), escrow(**income))

    shop.pull()

    assert shop.others() == {FAILED: 1}


def test_adjustments_without_their_total_wait_for_a_person(shop: Shop) -> None:
    shop.serve(order(), escrow(order_adjustment=[{"amount": -5, "date": PLACED}]))

    shop.pull()

    assert shop.others() == {("blocked", "totals_mismatch"): 1}


@pytest.mark.parametrize("reason", [None, "", "x" * 500, "Logi\0stics \x1b[2J\n", "<b>x</b>", 5])
def test_whatever_an_adjustment_calls_its_reason_it_posts(shop_on_both: Shop, reason: Any) -> None:
    shop = shop_on_both
    adjusted = {"amount": -5, "date": PLACED, "adjustment_reason": reason}
    shop.serve(order(), escrow(order_adjustment=[adjusted], total_adjustment_amount=-5))

    shop.pull()

    assert shop.others() == {("synced", None): 1}
    assert verified(shop.engine).is_clean


@pytest.mark.parametrize(
    "fields",
    [{f"new_{number}": 1 for number in range(300)}, {"__class__": 5, "__init__": 3},
     {"a\0\x1b[2J<b>": 7}, {"new" + "x" * 5000: 7}],
)  # fmt: skip
def test_unknown_fields_are_named_and_wait_for_a_person(shop_on_both: Shop, fields: Json) -> None:
    shop = shop_on_both
    amounts = sum(fields.values())
    shop.serve(order(), escrow(**fields, escrow_amount=round(74.8 - amounts, 2)))

    shop.pull()

    assert shop.others() == {("blocked", "totals_mismatch"): 1}
    message = shop.message()
    assert len(message) <= 2000
    assert message.isprintable()


def test_amounts_of_ten_decimals_are_rounded_where_the_currency_has_none(
    sqlite_engine: Engine,
) -> None:
    with opened(sqlite_engine, currency="IDR") as shop:
        shop.orders.clear()
        sold = escrow(
            original_cost_of_goods_sold=80_000.0000000001,
            commission_fee=5199.9999999999,
            escrow_amount=74_800.0000000002,
        )
        shop.serve(order(currency="IDR", total_amount=80_000.0000000001), sold)

        shop.pull()

        assert shop.states() == {("synced", None): 1}
        assert verified(shop.engine).is_clean


# --- returns -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "detail",
    [enveloped(b"[]"), enveloped(b'{"return_sn":"2603100RETURN1","x":NaN}'),
     enveloped(b'{"return_sn":"2603100RETURN2"}'),
     enveloped(b'{"return_sn":"2603100RETURN1","x":' + b"[" * 10_000 + b"]" * 10_000 + b"}")],
)  # fmt: skip
def test_a_return_that_makes_no_sense_fails_its_own_order(shop: Shop, detail: bytes) -> None:
    with_return(shop, detail)

    shop.pull()

    assert shop.others() == {FAILED: 1}


def test_half_a_letter_in_the_words_of_a_return_is_no_reason_to_fail(shop: Shop) -> None:
    with_return(shop, enveloped(b'{"return_sn":"2603100RETURN1","text_reason":"no \\ud83d"}'))

    shop.pull()

    assert shop.others() == {("synced", None): 1}


def test_a_page_in_place_of_a_return_is_the_stores_trouble_and_no_orders(shop: Shop) -> None:
    with_return(shop, response(b"<p>Back soon</p>"))

    with pytest.raises(BadResponse):
        shop.pull(1)

    assert shop.site().pull_watermark is None
    del shop.answers["get_return_detail"]
    shop.returns = [{"return_sn": "2603100RETURN1", "order_sn": BAD, "status": "JUDGING"}]
    shop.pull(1)
    assert shop.others() == {("synced", None): 1}
