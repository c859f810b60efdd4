"""What stands in a push: its code and its `data`. Names differ from those of the API.

Source: one page per push code of the push mechanism.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import Any

Data = dict[str, Any]


class Code(IntEnum):
    """Codes of the pushes that this store sends."""

    SHOP_AUTHORISED = 1
    AUTHORISATION_CANCELLED = 2
    ORDER_STATUS = 3
    TRACKING_NUMBER = 4
    AUTHORISATION_EXPIRES = 12
    SHIPPING_DOCUMENT = 15
    RETURN_UPDATED = 29


WITHOUT_SHOP = frozenset({1, 2, 12})
"""Codes that concern the app: their envelope names no shop."""

ALL_CODES = (*range(1, 14), 15, 29, 47)
"""What a subscription can turn on and off."""


def order_status(
    order_sn: str, status: str, update_time: int, completed_scenario: str = ""
) -> Data:
    """The key is `ordersn` here; `status` may be one that no list filters by."""
    return {
        "items": [],
        "ordersn": order_sn,
        "status": status,
        "completed_scenario": completed_scenario,
        "update_time": update_time,
    }


def tracking_number(order_sn: str, package_number: str, number: str) -> Data:
    return {
        "ordersn": order_sn,
        "forder_id": package_number.removeprefix("OFG"),
        "package_number": package_number,
        "tracking_no": number,
    }


def shipping_document(order_sn: str, package_number: str, status: str) -> Data:
    """`status`: READY or FAILED."""
    return {"ordersn": order_sn, "package_number": package_number, "status": status}


def return_updated(
    order_sn: str, return_sn: str, changes: Iterable[tuple[str, Any, Any]], update_time: int
) -> Data:
    """Each change: (field, old value, new value). The key is `order_sn` here."""
    return {
        "order_sn": order_sn,
        "return_sn": return_sn,
        "updated_values": [
            {"update_field": name, "old_value": old, "new_value": new, "update_time": update_time}
            for name, old, new in changes
        ],
    }


def consent(shop_id: int, region: str, *, is_given: bool) -> Data:
    kind = "shop authorization by user" if is_given else "shop cancel authorization by user"
    done = "authorized" if is_given else "deauthorized"
    return {
        "authorize_type": kind,
        "extra": f"shop id {shop_id} ({region}) has been {done} successfully",
        "shop_id": shop_id,
        "success": 1,
    }


def authorisation_expires(shop_ids: Sequence[int], expire_before: int) -> Data:
    """Sent a week before the consent of these shops ends."""
    return {
        "merchant_expire_soon": [],
        "shop_expire_soon": list(shop_ids),
        "user_expire_soon": [],
        "expire_before": expire_before,
        "page_no": 1,
        "total_page": 1,
    }
