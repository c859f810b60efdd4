"""An order as the API shows it: fields that were not asked for are absent.

Source: GET /api/v2/order/get_order_detail.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from platforms.sandbox.shopee.records import ZERO, Line, Order, Recipient, Status
from platforms.sandbox.shopee.state import StoreState
from platforms.sandbox.shopee.statuses import WAITING

_RETURN_SECONDS = 15 * 86_400
_IMAGE = "https://cf.shopee.sg/file/"

Fields = dict[str, Any]


def order_object(store: StoreState, order: Order, asked: frozenset[str]) -> Fields:
    """The order with the optional fields in `asked`. Unpaid: pay_time null, no total."""
    shown: Fields = {
        "order_sn": order.order_sn,
        "region": order.region,
        "currency": order.currency,
        "cod": order.cod,
        "order_status": order.status.value,
        "message_to_seller": order.message,
        "create_time": order.created,
        "update_time": order.updated,
        "days_to_ship": order.days_to_ship,
        "ship_by_date": order.ship_by,
    }
    for name, members in _OPTIONAL.items():
        if name in asked:
            shown |= members(store, order)
    return shown


def _amount(order: Order, name: str) -> Decimal:
    return order.income.get(name, ZERO)


def _plain(name: str, value: Callable[[Order], Any]) -> Callable[[StoreState, Order], Fields]:
    return lambda store, order: {name: value(order)}


def _total(store: StoreState, order: Order) -> Fields:
    if not order.paid:
        return {}
    return {"total_amount": order.buyer_payment["buyer_total_amount"]}


def _payment_method(store: StoreState, order: Order) -> Fields:
    return {"payment_method": order.payment_method}


def _actual_shipping(store: StoreState, order: Order) -> Fields:
    return {
        "actual_shipping_fee": _amount(order, "actual_shipping_fee"),
        "reverse_shipping_fee": _amount(order, "reverse_shipping_fee"),
    }


def _carrier(store: StoreState, order: Order) -> Fields:
    return {"shipping_carrier": order.carrier, "checkout_shipping_carrier": order.carrier}


def _due(store: StoreState, order: Order) -> Fields:
    if order.status is not Status.COMPLETED:
        return {}
    return {"return_request_due_date": order.completed + _RETURN_SECONDS}


def _address(store: StoreState, order: Order) -> Fields:
    is_masked = order.is_masked
    if is_masked is None:
        is_masked = not store.settings.is_approved
    person = order.recipient
    name, phone, full, town = person.name, person.phone, person.full_address, person.town
    if is_masked:
        name, phone, full, town = _masked(person, order.region)
    return {
        "recipient_address": {
            "name": name,
            "phone": phone,
            "town": town,
            "district": person.district,
            "city": person.city,
            "state": person.state,
            "region": person.region,
            "zipcode": person.zipcode,
            "full_address": full,
        }
    }


def _masked(person: Recipient, region: str) -> tuple[str, str, str, str]:
    if region == "TW":
        return "****", "****", "****", "****"
    return (
        f"{person.name[:1]}******{person.name[-1:]}",
        f"******{person.phone[-2:]}",
        f"{person.full_address[:2]}******",
        "******" if person.town else "",
    )


def _items(store: StoreState, order: Order) -> Fields:
    return {"item_list": [_item(line, store) for line in order.lines]}


def _item(line: Line, store: StoreState) -> Fields:
    kind = line.promotion_type
    promotions = [{"promotion_type": kind, "promotion_id": line.promotion_id}] if kind else []
    return {
        "item_id": line.item_id,
        "item_name": line.item_name,
        "item_sku": line.item_sku,
        "model_id": line.model_id,
        "model_name": line.model_name,
        "model_sku": line.model_sku,
        "model_quantity_purchased": line.quantity,
        "model_original_price": line.original_price,
        "model_discounted_price": line.price,
        "wholesale": False,
        "weight": line.weight,
        "add_on_deal": kind.startswith("add_on_deal"),
        "main_item": line.is_main_item,
        "add_on_deal_id": line.promotion_id if kind.startswith("add_on_deal") else 0,
        "promotion_type": kind,
        "promotion_id": line.promotion_id,
        "promotion_group_id": line.promotion_group_id,
        "order_item_id": line.order_item_id,
        "line_item_id": line.line_item_id,
        "image_info": {"image_url": f"{_IMAGE}{line.item_id:x}_tn"},
        "product_location_id": list(store.settings.locations[:1]) or [f"{store.settings.region}Z"],
        "is_prescription_item": False,
        "is_b2c_owned_item": False,
        "promotion_list": promotions,
        "hot_listing_item": False,
        "active_qty": line.quantity - line.cancelled - line.returned,
        "cancel_requested_qty": 0,
        "cancelled_qty": line.cancelled,
        "return_requested_qty": 0,
        "returned_qty": line.returned,
    }


def _packages(store: StoreState, order: Order) -> Fields:
    return {"package_list": store.parcels.package_list(order)}


def _flag(order: Order) -> str:
    return "" if order.status in WAITING else "fulfilled_by_local_seller"


_OPTIONAL: dict[str, Callable[[StoreState, Order], Fields]] = {
    "buyer_user_id": _plain("buyer_user_id", lambda order: order.recipient.user_id),
    "buyer_username": _plain("buyer_username", lambda order: order.recipient.username),
    "estimated_shipping_fee": _plain(
        "estimated_shipping_fee", lambda order: _amount(order, "estimated_shipping_fee")
    ),
    "recipient_address": _address,
    "actual_shipping_fee": _actual_shipping,
    "goods_to_declare": _plain("goods_to_declare", lambda order: False),
    "note": _plain("note", lambda order: order.note),
    "note_update_time": _plain("note_update_time", lambda order: order.note_updated),
    "item_list": _items,
    "pay_time": _plain("pay_time", lambda order: order.paid or None),
    "dropshipper": _plain("dropshipper", lambda order: None),
    "dropshipper_phone": _plain("dropshipper_phone", lambda order: None),
    "split_up": lambda store, order: {"split_up": len(store.parcels.package_numbers(order)) > 1},
    "buyer_cancel_reason": _plain("buyer_cancel_reason", lambda order: order.buyer_cancel_reason),
    "cancel_by": _plain("cancel_by", lambda order: order.cancel_by),
    "cancel_reason": _plain("cancel_reason", lambda order: order.cancel_reason),
    "actual_shipping_fee_confirmed": _plain(
        "actual_shipping_fee_confirmed", lambda order: bool(order.pickup_done)
    ),
    "buyer_cpf_id": _plain("buyer_cpf_id", lambda order: None),
    "fulfillment_flag": _plain("fulfillment_flag", _flag),
    "pickup_done_time": _plain("pickup_done_time", lambda order: order.pickup_done),
    "package_list": _packages,
    "shipping_carrier": _carrier,
    "payment_method": _payment_method,
    "total_amount": _total,
    "invoice_data": _plain("invoice_data", lambda order: None),
    "order_chargeable_weight_gram": _plain(
        "order_chargeable_weight_gram",
        lambda order: int(sum(line.weight * line.quantity for line in order.lines) * 1000),
    ),
    "return_request_due_date": _due,
    "edt": _plain("edt_from", lambda order: None),
    "payment_info": _plain("payment_info", lambda order: []),
    "international_label": _plain("is_international", lambda order: False),
}

ALL_FIELDS = frozenset(_OPTIONAL)
