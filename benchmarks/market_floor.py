"""The loopback market at the least: its pages walked, one order made into 18 rows.

Per hundred orders one page of the list, two of details, two of escrows, each call signed. 1 order
with its payload, 1 retail order, 3 lines, 3 moves, 2 entries, 7 journal lines, 1 event.
"""

import hashlib
import hmac
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import requests

from benchmarks.floor_rows import (
    CLEARING,
    DELIVERY,
    DISCOUNT,
    FEES,
    REVENUE,
    Numbering,
    Rows,
    add_entry,
    scaled,
)
from benchmarks.floors import Page, Source
from benchmarks.market_orders import FIRST_UPDATED
from benchmarks.market_subject import MARKET
from platforms.shopee.order_rows import FIELDS

PAGE, BATCH = 100, 50
WINDOW = 15 * 86_400
API = "/api/v2"


class _List(msgspec.Struct):
    order_list: list[dict[str, str]]
    more: bool
    next_cursor: str


class _ListReply(msgspec.Struct):
    response: _List


class _Details(msgspec.Struct):
    order_list: list[msgspec.Raw]


class _DetailReply(msgspec.Struct):
    response: _Details


class _EscrowReply(msgspec.Struct):
    response: list[msgspec.Raw]


_list_decoder = msgspec.json.Decoder(_ListReply)
_detail_decoder = msgspec.json.Decoder(_DetailReply)
_escrow_decoder = msgspec.json.Decoder(_EscrowReply)
_decoder = msgspec.json.Decoder(float_hook=Decimal)


def pages(url: str) -> Iterator[Page]:
    """All orders with their escrows, page by page: each as its bytes and decoded."""
    with requests.Session() as session:
        for sns in _lists(session, url):
            page: Page = []
            for batch in _batches(sns):
                details = _details(session, url, batch)
                for body, escrow in zip(details, _escrows(session, url, batch), strict=True):
                    decoded = _decoder.decode(body)
                    decoded["escrow"] = _decoder.decode(escrow)["escrow_detail"]["order_income"]
                    page.append((bytes(body) + bytes(escrow), decoded))
            yield page


def known(url: str) -> Iterator[Page]:
    """All orders without their escrows, which tell that nothing has changed."""
    with requests.Session() as session:
        for sns in _lists(session, url):
            yield [
                (bytes(body), _decoder.decode(body))
                for batch in _batches(sns)
                for body in _details(session, url, batch)
            ]


def add_order(order: dict[str, Any], payload: bytes, ids: Numbering, rows: Rows) -> None:
    """One decoded order as rows."""
    order_id = ids.next("channel_orders")
    number = order["order_sn"]
    ordered_at, paid_at, updated_at = (
        datetime.fromtimestamp(order[name], UTC).isoformat()
        for name in ("create_time", "pay_time", "update_time")
    )
    rows["channel_orders"].append(
        (
            order_id,
            1,
            number,
            number,
            order["order_status"],
            order["currency"],
            scaled(order["total_amount"]),
            ordered_at,
            updated_at,
            "synced",
            payload,
        )
    )
    rows["retail_orders"].append((ids.next("retail_orders"), order_id, "active", paid_at))
    income = order["escrow"]
    for position, line in enumerate(order["item_list"], 1):
        item, pieces = line["item_id"], line["model_quantity_purchased"]
        net = scaled(income["items"][position - 1]["discounted_price"])
        name, sku = line["item_name"], line["item_sku"]
        rows["retail_lines"].append(
            (ids.next("retail_lines"), order_id, position, name, sku, item, pieces, net, 0)
        )
        rows["stock_moves"].append((ids.next("stock_moves"), order_id, item, -pieces, paid_at))
    told = (order_id, number, paid_at)
    _add_money(told, {field: scaled(income[field]) for field in MONEY}, ids, rows)
    rows["events"].append(
        (ids.next("events"), order_id, paid_at, "pending", "synced", "Posted 2 journal entries.")
    )


MONEY = (
    "original_cost_of_goods_sold",
    "voucher_from_seller",
    "buyer_paid_shipping_fee",
    "actual_shipping_fee",
    "shopee_shipping_rebate",
    "commission_fee",
    "service_fee",
    "seller_transaction_fee",
)


def _add_money(
    told: tuple[int, str, str], income: dict[str, int], ids: Numbering, rows: Rows
) -> None:
    goods, voucher, paid, courier, rebate, *fees = income.values()
    sale = [
        (CLEARING, goods - voucher + paid, "original_cost_of_goods_sold - voucher + shipping"),
        (DISCOUNT, voucher, "voucher_from_seller"),
        (REVENUE, -goods, "original_cost_of_goods_sold"),
        (DELIVERY, -paid, "buyer_paid_shipping_fee"),
    ]
    cost = [
        (FEES, sum(fees), "commission_fee + service_fee + seller_transaction_fee"),
        (DELIVERY, courier - rebate, "actual_shipping_fee - shopee_shipping_rebate"),
        (CLEARING, rebate - courier - sum(fees), "fees"),
    ]
    add_entry(*told, "sale", sale, ids, rows)
    add_entry(*told, "fees", cost, ids, rows)


def _lists(session: requests.Session, url: str) -> Iterator[list[str]]:
    begin = int(FIRST_UPDATED.timestamp())
    cursor, more = "", True
    while more:
        query = {
            "time_range_field": "update_time",
            "time_from": str(begin),
            "time_to": str(begin + WINDOW),
            "page_size": str(PAGE),
            "cursor": cursor,
        }
        found = _list_decoder.decode(_get(session, url, "/order/get_order_list", query)).response
        yield [row["order_sn"] for row in found.order_list]
        cursor, more = found.next_cursor, found.more


def _batches(sns: list[str]) -> list[list[str]]:
    return [sns[at : at + BATCH] for at in range(0, len(sns), BATCH)]


def _details(session: requests.Session, url: str, sns: list[str]) -> list[msgspec.Raw]:
    query = {"order_sn_list": ",".join(sns), "response_optional_fields": ",".join(FIELDS)}
    body = _get(session, url, "/order/get_order_detail", query)
    return _detail_decoder.decode(body).response.order_list


def _escrows(session: requests.Session, url: str, sns: list[str]) -> list[msgspec.Raw]:
    path = f"{API}/payment/get_escrow_detail_batch"
    answer = session.post(
        f"{url}{path}", params=_signed(path), json={"order_sn_list": sns}, timeout=30
    )
    return _escrow_decoder.decode(answer.content).response


def _get(session: requests.Session, url: str, path: str, query: dict[str, str]) -> bytes:
    path = f"{API}{path}"
    return session.get(f"{url}{path}", params=_signed(path) | query, timeout=30).content


def _signed(path: str) -> dict[str, str]:
    keys = MARKET.credentials
    now = str(int(time.time()))
    text = keys["partner_id"] + path + now + keys["access_token"] + keys["shop_id"]
    sign = hmac.new(keys["partner_key"].encode(), text.encode(), hashlib.sha256).hexdigest()
    return {
        "partner_id": keys["partner_id"],
        "timestamp": now,
        "access_token": keys["access_token"],
        "shop_id": keys["shop_id"],
        "sign": sign,
    }


SOURCE = Source(pages=pages, known=known, add=add_order, per_order=(1, 1, 3, 3, 2, 7, 1))
