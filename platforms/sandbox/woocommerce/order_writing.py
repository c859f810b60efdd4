"""What a POST or PUT of an order changes. The same for a batch item, which nobody validated.

Source: POST /wc/v3/orders, PUT /wc/v3/orders/<id>.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from platforms.sandbox.woocommerce import checkout, statuses, stock, totals
from platforms.sandbox.woocommerce.amounts import ZERO, wire_decimal
from platforms.sandbox.woocommerce.errors import RestError
from platforms.sandbox.woocommerce.loose_values import php_int, wire_meta
from platforms.sandbox.woocommerce.records import (
    FeeLine,
    LineItem,
    Order,
    ShippingLine,
)
from platforms.sandbox.woocommerce.sale import Coupon, Sold

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.state import StoreState

Sent = Mapping[str, Any]
Line = TypeVar("Line", LineItem, ShippingLine, FeeLine)

_PLAIN = {
    "customer_note": "customer_note",
    "payment_method": "payment_method",
    "payment_method_title": "payment_title",
    "transaction_id": "transaction_id",
    "currency": "currency",
}
_RECOUNTING = frozenset(
    {"billing", "shipping", "line_items", "shipping_lines", "fee_lines", "coupon_lines"}
)


def create(store: "StoreState", sent: Sent) -> Order:
    """A new order. Its status is pending when none, or an unknown one, was sent."""
    if sent.get("id"):
        raise RestError("woocommerce_rest_shop_order_exists", "Cannot create existing order.", 400)
    order = store.blank_order()
    order.created_via = str(sent.get("created_via") or "rest-api")
    empty = dict.fromkeys(_BILLING, "")
    order.billing = empty
    order.shipping = {key: "" for key in _BILLING if key != "email"}
    try:
        _apply(store, order, sent)
    except RestError as error:
        if error.code == "woocommerce_rest_invalid_coupon":
            error.data["new_draft_order_id"] = order.id
        raise
    totals.recalculate(order, store.settings, store.next_item_id)
    order.status = _known_status(store, sent.get("status") or "pending")
    store.add_order(order)
    statuses.entered(store, order)
    if _is_true(sent.get("set_paid")):
        statuses.payment_complete(store, order, str(sent.get("transaction_id") or ""))
    store.webhooks.fire("order.created", order.id)
    store.webhooks.fire("order.updated", order.id)
    return order


def update(store: "StoreState", order: Order, sent: Sent) -> None:
    """Merge what was sent; lines with an id are edited, without one added, quantity 0 removed."""
    row = (order.status, order.parent_id, order.customer_note)
    was_trashed = order.status == "trash"
    _apply(store, order, sent)
    if _RECOUNTING & set(sent):
        totals.recalculate(order, store.settings, store.next_item_id)
    if _is_true(sent.get("set_paid")):
        statuses.payment_complete(store, order, str(sent.get("transaction_id") or ""))
    if sent.get("status"):
        statuses.change(store, order, _known_status(store, sent["status"]))
    changed = row != (order.status, order.parent_id, order.customer_note)
    store.saved(order, post_row=changed, announce=not was_trashed)


def _known_status(store: "StoreState", status: Any) -> str:
    """What a batch does to an unknown status without a word: pending."""
    return status if status in store.settings.status_slugs else "pending"


def _apply(store: "StoreState", order: Order, sent: Sent) -> None:
    if sent.get("customer_id") is not None:
        order.customer_id = _customer(store, php_int(sent["customer_id"]))
    if sent.get("parent_id") is not None:
        order.parent_id = php_int(sent["parent_id"])
    for member, attribute in _PLAIN.items():
        if sent.get(member) is not None:
            setattr(order, attribute, str(sent[member]))
    for member, address in (("billing", order.billing), ("shipping", order.shipping)):
        for field, value in (sent.get(member) or {}).items():
            if field in address:
                address[field] = str(value or "")
    wire_meta(store, order.meta, sent.get("meta_data"))
    for item in sent.get("line_items") or ():
        _line_item(store, order, item)
    for item in sent.get("shipping_lines") or ():
        _shipping_line(store, order, item)
    for item in sent.get("fee_lines") or ():
        _fee_line(store, order, item)
    for item in sent.get("coupon_lines") or ():
        _coupon_line(store, order, item)


def _customer(store: "StoreState", customer_id: int) -> int:
    if customer_id and customer_id not in store.customers:
        raise RestError("woocommerce_rest_invalid_customer_id", "Customer ID is invalid.", 400)
    return customer_id


def _line_item(store: "StoreState", order: Order, item: Sent) -> None:
    if not item.get("id"):
        order.lines.append(_new_line(store, order, item))
        if order.id in store.orders:
            stock.adjust_edited(store, order, order.lines[-1], removed=False)
        return
    line = _existing(order.lines, item)
    removed = "quantity" in item and not php_int(item["quantity"])
    if "quantity" in item:
        line.quantity = php_int(item["quantity"])
    if item.get("subtotal") is not None:
        line.subtotal = wire_decimal(item["subtotal"])
    if item.get("total") is not None:
        line.total = wire_decimal(item["total"])
    if item.get("name") is not None:
        line.name = str(item["name"])
    line.subtotal = max(line.subtotal, line.total)
    wire_meta(store, line.meta, item.get("meta_data"))
    if removed:
        order.lines.remove(line)
    stock.adjust_edited(store, order, line, removed=removed)


def _new_line(store: "StoreState", order: Order, item: Sent) -> LineItem:
    quantity = item.get("quantity", 1)
    product_id = php_int(item.get("variation_id")) or php_int(item.get("product_id"))
    sku = item.get("sku")
    if not product_id and not sku:
        raise RestError(
            "woocommerce_rest_required_product_reference", "Product ID or SKU is required.", 400
        )
    try:
        found = store.find_product(product_id or str(sku))
    except LookupError:
        line = LineItem(
            id=store.next_item_id(),
            name=str(item.get("name") or ""),
            product_id=0,
            quantity=php_int(quantity),
            subtotal=ZERO,
            total=ZERO,
        )
    else:
        sold = Sold(product=found.id, quantity=php_int(quantity))
        line = checkout.line_of(store, order, sold, store.settings)
        line.subtotal = line.total = store.price_of(found) * wire_decimal(quantity)
        if store.settings.prices_include_tax:
            checkout.price_line(order, line, store.price_of(found), store.settings)
    if item.get("subtotal") is not None:
        line.subtotal = wire_decimal(item["subtotal"])
    if item.get("total") is not None:
        line.total = wire_decimal(item["total"])
    wire_meta(store, line.meta, item.get("meta_data"))
    return line


def _shipping_line(store: "StoreState", order: Order, item: Sent) -> None:
    if item.get("id"):
        line = _existing(order.shipping_lines, item)
        if "method_id" in item and item["method_id"] is None:
            order.shipping_lines.remove(line)
            return
    else:
        line = ShippingLine(id=store.next_item_id(), title="", total=ZERO)
        order.shipping_lines.append(line)
    if item.get("method_title") is not None:
        line.title = str(item["method_title"])
    if item.get("method_id") is not None:
        line.method_id = str(item["method_id"])
    if item.get("total") is not None:
        line.total = wire_decimal(item["total"])


def _fee_line(store: "StoreState", order: Order, item: Sent) -> None:
    if item.get("id"):
        line = _existing(order.fees, item)
        if "name" in item and item["name"] is None:
            order.fees.remove(line)
            return
    else:
        line = FeeLine(id=store.next_item_id(), name="", total=ZERO)
        order.fees.append(line)
    if item.get("name") is not None:
        line.name = str(item["name"])
    if item.get("tax_status") is not None:
        line.tax_status = str(item["tax_status"])
    if item.get("total") is not None:
        goods = sum((goods.total for goods in order.lines), ZERO)
        line.total = max(wire_decimal(item["total"]), -goods)


def _coupon_line(store: "StoreState", order: Order, item: Sent) -> None:
    if item.get("id"):
        raise RestError(
            "woocommerce_rest_coupon_item_id_readonly", "Coupon item ID is readonly.", 400
        )
    code = str(item.get("code") or "")
    coupon: Coupon | None = store.coupons.get(code.lower())
    if coupon is None:
        raise RestError(
            "woocommerce_rest_invalid_coupon",
            f"Coupon &quot;{code}&quot; cannot be applied because it does not exist.",
            400,
        )
    order.coupons.append(checkout.discounted(store, order, coupon, store.settings))


def _existing(lines: list[Line], item: Sent) -> Line:
    for line in lines:
        if line.id == php_int(item["id"]):
            return line
    raise RestError(
        "woocommerce_rest_invalid_item_id",
        "Order item ID provided is not associated with order.",
        400,
    )


def _is_true(value: Any) -> bool:
    return value is True or str(value).lower() in ("1", "true")


_BILLING = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "state",
    "postcode",
    "country",
    "email",
    "phone",
)
