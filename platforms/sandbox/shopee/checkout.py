"""The checkout: lines from what was put in the basket, and the first amounts of the money."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from platforms.sandbox.shopee import escrow
from platforms.sandbox.shopee.records import ZERO, Line, Order
from platforms.sandbox.shopee.sale import Money, Sold
from platforms.sandbox.shopee.state import StoreState

_FIRST_LINE = 5_100_000_000
BUNDLE, ADD_ON_MAIN, ADD_ON_SUB = "bundle_deal", "add_on_deal_main", "add_on_deal_sub"


def fill_lines(store: StoreState, order: Order, sold: Sequence[Sold]) -> None:
    """Lines at the listings' names and prices of this moment. LookupError: no such listing."""
    bundles: dict[int, int] = {}
    for one in sold:
        item, model = store.products.find(one.product)
        price = ZERO if one.gift else Decimal(model.price if one.price is None else one.price)
        original = Decimal(one.original_price) if one.original_price is not None else price
        kind, promotion = _promotion(one, is_cheaper=original > price)
        line_id = store.next_id(_FIRST_LINE)
        shared = bundles.setdefault(one.bundle, line_id) if one.bundle else item.item_id
        order.lines.append(
            Line(
                line_item_id=line_id,
                item_id=item.item_id,
                model_id=model.model_id,
                item_name=item.name,
                item_sku=item.sku,
                model_name=model.name,
                model_sku=model.sku,
                weight=Decimal(item.weight),
                quantity=one.quantity,
                original_price=original,
                price=ZERO if one.bundle else price,
                original=original * one.quantity,
                selling=price * one.quantity,
                discounted=price * one.quantity,
                promotion_type=kind,
                promotion_id=promotion,
                promotion_group_id=one.bundle or one.add_on,
                order_item_id=shared,
                is_main_item=bool(one.add_on) and not one.gift,
            )
        )


def _promotion(one: Sold, *, is_cheaper: bool) -> tuple[str, int]:
    if one.bundle:
        return BUNDLE, one.bundle
    if one.gift:
        return ADD_ON_SUB, one.add_on
    if one.add_on:
        return ADD_ON_MAIN, one.add_on
    return ("product_promotion", 0) if is_cheaper else ("", 0)


def fill_money(
    order: Order,
    *,
    shipping: Money,
    courier: Money | None,
    stated: Mapping[str, Money],
    is_exact: bool,
) -> None:
    """The estimate at the checkout. `stated` fields are as stated, whatever would be computed.

    ValueError for a field that `order_income` does not have.
    """
    unknown = sorted(set(stated) - escrow.FIELDS)
    if unknown:
        raise ValueError(f"order_income has no {', '.join(unknown)}")
    order.is_exact = is_exact
    given = {name: Decimal(amount) for name, amount in stated.items()}
    order.income = escrow.basket(order.lines)
    if not is_exact:
        order.income["buyer_paid_shipping_fee"] = Decimal(shipping)
        order.income["estimated_shipping_fee"] = Decimal(shipping if courier is None else courier)
    order.income |= given
    if "shopee_discount" in given:
        order.income.setdefault("original_shopee_discount", given["shopee_discount"])
    if not is_exact:
        order.income |= {**escrow.estimated_fees(order), **given}
    order.buyer_payment = _buyer_payment(order)
    order.income.setdefault("buyer_total_amount", order.buyer_payment["buyer_total_amount"])
    order.income["credit_card_transaction_fee"] = order.income.get(
        "buyer_transaction_fee", ZERO
    ) + order.income.get("seller_transaction_fee", ZERO)


def _buyer_payment(order: Order) -> dict[str, Decimal]:
    """What the buyer paid; deductions are negative here."""
    income = order.income
    info = {
        "merchant_subtotal": income.get("original_cost_of_goods_sold", ZERO)
        - income.get("original_shopee_discount", ZERO),
        "shipping_fee": income.get("buyer_paid_shipping_fee", ZERO),
        "seller_voucher": -income.get("voucher_from_seller", ZERO),
        "shopee_voucher": -income.get("voucher_from_shopee", ZERO),
        "shopee_coins_redeemed": -income.get("coins", ZERO),
        "credit_card_promotion": -income.get("credit_card_promotion", ZERO),
        "buyer_paid_packaging_fee": income.get("buyer_paid_packaging_fee", ZERO),
        "buyer_service_fee": ZERO,
        "initial_buyer_txn_fee": income.get("buyer_transaction_fee", ZERO),
        "insurance_premium": ZERO,
        "buyer_tax_amount": ZERO,
        "shipping_fee_sst_amount": ZERO,
    }
    info["buyer_total_amount"] = sum(info.values(), ZERO)
    return info
