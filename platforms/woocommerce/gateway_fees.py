"""What the payment gateway took, as its plugin wrote it into the order's `meta_data`.

WooCommerce itself has no such field; each gateway has its own key. The first key that holds
a value decides, never a sum: one plugin writes two of them. Absence is not zero.
"""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from platforms.base import RemoteFee
from platforms.payload_fields import Row, as_amount

PAYPAL_FEES = "_ppcp_paypal_fees"
FEE_KEYS = (
    "_stripe_fee",
    "Stripe Fee",
    "_wcpay_transaction_fee",
    PAYPAL_FEES,
    "PayPal Transaction Fee",
    "_paypal_transaction_fee",
)
# Where the gateway says which currency its fee is in; the others use the order's.
CURRENCY_KEYS = {
    "_stripe_fee": "_stripe_currency",
    "Stripe Fee": "_stripe_currency",
    "_wcpay_transaction_fee": "_wcpay_intent_currency",
}
KEPT_KEYS = frozenset({*FEE_KEYS, *CURRENCY_KEYS.values()})


def gateway_fee(meta: Iterable[Row], currency: str, further: Sequence[str]) -> RemoteFee | None:
    """The fee of one order, or None as long as no key holds one.

    Values that are no amount count as none. The result is never negative: gateways differ in
    the sign they write. Its currency may be another than the order's.
    """
    found: dict[str, Any] = {}
    for entry in meta:
        key = entry.get("key")
        if isinstance(key, str) and (key in KEPT_KEYS or key in further):
            value = entry.get("value")
            if value not in (None, "") and key not in found:
                found[key] = value
    if not found:
        return None
    for key in (*FEE_KEYS, *further):
        if key in found:
            fee = _fee(key, found, currency)
            if fee is not None:
                return fee
    return None


def _fee(key: str, found: dict[str, Any], currency: str) -> RemoteFee | None:
    if key == PAYPAL_FEES:
        return _paypal_fee(found[key], currency)
    fee = as_amount(found[key])
    if fee is None:
        return None
    told = found.get(CURRENCY_KEYS.get(key, ""))
    return _remote_fee(key, fee, told if isinstance(told, str) else currency)


def _paypal_fee(fees: object, currency: str) -> RemoteFee | None:
    money = fees.get("paypal_fee") if isinstance(fees, dict) else None
    if not isinstance(money, dict) or money.get("value") in (None, ""):
        return None
    fee = as_amount(money["value"])
    if fee is None:
        return None
    told = money.get("currency_code")
    place = f"{PAYPAL_FEES}.paypal_fee.value"
    return _remote_fee(place, fee, told if isinstance(told, str) and told else currency)


def _remote_fee(place: str, fee: Decimal, currency: str) -> RemoteFee:
    return RemoteFee(source=f"order.meta_data.{place}", amount=abs(fee), currency=currency.upper())
