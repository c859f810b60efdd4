"""Orders with known amounts: one for each situation that bookkeepers argue about.

The key names the situation; amounts and instants are fixed, so what an order must post to
the ledgers can be written down beside it. Each has the market and the currency of its own.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from platforms.sandbox.shopee.sale import Given, Sold
from platforms.sandbox.shopee.world import ShopeeStore


def _at(year: int, month: int, day: int, hour: int = 4) -> datetime:
    return datetime(year, month, day, hour, tzinfo=UTC)


_PAID = _at(2026, 3, 5)
_ORDERED = _PAID - timedelta(minutes=2)


def plant(store: ShopeeStore, *, limit: int | None = None) -> dict[str, str]:
    """Place the cases (the first `limit` of them); gives each case's order_sn."""
    return {name: place(store) for name, place in list(CASES.items())[:limit]}


def _indonesia(store: ShopeeStore) -> str:
    """A payload of a real shop, released; the platform's voucher is not the seller's affair."""
    paid = _at(2025, 10, 14)
    order_sn = store.place_order(
        lines=[Sold(product="LAMP-BRASS", price="349000")],
        region="ID",
        currency="IDR",
        exact=True,
        escrow={
            "original_cost_of_goods_sold": "349000",
            "voucher_from_seller": "10000",
            "voucher_from_shopee": "33900",
            "service_fee": "19662",
            "commission_fee": "32883",
            "seller_order_processing_fee": "1250",
        },
        at=paid - timedelta(minutes=2),
        paid=paid,
    )
    payment = store.orders[order_sn].buyer_payment
    payment["buyer_service_fee"] = Decimal(2000)
    payment["buyer_total_amount"] += 2000
    store.set_escrow(
        order_sn,
        actual_shipping_fee="3500",
        shopee_shipping_rebate="3500",
        buyer_total_amount=payment["buyer_total_amount"],
    )
    store.ship(order_sn, at=_at(2025, 10, 15))
    store.deliver(order_sn, at=_at(2025, 10, 18))
    store.complete(order_sn, at=_at(2025, 10, 21, 3))
    store.release(order_sn, at=_at(2025, 10, 21))
    return order_sn


def _singapore(store: ShopeeStore) -> str:
    """Before shipping: what the buyer paid for it is still inside the escrow."""
    paid = _at(2026, 2, 17)
    return store.place_order(
        lines=[Sold(product="COASTER-KOPI", price="3")],
        region="SG",
        currency="SGD",
        exact=True,
        escrow={
            "buyer_paid_shipping_fee": "1.99",
            "seller_transaction_fee": "0.1",
            "commission_fee": "0.07",
        },
        at=paid - timedelta(minutes=2),
        paid=paid,
    )


def _vietnam(store: ShopeeStore) -> str:
    """The batch sample of the reference, before its partial return."""
    paid = _at(2024, 5, 2)
    order_sn = store.place_order(
        lines=[Sold(product="MUG-TEHTARIK", quantity=2, price="26300")],
        region="VN",
        currency="VND",
        exact=True,
        escrow={
            "buyer_paid_shipping_fee": "2000",
            "shopee_shipping_rebate": "15000",
            "seller_transaction_fee": "848",
            "service_fee": "2133",
        },
        at=paid - timedelta(minutes=2),
        paid=paid,
    )
    store.ship(order_sn, at=_at(2024, 5, 3))
    store.deliver(order_sn, at=_at(2024, 5, 6))
    return order_sn


def _rebate(store: ShopeeStore) -> str:
    """The platform pays part of the price; coins and its own voucher are not the seller's."""
    order_sn = store.place_order(
        lines=[Sold(product="TEE-RED-M", quantity=8, price="15")],
        exact=True,
        region="MY",
        currency="MYR",
        escrow={
            "original_shopee_discount": "12.00",
            "shopee_discount": "12.00",
            "voucher_from_seller": "6.00",
            "seller_coin_cash_back": "1.50",
            "coins": "3.00",
            "voucher_from_shopee": "5.00",
            "buyer_paid_shipping_fee": "4.90",
            "actual_shipping_fee": "7.40",
            "shopee_shipping_rebate": "2.50",
            "shipping_fee_sst": "0.15",
            "commission_fee": "9.54",
            "service_fee": "4.24",
            "seller_transaction_fee": "2.14",
        },
        at=_ORDERED,
        paid=_PAID,
    )
    store.ship(order_sn, at=_at(2026, 3, 6))
    store.deliver(order_sn, at=_at(2026, 3, 9))
    return order_sn


def _eighty(store: ShopeeStore) -> str:
    return store.place_order(
        lines=[Sold(product="TEE-NAVY-L", price="80")],
        exact=True,
        region="MY",
        currency="MYR",
        escrow={"commission_fee": "5.20", "service_fee": "1.70"},
        at=_ORDERED,
        paid=_PAID,
    )


def _released(store: ShopeeStore) -> str:
    order_sn = _eighty(store)
    store.ship(order_sn, at=_at(2026, 3, 6))
    store.deliver(order_sn, at=_at(2026, 3, 9))
    store.complete(order_sn, at=_at(2026, 3, 12))
    store.release(order_sn, at=_at(2026, 3, 13))
    return order_sn


def _on_its_way(store: ShopeeStore) -> str:
    order_sn = _eighty(store)
    store.ship(order_sn, at=_at(2026, 3, 6))
    return order_sn


def _thailand(store: ShopeeStore) -> str:
    """Taxes that the platform keeps, and one that it withholds."""
    return store.place_order(
        lines=[Sold(product="CUSHION-BATIK", price="1090")],
        region="TH",
        currency="THB",
        exact=True,
        escrow={
            "voucher_from_seller": "109.00",
            "commission_fee": "54.00",
            "vat_on_imported_goods": "64.18",
            "withholding_tax": "4.91",
        },
        at=_ORDERED,
        paid=_PAID,
    )


CASES: dict[str, Callable[[ShopeeStore], str]] = {
    "15": _indonesia,
    "16": _singapore,
    "17": _vietnam,
    "18": _rebate,
    "19": _released,
    "20": _on_its_way,
    "21": _thailand,
}


def next_act(
    store: ShopeeStore, case: str, order_sn: str, *, at: datetime | None, as_told: bool
) -> None:
    """What happens later to a case's order: at `at`, on the days that the case tells of, or now.

    "16" is shipped, completed and released; "17" and "18" are partly returned before
    completion; "19" is adjusted twice after its release; "20" cannot be delivered and is
    charged for it. LookupError for a case with nothing to come.
    """

    def day(told: datetime) -> datetime | None:
        return told if as_told else at

    match case:
        case "16":
            store.set_escrow(order_sn, actual_shipping_fee="2.49", shopee_shipping_rebate="0.50")
            store.ship(order_sn, at=day(_at(2026, 2, 24)))
            store.complete(order_sn, at=day(_at(2026, 2, 24)))
            store.release(order_sn, at=day(_at(2026, 2, 25)))
        case "17":
            store.return_before(
                order_sn,
                [Given(quantity=1)],
                amount="28900",
                escrow={"drc_adjustable_refund": "25510"},
                at=day(_at(2024, 5, 12)),
            )
        case "18":
            store.return_before(
                order_sn,
                [Given(quantity=3)],
                amount="45.00",
                escrow={
                    "shopee_discount": "7.00",
                    "voucher_from_seller": "3.50",
                    "commission_fee": "5.61",
                    "service_fee": "2.49",
                    "reverse_shipping_fee": "5.10",
                },
                at=day(_at(2026, 3, 18)),
            )
        case "19":
            reason, other = "Return Refund deduction", "Logistics Related Compensation"
            store.adjust(order_sn, "-40.00", reason, at=day(_at(2026, 3, 20)))
            store.adjust(order_sn, "8.50", other, at=day(_at(2026, 3, 22)))
        case "20":
            store.fail_delivery(order_sn, "6.30", at=day(_at(2026, 3, 11)))
            store.release(order_sn, at=day(_at(2026, 3, 12)))
        case _:
            raise LookupError(f"case {case} has no later act")
