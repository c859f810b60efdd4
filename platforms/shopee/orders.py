"""One Shopee order, with its escrow and its returns, becomes one RemoteOrder.

Source: GET /api/v2/order/get_order_detail, /api/v2/payment/get_escrow_detail and
/api/v2/returns/get_return_detail. The order gives listings, pieces and dates; its money is what
the escrow says, because the order's own amounts are the buyer's.
"""

import re
from datetime import datetime

import msgspec

from platforms.base import (
    FetchedOrder,
    FieldNames,
    OpenedOrder,
    RemoteOrder,
    Stage,
    StoreTerms,
)
from platforms.errors import OrderUnreadable
from platforms.money import ZERO, currency_digits, decode_json, encode_json
from platforms.payload_fields import Row, amount, is_blank, rows, text, unreadable
from platforms.shopee.buyers import part_buyer
from platforms.shopee.escrow import read_escrow
from platforms.shopee.fields import as_sn, instant
from platforms.shopee.lines import read_lines
from platforms.shopee.returns import marks, read_returns
from platforms.shopee.statuses import PAID_STATUS, SHIPPED, STAGES, TAKEN

FIELDS = FieldNames(
    total="order.total_amount",
    goods="order_income.original_cost_of_goods_sold",
    goods_discount="order_income.voucher_from_seller",
    surcharge="order_income.buyer_paid_packaging_fee",
    reduction="order_income.seller_coin_cash_back",
    delivery="order_income.buyer_paid_shipping_fee",
    tax="order_income.escrow_tax",
    tax_rate="order_income.escrow_tax[{}]",
    refund="return[{}].refund_amount",
    refund_goods="return[{}].item.amount",
    refund_delivery="order_income.reverse_shipping_fee",
    refund_tax="order_income.escrow_tax",
)

CURRENCY = re.compile(r"[A-Za-z]{2,3}")
# Their minor unit by ISO 4217 is not what Shopee counts in.
WHOLE_CURRENCIES = frozenset({"IDR", "VND", "TWD"})

NO_TERMS = StoreTerms()
NO_DETAILS: Row = {"escrow": None, "returns": []}


def open_order(fetched: FetchedOrder, terms: StoreTerms = NO_TERMS) -> OpenedOrder:
    """A fetched order, read and parted from its buyer.

    The payload is `{"order": …, "details": {"escrow": …, "returns": […]}}` without anything
    personal; `details` is null when they were not asked for. `read_payload` of it gives the
    same order again. OrderUnreadable: the order cannot be understood; `field` says where.
    """
    order = _object(fetched.body, "order")
    details = None
    if fetched.details is not None:
        details = _object(fetched.details[0], "details") if fetched.details else {**NO_DETAILS}
    if as_sn(order.get("order_sn")) != fetched.remote_id:
        raise unreadable("order.order_sn", order.get("order_sn"), "the number it is listed with")
    remote = read_order(order, details or NO_DETAILS, terms)
    buyer = part_buyer(order, details)
    return OpenedOrder(
        order=remote, buyer=buyer, payload=encode_json({"order": order, "details": details})
    )


def read_payload(payload: bytes, terms: StoreTerms = NO_TERMS) -> RemoteOrder:
    """The order in a payload that `open_order` made. OrderUnreadable as there."""
    order, details = _stored(payload)
    return read_order(order, details, terms)


def detail_marks(payload: bytes) -> frozenset[str]:
    """The returns stored with a payload, each in its version."""
    _, details = _stored(payload)
    return marks(rows(details, "returns", "details"))


def _stored(payload: bytes) -> tuple[Row, Row]:
    stored = _object(payload, "payload")
    order, details = stored.get("order"), stored.get("details")
    if type(order) is not dict:
        raise unreadable("order", order, "an object")
    if details is not None and type(details) is not dict:
        raise unreadable("details", details, "an object")
    return order, details or NO_DETAILS


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


def read_order(order: Row, details: Row, terms: StoreTerms) -> RemoteOrder:
    """The order's fields, read strictly. Nothing personal is looked at."""
    remote_id = as_sn(order.get("order_sn"))
    if remote_id is None:
        raise unreadable("order.order_sn", order.get("order_sn"), "a serial number")
    currency = order.get("currency")
    if type(currency) is not str or not CURRENCY.fullmatch(currency):
        raise unreadable("order.currency", currency, "a currency")
    escrow = details.get("escrow")
    if escrow is not None and type(escrow) is not dict:
        raise unreadable("escrow", escrow, "an object")
    ordered_at, modified_at = _dates(order)
    paid_at = instant(order, "pay_time", "order")
    lines = read_lines(order, escrow)
    status = text(order, "order_status")
    read_as = terms.status_as.get(status, status)
    payment = text(order, "payment_method").strip()
    has_total = not is_blank(order.get("total_amount"))
    return RemoteOrder(
        remote_id=remote_id,
        number=remote_id,
        parent_remote_id=None,
        status=status,
        stage=STAGES.get(read_as, Stage.UNKNOWN),
        is_paid=paid_at is not None or read_as == PAID_STATUS,
        is_taken=read_as in TAKEN,
        is_shipped=read_as in SHIPPED,
        currency=currency,
        digits=0 if currency in WHOLE_CURRENCIES else currency_digits(currency),
        ordered_at=ordered_at,
        modified_at=modified_at,
        paid_at=paid_at,
        shipped_at=instant(order, "pickup_done_time", "order"),
        payment_method=payment,
        payment_title=payment,
        transaction_id="",
        total=(
            amount(order, "total_amount", "order")
            if has_total
            else sum((line.total for line in lines), ZERO)
        ),
        total_tax=ZERO,
        lines=lines,
        charges=(),
        deliveries=(),
        taxes=(),
        fee=None,
        refunds=read_returns(rows(details, "returns", "details"), lines, ordered_at),
        fields=FIELDS,
        escrow=read_escrow(escrow, currency),
        has_escrow=True,
        read_as=read_as if read_as != status else "",
    )


def _dates(order: Row) -> tuple[datetime, datetime]:
    """Placed and updated; where one of them is missing, the other stands for it."""
    placed = instant(order, "create_time", "order")
    updated = instant(order, "update_time", "order")
    first = placed or updated
    if first is None:
        raise unreadable("order.create_time", None, "seconds since 1970")
    return first, updated or first
