"""What another process may do to the store through the control door, and in what shape."""

from collections.abc import Callable, Mapping
from typing import Any

from platforms.sandbox.woocommerce.sale import Buyer, Carriage, Coupon, Extra, Returned, Sold

ACTIONS = frozenset(
    {
        "add_product",
        "add_variable",
        "set_stock",
        "rename_sku",
        "delete_product",
        "place_order",
        "pay",
        "set_status",
        "edit_line",
        "set_meta",
        "refund",
        "delete_refund",
        "trash",
        "force_delete",
        "anonymise",
        "advance",
        "configure",
        "add_key",
        "order",
        "product",
    }
)


def _lines(value: list[dict[str, Any]]) -> list[Any]:
    """Lines of an order, or of a refund: those name the line's `id`."""
    return [Returned(**line) if "id" in line else Sold(**line) for line in value]


SHAPED: Mapping[str, Callable[[Any], Any]] = {
    "lines": _lines,
    "shipping": lambda value: [Carriage(**item) for item in value],
    "fees": lambda value: [Extra(**item) for item in value],
    "coupons": lambda value: [Coupon(**item) for item in value],
    "buyer": lambda value: Buyer(**value),
    "ship_to": lambda value: Buyer(**value),
}
