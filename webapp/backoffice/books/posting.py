"""Remote amounts to journal lines: the chapters sale and fees. Pure.

The store's own lines are posted, never recomputed. Refunds are in `refunding`; an order whose
money a marketplace holds is posted by `escrow`.
"""

from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from platforms.base import RemoteOrder, Stage
from platforms.money import ZERO, minor_unit, round_to
from webapp.backoffice.books.effects import Chapter, DesiredLine, DesiredPart
from webapp.backoffice.books.escrow import escrow_parts
from webapp.backoffice.books.periods import local_date
from webapp.backoffice.books.refunding import SaleAmounts, refund_parts
from webapp.backoffice.errors import Code, NeedsPerson, Problem
from webapp.backoffice.sites.settings import PostingSettings, Role


def desired_parts(
    order: RemoteOrder, settings: PostingSettings, zone: ZoneInfo
) -> tuple[DesiredPart, ...]:
    """All parts that an order should have posted, in the order sale, fees, refunds.

    Only a paid order that stands has any; () means that nothing should be posted. Amounts are
    in the order's currency at its minor unit; every part balances. Two at 50.00 with a coupon
    of 10.00, delivery 8.00, tax 5.88 and a fee of 3.51 gives five lines of sale (113.88 on
    each side) and two of fees. An order with an escrow posts by that, see `escrow_parts`.

    NeedsPerson: totals_mismatch, when the lines and the total differ by more than one minor
    unit a line, or when more was refunded than was sold.
    """
    if order.has_escrow:
        return escrow_parts(order, settings, zone)
    if order.stage is not Stage.ALIVE or not order.is_paid:
        return ()
    sale = sale_amounts(order, settings)
    paid_on = _first_date(order, zone)
    parts = [
        DesiredPart(Chapter.SALE, "order", paid_on, f"Sale of order {order.number}", sale.lines)
    ]
    fees = _fee_lines(order)
    if fees:
        memo = f"Gateway fee of order {order.number}"
        parts.append(DesiredPart(Chapter.FEES, "order", paid_on, memo, fees))
    if order.refunds:
        _check_refunds(order, sale)
        parts += refund_parts(order, settings, sale, zone)
    return tuple(parts)


def sale_amounts(order: RemoteOrder, settings: PostingSettings) -> SaleAmounts:
    """The sale's lines, and what refunds start from (POSTING rule *Orders: sale*).

    NeedsPerson: totals_mismatch.
    """
    digits = order.digits
    charged = taken_off = goods_off = surcharge = ZERO
    for line in order.lines:
        if line.subtotal > line.total:
            charged += line.subtotal
            goods_off += line.subtotal - line.total
        else:
            charged += line.total
    for charge in order.charges:
        if charge.total > 0:
            surcharge += charge.total
        else:
            taken_off -= charge.total
    revenue = round_to(charged + surcharge, digits)
    discount = round_to(goods_off + taken_off, digits)
    delivery = round_to(sum((each.total for each in order.deliveries), ZERO), digits)
    total = round_to(order.total, digits)
    tax = round_to(order.total_tax, digits)
    is_ours = settings.tax_collected_by == "seller"
    clearing = total if is_ours else total - tax
    posted_tax = tax if is_ours else ZERO

    residue = clearing + discount - revenue - delivery - posted_tax
    count = len(order.lines) + len(order.charges) + len(order.deliveries)
    tolerance = minor_unit(digits) * max(1, count)
    if abs(residue) > tolerance:
        raise NeedsPerson(_mismatch(order, "The order", clearing - residue, clearing, tolerance))

    names = order.fields
    lines = []
    if clearing:
        because = names.total if is_ours else f"{names.total} - {names.tax}"
        lines.append(DesiredLine(Role.CUSTOMER_PAYMENT, clearing, because))
    if discount:
        sources = [names.goods_discount] * bool(goods_off) + [names.reduction] * bool(taken_off)
        lines.append(DesiredLine(Role.DISCOUNT, discount, "; ".join(sources)))
    if revenue:
        sources = [names.goods] * bool(charged) + [names.surcharge] * bool(surcharge)
        lines.append(DesiredLine(Role.SALES_REVENUE, -revenue, "; ".join(sources)))
    if delivery:
        lines.append(DesiredLine(Role.DELIVERY, -delivery, names.delivery))
    rates = tax_by_rate(order, tax)
    if is_ours:
        lines += [
            DesiredLine(Role.TAX, -amount, _tax_source(order, code), code)
            for code, amount in rates
            if amount
        ]
    if residue:
        because = f"{names.total} less the lines"
        lines.append(DesiredLine(Role.ROUNDING, -residue, because))
    return SaleAmounts(lines=tuple(lines), total=total, delivery=delivery, tax=tax, tax_rates=rates)


def tax_by_rate(order: RemoteOrder, tax: Decimal) -> tuple[tuple[str | None, Decimal], ...]:
    """The tax of an order by the store's rates; the last one is made to reach `tax`.

    Each code comes once: rates of several tax classes may share it. An order without rates, or
    without tax, gives one nameless rate.
    """
    if not order.taxes:
        return ((None, tax),)
    by_code: dict[str | None, Decimal] = {}
    for each in order.taxes:
        by_code[each.code] = by_code.get(each.code, ZERO) + each.amount
    rounded = [(code, round_to(amount, order.digits)) for code, amount in by_code.items()]
    others = sum((amount for _, amount in rounded[:-1]), ZERO)
    return (*rounded[:-1], (rounded[-1][0], tax - others))


def _tax_source(order: RemoteOrder, code: str | None) -> str:
    return order.fields.tax if code is None else order.fields.tax_rate.format(code)


def _fee_lines(order: RemoteOrder) -> tuple[DesiredLine, ...]:
    fee = order.fee
    if fee is None or fee.currency != order.currency:
        return ()
    amount = round_to(fee.amount, order.digits)
    if not amount:
        return ()
    return (
        DesiredLine(Role.PLATFORM_FEES, amount, fee.source),
        DesiredLine(Role.CUSTOMER_PAYMENT, -amount, fee.source),
    )


def _check_refunds(order: RemoteOrder, sale: SaleAmounts) -> None:
    unit = minor_unit(order.digits)
    refunded = sum((round_to(each.amount, order.digits) for each in order.refunds), ZERO)
    if refunded > sale.total + unit:
        raise NeedsPerson(_mismatch(order, "What was refunded", refunded, sale.total, unit))


def _mismatch(
    order: RemoteOrder, what: str, lines: Decimal, stated: Decimal, tolerance: Decimal
) -> Problem:
    return Problem(
        code=Code.TOTALS_MISMATCH,
        facts={
            "what": what,
            "lines": lines,
            "stated": stated,
            "tolerance": tolerance,
            "currency": order.currency,
            "digits": order.digits,
        },
    )


def _first_date(order: RemoteOrder, zone: ZoneInfo) -> date:
    return local_date(order.paid_at or order.shipped_at or order.modified_at, zone)
