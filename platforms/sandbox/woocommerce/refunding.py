"""Money back: a refund with lines, as an amount only, or by itself with the status.

Source: POST /wc/v3/orders/<id>/refunds.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from platforms.sandbox.woocommerce import statuses, stock, totals
from platforms.sandbox.woocommerce.amounts import ZERO, rounded
from platforms.sandbox.woocommerce.errors import RestError
from platforms.sandbox.woocommerce.records import (
    FeeLine,
    LineItem,
    LineTax,
    Meta,
    Order,
    Refund,
    ShippingLine,
    TaxLine,
)
from platforms.sandbox.woocommerce.sale import Returned
from platforms.sandbox.woocommerce.settings import REFUNDING_GATEWAYS

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.state import StoreState


def create(
    store: "StoreState",
    order: Order,
    *,
    amount: Decimal | None,
    lines: Sequence[Returned],
    reason: str = "",
    refunded_by: int = 1,
    restock: bool = True,
    through_gateway: bool = False,
) -> Refund:
    """Make a refund; the order's date moves and its status follows when nothing remains.

    `amount` None: the sum of the lines. Lines need not add up to a given amount, and a
    quantity is not held against what was sold. RestError with HTTP 500, as the store does it,
    when the amount exceeds what remains or the gateway cannot send money back.
    """
    if amount is None:
        amount = sum((_given(line.total) + _tax_of(line) for line in lines), ZERO)
    if amount < ZERO:
        raise RestError(
            "woocommerce_rest_invalid_order_refund",
            "Refund amount must be greater than zero.",
            500,
            data=400,
        )
    if rounded(amount, store.settings.decimals) > rounded(order.remaining, store.settings.decimals):
        raise refused("Invalid refund amount.")
    if through_gateway:
        _demand_gateway(order)
    refund = Refund(
        id=store.next_post_id(),
        order_id=order.id,
        created=store.now(),
        amount=amount,
        reason=reason,
        refunded_by=refunded_by,
        through_gateway=through_gateway,
    )
    _put_lines(store, order, refund, lines)
    whole = amount == order.remaining
    refund.meta.append(Meta(store.next_meta_id(), "_refund_type", "full" if whole else "partial"))
    _append(store, order, refund)
    if restock:
        by_id = {line.id: line for line in order.lines}
        for given in lines:
            if given.id in by_id:
                stock.restock(store, order, by_id[given.id], given.quantity)
    if order.remaining <= ZERO and amount > ZERO:
        statuses.change(store, order, "refunded")
    store.saved(order, post_row=store.settings.refund_bumps)
    return refund


def refund_the_rest(store: "StoreState", order: Order) -> None:
    """Status `refunded` set by hand: one refund of what remains, without lines or restocking."""
    refund = Refund(
        id=store.next_post_id(),
        order_id=order.id,
        created=store.now(),
        amount=order.remaining,
        reason="Order fully refunded.",
        meta=[Meta(store.next_meta_id(), "_refund_type", "full")],
    )
    _append(store, order, refund)


def refused(message: str) -> RestError:
    """The store's 500 for a business refusal: `data` is the bare number."""
    return RestError("woocommerce_rest_cannot_create_order_refund", message, 500, data=500)


def _append(store: "StoreState", order: Order, refund: Refund) -> None:
    order.refunds.append(refund)
    store.refund_orders[refund.id] = order.id
    store.touched(order)


def _demand_gateway(order: Order) -> None:
    if not order.payment_method:
        raise refused("The payment gateway for this order does not exist.")
    if order.payment_method not in REFUNDING_GATEWAYS:
        raise refused("The payment gateway for this order does not support automatic refunds.")


def _put_lines(
    store: "StoreState", order: Order, refund: Refund, lines: Sequence[Returned]
) -> None:
    goods = {line.id: line for line in order.lines}
    carriage = {line.id: line for line in order.shipping_lines}
    fees = {line.id: line for line in order.fees}
    for given in lines:
        if given.id in goods:
            refund.lines.append(_goods_back(store, goods[given.id], given))
        elif given.id in carriage:
            refund.shipping_lines.append(_carriage_back(store, carriage[given.id], given))
        elif given.id in fees:
            refund.fees.append(_fee_back(store, fees[given.id], given))
    refund.taxes = _taxes_back(store, order, refund)


def _goods_back(store: "StoreState", line: LineItem, given: Returned) -> LineItem:
    taxes = _taxes(line, given)
    tax = sum((part.total for part in taxes), ZERO)
    return LineItem(
        id=store.next_item_id(),
        name=line.name,
        product_id=line.product_id,
        variation_id=line.variation_id,
        quantity=-given.quantity,
        subtotal=-_given(given.total),
        total=-_given(given.total),
        tax_class=line.tax_class,
        subtotal_tax=tax,
        total_tax=tax,
        taxes=[LineTax(part.rate_id, part.total, part.total) for part in taxes],
        meta=_pointer(store, line.id),
        parent_name=line.parent_name,
    )


def _carriage_back(store: "StoreState", line: ShippingLine, given: Returned) -> ShippingLine:
    taxes = _taxes(line, given)
    return ShippingLine(
        id=store.next_item_id(),
        title=line.title,
        total=-_given(given.total),
        method_id=line.method_id,
        total_tax=sum((part.total for part in taxes), ZERO),
        taxes=taxes,
        meta=_pointer(store, line.id),
    )


def _fee_back(store: "StoreState", line: FeeLine, given: Returned) -> FeeLine:
    taxes = _taxes(line, given)
    return FeeLine(
        id=store.next_item_id(),
        name=line.name,
        total=-_given(given.total),
        tax_status=line.tax_status,
        total_tax=sum((part.total for part in taxes), ZERO),
        taxes=taxes,
        meta=_pointer(store, line.id),
    )


def _pointer(store: "StoreState", item_id: int) -> list[Meta]:
    return [Meta(store.next_meta_id(), "_refunded_item_id", str(item_id))]


def _taxes(line: LineItem | ShippingLine | FeeLine, given: Returned) -> list[LineTax]:
    if given.taxes is not None:
        return [LineTax(rate, -Decimal(tax), None) for rate, tax in given.taxes]
    if given.tax is None or not Decimal(given.tax):
        return []
    rate_id = line.taxes[0].rate_id if line.taxes else 1
    return [LineTax(rate_id, -Decimal(given.tax), None)]


def _taxes_back(store: "StoreState", order: Order, refund: Refund) -> list[TaxLine]:
    goods: dict[int, Decimal] = {}
    carriage: dict[int, Decimal] = {}
    for line in refund.lines:
        _add_up(goods, line.taxes)
    for fee in refund.fees:
        _add_up(goods, fee.taxes)
    for shipping in refund.shipping_lines:
        _add_up(carriage, shipping.taxes)
    return totals.tax_lines(goods, carriage, (), store.settings, store.next_item_id)


def _add_up(sums: dict[int, Decimal], taxes: list[LineTax]) -> None:
    for tax in taxes:
        sums[tax.rate_id] = sums.get(tax.rate_id, ZERO) + tax.total


def _given(amount: str | Decimal | None) -> Decimal:
    return ZERO if amount is None else Decimal(amount)


def _tax_of(line: Returned) -> Decimal:
    if line.taxes is not None:
        return sum((Decimal(tax) for _, tax in line.taxes), ZERO)
    return _given(line.tax)
