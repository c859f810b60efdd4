"""One WooCommerce payload becomes one RemoteOrder.

Source: GET /wc/v3/orders and GET /wc/v3/orders/<id>/refunds. Every amount of an order is
without tax, also in shops that enter their prices with it. `total` is not lowered by refunds.
"""

from datetime import datetime
from decimal import Decimal

import msgspec

from platforms.base import (
    FetchedOrder,
    FieldNames,
    OpenedOrder,
    RemoteCharge,
    RemoteDelivery,
    RemoteLine,
    RemoteOrder,
    RemoteRefund,
    RemoteTax,
    Stage,
    StoreTerms,
)
from platforms.errors import OrderUnreadable
from platforms.money import currency_digits, decode_json, encode_json
from platforms.payload_fields import Row, amount, as_id, is_number, row_id, rows, text, unreadable
from platforms.woocommerce.buyers import part_buyer
from platforms.woocommerce.fields import instant, meta, name, quantity
from platforms.woocommerce.gateway_fees import gateway_fee
from platforms.woocommerce.refund_lines import rate_codes, read_refunds
from platforms.woocommerce.statuses import STAGES, TAKEN

FIELDS = FieldNames(
    total="order.total",
    goods="order.line_items.subtotal",
    goods_discount="order.line_items.subtotal - total",
    surcharge="order.fee_lines.total",
    reduction="order.fee_lines.total",
    delivery="order.shipping_lines.total",
    tax="order.total_tax",
    tax_rate="order.tax_lines[{}].tax_total",
    refund="refund[{}].amount",
    refund_goods="refund[{}].line_items.total",
    refund_delivery="refund[{}].shipping_lines.total",
    refund_tax="refund[{}].total_tax",
)

NO_TERMS = StoreTerms()


def open_order(fetched: FetchedOrder, terms: StoreTerms = NO_TERMS) -> OpenedOrder:
    """A fetched order, read and parted from its buyer.

    The payload is `{"order": …, "refunds": […]}` without anything personal; `refunds` is null
    when they were not asked for. `read_payload` of it gives the same order again.
    OrderUnreadable: the order cannot be understood; `field` says where.
    """
    order = _object(fetched.body, "order")
    refunds = None
    if fetched.details is not None:
        refunds = [_object(refund, "refunds") for refund in fetched.details]
    if as_id(order.get("id")) != fetched.remote_id:
        raise unreadable("order.id", order.get("id"), "the number that it is listed with")
    remote = read_order(order, refunds or [], terms)
    buyer = part_buyer(order, refunds or [], terms.fee_fields)
    return OpenedOrder(
        order=remote, buyer=buyer, payload=encode_json({"order": order, "refunds": refunds})
    )


def read_payload(payload: bytes, terms: StoreTerms = NO_TERMS) -> RemoteOrder:
    """The order in a payload that `open_order` made. OrderUnreadable as there."""
    stored = _object(payload, "payload")
    order = stored.get("order")
    if type(order) is not dict:
        raise unreadable("order", order, "an object")
    return read_order(order, rows(stored, "refunds", "payload"), terms)


def refund_ids(payload: bytes) -> frozenset[str]:
    """Ids of the refunds stored with a payload."""
    stored = _object(payload, "payload")
    return frozenset(text(refund, "id") for refund in rows(stored, "refunds", "payload"))


def _object(body: bytes, place: str) -> Row:
    try:
        found = decode_json(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ArithmeticError) as fault:
        raise OrderUnreadable(
            f"The store's answer for {place} is not JSON.", field=place, said=str(fault)
        ) from fault
    if type(found) is not dict:
        raise unreadable(place, found, "an object")
    return found


def read_order(order: Row, refunds: list[Row], terms: StoreTerms) -> RemoteOrder:
    """The order's fields, read strictly. Nothing personal is looked at."""
    remote_id = _id(order)
    if order.get("total") in (None, ""):
        raise unreadable("order.total", order.get("total"), "an amount")
    total = amount(order, "total", "order")
    currency = text(order, "currency")
    if not currency:
        raise unreadable("order.currency", None, "a currency")
    ordered_at, modified_at = _dates(order)
    paid_at = instant(order, "date_paid_gmt", "order")
    shipped_at = instant(order, "date_completed_gmt", "order")
    tax_rows = rows(order, "tax_lines", "order")
    codes = rate_codes(tax_rows)
    given_back = read_refunds(refunds, codes)
    status = text(order, "status")
    read_as = _read_as(status, total, given_back, terms)
    return RemoteOrder(
        remote_id=remote_id,
        number=text(order, "number") or remote_id,
        parent_remote_id=row_id(order, "parent_id", "order") or None,
        status=status,
        stage=STAGES.get(read_as, Stage.UNKNOWN),
        is_paid=paid_at is not None or read_as == "completed",
        is_taken=read_as in TAKEN,
        is_shipped=read_as == "completed" or (read_as == "refunded" and shipped_at is not None),
        currency=currency,
        digits=_digits(currency, order["total"], terms),
        ordered_at=ordered_at,
        modified_at=modified_at,
        paid_at=paid_at,
        shipped_at=shipped_at,
        payment_method=text(order, "payment_method"),
        payment_title=name(order, "payment_method_title"),
        transaction_id=text(order, "transaction_id"),
        total=total,
        total_tax=amount(order, "total_tax", "order"),
        lines=tuple([_line(row) for row in rows(order, "line_items", "order")]),
        charges=tuple([_charge(row) for row in rows(order, "fee_lines", "order")]),
        deliveries=tuple([_delivery(row) for row in rows(order, "shipping_lines", "order")]),
        taxes=tuple([_tax(row, codes[text(row, "rate_id")]) for row in tax_rows]),
        fee=gateway_fee(meta(order), currency, terms.fee_fields),
        refunds=given_back,
        fields=FIELDS,
        read_as=read_as if read_as != status else "",
    )


def _id(order: Row) -> str:
    remote_id = as_id(order.get("id"))
    if remote_id is None or not is_number(remote_id):
        raise unreadable("order.id", order.get("id"), "a number")
    return remote_id


def _dates(order: Row) -> tuple[datetime, datetime]:
    """Placed and modified; old data may lack one of them, then the other stands for it."""
    placed = instant(order, "date_created_gmt", "order")
    modified = instant(order, "date_modified_gmt", "order")
    first = placed or modified
    if first is None:
        raise unreadable("order.date_created_gmt", None, "a date and time")
    return first, modified or first


def _read_as(
    status: str, total: Decimal, refunds: tuple[RemoteRefund, ...], terms: StoreTerms
) -> str:
    read_as = terms.status_as.get(status, status)
    if read_as == "cancelled" and total and sum(r.amount for r in refunds) == total:
        # Paid, then given back whole, then cancelled: the sale and its refunds stand.
        return "refunded"
    return read_as


def _digits(currency: str, total: object, terms: StoreTerms) -> int:
    shown = terms.digits
    if shown is None:
        # Not the Decimal's own exponent: what counts is what the store wrote, "57.00" or "57".
        shown = len(str(total).partition(".")[2])
    return min(currency_digits(currency), shown)


def _line(row: Row) -> RemoteLine:
    place = f"order.line_items.{row.get('id')}"
    key, variation = _number(row, "product_id", place), _number(row, "variation_id", place)
    if key and variation:
        key = f"{key}:{variation}"
    return RemoteLine(
        remote_line_id=row_id(row, "id", place),
        listing_key=key or None,
        name=name(row, "name"),
        sku=text(row, "sku"),
        quantity=quantity(row, place),
        subtotal=amount(row, "subtotal", place),
        total=amount(row, "total", place),
        tax=amount(row, "total_tax", place),
    )


def _number(row: Row, key: str, place: str) -> str:
    """The number of a product; "" where the shop no longer knows one."""
    value = row.get(key)
    if not value or value == "0":
        return ""
    found = as_id(value)
    if found is None or not is_number(found):
        raise unreadable(f"{place}.{key}", value, "the number of a product")
    return found


def _charge(row: Row) -> RemoteCharge:
    place = f"order.fee_lines.{row.get('id')}"
    return RemoteCharge(
        name=name(row, "name"),
        total=amount(row, "total", place),
        tax=amount(row, "total_tax", place),
    )


def _delivery(row: Row) -> RemoteDelivery:
    place = f"order.shipping_lines.{row.get('id')}"
    return RemoteDelivery(
        title=name(row, "method_title"),
        total=amount(row, "total", place),
        tax=amount(row, "total_tax", place),
    )


def _tax(row: Row, code: str) -> RemoteTax:
    place = f"order.tax_lines.{row.get('id')}"
    percent = row.get("rate_percent")
    return RemoteTax(
        code=code,
        label=name(row, "label"),
        percent=None if percent is None else amount(row, "rate_percent", place),
        amount=amount(row, "tax_total", place) + amount(row, "shipping_tax_total", place),
    )
