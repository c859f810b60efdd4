"""Buyers in places where nobody expects them: nothing of them is kept beside their own row."""

import json
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, select

from tests.pull.hostile_market import (
    BAD,
    PLACED,
    Json,
    Shop,
    enveloped,
    escrow,
    line,
    opened,
    order,
    said,
    with_raw,
    with_return,
)
from webapp.backoffice.orders.payloads import unpack
from webapp.database import reading
from webapp.models.orders import ChannelOrder, OrderPayload


@pytest.fixture
def shop(sqlite_engine: Engine) -> Iterator[Shop]:
    with opened(sqlite_engine) as shop:
        yield shop


PLANTED = ("Aminah", "60123456789", "Jalan", "example.com", "aminah_s", "123.456.789")
WHO: Json = {"name": "Aminah Salleh", "phone": "60123456789", "email": "aminah@example.com"}


def stored(shop: Shop) -> str:
    """All that is kept beside the buyers' rows."""
    with reading(shop.engine) as session:
        bodies = [unpack(body).decode() for body in session.scalars(select(OrderPayload.body))]
        messages = [text or "" for text in session.scalars(select(ChannelOrder.message))]
    return "\n".join([*bodies, *messages, *shop.events()])


@pytest.mark.parametrize(
    "given",
    [{"buyer": WHO}, {"payment_method": WHO}, {"pending_terms": [WHO]}, {"cancel_reason": [WHO]},
     {"package_list": [{"recipient_address": WHO}]}, {"advance_package": {"deep": [WHO]}},
     {"item_list": [line(gift={"to": WHO})]}, {"item_list": [line(promotion_list=[WHO])]},
     {"item_list": [line(promotion_list="Aminah Salleh")]},
     {"item_list": [line(product_location_id=[WHO])]}, {"message_to_seller": WHO},
     {"recipient_address": [WHO]}, {"recipient_address": "7 Jalan Maarof"}],
)  # fmt: skip
def test_nothing_personal_in_an_order_is_kept_wherever_it_stands(shop: Shop, given: Json) -> None:
    shop.serve(order(**given), escrow())

    shop.pull()

    assert [word for word in PLANTED if word in stored(shop)] == []


@pytest.mark.parametrize(
    "income",
    [{"buyer_phone": 60123456789}, {"buyer": WHO}, {"instalment_plan": WHO},
     {"tenure_info_list": [WHO]}, {"seller_voucher_code": [WHO]}, {"kit": "Aminah"},
     {"items": ["Aminah Salleh"], "escrow_amount": None},
     {"order_adjustment": ["Aminah Salleh"], "escrow_amount": None},
     {"order_adjustment": [{"amount": -5, "date": PLACED, "user": WHO}],
      "total_adjustment_amount": -5},
     {"items": [{"item_id": 1, "kit_items": [WHO], "promotion_list": [WHO]}]}],
)  # fmt: skip
def test_nothing_personal_in_an_escrow_is_kept_wherever_it_stands(shop: Shop, income: Json) -> None:
    served = escrow(**income)
    served["buyer_payment_info"] = {"phone": 60123456789, "payer": WHO}
    served["buyer_user_name"] = "aminah_s"
    shop.serve(order(), served)

    shop.pull()

    assert [word for word in PLANTED if word in stored(shop)] == []


@pytest.mark.parametrize(
    "given",
    [{"user": WHO}, {"text_reason": "Aminah says no"}, {"reason": WHO}, {"item": ["Aminah"]},
     {"item": "Aminah"}, {"item": [{"item_id": 1, "amount": 1, "to": WHO}]},
     {"seller_proof": {"by": WHO}}, {"return_pickup_address": WHO}],
)  # fmt: skip
def test_nothing_personal_in_a_return_is_kept_wherever_it_stands(shop: Shop, given: Json) -> None:
    row = {"return_sn": "2603100RETURN1", "order_sn": BAD, "status": "JUDGING", "update_time": 5}
    with_return(shop, said({**row, **given}))

    shop.pull()

    assert [word for word in PLANTED if word in stored(shop)] == []


def test_what_cannot_be_read_is_not_kept_either(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.serve(with_raw(order(buyer=WHO), "total_amount", b"NaN"), escrow())
    broken = json.dumps({"return_sn": "Aminah Salleh", "status": "ACCEPTED", "item": WHO})
    with_return(shop, enveloped(broken.encode()))

    with caplog.at_level("DEBUG"):
        shop.pull()

    found = stored(shop) + caplog.text
    assert [word for word in PLANTED if word in found] == []
