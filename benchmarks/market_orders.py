"""The orders of the loopback market: bytes as Shopee serves them, an order and its escrow.

Source: GET /api/v2/order/get_order_detail, which shows an optional field only when it is asked
for, so those that our client asks for; and POST /api/v2/payment/get_escrow_detail_batch. Every order is paid and on its way: three lines,
a voucher of the seller, delivery that costs more than the buyer paid, three fees. It comes to
seven journal lines.
"""

from datetime import UTC, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

from platforms.shopee.order_rows import FIELDS

FIRST_UPDATED = datetime(2026, 2, 1, tzinfo=UTC)
SPACING = timedelta(minutes=1)
PRODUCTS = 200
LINES = 3
CENT = Decimal("0.01")
VOUCHER = Decimal("5.00")
BUYER_DELIVERY, COURIER, REBATE = Decimal("4.90"), Decimal("7.40"), Decimal("2.50")
NAMES = "Batik cushion cover, hand printed, pattern"

_encoder = msgspec.json.Encoder(decimal_format="number")


def item_id(product: int) -> int:
    return 3_400_100_000 + product


def order_sn(number: int) -> str:
    """The name of order `number` (from 0)."""
    return f"260201{number:08X}"


def number_of(sn: str) -> int:
    return int(sn[6:], 16)


def updated_at(number: int) -> int:
    """When order `number` was last changed: no two share a second."""
    return int((FIRST_UPDATED + number * SPACING).timestamp())


def order_bytes(number: int) -> bytes:
    """Order `number` as its detail page serves it, always the same."""
    return _encoder.encode(_order(number))


def escrow_bytes(number: int) -> bytes:
    """The escrow of order `number` as a row of a batch."""
    return _encoder.encode({"escrow_detail": _escrow(number)})


def _order(number: int) -> dict[str, Any]:
    updated = updated_at(number)
    always = {
        "order_sn": order_sn(number),
        "region": "MY",
        "currency": "MYR",
        "cod": False,
        "order_status": "SHIPPED",
        "message_to_seller": "Please ring the bell twice." if number % 10 == 0 else "",
        "create_time": updated - 3670,
        "update_time": updated,
        "days_to_ship": 2,
        "ship_by_date": updated + 172_800,
    }
    asked = {
        "total_amount": _goods(number) - VOUCHER + BUYER_DELIVERY,
        "pay_time": updated - 3600,
        "payment_method": "Online Banking",
        "shipping_carrier": "J&T Express",
        "buyer_user_id": 880_000_000 + number % 900,
        "buyer_username": f"siti_{number % 900}",
        "recipient_address": {
            "name": "S******d",
            "phone": "******64",
            "town": "Taman Desa",
            "district": "Wilayah Persekutuan",
            "city": "Kuala Lumpur",
            "state": "Kuala Lumpur",
            "region": "MY",
            "zipcode": "50450",
            "full_address": "12******",
        },
        "buyer_cancel_reason": "",
        "cancel_by": "",
        "cancel_reason": "",
        "fulfillment_flag": "fulfilled_by_local_seller",
        "pickup_done_time": updated - 5,
        "item_list": [_line(number, at) for at in range(LINES)],
    }
    return {**always, **{field: asked[field] for field in FIELDS}}


def _product(number: int, at: int) -> int:
    return (number * 7 + at * 61) % PRODUCTS


def _price(number: int, at: int) -> Decimal:
    return Decimal(20 + _product(number, at) % 50).quantize(CENT)


def _pieces(number: int, at: int) -> int:
    return 1 + (number + at) % 3


def _goods(number: int) -> Decimal:
    return sum((_price(number, at) * _pieces(number, at) for at in range(LINES)), Decimal())


def _line(number: int, at: int) -> dict[str, Any]:
    product, price = _product(number, at), _price(number, at)
    pieces = _pieces(number, at)
    return {
        "item_id": item_id(product),
        "item_name": f"{NAMES} {product}",
        "item_sku": f"BATIK-{product:04d}",
        "model_id": 0,
        "model_name": "",
        "model_sku": "",
        "model_quantity_purchased": pieces,
        "model_original_price": price + 5,
        "model_discounted_price": price,
        "wholesale": False,
        "weight": Decimal("0.5"),
        "add_on_deal": False,
        "main_item": False,
        "add_on_deal_id": 0,
        "promotion_type": "product_promotion",
        "promotion_id": 220_000_000 + product,
        "promotion_group_id": 0,
        "order_item_id": item_id(product),
        "line_item_id": 77_000_000 + number * LINES + at,
        "image_info": {"image_url": f"https://cf.shop.example/file/my-batik-{product}_tn"},
        "product_location_id": ["MYZ"],
        "is_prescription_item": False,
        "is_b2c_owned_item": False,
        "promotion_list": [
            {"promotion_type": "product_promotion", "promotion_id": 220_000_000 + product}
        ],
        "hot_listing_item": False,
        "active_qty": pieces,
        "cancel_requested_qty": 0,
        "cancelled_qty": 0,
        "return_requested_qty": 0,
        "returned_qty": 0,
    }


def _escrow(number: int) -> dict[str, Any]:
    goods = _goods(number)
    sold = goods - VOUCHER
    commission, service, payment = (_share(sold, rate) for rate in ("0.06", "0.03", "0.02"))
    net = sold + BUYER_DELIVERY - COURIER + REBATE - commission - service - payment
    income = {
        "escrow_amount": net,
        "escrow_amount_after_adjustment": net,
        "buyer_total_amount": sold + BUYER_DELIVERY,
        "order_original_price": goods,
        "original_price": goods,
        "order_selling_price": goods,
        "order_discounted_price": goods,
        "seller_discount": 0,
        "shopee_discount": 0,
        "original_shopee_discount": 0,
        "voucher_from_seller": VOUCHER,
        "voucher_from_shopee": Decimal("3.00"),
        "coins": Decimal("1.20"),
        "seller_coin_cash_back": 0,
        "original_cost_of_goods_sold": goods,
        "cost_of_goods_sold": goods,
        "buyer_paid_shipping_fee": BUYER_DELIVERY,
        "actual_shipping_fee": COURIER,
        "shopee_shipping_rebate": REBATE,
        "shipping_fee_discount_from_3pl": 0,
        "estimated_shipping_fee": BUYER_DELIVERY,
        "final_shipping_fee": 0,
        "reverse_shipping_fee": 0,
        "commission_fee": commission,
        "service_fee": service,
        "seller_transaction_fee": payment,
        "buyer_transaction_fee": 0,
        "credit_card_transaction_fee": payment,
        "campaign_fee": 0,
        "order_ams_commission_fee": 0,
        "seller_return_refund": 0,
        "drc_adjustable_refund": 0,
        "escrow_tax": 0,
        "cross_border_tax": 0,
        "shipping_fee_sst": 0,
        "reverse_shipping_fee_sst": 0,
        "sales_tax_on_lvg": 0,
        "withholding_tax": 0,
        "seller_order_processing_fee": 0,
        "total_adjustment_amount": 0,
        "order_adjustment": [],
        "seller_voucher_code": ["RAYA5"],
        "instalment_plan": "",
        "buyer_payment_method": "Online Banking",
        "items": [_escrow_line(number, at) for at in range(LINES)],
    }
    return {
        "order_sn": order_sn(number),
        "buyer_user_name": f"siti_{number % 900}",
        "return_order_sn_list": [],
        "order_income": income,
        "buyer_payment_info": {
            "merchant_subtotal": goods,
            "shipping_fee": BUYER_DELIVERY,
            "seller_voucher": -VOUCHER,
            "shopee_voucher": Decimal("-3.00"),
            "shopee_coins_redeemed": Decimal("-1.20"),
            "buyer_total_amount": sold + BUYER_DELIVERY - Decimal("4.20"),
            "buyer_payment_method": "Online Banking",
            "is_paid_by_credit_card": False,
        },
    }


def _escrow_line(number: int, at: int) -> dict[str, Any]:
    product, pieces = _product(number, at), _pieces(number, at)
    total = _price(number, at) * pieces
    return {
        "item_id": item_id(product),
        "item_name": f"{NAMES} {product}",
        "item_sku": f"BATIK-{product:04d}",
        "model_id": 0,
        "model_name": "",
        "model_sku": "",
        "line_item_id": 77_000_000 + number * LINES + at,
        "quantity_purchased": pieces,
        "original_price": total + 5 * pieces,
        "selling_price": total,
        "discounted_price": total,
        "seller_discount": 5 * pieces,
        "shopee_discount": 0,
        "discount_from_coin": Decimal("0.40"),
        "discount_from_voucher_shopee": Decimal("1.00"),
        "discount_from_voucher_seller": Decimal("1.67"),
        "activity_type": "",
        "activity_id": 0,
        "is_main_item": False,
        "ams_commission_fee": 0,
        "seller_order_processing_fee": 0,
    }


def _share(amount: Decimal, rate: str) -> Decimal:
    return (amount * Decimal(rate)).quantize(CENT, ROUND_HALF_UP)
