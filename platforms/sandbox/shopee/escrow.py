"""What the platform owes the seller for an order: estimated, landed, and always adding up.

Source: GET /api/v2/payment/get_escrow_detail, the formula beside `escrow_amount`.
"""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from platforms.sandbox.shopee.records import ZERO, Line, Order
from platforms.sandbox.shopee.settings import decimals_of

ADDED = (
    "original_cost_of_goods_sold",
    "shopee_discount",
    "seller_return_refund",
    "buyer_paid_shipping_fee",
    "shopee_shipping_rebate",
    "shipping_fee_discount_from_3pl",
    "rsf_seller_protection_fee_claim_amount",
    "buyer_paid_packaging_fee",
)
TAKEN = (
    "original_shopee_discount",
    "voucher_from_seller",
    "seller_coin_cash_back",
    "actual_shipping_fee",
    "reverse_shipping_fee",
    "final_return_to_seller_shipping_fee",
    "seller_transaction_fee",
    "service_fee",
    "commission_fee",
    "campaign_fee",
    "shipping_seller_protection_fee_amount",
    "delivery_seller_protection_fee_premium_amount",
    "final_escrow_product_gst",
    "order_ams_commission_fee",
    "escrow_tax",
    "sales_tax_on_lvg",
    "reverse_shipping_fee_sst",
    "shipping_fee_sst",
    "withholding_tax",
    "overseas_return_service_fee",
    "vat_on_imported_goods",
    "withholding_vat_tax",
    "withholding_pit_tax",
    "withholding_cit_tax",
    "seller_order_processing_fee",
    "trade_in_bonus_by_seller",
    "fbs_fee",
    "ads_escrow_top_up_fee_or_technical_support_fee",
    "th_import_duty",
)
BESIDE = (
    "buyer_total_amount",
    "order_original_price",
    "original_price",
    "order_selling_price",
    "order_discounted_price",
    "seller_discount",
    "order_seller_discount",
    "voucher_from_shopee",
    "coins",
    "payment_promotion",
    "credit_card_promotion",
    "voucher_from_external_party",
    "cost_of_goods_sold",
    "drc_adjustable_refund",
    "seller_shipping_discount",
    "estimated_shipping_fee",
    "final_shipping_fee",
    "fsf_seller_protection_fee_claim_amount",
    "buyer_transaction_fee",
    "credit_card_transaction_fee",
    "cross_border_tax",
    "final_product_vat_tax",
    "final_shipping_vat_tax",
    "final_escrow_shipping_gst",
    "final_product_protection",
    "seller_lost_compensation",
)
"""Shown, but no part of the formula."""

FIELDS = frozenset({*ADDED, *TAKEN, *BESIDE})

_RATES: dict[str, dict[str, str]] = {
    "MY": {"commission_fee": "0.0648", "service_fee": "0.0353", "seller_transaction_fee": "0.0216"},
    "SG": {"commission_fee": "0.0240", "seller_transaction_fee": "0.0218"},
    "ID": {"commission_fee": "0.0970", "service_fee": "0.0580"},
    "TH": {"commission_fee": "0.0535", "seller_transaction_fee": "0.0321"},
    "VN": {
        "service_fee": "0.0420",
        "seller_transaction_fee": "0.0160",
        "withholding_vat_tax": "0.01",
        "withholding_pit_tax": "0.005",
    },
    "PH": {
        "commission_fee": "0.0550",
        "seller_transaction_fee": "0.0224",
        "withholding_tax": "0.005",
    },
    "TW": {"commission_fee": "0.0600", "seller_transaction_fee": "0.0200"},
}
_PER_ORDER = {"ID": {"seller_order_processing_fee": "1250"}}
_SST = Decimal("0.06")


def escrow_amount(order: Order) -> Decimal:
    """The formula of the reference; fees that no page knows lower it too."""
    total = sum((order.income.get(name, ZERO) for name in ADDED), ZERO)
    total -= sum((order.income.get(name, ZERO) for name in TAKEN), ZERO)
    return total - sum(order.unknown_fees.values(), ZERO)


def after_adjustment(order: Order, *, until: int | None = None) -> Decimal:
    """With the corrections that came later; `until`: only those dated up to an instant."""
    dated = (a.amount for a in order.adjustments if until is None or a.date <= until)
    return escrow_amount(order) + sum(dated, ZERO)


def rounded(amount: Decimal, currency: str) -> Decimal:
    step = Decimal(1).scaleb(-decimals_of(currency))
    return amount.quantize(step, ROUND_HALF_UP)


def basket(lines: Iterable[Line]) -> dict[str, Decimal]:
    """The amounts that follow from the lines alone."""
    lines = list(lines)
    original = sum((line.original for line in lines), ZERO)
    discounted = sum((line.discounted for line in lines), ZERO)
    return {
        "order_original_price": original,
        "original_price": original,
        "order_selling_price": sum((line.selling for line in lines), ZERO),
        "order_discounted_price": discounted,
        "seller_discount": original - discounted,
        "order_seller_discount": original - discounted,
        "original_cost_of_goods_sold": discounted,
        "cost_of_goods_sold": discounted,
    }


def estimated_fees(order: Order) -> dict[str, Decimal]:
    """Commission and what goes with it, from what the buyer pays for the goods."""
    income = order.income
    goods = income.get("original_cost_of_goods_sold", ZERO)
    base = goods - income.get("voucher_from_seller", ZERO)
    base += income.get("seller_return_refund", ZERO)
    rates = _RATES.get(order.region, {})
    fees = {name: rounded(base * Decimal(rate), order.currency) for name, rate in rates.items()}
    if goods:
        for name, fee in _PER_ORDER.get(order.region, {}).items():
            fees[name] = Decimal(fee)
    return fees


def land_shipping(order: Order) -> None:
    """The courier has weighed the parcel: the real fee, the rebate and the tax on it."""
    if order.is_exact:
        return
    paid = order.income.get("buyer_paid_shipping_fee", ZERO)
    estimate = order.income.get("estimated_shipping_fee", paid)
    order.income["actual_shipping_fee"] = estimate
    order.income["shopee_shipping_rebate"] = max(ZERO, estimate - paid)
    order.income["final_shipping_fee"] = ZERO
    if order.region == "MY" and estimate > paid:
        sst = rounded((estimate - paid) * _SST, order.currency)
        order.income["shipping_fee_sst"] = sst
