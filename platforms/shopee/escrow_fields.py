"""Which field of an order's income is what: the table, and fields that move no money of the seller.

Source: GET /api/v2/payment/get_escrow_detail, `order_income`, and the formula that its
description of `escrow_amount` gives. Amounts are served as positive magnitudes, the sign is in
the formula; the refund of a return is served negative, and added.
"""

import re
from functools import lru_cache

from platforms.base import EscrowKind

NET = "escrow_amount"
NET_ADJUSTED = "escrow_amount_after_adjustment"
ADJUSTMENTS = "order_adjustment"
ADJUSTMENTS_TOTAL = "total_adjustment_amount"

# field -> what it is for, and its sign in the formula.
TABLE: dict[str, tuple[EscrowKind, int]] = {
    "original_cost_of_goods_sold": (EscrowKind.GOODS, 1),
    "voucher_from_seller": (EscrowKind.DISCOUNT, -1),
    "seller_coin_cash_back": (EscrowKind.DISCOUNT, -1),
    "trade_in_bonus_by_seller": (EscrowKind.DISCOUNT, -1),
    "buyer_paid_shipping_fee": (EscrowKind.DELIVERY, 1),
    "buyer_paid_packaging_fee": (EscrowKind.DELIVERY, 1),
    "commission_fee": (EscrowKind.FEE, -1),
    "service_fee": (EscrowKind.FEE, -1),
    "seller_transaction_fee": (EscrowKind.FEE, -1),
    "campaign_fee": (EscrowKind.FEE, -1),
    "order_ams_commission_fee": (EscrowKind.FEE, -1),
    "seller_order_processing_fee": (EscrowKind.FEE, -1),
    "fbs_fee": (EscrowKind.FEE, -1),
    "ads_escrow_top_up_fee_or_technical_support_fee": (EscrowKind.FEE, -1),
    "shipping_seller_protection_fee_amount": (EscrowKind.FEE, -1),
    "delivery_seller_protection_fee_premium_amount": (EscrowKind.FEE, -1),
    "reverse_shipping_fee": (EscrowKind.FEE, -1),
    "final_return_to_seller_shipping_fee": (EscrowKind.FEE, -1),
    "overseas_return_service_fee": (EscrowKind.FEE, -1),
    "shipping_fee_sst": (EscrowKind.FEE, -1),
    "reverse_shipping_fee_sst": (EscrowKind.FEE, -1),
    "rsf_seller_protection_fee_claim_amount": (EscrowKind.FEE, 1),
    "actual_shipping_fee": (EscrowKind.COURIER, -1),
    "shopee_shipping_rebate": (EscrowKind.COURIER, 1),
    "shipping_fee_discount_from_3pl": (EscrowKind.COURIER, 1),
    "final_escrow_product_gst": (EscrowKind.SALE_TAX, -1),
    "sales_tax_on_lvg": (EscrowKind.SALE_TAX, -1),
    "vat_on_imported_goods": (EscrowKind.SALE_TAX, -1),
    "th_import_duty": (EscrowKind.SALE_TAX, -1),
    "escrow_tax": (EscrowKind.SALE_TAX, -1),
    "withholding_tax": (EscrowKind.WITHHELD_TAX, -1),
    "withholding_vat_tax": (EscrowKind.WITHHELD_TAX, -1),
    "withholding_pit_tax": (EscrowKind.WITHHELD_TAX, -1),
    "withholding_cit_tax": (EscrowKind.WITHHELD_TAX, -1),
    "seller_return_refund": (EscrowKind.REFUND, 1),
    "original_shopee_discount": (EscrowKind.REFUND, -1),
    "shopee_discount": (EscrowKind.REFUND, 1),
}

# They say who paid what, or repeat amounts of the table: none of them is in the formula.
INFORMATIVE = frozenset(
    [
        "escrow_amount",
        "escrow_amount_after_adjustment",
        "total_adjustment_amount",
        "buyer_total_amount",
        "original_price",
        "order_original_price",
        "order_selling_price",
        "order_discounted_price",
        "seller_discount",
        "order_seller_discount",
        "cost_of_goods_sold",
        "voucher_from_shopee",
        "coins",
        "payment_promotion",
        "credit_card_promotion",
        "voucher_from_external_party",
        "drc_adjustable_refund",
        "final_shipping_fee",
        "estimated_shipping_fee",
        "seller_shipping_discount",
        "final_escrow_shipping_gst",
        "buyer_transaction_fee",
        "credit_card_transaction_fee",
        "cross_border_tax",
        "final_product_protection",
        "seller_lost_compensation",
        "bcrs_deposit",
        "order_chargeable_weight",
    ]
)
# What returned pieces took along of other fields; what a cross-border shop sees in its own currency.
INFORMATIVE_BEGINNINGS = ("prorated_",)
INFORMATIVE_ENDINGS = ("_pri",)

# Numbers that are somebody's and no amounts.
PERSONAL = re.compile(
    r"phone|mobile|cpf|passport|birth|zip_?code|post_?code|tax_?(id|number)|user_?id|identity"
)

# What `posting.escrow_fields` cannot give another meaning to.
KNOWN = frozenset(TABLE) | INFORMATIVE


def is_informative(field: str) -> bool:
    """Whether a field is one of a family of which none moves money of the seller."""
    return field.startswith(INFORMATIVE_BEGINNINGS) or field.endswith(INFORMATIVE_ENDINGS)


@lru_cache(maxsize=1024)
def is_personal(field: str) -> bool:
    """Whether a field is named for a number of a person's, such as a phone's."""
    return field not in KNOWN and PERSONAL.search(field.lower()) is not None
