"""A basket becomes an order: lines, discounts, taxes and totals."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from platforms.sandbox.woocommerce import totals
from platforms.sandbox.woocommerce.amounts import ZERO, plain, rounded, shared
from platforms.sandbox.woocommerce.records import (
    CouponLine,
    FeeLine,
    LineItem,
    LineTax,
    Meta,
    Order,
    Product,
    ShippingLine,
)
from platforms.sandbox.woocommerce.sale import Carriage, Coupon, Extra, Money, Sold
from platforms.sandbox.woocommerce.settings import StoreSettings

if TYPE_CHECKING:
    from platforms.sandbox.woocommerce.state import StoreState

_HUNDRED = Decimal(100)


def fill(
    store: "StoreState",
    order: Order,
    *,
    lines: Sequence[Sold],
    shipping: Sequence[Carriage] = (),
    fees: Sequence[Extra] = (),
    coupons: Sequence[Coupon] = (),
    total: Money | None = None,
    total_tax: Money | None = None,
    settings: StoreSettings,
) -> None:
    """Put the basket into an empty order and add it up. Stated sums win over computed ones."""
    for sold in lines:
        order.lines.append(line_of(store, order, sold, settings))
    for coupon in coupons:
        order.coupons.append(discounted(store, order, coupon, settings))
    for sold, line in zip(lines, order.lines, strict=True):
        retax(order, line, sold, settings)
    for carriage in shipping:
        order.shipping_lines.append(_shipping(store, order, carriage, settings))
    for extra in fees:
        order.fees.append(_fee(store, order, extra, settings))
    totals.sum_up(order, settings, store.next_item_id)
    state(order, total, total_tax)


def line_of(store: "StoreState", order: Order, sold: Sold, settings: StoreSettings) -> LineItem:
    """The line of a product as it is today; prices that include tax are taken apart.

    LookupError when the product is unknown.
    """
    product = store.find_product(sold.product)
    parent = store.products.get(product.parent_id) if product.is_variation else None
    line = LineItem(
        id=store.next_item_id(),
        name=_name(product, parent),
        product_id=product.parent_id or product.id,
        variation_id=product.id if product.is_variation else 0,
        quantity=sold.quantity,
        subtotal=ZERO,
        total=ZERO,
        tax_class=product.tax_class,
        taxable=product.tax_status == "taxable",
        parent_name=parent.name if parent else None,
    )
    for name, value in product.chosen.items():
        line.meta.append(Meta(store.next_meta_id(), name.lower().replace(" ", "-"), value))
    for name, detail in sold.meta.items():
        line.meta.append(Meta(store.next_meta_id(), name, detail))
    price_line(order, line, store.price_of(product), settings)
    if sold.subtotal is not None:
        line.subtotal = line.total = Decimal(sold.subtotal)
    if sold.total is not None:
        line.total = Decimal(sold.total)
        if sold.subtotal is None:
            line.subtotal = line.total
    return line


def price_line(order: Order, line: LineItem, price: Decimal, settings: StoreSettings) -> None:
    """Subtotal and total of a line at a shop price."""
    gross = price * line.quantity
    if settings.prices_include_tax and line.taxable:
        rates = totals.rates_for(order, line.tax_class, settings)
        percent = sum((rate.percent for rate in rates), ZERO)
        gross = rounded(gross / (1 + percent / _HUNDRED), 6)
    line.subtotal = line.total = gross


def _name(product: Product, parent: Product | None) -> str:
    if parent is None:
        return product.name
    return f"{parent.name} - " + ", ".join(product.chosen.values())


def discounted(
    store: "StoreState", order: Order, coupon: Coupon, settings: StoreSettings
) -> CouponLine:
    amount = Decimal(coupon.amount)
    if coupon.discount is None:
        cuts = _cuts(order.lines, coupon.type, amount, settings.decimals)
        for line, cut in zip(order.lines, cuts, strict=True):
            line.total -= cut
        discount = sum(cuts, ZERO)
    else:
        discount = Decimal(coupon.discount)
    taxes = totals.taxes_on(discount, totals.rates_for(order, "", settings))
    tax = rounded(sum(taxes.values(), ZERO), settings.decimals)
    info = f'[{store.next_meta_id()},"{coupon.code}","{coupon.type}",{plain(amount)}]'
    return CouponLine(
        id=store.next_item_id(),
        code=coupon.code,
        discount=discount,
        discount_tax=tax if coupon.discount_tax is None else Decimal(coupon.discount_tax),
        type=coupon.type,
        amount=amount,
        meta=[Meta(store.next_meta_id(), "coupon_info", info)],
    )


def _cuts(lines: Sequence[LineItem], kind: str, amount: Decimal, decimals: int) -> list[Decimal]:
    """What a coupon takes off each line; cents left over go to the dearest piece first."""
    if kind == "fixed_product":
        return [min(amount * line.quantity, line.total) for line in lines]
    dearest = sorted(
        range(len(lines)), key=lambda n: lines[n].subtotal / max(lines[n].quantity, 1), reverse=True
    )
    if kind == "percent":
        # Every coupon counts from the full price, not from what an earlier one left.
        weights = [lines[n].subtotal for n in dearest]
        whole = rounded(sum(weights, ZERO) * amount / _HUNDRED, decimals)
    else:
        weights = [Decimal(lines[n].quantity) for n in dearest]
        whole = min(amount, sum((line.total for line in lines), ZERO))
    cuts = [ZERO] * len(lines)
    for position, cut in zip(dearest, shared(whole, weights, decimals), strict=True):
        cuts[position] = min(cut, lines[position].total)
    return cuts


def retax(order: Order, line: LineItem, sold: Sold, settings: StoreSettings) -> None:
    if sold.taxes is not None:
        line.taxes = [LineTax(rate, Decimal(tax), Decimal(tax)) for rate, tax in sold.taxes]
        totals.sum_line_taxes(line, replace(settings, round_at_subtotal=True))
    elif sold.tax is not None:
        tax = Decimal(sold.tax)
        line.taxes = _on_first_rate(order, line.tax_class, tax, settings)
        line.total_tax = line.subtotal_tax = tax
        if line.total != line.subtotal:
            before = Decimal(sold.subtotal_tax) if sold.subtotal_tax is not None else tax
            if sold.subtotal_tax is None and line.total:
                before = rounded(tax * line.subtotal / line.total, settings.decimals)
            line.subtotal_tax = before
        for part in line.taxes:
            part.subtotal = line.subtotal_tax
    else:
        totals.tax_line_item(order, line, settings)


def _on_first_rate(
    order: Order, tax_class: str, tax: Decimal, settings: StoreSettings
) -> list[LineTax]:
    rates = totals.rates_for(order, tax_class, settings) or list(settings.tax_rates[:1])
    return [LineTax(rates[0].id, tax, None)] if rates and tax else []


def _shipping(
    store: "StoreState", order: Order, carriage: Carriage, settings: StoreSettings
) -> ShippingLine:
    line = ShippingLine(
        id=store.next_item_id(),
        title=carriage.title,
        total=Decimal(carriage.total),
        method_id=carriage.method_id,
    )
    if carriage.tax is None:
        totals.tax_extra(order, line, settings)
    else:
        line.total_tax = Decimal(carriage.tax)
        line.taxes = _on_first_rate(order, "", line.total_tax, settings)
    return line


def _fee(store: "StoreState", order: Order, extra: Extra, settings: StoreSettings) -> FeeLine:
    line = FeeLine(
        id=store.next_item_id(),
        name=extra.name,
        total=Decimal(extra.total),
        tax_status="taxable" if extra.taxable else "none",
    )
    if extra.tax is None:
        totals.tax_extra(order, line, settings)
    else:
        line.total_tax = Decimal(extra.tax)
        line.taxes = _on_first_rate(order, "", line.total_tax, settings)
    return line


def state(order: Order, total: Money | None, total_tax: Money | None) -> None:
    if total_tax is not None:
        change = Decimal(total_tax) - order.total_tax
        order.cart_tax += change
        order.total += change
    if total is not None:
        order.total = Decimal(total)
