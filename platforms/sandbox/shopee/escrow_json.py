"""The money of one order as the API shows it: positive magnitudes, in the order's currency.

Source: GET /api/v2/payment/get_escrow_detail.
"""

from decimal import Decimal
from typing import Any

from platforms.sandbox.shopee import escrow
from platforms.sandbox.shopee.records import ZERO, Line, Order, Status
from platforms.sandbox.shopee.statuses import WAITING

_ALWAYS = (
    "buyer_total_amount",
    "original_price",
    "order_original_price",
    "order_selling_price",
    "order_discounted_price",
    "seller_discount",
    "order_seller_discount",
    "shopee_discount",
    "original_shopee_discount",
    "voucher_from_seller",
    "voucher_from_shopee",
    "coins",
    "payment_promotion",
    "credit_card_promotion",
    "seller_coin_cash_back",
    "original_cost_of_goods_sold",
    "cost_of_goods_sold",
    "seller_return_refund",
    "drc_adjustable_refund",
    "buyer_paid_shipping_fee",
    "actual_shipping_fee",
    "shopee_shipping_rebate",
    "shipping_fee_discount_from_3pl",
    "seller_shipping_discount",
    "estimated_shipping_fee",
    "final_shipping_fee",
    "reverse_shipping_fee",
    "final_return_to_seller_shipping_fee",
    "commission_fee",
    "service_fee",
    "seller_transaction_fee",
    "buyer_transaction_fee",
    "credit_card_transaction_fee",
    "campaign_fee",
    "order_ams_commission_fee",
    "escrow_tax",
    "cross_border_tax",
)
"""Shown for every order, 0 too; the others only where there is something."""


def is_readable(order: Order) -> bool:
    """Whether there is an escrow yet. Unpaid, or cancelled before it was paid: none."""
    if order.is_escrow_held or order.status in WAITING:
        return False
    if order.status is Status.CANCELLED and not order.paid:
        return bool(escrow.after_adjustment(order))
    return True


def escrow_object(order: Order) -> dict[str, Any]:
    """`response` of the detail call, and each `escrow_detail` of the batch."""
    return {
        "order_sn": order.order_sn,
        "buyer_user_name": order.recipient.username,
        "return_order_sn_list": [] if order.hides_returns else list(order.return_sns),
        "order_income": order_income(order),
        "buyer_payment_info": {
            **order.buyer_payment,
            "buyer_payment_method": order.payment_method,
            "is_paid_by_credit_card": "Credit" in order.payment_method,
        },
    }


def order_income(order: Order) -> dict[str, Any]:
    amount = escrow.escrow_amount(order)
    shown: dict[str, Any] = {
        "escrow_amount": amount,
        **{name: order.income.get(name, ZERO) for name in _ALWAYS},
        **{name: value for name, value in order.income.items() if value},
        **order.unknown_fees,
        "buyer_payment_method": order.payment_method,
        "instalment_plan": "",
        "seller_voucher_code": [],
        "items": _items(order),
        "escrow_amount_after_adjustment": escrow.after_adjustment(order),
    }
    if order.adjustments:
        shown["total_adjustment_amount"] = sum((a.amount for a in order.adjustments), ZERO)
        shown["order_adjustment"] = [
            {
                "amount": adjustment.amount,
                "date": adjustment.date,
                "currency": order.currency,
                "adjustment_reason": adjustment.reason,
            }
            for adjustment in order.adjustments
        ]
    return shown


def _items(order: Order) -> list[dict[str, Any]]:
    """Line totals, not unit prices; what was given on the whole order is shared by worth."""
    income = order.income
    shares = {
        name: _shared(order, income.get(field, ZERO))
        for name, field in (
            ("discount_from_voucher_seller", "voucher_from_seller"),
            ("discount_from_voucher_shopee", "voucher_from_shopee"),
            ("discount_from_coin", "coins"),
            ("shopee_discount", "shopee_discount"),
        )
    }
    return [
        {
            "item_id": line.item_id,
            "item_name": line.item_name,
            "item_sku": line.item_sku,
            "model_id": line.model_id,
            "model_name": line.model_name,
            "model_sku": line.model_sku,
            "line_item_id": line.line_item_id,
            "quantity_purchased": line.quantity,
            "original_price": line.original,
            "selling_price": line.selling,
            "discounted_price": line.discounted,
            "seller_discount": line.original - line.discounted,
            **{name: parts[place] for name, parts in shares.items()},
            "activity_type": _activity(line),
            "activity_id": line.promotion_id,
            "is_main_item": line.is_main_item,
            "ams_commission_fee": ZERO,
            "seller_order_processing_fee": ZERO,
            "promotion_list": [],
            "is_kit": False,
            "kit_items": [],
        }
        for place, line in enumerate(order.lines)
    ]


def _activity(line: Line) -> str:
    if line.promotion_type.startswith("add_on_deal"):
        return "add_on_deal"
    return line.promotion_type if line.promotion_type == "bundle_deal" else ""


def _shared(order: Order, amount: Decimal) -> list[Decimal]:
    """An amount over the lines by what they cost; the last takes what rounding left."""
    total = sum((line.discounted for line in order.lines), ZERO)
    parts: list[Decimal] = []
    for line in order.lines[:-1]:
        part = amount * line.discounted / total if total else ZERO
        parts.append(escrow.rounded(part, order.currency))
    return [*parts, amount - sum(parts, ZERO)]
