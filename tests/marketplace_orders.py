"""Orders as a Shopee shop serves them, from a few numbers: rows of its answers, never our values.

Source: GET /api/v2/order/get_order_detail, POST /api/v2/payment/get_escrow_detail_batch,
GET /api/v2/returns/get_return_list.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from platforms.base import FetchedOrder
from platforms.money import encode_json
from platforms.shopee.fetched import fetched_row

ORDER_SN = "260305KJ4MYR01"
CREATED = "2026-03-05T03:50:00"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def epoch(text: str) -> int:
    return int(utc(text).timestamp())


def order_row(version: Mapping[str, Any], *, order_sn: str = ORDER_SN) -> dict[str, Any]:
    """One row of the order details. `version` names only what matters."""
    given: dict[str, Any] = {
        "status": "READY_TO_SHIP",
        "currency": "MYR",
        "paid": None,
        "shipped": None,
        "created": CREATED,
        "items": [{}],
        "cod": False,
        **version,
    }
    return {
        "order_sn": order_sn,
        "region": "MY",
        "currency": given["currency"],
        "cod": given["cod"],
        "order_status": given["status"],
        "message_to_seller": "",
        "create_time": epoch(given["created"]),
        "update_time": epoch(given["modified"]),
        "days_to_ship": 2,
        "ship_by_date": epoch(given["created"]) + 2 * 86_400,
        "total_amount": Decimal(given.get("total", "80.00")),
        "pay_time": epoch(given["paid"]) if given["paid"] else None,
        "pickup_done_time": epoch(given["shipped"]) if given["shipped"] else 0,
        "payment_method": "Cash on Delivery" if given["cod"] else "Credit Card",
        "buyer_user_id": 2001,
        "buyer_username": "siti",
        "recipient_address": {
            "name": "Siti Ahmad",
            "phone": "60123456789",
            "town": "",
            "district": "",
            "city": "Kuala Lumpur",
            "state": "Kuala Lumpur",
            "region": "MY",
            "zipcode": "50000",
            "full_address": "1 Jalan Besar, 50000 Kuala Lumpur",
        },
        "item_list": [_item(at, item) for at, item in enumerate(given["items"], 1)],
        "note": "",
        "split_up": False,
        "package_list": [],
    }


def _item(at: int, item: Mapping[str, Any]) -> dict[str, Any]:
    price = Decimal(item.get("price", "80.00"))
    return {
        "item_id": item.get("item_id", 10 + at),
        "item_name": item.get("name", f"Product {at}"),
        "item_sku": item.get("sku", f"SKU-{at}"),
        "model_id": item.get("model_id", 0),
        "model_name": "",
        "model_sku": "",
        "model_quantity_purchased": item.get("quantity", 1),
        "model_original_price": price,
        "model_discounted_price": price,
        "promotion_type": "",
        "promotion_id": 0,
        "promotion_group_id": 0,
        "order_item_id": item.get("item_id", 10 + at),
        "line_item_id": 9000 + at,
        "add_on_deal": False,
        "add_on_deal_id": 0,
        "main_item": False,
        "cancelled_qty": item.get("cancelled", 0),
    }


def escrow_row(version: Mapping[str, Any], *, order_sn: str = ORDER_SN) -> dict[str, Any] | None:
    """The escrow of a version, None where it has none. Its `income` is the store's own fields."""
    if "income" not in version:
        return None
    income: dict[str, Any] = {name: Decimal(amount) for name, amount in version["income"].items()}
    income["items"] = [
        {"item_id": item.get("item_id", 10 + at), "quantity_purchased": item.get("quantity", 1)}
        for at, item in enumerate(version.get("items", [{}]), 1)
    ]
    if "adjustments" in version:
        income["order_adjustment"] = [
            {
                "amount": Decimal(each["amount"]),
                "date": epoch(each["at"]),
                "currency": version.get("currency", "MYR"),
                "adjustment_reason": each["reason"],
            }
            for each in version["adjustments"]
        ]
    return {
        "order_sn": order_sn,
        "buyer_user_name": "siti",
        "return_order_sn_list": [each["return_sn"] for each in version.get("returns", ())],
        "order_income": income,
    }


def return_rows(version: Mapping[str, Any], *, order_sn: str = ORDER_SN) -> list[dict[str, Any]]:
    return [
        {
            "return_sn": each["return_sn"],
            "order_sn": order_sn,
            "status": each.get("status", "ACCEPTED"),
            "return_solution": each.get("solution", 0),
            "create_time": epoch(each["created"]),
            "update_time": epoch(each.get("updated", each["created"])),
            "refund_amount": Decimal(each.get("amount", "0")),
            "currency": version.get("currency", "MYR"),
            "reason": "NOT_RECEIPT",
            "text_reason": "",
            "item": [
                {
                    "item_id": piece.get("item_id", 11),
                    "model_id": piece.get("model_id", 0),
                    "amount": piece["pieces"],
                    "item_price": Decimal("80.00"),
                }
                for piece in each["items"]
            ],
        }
        for each in version.get("returns", ())
    ]


def keys_of(versions: Sequence[Mapping[str, Any]]) -> list[str]:
    """The listing keys that these versions' items name."""
    return sorted(
        {
            str(item.get("item_id", 10 + at))
            + (f":{item['model_id']}" if item.get("model_id") else "")
            for version in versions
            for at, item in enumerate(version.get("items", [{}]), 1)
        }
    )


def fetched(version: Mapping[str, Any], *, order_sn: str = ORDER_SN) -> FetchedOrder:
    """A version as a pull hands it to processing, its escrow and returns read."""
    order = fetched_row(encode_json(order_row(version, order_sn=order_sn))).order
    details = encode_json(
        {
            "escrow": escrow_row(version, order_sn=order_sn),
            "returns": return_rows(version, order_sn=order_sn),
        }
    )
    if not order.has_details:
        return order
    return replace(order, details=(details,), details_digest=sha256(details).digest())
