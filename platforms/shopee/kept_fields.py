"""Which fields of a payload are kept with the order: those known to hold nothing personal.

A list of what may stay, not of what must go: Shopee adds fields with each release, and nobody
can know which of them will name a buyer. In an order's income every number stays, since an
amount that is new there must be found.
Source: GET /api/v2/order/get_order_detail, GET /api/v2/payment/get_escrow_detail,
GET /api/v2/returns/get_return_detail.
"""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KEPT_ORDER = _words(
    """
    order_sn booking_sn region currency cod order_status create_time update_time days_to_ship
    ship_by_date total_amount pay_time payment_method shipping_carrier
    checkout_shipping_carrier estimated_shipping_fee actual_shipping_fee
    actual_shipping_fee_confirmed reverse_shipping_fee split_up cancel_by cancel_reason
    fulfillment_flag pickup_done_time return_request_due_date note_update_time
    goods_to_declare order_chargeable_weight_gram advance_package affiliate_sample_type
    can_full_cancel_order can_partial_cancel_order is_international hot_listing_order
    edt_from edt_to pending_terms item_list
    """
)
KEPT_ITEM = _words(
    """
    item_id item_name item_sku model_id model_name model_sku model_quantity_purchased
    model_original_price model_discounted_price wholesale weight add_on_deal main_item
    add_on_deal_id promotion_type promotion_id promotion_group_id promotion_list
    order_item_id line_item_id product_location_id is_prescription_item is_b2c_owned_item
    hot_listing_item active_qty cancel_requested_qty cancelled_qty return_requested_qty
    returned_qty
    """
)
KEPT_ESCROW = _words("order_sn return_order_sn_list order_income buyer_payment_info")
KEPT_INCOME = _words(
    """
    items order_adjustment buyer_payment_method seller_voucher_code instalment_plan
    tenure_info_list pri_currency aff_currency
    """
)
KEPT_INCOME_ITEM = _words(
    """
    item_id item_name item_sku model_id model_name model_sku line_item_id
    quantity_purchased original_price selling_price discounted_price seller_discount
    shopee_discount discount_from_coin discount_from_voucher_shopee
    discount_from_voucher_seller activity_type activity_id is_main_item ams_commission_fee
    seller_order_processing_fee promotion_list is_kit kit_items
    """
)
KEPT_ADJUSTMENT = _words("amount date currency adjustment_reason")
KEPT_BUYER_PAYMENT = _words("buyer_payment_method")
KEPT_RETURN = _words(
    """
    return_sn order_sn status reason refund_amount amount_before_discount currency create_time
    update_time due_date return_ship_due_date return_seller_due_date needs_logistics
    negotiation_status seller_proof_status seller_compensation_status return_refund_type
    return_solution return_refund_request_type validation_type item
    """
)
KEPT_RETURN_ITEM = _words(
    """
    item_id model_id name amount item_price item_sku variation_sku is_add_on_deal
    is_main_item add_on_deal_id refund_amount
    """
)
# Rows within rows; nothing is read from them.
KEPT_BELOW = {
    "promotion_list": _words("promotion_type promotion_id"),
    "kit_items": _words("item_id model_id quantity"),
    "tenure_info_list": _words("instalment_plan"),
}
# A kept field holds one word or number, save for these: several, or rows looked through by name.
KEPT_SEVERAL = _words("product_location_id seller_voucher_code return_order_sn_list pending_terms")
LOOKED_THROUGH = _words(
    "item_list order_income items order_adjustment buyer_payment_info item"
).union(KEPT_BELOW)
# Addresses of pictures of the goods: nothing is read from them.
DROPPED_ITEM = ("image_info", "images")
