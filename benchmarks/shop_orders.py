"""The orders of the loopback shop: bytes as WooCommerce serves them, about 6.1 KB each.

Source: GET /wc/v3/orders with `dp=6`. Every order is paid: three lines under a coupon, delivery,
tax at two rates, a Stripe fee. It comes to eight journal lines.
"""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import msgspec

FIRST_MODIFIED = datetime(2026, 2, 1)  # noqa: DTZ001 - as the store writes it: UTC, unmarked
SPACING = timedelta(minutes=1)
SHOP_AHEAD = timedelta(hours=8)  # the shop's own clock, in Kuala Lumpur
PRODUCTS = 200
LINES = 3
GOODS_TAX = Decimal("0.06")
DELIVERY_TAX = Decimal("0.08")
DELIVERY = Decimal("8.00")
CENT = Decimal("0.01")
USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130"

_encoder = msgspec.json.Encoder(decimal_format="number")


def product_id(product: int) -> int:
    return 1000 + product


def modified_at(number: int) -> str:
    """When order `number` (from 0) was last changed: no two share a second."""
    return (FIRST_MODIFIED + number * SPACING).isoformat()


def order_bytes(number: int) -> bytes:
    """Order `number` of the shop, always the same."""
    return _encoder.encode(_order(number)).replace(b"/", b"\\/")


def _order(number: int) -> dict[str, Any]:
    lines = [_line(number, at) for at in range(LINES)]
    before = sum((Decimal(line["subtotal"]) for line in lines), Decimal())
    after = sum((Decimal(line["total"]) for line in lines), Decimal())
    goods_tax = sum((Decimal(line["total_tax"]) for line in lines), Decimal())
    delivery_tax = DELIVERY * DELIVERY_TAX
    total = after + DELIVERY + goods_tax + delivery_tax
    fee = (total * Decimal("0.03") + 1).quantize(CENT)
    gmt = FIRST_MODIFIED + number * SPACING
    dates = {
        "created": gmt - timedelta(seconds=70),
        "modified": gmt,
        "paid": gmt - timedelta(seconds=5),
    }
    remote_id = 10_001 + number
    return {
        "id": remote_id,
        "parent_id": 0,
        "status": "processing",
        "currency": "MYR",
        "version": "11.0.1",
        "prices_include_tax": False,
        **{f"date_{name}": (date + SHOP_AHEAD).isoformat() for name, date in dates.items()},
        "discount_total": _money(before - after),
        "discount_tax": _money(_tax(before - after)),
        "shipping_total": _money(DELIVERY),
        "shipping_tax": _money(delivery_tax),
        "cart_tax": _money(goods_tax),
        "total": _money(total),
        "total_tax": _money(goods_tax + delivery_tax),
        "customer_id": 300 + number % 900,
        "order_key": f"wc_order_{remote_id:013d}",
        **_buyer(number),
        "payment_method": "stripe",
        "payment_method_title": "Credit card (Stripe)",
        "transaction_id": f"ch_{remote_id:024d}",
        "created_via": "checkout",
        "date_completed": None,
        "cart_hash": f"{remote_id:032x}",
        "number": str(remote_id),
        "meta_data": _meta(remote_id, fee, total),
        "line_items": lines,
        "tax_lines": [
            _tax_line(remote_id, 1, "MY-SST-1", "SST", 6, goods_tax, Decimal()),
            _tax_line(remote_id, 2, "MY-SERVICE-2", "Service tax", 8, Decimal(), delivery_tax),
        ],
        "shipping_lines": [
            {
                "id": remote_id * 10 + 5,
                "method_title": "Pos Laju",
                "method_id": "flat_rate",
                "instance_id": "1",
                "total": _money(DELIVERY),
                "total_tax": _money(delivery_tax),
                "taxes": [{"id": 2, "total": _money(delivery_tax), "subtotal": ""}],
                "tax_status": "taxable",
                "meta_data": [
                    {"id": remote_id * 10 + 7, "key": "Items", "value": "Batik cushion &times; 1"}
                ],
            }
        ],
        "fee_lines": [],
        "coupon_lines": [
            {
                "id": remote_id * 10 + 8,
                "code": "raya10",
                "discount": _money(before - after),
                "discount_tax": _money(_tax(before - after)),
                "meta_data": [],
                "discount_type": "percent",
                "nominal_amount": 10,
                "free_shipping": False,
            }
        ],
        "refunds": [],
        "payment_url": f"https://shop.example/checkout/order-pay/{remote_id}/?pay_for_order=true",
        "is_editable": False,
        "needs_payment": False,
        "needs_processing": True,
        **{f"date_{name}_gmt": date.isoformat() for name, date in dates.items()},
        "date_completed_gmt": None,
        "currency_symbol": "RM",
        "_links": {
            "self": [{"href": f"https://shop.example/wp-json/wc/v3/orders/{remote_id}"}],
            "collection": [{"href": "https://shop.example/wp-json/wc/v3/orders"}],
        },
    }


def _line(number: int, at: int) -> dict[str, Any]:
    product = (number * 7 + at * 61) % PRODUCTS
    quantity = 1 + (number + at) % 3
    price = Decimal(20 + product % 50).quantize(CENT)
    subtotal = price * quantity
    total = (subtotal * Decimal("0.9")).quantize(CENT)
    line_id = (10_001 + number) * 10 + at
    taxes = {"total": _money(_tax(total)), "subtotal": _money(_tax(subtotal))}
    reduced = _line_meta(line_id, 0, "_reduced_stock", str(quantity))
    return {
        "id": line_id,
        "name": f"Batik cushion cover, hand printed, pattern {product}",
        "product_id": product_id(product),
        "variation_id": 0,
        "quantity": quantity,
        "tax_class": "",
        "subtotal": _money(subtotal),
        "subtotal_tax": taxes["subtotal"],
        "total": _money(total),
        "total_tax": taxes["total"],
        "taxes": [{"id": 1, **taxes}],
        "meta_data": [_line_meta(line_id, 1, "pa_colour", "indigo"), reduced],
        "sku": f"BATIK-{product:04d}",
        "global_unique_id": "",
        "price": total / quantity,
        "image": {
            "id": str(product),
            "src": f"https://shop.example/wp-content/uploads/2026/01/batik-{product}.jpg",
        },
        "parent_name": None,
    }


def _line_meta(line: int, at: int, key: str, value: str) -> dict[str, Any]:
    shown = {"display_key": key, "display_value": value}
    return {"id": line * 10 + at, "key": key, "value": value, **shown}


def _tax_line(
    order: int, at: int, code: str, label: str, percent: int, goods: Decimal, delivery: Decimal
) -> dict[str, Any]:
    return {
        "id": order * 10 + 2 + at,
        "rate_code": code,
        "rate_id": at,
        "label": label,
        "compound": False,
        "tax_total": _money(goods),
        "shipping_tax_total": _money(delivery),
        "rate_percent": percent,
        "meta_data": [],
    }


def _buyer(number: int) -> dict[str, Any]:
    address = {
        "first_name": f"Siti{number % 700}",
        "last_name": f"Ahmad{number % 900}",
        "company": "",
        "address_1": f"{number % 200} Jalan Ampang",
        "address_2": "Taman Desa",
        "city": "Kuala Lumpur",
        "state": "KUL",
        "postcode": "50450",
        "country": "MY",
    }
    return {
        "billing": {
            **address,
            "email": f"siti{number % 900}@buyer.example",
            "phone": f"+60 12-{number % 10_000_000:07d}",
        },
        "shipping": {**address, "phone": ""},
        "customer_ip_address": f"203.0.113.{number % 250}",
        "customer_user_agent": USER_AGENT,
        "customer_note": "Please ring the bell twice." if number % 10 == 0 else "",
    }


def _meta(order: int, fee: Decimal, total: Decimal) -> list[dict[str, Any]]:
    values = {
        "_stripe_fee": str(fee),
        "_stripe_net": str((total - fee).quantize(CENT)),
        "_stripe_currency": "MYR",
        "_stripe_charge_captured": "yes",
        "_stripe_intent_id": f"pi_{order:024d}",
        "_stripe_customer_id": f"cus_{order:014d}",
        "_stripe_source_id": f"pm_{order:024d}",
        "_stripe_upe_payment_type": "card",
        "_wc_order_attribution_source_type": "organic",
        "_wc_order_attribution_referrer": "https://www.google.com/",
        "_wc_order_attribution_utm_source": "google",
        "_wc_order_attribution_utm_medium": "organic",
        "_wc_order_attribution_session_entry": "https://shop.example/product/batik-cushion/",
        "_wc_order_attribution_session_start_time": "2026-02-01 07:41:12",
        "_wc_order_attribution_session_pages": "7",
        "_wc_order_attribution_session_count": "2",
        "_wc_order_attribution_device_type": "Mobile",
        "_wc_order_attribution_user_agent": USER_AGENT,
        "is_vat_exempt": "no",
    }
    return [
        {"id": order * 20 + at, "key": key, "value": value}
        for at, (key, value) in enumerate(values.items())
    ]


def _tax(amount: Decimal) -> Decimal:
    return (amount * GOODS_TAX).quantize(CENT, ROUND_HALF_UP)


def _money(amount: Decimal) -> str:
    return f"{amount:.6f}"
