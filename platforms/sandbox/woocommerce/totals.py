"""Taxes and totals of an order, as the store computes them.

Source: GET /wc/v3/orders, the amounts of an order and of its lines.
"""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal

from platforms.sandbox.woocommerce.amounts import ZERO, rounded, rounded_tax
from platforms.sandbox.woocommerce.records import (
    FeeLine,
    LineItem,
    LineTax,
    Order,
    ShippingLine,
    TaxLine,
)
from platforms.sandbox.woocommerce.settings import StoreSettings, TaxRate

_HUNDRED = Decimal(100)


def rates_for(order: Order, tax_class: str, settings: StoreSettings) -> list[TaxRate]:
    """The rates of a class at the order's shipping address (billing where there is none)."""
    country = order.shipping.get("country") or order.billing.get("country")
    country = country or settings.base_country
    return [
        rate
        for rate in settings.tax_rates
        if rate.tax_class == tax_class and rate.country in ("", country)
    ]


def tax_line_item(order: Order, line: LineItem, settings: StoreSettings) -> None:
    """Set a line's taxes from the shop's rates of today."""
    rates = rates_for(order, line.tax_class, settings) if line.taxable else []
    totals = taxes_on(line.total, rates)
    subtotals = taxes_on(line.subtotal, rates)
    line.taxes = [LineTax(rate_id, totals[rate_id], subtotals[rate_id]) for rate_id in totals]
    sum_line_taxes(line, settings)


def taxes_on(net: Decimal, rates: Sequence[TaxRate]) -> dict[int, Decimal]:
    """Each rate's tax on a net amount, unrounded; a compound rate is on top of those before."""
    taxes: dict[int, Decimal] = {}
    for rate in sorted(rates, key=lambda rate: rate.compound):
        base = net + sum(taxes.values(), ZERO) if rate.compound else net
        taxes[rate.id] = base * rate.percent / _HUNDRED
    return taxes


def sum_line_taxes(line: LineItem, settings: StoreSettings) -> None:
    """`total_tax` and `subtotal_tax` of a line out of its `taxes`."""
    line.total_tax = _summed((tax.total for tax in line.taxes), settings)
    line.subtotal_tax = _summed((tax.subtotal or ZERO for tax in line.taxes), settings)


def tax_extra(order: Order, line: ShippingLine | FeeLine, settings: StoreSettings) -> None:
    """Set the taxes of a shipping or fee line."""
    if isinstance(line, ShippingLine):
        rates = [rate for rate in rates_for(order, "", settings) if rate.shipping]
        taxes = taxes_on(line.total, rates)
    elif line.total < ZERO:
        taxes = _rebate_taxes(order, line, settings)
    else:
        taxable = line.tax_status == "taxable"
        rates = rates_for(order, line.tax_class, settings) if taxable else []
        taxes = taxes_on(line.total, rates)
    line.taxes = [LineTax(rate_id, tax, None) for rate_id, tax in taxes.items()]
    line.total_tax = _summed(taxes.values(), settings)


def _rebate_taxes(order: Order, fee: FeeLine, settings: StoreSettings) -> dict[int, Decimal]:
    """A negative fee takes off the tax of the goods, in proportion, whatever its tax status."""
    goods = sum((line.total for line in order.lines), ZERO)
    taxes: dict[int, Decimal] = {}
    for line in order.lines:
        if not line.taxable or not goods:
            continue
        part = fee.total * line.total / goods
        for rate_id, tax in taxes_on(part, rates_for(order, line.tax_class, settings)).items():
            taxes[rate_id] = taxes.get(rate_id, ZERO) + tax
    return taxes


def recalculate(order: Order, settings: StoreSettings, next_id: Callable[[], int]) -> None:
    """Taxes of every line at today's rates, then the sums: what a REST edit of lines does."""
    for line in order.lines:
        tax_line_item(order, line, settings)
    for carriage in order.shipping_lines:
        tax_extra(order, carriage, settings)
    for fee in order.fees:
        tax_extra(order, fee, settings)
    sum_up(order, settings, next_id)


def sum_up(order: Order, settings: StoreSettings, next_id: Callable[[], int]) -> None:
    """The order's sums and tax lines out of the taxes that its lines have."""
    decimals = settings.decimals
    goods = _by_rate((*order.lines, *order.fees), settings)
    carriage = _by_rate(order.shipping_lines, settings)
    order.taxes = tax_lines(goods, carriage, order.taxes, settings, next_id)
    order.cart_tax = rounded(sum(goods.values(), ZERO), decimals)
    order.shipping_tax = rounded(sum(carriage.values(), ZERO), decimals)
    order.shipping_total = sum((line.total for line in order.shipping_lines), ZERO)
    order.discount_total = sum((line.subtotal - line.total for line in order.lines), ZERO)
    order.discount_tax = sum(
        ((tax.subtotal or ZERO) - tax.total for line in order.lines for tax in line.taxes), ZERO
    )
    goods_total = sum((line.total for line in order.lines), ZERO)
    net = goods_total + sum((fee.total for fee in order.fees), ZERO) + order.shipping_total
    order.total = rounded(net + order.cart_tax + order.shipping_tax, decimals)


def tax_lines(
    goods: dict[int, Decimal],
    carriage: dict[int, Decimal],
    old: Iterable[TaxLine],
    settings: StoreSettings,
    next_id: Callable[[], int],
) -> list[TaxLine]:
    """One line per rate used; a rate that stood before keeps its line's id."""
    known = {line.rate_id: line.id for line in old}
    by_id = {rate.id: rate for rate in settings.tax_rates}
    lines = []
    for rate_id in sorted({*goods, *carriage}):
        rate = by_id.get(rate_id)
        lines.append(
            TaxLine(
                id=known.get(rate_id) or next_id(),
                rate_id=rate_id,
                code=rate.code if rate else f"TAX-{rate_id}",
                label=rate.label if rate else "Tax",
                percent=rate.percent if rate else ZERO,
                compound=rate.compound if rate else False,
                tax_total=goods.get(rate_id, ZERO),
                shipping_tax_total=carriage.get(rate_id, ZERO),
            )
        )
    return lines


def _summed(taxes: Iterable[Decimal], settings: StoreSettings) -> Decimal:
    if settings.round_at_subtotal:
        return sum(taxes, ZERO)
    return sum((_rounded(tax, settings) for tax in taxes), ZERO)


def _by_rate(
    lines: Iterable[LineItem | FeeLine | ShippingLine], settings: StoreSettings
) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for line in lines:
        for tax in line.taxes:
            part = tax.total if settings.round_at_subtotal else _rounded(tax.total, settings)
            sums[tax.rate_id] = sums.get(tax.rate_id, ZERO) + part
    return sums


def _rounded(tax: Decimal, settings: StoreSettings) -> Decimal:
    return rounded_tax(tax, settings.decimals, prices_include_tax=settings.prices_include_tax)
