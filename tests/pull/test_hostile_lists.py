"""Lists that are none, or never end: told soon, and nothing is lost or taken for gone."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select

from platforms.errors import BadResponse
from tests.platforms.scripted import Asked, response
from tests.pull.hostile_market import (
    BAD,
    BROKEN,
    BROKEN_NAMES,
    FAILED,
    GOOD,
    NOW,
    NUL,
    PLACED,
    Counted,
    Json,
    Shop,
    as_bytes,
    enveloped,
    escrow,
    opened,
    order,
    said,
    with_raw,
)
from webapp.database import reading
from webapp.models.settlement import SettlementLine


@pytest.fixture
def shop(sqlite_engine: Engine) -> Iterator[Shop]:
    with opened(sqlite_engine) as shop:
        yield shop


@pytest.fixture
def shop_on_both(engine: Engine) -> Iterator[Shop]:
    with opened(engine) as shop:
        yield shop


@pytest.mark.parametrize(
    "fields",
    [{"next_cursor": "count", "order_list": [{"order_sn": BAD}]},
     {"next_cursor": "count", "order_list": []},
     {"next_cursor": "20", "order_list": [{"order_sn": BAD}]},
     {"order_list": [{"order_sn": BAD}]},
     {"next_cursor": None, "order_list": [{"order_sn": BAD}]}],
)  # fmt: skip
def test_a_list_of_orders_that_does_not_end_is_told_soon(shop: Shop, fields: Json) -> None:
    answer = Counted(more=True, **fields)
    shop.answers["get_order_list"] = answer

    with pytest.raises(BadResponse):
        shop.pull(1)

    assert answer.count < 10
    assert shop.site().pull_watermark is None


@pytest.mark.parametrize("listed", [{"order_sn": BAD}, "x", 5, False])
def test_a_list_of_orders_that_is_none_is_not_taken_for_an_empty_one(
    shop: Shop, listed: Any
) -> None:
    shop.answers["get_order_list"] = said({"more": False, "order_list": listed})

    with pytest.raises(BadResponse):
        shop.pull(1)

    assert shop.site().pull_watermark is None


def test_a_row_of_the_list_that_is_none_hides_no_other(shop: Shop) -> None:
    shop.serve(order(), escrow())
    shop.rows += [None, 5, "x", []]

    shop.pull()

    assert shop.others() == {("synced", None): 1, FAILED: 1}


@pytest.mark.parametrize("row", [None, {"return_sn": "R1", "order_sn": BAD, "update_time": 5}])
def test_a_list_of_returns_that_does_not_end_takes_no_order_along(shop: Shop, row: Any) -> None:
    shop.pull(1)
    answer = Counted(more=True, **{"return": [row] if row else []})
    shop.answers["get_return_list"] = answer

    with pytest.raises(BadResponse):
        shop.pull(1)

    assert answer.count < 10
    assert shop.others() == {}


@pytest.mark.parametrize("date", ["Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:01 GMT"])
def test_a_date_out_of_all_time_is_not_the_stores_clock(shop: Shop, date: str) -> None:
    empty = b'{"error":"","response":{"more":false,"order_list":[]}}'
    shop.answers["get_order_list"] = response(empty, Date=date)

    shop.pull(2)

    assert shop.asked() < 20
    watermark = shop.site().pull_watermark
    assert watermark is not None
    assert abs(watermark.timestamp() - NOW) < 3600


# --- payouts -------------------------------------------------------------------------------------


def payout(order_sn: Any = GOOD[0], amount: Any = 74.8, at: Any = PLACED + 600) -> Json:
    return {"order_sn": order_sn, "payout_amount": amount, "escrow_release_time": at}


def paid_out(shop: Shop) -> dict[str, tuple[Decimal, str | None]]:
    with reading(shop.engine) as session:
        rows = session.scalars(select(SettlementLine))
        return {row.order_number: (row.net, row.code) for row in rows}


@pytest.mark.parametrize(
    "row",
    [payout(""), payout(None), payout("x" * 5000), payout(NUL), payout(BAD, "lots"),
     payout(BAD, None), payout(BAD, True), payout(BAD, 10**15), payout(BAD, at=None),
     payout(BAD, at="soon"), payout(BAD, at=-5)],
)  # fmt: skip
def test_a_payout_that_makes_no_sense_is_told_after_all_others_have_come(
    shop: Shop, row: Json
) -> None:
    shop.pull(1)
    shop.payouts = [payout(), row, payout(GOOD[1])]

    for _ in range(2):
        with pytest.raises(BadResponse, match="makes no sense"):
            shop.pull_payouts()

    assert paid_out(shop) == dict.fromkeys(GOOD, (Decimal("74.8"), None))
    assert shop.site().payouts_watermark is None  # it is looked for again
    shop.payouts.remove(row)
    shop.pull_payouts()
    assert shop.site().payouts_watermark is not None


def test_a_broken_row_hides_no_other_payout(shop: Shop) -> None:
    shop.pull(1)
    rows = json.dumps([payout(), payout(GOOD[1])])[1:-1].encode()
    shop.answers["get_escrow_list"] = enveloped(
        b'{"more":false,"escrow_list":[5,%b,{"order_sn":"A","payout_amount":NaN}]}' % rows
    )

    with pytest.raises(BadResponse, match="makes no sense"):
        shop.pull_payouts()

    assert paid_out(shop) == dict.fromkeys(GOOD, (Decimal("74.8"), None))


@pytest.mark.parametrize("row", [None, payout()])
def test_a_list_of_payouts_that_does_not_end_is_told_soon(shop: Shop, row: Any) -> None:
    answer = Counted(more=True, escrow_list=[row] if row else [])
    shop.answers["get_escrow_list"] = answer

    with pytest.raises(BadResponse, match="does not end"):
        shop.pull_payouts()

    assert answer.count < 10


@pytest.mark.parametrize(
    "answer",
    [Counted(more=True, transaction_list=[]), Counted(more=True, transaction_list=[{"a": 1}]),
     Counted(transaction_list="x"), enveloped(b"[]"), enveloped(b'{"more":NaN,"x":"\\ud800"}')],
)  # fmt: skip
def test_a_wallet_that_makes_no_sense_takes_no_payout_along(shop: Shop, answer: Any) -> None:
    shop.pull(1)
    shop.payouts = [payout()]
    shop.answers["get_wallet_transaction_list"] = answer

    shop.pull_payouts()

    assert paid_out(shop) == {GOOD[0]: (Decimal("74.8"), None)}
    assert shop.asked("get_wallet_transaction_list") < 20


# --- the catalogue -------------------------------------------------------------------------------


def item(number: Any, **given: Any) -> Json:
    row = {
        "item_id": number,
        "item_name": "Thing",
        "item_status": "NORMAL",
        "has_model": False,
        "price_info": [{"current_price": 5}],
        "stock_info_v2": {"seller_stock": [{"stock": 5}]},
    }
    return {**row, **given}


def offers(shop: Shop, *items: Json | bytes) -> None:
    """The shop lists the items 5001 and on, and shows these of them that are asked for."""
    named = {str(5001 + at): as_bytes(each) for at, each in enumerate(items)}
    rows = [{"item_id": int(number)} for number in named]
    shop.answers["get_item_list"] = said({"item": rows, "total_count": len(rows)})

    def base_info(asked: Asked) -> bytes:
        wanted = asked.query["item_id_list"].split(",")
        return enveloped(b'{"item_list":[%b]}' % b",".join(named[each] for each in wanted))

    shop.answers["get_item_base_info"] = base_info


@pytest.mark.parametrize(
    "change",
    [{"stock_info_v2": {"seller_stock": [{"stock": 10**12}]}}, {"item_name": NUL},
     {"stock_info_v2": [5]}, {"price_info": "x"}, {"price_info": [{"current_price": 10**30}]},
     {"item_sku": "s" * 5000}, {"update_time": "x"}],
)  # fmt: skip
def test_an_odd_field_of_an_item_does_not_stop_the_catalogue(
    shop_on_both: Shop, change: Json
) -> None:
    shop = shop_on_both
    offers(shop, item(5001), item(5002, **change), item(5003))

    assert shop.pull_catalogue().new == 3


@pytest.mark.parametrize("broken", BROKEN[:-1], ids=BROKEN_NAMES[:-1])
def test_an_item_that_breaks_the_rules_of_json_hides_no_other(shop: Shop, broken: bytes) -> None:
    offers(shop, item(5001), with_raw(item(5002), "description", broken), item(5003))

    assert shop.pull_catalogue().new == 3


def test_a_catalogue_with_an_item_that_cannot_be_read_takes_nothing_for_gone(shop: Shop) -> None:
    offers(shop, item(5001), item(5002), item(5003))
    shop.pull_catalogue()

    deep = with_raw(item(5002), "description", b"[" * 10_000 + b"]" * 10_000)
    offers(shop, item(5001), deep, item(5003))
    with pytest.raises(BadResponse):
        shop.pull_catalogue()

    assert {"5001", "5002", "5003"} <= shop.listings()


@pytest.mark.parametrize(
    "fields",
    [{"next_offset": "count"}, {"next_offset": None}, {"next_offset": 0}, {"next_offset": 100}],
)
def test_a_catalogue_that_does_not_end_is_told_and_takes_nothing_for_gone(
    shop: Shop, fields: Json
) -> None:
    offers(shop, item(5001))
    shop.pull_catalogue()
    answer = Counted(item=[{"item_id": 5001}], has_next_page=True, total_count=5, **fields)
    shop.answers["get_item_list"] = answer

    with pytest.raises(BadResponse):
        shop.pull_catalogue()

    assert answer.count < 10
    assert "5001" in shop.listings()


def test_the_site_goes_on_once_the_store_is_well_again(shop: Shop) -> None:
    shop.answers["get_order_list"] = said({"more": True, "order_list": []})
    with pytest.raises(BadResponse):
        shop.pull(1)

    del shop.answers["get_order_list"]
    shop.pull()

    assert shop.others() == {}
    assert shop.site().stopped_at is None
