"""Orders with known amounts: one for each situation that bookkeepers argue about.

The key names the situation; amounts and instants are fixed, so what an order must post to
the ledgers can be written down beside it.
"""

from collections.abc import Callable
from datetime import UTC, datetime

from platforms.sandbox.woocommerce.sale import Carriage, Coupon, Extra, Returned, Sold
from platforms.sandbox.woocommerce.world import WooStore


def _at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


_ORDERED = _at(3, 5, 3, 58)
_PAID = _at(3, 5, 4)


def plant(store: WooStore, *, limit: int | None = None) -> dict[str, int]:
    """Place the cases (the first `limit` of them); gives each case's order id."""
    return {name: place(store) for name, place in list(CASES.items())[:limit]}


def _stripe(store: WooStore, fee: str, net: str) -> dict[str, object]:
    return {
        "_stripe_charge_captured": "yes",
        "_stripe_currency": store.settings.currency,
        "_stripe_fee": fee,
        "_stripe_intent_id": "pi_3Tillbridge",
        "_stripe_net": net,
    }


def _ten_percent_off(store: WooStore, *, fee: bool = True) -> int:
    return store.place_order(
        lines=[Sold(product="TEE-RED-M", quantity=2, subtotal="100", total="90", tax="5.40")],
        shipping=[Carriage(total="8.00", tax="0.48")],
        coupons=[Coupon(code="raya10", amount="10", discount="10", discount_tax="0.6")],
        total="103.88",
        meta=_stripe(store, "3.51", "100.37") if fee else None,
        transaction_id="ch_3Tillbridge",
        at=_ORDERED,
        paid=_PAID,
    )


def _prices_with_tax(store: WooStore) -> int:
    mug = Sold(product="MUG-TEHTARIK", subtotal="8.33", total="8.33", tax="1.665")
    return store.place_order(
        lines=[mug, mug, mug],
        total_tax="5.00",
        total="29.97",
        prices_include_tax=True,
        at=_ORDERED,
        paid=_PAID,
    )


def _fees_both_ways(store: WooStore) -> int:
    return store.place_order(
        lines=[
            Sold(product="CANDLE-PANDAN", subtotal="60", total="60", taxes=[(1, "3.60")]),
            Sold(product="LAMP-BRASS", subtotal="40", total="45", taxes=[(2, "4.50")]),
        ],
        shipping=[Carriage(total="6.00", tax="0.36")],
        fees=[
            Extra(name="Gift wrap", total="4.00", tax="0.24"),
            Extra(name="Store pickup rebate", total="-5.00", tax="-0.40"),
        ],
        total_tax="8.30",
        total="118.30",
        at=_ORDERED,
        paid=_PAID,
    )


def _refund_with_lines(store: WooStore, *, fee: bool = True) -> int:
    order_id = _ten_percent_off(store, fee=fee)
    order = store.orders[order_id]
    store.refund(
        order_id,
        lines=[
            Returned(id=order.lines[0].id, quantity=1, total="45.00", tax="2.70"),
            Returned(id=order.shipping_lines[0].id, total="8.00", tax="0.48"),
        ],
        reason="One piece came back",
        at=_at(3, 31, 17, 30),
    )
    return order_id


def _two_refunds_by_amount(store: WooStore) -> int:
    order_id = _ten_percent_off(store)
    store.refund(order_id, amount="20.00", reason="Late parcel", at=_at(3, 8, 4))
    store.refund(order_id, amount="83.88", reason="Lost parcel", at=_at(3, 10, 4))
    return order_id


def _one_refund_by_amount(store: WooStore) -> int:
    order_id = _ten_percent_off(store)
    store.refund(order_id, amount="20.00", reason="Late parcel", at=_at(3, 8, 4))
    return order_id


def _before_the_edit(store: WooStore) -> int:
    return store.place_order(
        lines=[Sold(product="TEE-RED-M", subtotal="50", total="50", tax="3.00")],
        total="53.00",
        meta=_stripe(store, "2.04", "50.96"),
        transaction_id="ch_3Tillbridge",
        at=_ORDERED,
        paid=_PAID,
    )


def _cash_on_delivery(store: WooStore) -> int:
    order_id = store.place_order(
        lines=[Sold(product="TEE-NAVY-L", subtotal="50", total="50", tax="3.00")],
        shipping=[Carriage(total="5.00", tax="0.30")],
        fees=[Extra(name="Cash on delivery", total="5.00", tax="0.30")],
        total="63.60",
        payment_method="cod",
        at=_ORDERED,
    )
    store.set_status(order_id, "completed", at=_at(3, 9, 16, 30))
    return order_id


def _nothing_to_pay(store: WooStore) -> int:
    return store.place_order(
        lines=[Sold(product="TEE-RED-S", subtotal="50", total="0", tax="0", subtotal_tax="3.00")],
        shipping=[Carriage(title="Free shipping", total="0", tax="0", method_id="free_shipping")],
        coupons=[Coupon(code="staff100", amount="100", discount="50", discount_tax="3")],
        total="0.00",
        payment_method="",
        at=_ORDERED,
        paid=_PAID,
    )


def _yen(store: WooStore) -> int:
    return store.place_order(
        lines=[
            Sold(product="TEE-RED-L", subtotal="1364", total="1364", tax="137"),
            Sold(product="CUSHION-BATIK", subtotal="1582", total="1582", tax="158"),
        ],
        currency="JPY",
        decimals=0,
        total_tax="295",
        total="3240",
        at=_ORDERED,
        paid=_PAID,
    )


def _dinar(store: WooStore) -> int:
    meta = {"_stripe_fee": "0.4325", "_stripe_net": "11.9125", "_stripe_currency": "KWD"}
    return store.place_order(
        lines=[Sold(product="TEE-RED-L", subtotal="11.757", total="11.757", tax="0.588")],
        currency="KWD",
        decimals=3,
        total_tax="0.588",
        total="12.345",
        meta=meta,
        at=_ORDERED,
        paid=_PAID,
    )


CASES: dict[str, Callable[[WooStore], int]] = {
    "1": _ten_percent_off,
    "2": _prices_with_tax,
    "3": _fees_both_ways,
    "4": _refund_with_lines,
    "5": _two_refunds_by_amount,
    "6": _before_the_edit,
    "7": _before_the_edit,
    "8": _cash_on_delivery,
    "9": _nothing_to_pay,
    "10-jpy": _yen,
    "10-kwd": _dinar,
    "11": _one_refund_by_amount,
    "12": _one_refund_by_amount,
    "13": lambda store: _refund_with_lines(store, fee=False),
    "14": _before_the_edit,
}


def next_act(store: WooStore, case: str, order_id: int, at: datetime | None) -> None:
    """What happens later to a case's order: "6" is edited, "7" is cancelled.

    LookupError for a case with nothing to come.
    """
    if case == "6":
        store.edit_line(
            order_id,
            quantity=2,
            subtotal="100",
            total="80",
            tax="4.80",
            order_total="84.80",
            at=at,
        )
    elif case == "7":
        store.set_status(order_id, "cancelled", at=at)
    else:
        raise LookupError(f"case {case} has no later act")
