"""Generated orders: a believable mix, the same for the same seed."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from platforms.sandbox.woocommerce.amounts import ZERO, rounded
from platforms.sandbox.woocommerce.buyers import GIFT_MESSAGES, NOTES, USER_AGENT, random_buyer
from platforms.sandbox.woocommerce.records import Order
from platforms.sandbox.woocommerce.sale import Carriage, Coupon, Extra, Returned, Sold
from platforms.sandbox.woocommerce.world import WooStore

CUSTOM_STATUS = ("awaiting-pickup", "Awaiting pickup")

_GATEWAYS = ("stripe", "stripe", "stripe", "stripe", "ppcp-gateway", "ppcp-gateway", "cod", "bacs")
_COUPONS = (
    Coupon(code="raya10", type="percent", amount="10"),
    Coupon(code="lima", type="fixed_cart", amount="5"),
    Coupon(code="dua", type="fixed_product", amount="2"),
)


def generate(
    store: WooStore,
    count: int,
    *,
    sellable: Sequence[int],
    dice: random.Random,
    first: datetime,
    last: datetime,
) -> None:
    """Place `count` orders between two instants, oldest first."""
    for coupon in _COUPONS:
        store.coupons[coupon.code] = coupon
    step = (last - first) / max(count, 1)
    earlier = 0
    for number in range(count):
        at = (first + number * step).replace(microsecond=0)
        parent = earlier if earlier and dice.random() < 0.004 else 0
        earlier = _one(store, number, sellable, dice, at, parent)


def _one(
    store: WooStore,
    number: int,
    sellable: Sequence[int],
    dice: random.Random,
    at: datetime,
    parent_id: int,
) -> int:
    gateway = dice.choice(_GATEWAYS)
    chosen = dice.sample(sellable, k=min(dice.choice((1, 1, 1, 2, 2, 3, 4)), len(sellable)))
    meta: dict[str, object] = {}
    friend = None
    if dice.random() < 0.06:
        meta["_gift_message"] = dice.choice(GIFT_MESSAGES)
        friend = random_buyer(dice, number)
    order_id = store.place_order(
        lines=[Sold(product=product, quantity=dice.choice((1, 1, 1, 2, 3))) for product in chosen],
        shipping=_carriage(dice),
        fees=_fees(dice, gateway),
        coupons=[dice.choice(_COUPONS)] if dice.random() < 0.2 else [],
        status="pending",
        payment_method=gateway,
        buyer=random_buyer(dice, number),
        ship_to=friend,
        ip=f"203.0.113.{number % 250 + 1}",
        user_agent=USER_AGENT,
        customer_note=dice.choice(NOTES),
        customer_id=dice.randrange(1, 60) if dice.random() < 0.4 else 0,
        parent_id=parent_id,
        meta=meta,
        at=at,
    )
    _live(store, store.orders[order_id], gateway, dice, at)
    return order_id


def _carriage(dice: random.Random) -> list[Carriage]:
    fate = dice.random()
    if fate < 0.1:
        return []
    if fate < 0.25:
        return [Carriage(title="Free shipping", method_id="free_shipping")]
    return [
        Carriage(title=dice.choice(("Pos Laju", "J&T Express")), total=dice.choice(("8", "12")))
    ]


def _fees(dice: random.Random, gateway: str) -> list[Extra]:
    fees = [Extra(name="Cash on delivery", total="5.00")] if gateway == "cod" else []
    if dice.random() < 0.06:
        fees.append(Extra(name="Gift wrap", total="4.50"))
    if dice.random() < 0.03:
        fees.append(Extra(name="Loyalty rebate", total="-3.00"))
    return fees


def _live(store: WooStore, order: Order, gateway: str, dice: random.Random, at: datetime) -> None:
    """What becomes of an order after the checkout."""
    soon = at + timedelta(minutes=dice.randrange(1, 9))
    fate = dice.random()
    if fate < 0.04:
        return
    if fate < 0.07:
        store.set_status(order.id, "cancelled", at=soon)
        return
    if fate < 0.085:
        store.set_status(order.id, "failed", at=soon)
        return
    if gateway == "bacs" and fate < 0.5:
        store.set_status(order.id, "on-hold", at=soon)
        return
    store.set_status(order.id, "processing", at=soon)
    _gateway_meta(store, order, gateway)
    days = timedelta(days=dice.randrange(1, 6))
    if fate < 0.11:
        store.set_status(order.id, "cancelled", at=soon + days)
    elif fate < 0.12:
        store.set_status(order.id, CUSTOM_STATUS[0], at=soon + days)
    elif fate < 0.7:
        store.set_status(order.id, "completed", at=soon + days)
    if fate >= 0.12 and dice.random() < 0.12:
        _refund(store, order, dice, soon + days + timedelta(days=dice.randrange(1, 9)))


def _gateway_meta(store: WooStore, order: Order, gateway: str) -> None:
    fee = rounded(order.total * Decimal("0.03") + 1, 2)
    net = order.total - fee
    entries: dict[str, object] = {}
    if gateway == "stripe":
        order.transaction_id = f"ch_{order.id:016x}"
        entries = {
            "_stripe_charge_captured": "yes",
            "_stripe_currency": order.currency,
            "_stripe_fee": str(fee),
            "_stripe_net": str(net),
        }
    elif gateway == "ppcp-gateway":
        order.transaction_id = f"{order.id:08d}PP"
        money = {"gross_amount": order.total, "paypal_fee": fee, "net_amount": net}
        entries = {
            "PayPal Transaction Fee": str(fee),
            "_ppcp_paypal_fees": {
                name: {"currency_code": order.currency, "value": str(rounded(value, 2))}
                for name, value in money.items()
            },
        }
    for key, value in entries.items():
        store.put_meta(order.meta, key, value)


def _refund(store: WooStore, order: Order, dice: random.Random, at: datetime) -> None:
    fate = dice.random()
    if fate < 0.25 and order.remaining > ZERO:
        store.set_status(order.id, "refunded", at=at)
    elif fate < 0.6:
        line = order.lines[0]
        each = rounded(line.total / line.quantity, 2)
        tax = rounded(line.total_tax / line.quantity, 2)
        if each + tax <= order.remaining:
            returned = Returned(id=line.id, quantity=1, total=each, tax=tax)
            store.refund(order.id, lines=[returned], reason="Came back", at=at)
    elif order.remaining > 10:
        store.refund(order.id, amount="10.00", reason="Scratched", at=at)
