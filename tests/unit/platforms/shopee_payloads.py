"""Shopee payloads for tests: those kept in files, and orders built by hand."""

import json
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any

from platforms.base import FetchedOrder, OpenedOrder, RemoteOrder, StoreTerms
from platforms.money import encode_json
from platforms.shopee.fetched import fetched_row
from platforms.shopee.orders import open_order

PAYLOADS = Path(__file__).parents[2] / "payloads" / "shopee"
NAMES = sorted(path.stem for path in PAYLOADS.glob("*.json"))


def kept(name: str) -> dict[str, Any]:
    """A file's order, escrow and returns, fractions as exact Decimals."""
    found: dict[str, Any] = json.loads(
        (PAYLOADS / f"{name}.json").read_bytes(), parse_float=Decimal
    )
    return found


def fetched(
    order: dict[str, Any] | bytes,
    escrow: dict[str, Any] | None = None,
    returns: list[dict[str, Any]] | None = None,
    *,
    has_details: bool = True,
) -> FetchedOrder:
    """An order as if it had just come over the wire, with these details."""
    row = fetched_row(order if isinstance(order, bytes) else encode_json(order)).order
    details: tuple[bytes, ...] | None = None
    if has_details:
        details = ()
        if escrow is not None or returns:
            details = (encode_json({"escrow": escrow, "returns": returns or []}),)
    return FetchedOrder(
        remote_id=row.remote_id,
        modified_at=row.modified_at,
        digest=row.digest,
        body=row.body,
        has_details=row.has_details,
        details=details,
        details_digest=sha256(b"".join(details)).digest() if details else b"",
    )


def opened(name: str) -> OpenedOrder:
    found = kept(name)
    return open_order(fetched(found["order"], found["escrow"], found["returns"]))


def read(
    order: dict[str, Any],
    escrow: dict[str, Any] | None = None,
    returns: list[dict[str, Any]] | None = None,
    terms: StoreTerms | None = None,
) -> RemoteOrder:
    return open_order(fetched(order, escrow, returns), terms or StoreTerms()).order


def item(**given: Any) -> dict[str, Any]:
    """One line of goods: 2 mugs at 40.00, without variations."""
    row = {
        "item_id": 23500000548,
        "item_name": "Mug",
        "item_sku": "MUG",
        "model_id": 0,
        "model_name": "",
        "model_sku": "",
        "model_quantity_purchased": 2,
        "model_original_price": Decimal("40.00"),
        "model_discounted_price": Decimal("40.00"),
        "order_item_id": 23500000548,
        "promotion_group_id": 0,
        "product_location_id": ["MYZ"],
    }
    return {**row, **given}


def order(**given: Any) -> dict[str, Any]:
    """A paid order of 2 mugs at 40.00."""
    row = {
        "order_sn": "260305KJ4MYR01",
        "region": "MY",
        "currency": "MYR",
        "cod": False,
        "order_status": "READY_TO_SHIP",
        "message_to_seller": "",
        "create_time": 1772683200,
        "update_time": 1772686800,
        "buyer_user_id": 880001,
        "buyer_username": "aminah_s",
        "recipient_address": {"name": "Aminah Salleh", "region": "MY", "full_address": "7 Jalan"},
        "item_list": [item()],
        "pay_time": 1772683260,
        "payment_method": "Online Banking",
        "total_amount": Decimal("80.00"),
        "pickup_done_time": 0,
    }
    return {**row, **given}


def income_item(**given: Any) -> dict[str, Any]:
    row = {
        "item_id": 23500000548,
        "model_id": 0,
        "quantity_purchased": 2,
        "discounted_price": Decimal("80.00"),
        "discount_from_voucher_seller": 0,
    }
    return {**row, **given}


def escrow(items: list[dict[str, Any]] | None = None, **income: Any) -> dict[str, Any]:
    """The escrow of `order()`: 80.00 less a commission of 5.20."""
    amounts = {
        "original_cost_of_goods_sold": Decimal("80.00"),
        "commission_fee": Decimal("5.20"),
        "escrow_amount": Decimal("74.80"),
        "items": [income_item()] if items is None else items,
    }
    return {
        "order_sn": "260305KJ4MYR01",
        "buyer_user_name": "aminah_s",
        "return_order_sn_list": [],
        "order_income": {**amounts, **income},
        "buyer_payment_info": {},
    }


def returned(**given: Any) -> dict[str, Any]:
    """One of the two mugs comes back."""
    row = {
        "return_sn": "2603100RETURN1",
        "order_sn": "260305KJ4MYR01",
        "status": "ACCEPTED",
        "return_solution": 0,
        "create_time": 1773100000,
        "update_time": 1773200000,
        "refund_amount": Decimal("40.00"),
        "item": [{"item_id": 23500000548, "model_id": 0, "amount": 1}],
    }
    return {**row, **given}
