"""Orders, refunds and notes as the API serves them, member by member in the store's order.

Source: GET /wc/v3/orders/<id>, GET /wc/v3/orders/<id>/refunds, GET /wc/v3/orders/<id>/notes.
"""

from typing import TYPE_CHECKING, Any

from platforms.sandbox.woocommerce import statuses
from platforms.sandbox.woocommerce.amounts import (
    ZERO,
    negative_text,
    number,
    plain,
    text,
    unit_price,
)
from platforms.sandbox.woocommerce.dates import gmt, local
from platforms.sandbox.woocommerce.links import order_links, under_order_links
from platforms.sandbox.woocommerce.php_json import encoded
from platforms.sandbox.woocommerce.records import (
    CouponLine,
    FeeLine,
    LineItem,
    LineTax,
    Meta,
    Note,
    Order,
    Refund,
    ShippingLine,
    TaxLine,
)

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.state import StoreState

JsonObject = dict[str, Any]

SYMBOLS = {
    "MYR": "RM",
    "USD": "$",
    "EUR": "€",
    "GBP": "£",
    "SGD": "$",
    "JPY": "¥",
    "KWD": "د.ك",
    "THB": "฿",
    "IDR": "Rp",
}


def encoded_order(store: "StoreState", order: Order, dp: int) -> bytes:
    """The JSON bytes of an order, kept until it changes."""
    kept = order.encoded.get(dp)
    if kept is None:
        kept = order.encoded[dp] = encoded(order_object(store, order, dp))
    return kept


def order_object(store: "StoreState", order: Order, dp: int) -> JsonObject:
    zone = store.zone
    return {
        "id": order.id,
        "parent_id": order.parent_id,
        "status": order.status,
        "currency": order.currency,
        "version": store.settings.version,
        "prices_include_tax": order.prices_include_tax,
        "date_created": local(order.created, zone),
        "date_modified": local(order.modified, zone),
        "discount_total": text(order.discount_total, dp),
        "discount_tax": text(order.discount_tax, dp),
        "shipping_total": text(order.shipping_total, dp),
        "shipping_tax": text(order.shipping_tax, dp),
        "cart_tax": text(order.cart_tax, dp),
        "total": text(order.total, dp),
        "total_tax": text(order.total_tax, dp),
        "customer_id": order.customer_id,
        "order_key": order.key,
        "billing": dict(order.billing),
        "shipping": dict(order.shipping),
        "payment_method": order.payment_method,
        "payment_method_title": order.payment_title,
        "transaction_id": order.transaction_id,
        "customer_ip_address": order.ip,
        "customer_user_agent": order.user_agent,
        "created_via": order.created_via,
        "customer_note": order.customer_note,
        "date_completed": local(order.completed, zone),
        "date_paid": local(order.paid, zone),
        "cart_hash": "",
        "number": order.number,
        "meta_data": [_meta(entry) for entry in sorted(order.meta, key=_meta_order)],
        "line_items": [_line_item(store, line, dp) for line in order.lines],
        "tax_lines": [_tax_line(line, dp) for line in order.taxes],
        "shipping_lines": [_shipping_line(store, line, dp) for line in order.shipping_lines],
        "fee_lines": [_fee_line(store, line, dp) for line in order.fees],
        "coupon_lines": [_coupon_line(line) for line in order.coupons],
        "refunds": [_refund_summary(store, refund, dp) for refund in reversed(order.refunds)],
        "payment_url": f"{store.home}/checkout/order-pay/{order.id}/"
        f"?pay_for_order=true&key={order.key}",
        "is_editable": statuses.is_editable(order),
        "needs_payment": statuses.needs_payment(order),
        "needs_processing": statuses.needs_processing(store, order),
        "date_created_gmt": gmt(order.created),
        "date_modified_gmt": gmt(order.modified),
        "date_completed_gmt": gmt(order.completed),
        "date_paid_gmt": gmt(order.paid),
        "currency_symbol": SYMBOLS.get(order.currency, order.currency),
        "_links": order_links(store.home, order.id),
    }


def refund_object(
    store: "StoreState", refund: Refund, dp: int, *, with_parent: bool = False
) -> JsonObject:
    """A refund; the shop-wide list adds `parent_id`."""
    return {
        "id": refund.id,
        **({"parent_id": refund.order_id} if with_parent else {}),
        "date_created": local(refund.created, store.zone),
        "date_created_gmt": gmt(refund.created),
        "amount": text(refund.amount, dp),
        "reason": refund.reason,
        "refunded_by": refund.refunded_by,
        "refunded_payment": refund.through_gateway,
        "meta_data": [_meta(entry) for entry in sorted(refund.meta, key=_meta_order)],
        "line_items": [_line_item(store, line, dp) for line in refund.lines],
        "shipping_lines": [_shipping_line(store, line, dp) for line in refund.shipping_lines],
        "tax_lines": [_tax_line(line, dp) for line in refund.taxes],
        "fee_lines": [_fee_line(store, line, dp) for line in refund.fees],
        "_links": under_order_links(store.home, refund.order_id, "refunds", refund.id),
    }


def note_object(store: "StoreState", order: Order, note: Note) -> JsonObject:
    return {
        "id": note.id,
        "author": note.author,
        "date_created": local(note.created, store.zone),
        "date_created_gmt": gmt(note.created),
        "note": note.text,
        "customer_note": note.for_customer,
        "_links": under_order_links(store.home, order.id, "notes", note.id),
    }


def _line_item(store: "StoreState", line: LineItem, dp: int) -> JsonObject:
    product = store.products.get(line.variation_id or line.product_id)
    parent = store.products.get(product.parent_id) if product is not None else None
    image_id: int | str = "" if product is not None and not product.is_variation else 0
    sku = None if product is None else product.sku or (parent.sku if parent is not None else "")
    return {
        "id": line.id,
        "name": line.name,
        "product_id": line.product_id if product is not None else 0,
        "variation_id": line.variation_id if product is not None else 0,
        "quantity": line.quantity,
        "tax_class": line.tax_class,
        "subtotal": text(line.subtotal, dp),
        "subtotal_tax": text(line.subtotal_tax, dp),
        "total": text(line.total, dp),
        "total_tax": text(line.total_tax, dp),
        "taxes": [_line_tax(store, tax, dp) for tax in line.taxes],
        "meta_data": [_displayed(entry) for entry in line.meta],
        "sku": sku,
        "global_unique_id": None if product is None else product.global_unique_id,
        "price": unit_price(line.total, line.quantity),
        "image": {"id": image_id, "src": ""},
        "parent_name": line.parent_name,
    }


def _line_tax(store: "StoreState", tax: LineTax, dp: int) -> JsonObject:
    raw = store.settings.taxes_unrounded
    return {
        "id": tax.rate_id,
        "total": plain(tax.total) if raw else text(tax.total, dp),
        "subtotal": ""
        if tax.subtotal is None
        else plain(tax.subtotal)
        if raw
        else text(tax.subtotal, dp),
    }


def _tax_line(line: TaxLine, dp: int) -> JsonObject:
    return {
        "id": line.id,
        "rate_code": line.code,
        "rate_id": line.rate_id,
        "label": line.label,
        "compound": line.compound,
        "tax_total": text(line.tax_total, dp),
        "shipping_tax_total": text(line.shipping_tax_total, dp),
        "rate_percent": number(line.percent),
        "meta_data": [],
    }


def _shipping_line(store: "StoreState", line: ShippingLine, dp: int) -> JsonObject:
    return {
        "id": line.id,
        "method_title": line.title,
        "method_id": line.method_id,
        "instance_id": line.instance_id,
        "total": text(line.total, dp),
        "total_tax": text(line.total_tax, dp),
        "taxes": [_line_tax(store, tax, dp) for tax in line.taxes],
        "tax_status": "taxable",
        "meta_data": [_displayed(entry) for entry in line.meta],
    }


def _fee_line(store: "StoreState", line: FeeLine, dp: int) -> JsonObject:
    return {
        "id": line.id,
        "name": line.name,
        "tax_class": line.tax_class,
        "tax_status": line.tax_status,
        "amount": "",
        "total": text(line.total, dp),
        "total_tax": text(line.total_tax, dp),
        "taxes": [_line_tax(store, tax, dp) for tax in line.taxes],
        "meta_data": [_displayed(entry) for entry in line.meta],
    }


def _coupon_line(line: CouponLine) -> JsonObject:
    return {
        "id": line.id,
        "code": line.code,
        "discount": plain(line.discount),
        "discount_tax": plain(line.discount_tax),
        "meta_data": [_displayed(entry) for entry in line.meta],
        "discount_type": line.type,
        "nominal_amount": number(line.amount),
        "free_shipping": False,
    }


def _refund_summary(store: "StoreState", refund: Refund, dp: int) -> JsonObject:
    summary: JsonObject = {
        "id": refund.id,
        "reason": refund.reason,
        "total": negative_text(refund.amount, dp),
    }
    if store.settings.refund_total_tax:
        tax = sum((line.tax_total + line.shipping_tax_total for line in refund.taxes), ZERO)
        summary["total_tax"] = text(tax, dp)
    return summary


def _meta(entry: Meta) -> JsonObject:
    return {"id": entry.id, "key": entry.key, "value": entry.value}


def _meta_order(entry: Meta) -> tuple[str, int]:
    return entry.key.lower(), entry.id


def _displayed(entry: Meta) -> JsonObject:
    key = entry.key if entry.key.startswith("_") else entry.key.capitalize()
    shown = entry.key if entry.key == "coupon_info" else key
    return {**_meta(entry), "display_key": shown, "display_value": entry.value}
