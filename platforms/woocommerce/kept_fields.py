"""Which fields of a payload are kept with the order: those known to hold nothing personal.

A list of what may stay, not of what must go: plugins add fields and `meta_data` of any name,
and nobody can know which of them a buyer has written into.
Source: the properties of GET /wc/v3/orders and GET /wc/v3/orders/<id>/refunds.
"""

from platforms.woocommerce.gateway_fees import KEPT_KEYS


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEPT_META = KEPT_KEYS | _words(
    """
    _reduced_stock _refund_type _refunded_item_id _restock_refunded_items
    _transaction_id _stripe_charge_captured _stripe_intent_id _stripe_net
    _wcpay_charge_id _wcpay_intent_id _wcpay_net _wcpay_payment_transaction_id
    _ppcp_paypal_intent _ppcp_paypal_order_id _ppcp_paypal_payment_mode
    _ppcp_paypal_refund_fees
    """
)
KEPT_META_BEGINNINGS = ("pa_", "attribute_pa_")

KEPT_ORDER = _words(
    """
    id parent_id number status currency currency_symbol version created_via cart_hash
    prices_include_tax customer_id date_created date_created_gmt date_modified
    date_modified_gmt date_paid date_paid_gmt date_completed date_completed_gmt
    discount_total discount_tax shipping_total shipping_tax cart_tax total total_tax
    payment_method payment_method_title transaction_id is_editable needs_payment
    needs_processing cost_of_goods_sold meta_data line_items tax_lines shipping_lines
    fee_lines coupon_lines refunds
    """
)
KEPT_REFUND = _words(
    """
    id parent_id status currency currency_symbol version prices_include_tax date_created
    date_created_gmt date_modified date_modified_gmt amount total total_tax refunded_by
    refunded_payment meta_data line_items tax_lines shipping_lines fee_lines
    """
)
KEPT_LINE = _words(
    """
    id name parent_name product_id variation_id quantity sku global_unique_id price image
    tax_class tax_status subtotal subtotal_tax total total_tax taxes amount meta_data
    method_title method_id instance_id rate_code rate_id label compound rate_percent
    tax_total shipping_tax_total code discount discount_tax discount_type nominal_amount
    free_shipping cost_of_goods_sold
    """
)
