"""The chapter refund: what each refund took back, and of which role. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from platforms.base import RefundedKind, RemoteOrder, RemoteRefund
from platforms.money import ZERO, minor_unit, round_to
from webapp.backoffice.books.allocation import allocate
from webapp.backoffice.books.effects import Chapter, DesiredLine, DesiredPart
from webapp.backoffice.books.periods import local_date
from webapp.backoffice.sites.settings import PostingSettings, Role

Rates = tuple[tuple[str | None, Decimal], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaleAmounts:
    """A sale's journal lines, and the amounts that its refunds start from, at the minor unit."""

    lines: tuple[DesiredLine, ...]
    total: Decimal
    delivery: Decimal
    tax: Decimal
    tax_rates: Rates


@dataclass(slots=True)
class _Left:
    """What an order still holds after the refunds so far."""

    total: Decimal
    delivery: Decimal
    tax: Decimal
    rates: dict[str | None, Decimal]


@dataclass(slots=True)
class _Shares:
    """One refund, by role. `is_shared`: some of it had no lines and was split."""

    goods: Decimal = ZERO
    delivery: Decimal = ZERO
    tax: Decimal = ZERO
    rounding: Decimal = ZERO
    is_shared: bool = False


def refund_parts(
    order: RemoteOrder, settings: PostingSettings, sale: SaleAmounts, zone: ZoneInfo
) -> list[DesiredPart]:
    """One part per refund, in order of their making (POSTING rule *Orders: refunds*).

    Each starts from what its predecessors left, so that the refund which closes the order
    takes exactly what remains of tax and delivery. 20.00 given back without lines of an order
    of 103.88 with tax 5.88 and delivery 8.00 is 17.33 refunds, 1.54 delivery, 1.13 tax.
    """
    left = _Left(sale.total, sale.delivery, sale.tax, dict(sale.tax_rates))
    parts = []
    for refund in sorted(order.refunds, key=_age):
        shares = _split(refund, left, order.digits)
        rates = _rates_of(refund, shares, left, order.digits)
        amount = round_to(refund.amount, order.digits)
        lines = _lines(order, refund, shares, rates, amount, settings)
        memo = f"Refund {refund.remote_id} of order {order.number}"
        day = local_date(refund.created_at, zone)
        parts.append(DesiredPart(Chapter.REFUND, refund.remote_id, day, memo, lines))
        left.total -= amount
        left.delivery -= shares.delivery
        left.tax -= shares.tax
        for code, taken in rates:
            left.rates[code] = left.rates.get(code, ZERO) - taken
    return parts


def _age(refund: RemoteRefund) -> tuple[object, int, str]:
    return refund.created_at, len(refund.remote_id), refund.remote_id


def _split(refund: RemoteRefund, left: _Left, digits: int) -> _Shares:
    amount = round_to(refund.amount, digits)
    own = _own_lines(refund, digits)
    stated = own.goods + own.delivery + own.tax
    has_amounts = bool(own.goods or own.delivery or own.tax)
    rest = amount - stated
    tolerance = minor_unit(digits) * max(1, len(refund.lines))
    if has_amounts and abs(rest) <= tolerance:
        own.rounding = rest
        return own
    if rest < 0:
        # The API lets the amount win over the lines: their money does not count.
        own, stated, rest = _Shares(), ZERO, amount
    if rest > 0:
        _share(rest, own, stated, left, digits)
    return own


def _own_lines(refund: RemoteRefund, digits: int) -> _Shares:
    goods = delivery = tax = ZERO
    for line in refund.lines:
        tax += line.tax
        if line.kind is RefundedKind.DELIVERY:
            delivery += line.total
        else:
            goods += line.total
    return _Shares(
        goods=round_to(goods, digits),
        delivery=round_to(delivery, digits),
        tax=round_to(tax, digits),
    )


def _share(rest: Decimal, own: _Shares, stated: Decimal, left: _Left, digits: int) -> None:
    """Split what has no lines by the mix that the order still holds after the refund's own."""
    own.is_shared = True
    held = left.total - stated
    tax = delivery = ZERO
    if held:
        tax = round_to(rest * (left.tax - own.tax) / held, digits)
        delivery = round_to(rest * (left.delivery - own.delivery) / held, digits)
    own.tax += tax
    own.delivery += delivery
    own.goods += rest - tax - delivery


def _rates_of(refund: RemoteRefund, shares: _Shares, left: _Left, digits: int) -> Rates:
    """The refund's tax by rate: as its lines say, and the rest as the order still holds it."""
    codes = list(left.rates)
    if len(codes) == 1:
        return ((codes[0], shares.tax),)
    said: dict[str | None, Decimal] = dict.fromkeys(codes, ZERO)
    for line in refund.lines:
        for code, amount in line.taxes:
            said[code] = said.get(code, ZERO) + amount
    stated = {code: round_to(amount, digits) for code, amount in said.items()}
    if sum(stated.values(), ZERO) == shares.tax:
        return tuple(stated.items())
    if shares.is_shared:
        by_left: Sequence[Decimal] = [left.rates.get(code, ZERO) for code in codes]
        return tuple(zip(codes, allocate(shares.tax, by_left, digits), strict=True))
    named = list(stated.items())
    others = sum((amount for _, amount in named[:-1]), ZERO)
    return (*named[:-1], (named[-1][0], shares.tax - others))


def _lines(
    order: RemoteOrder,
    refund: RemoteRefund,
    shares: _Shares,
    rates: Rates,
    amount: Decimal,
    settings: PostingSettings,
) -> tuple[DesiredLine, ...]:
    is_ours = settings.tax_collected_by == "seller"
    names = order.fields
    whole = names.refund.format(refund.remote_id)

    def source(field: str) -> str:
        return f"{whole}, its share" if shares.is_shared else field.format(refund.remote_id)

    lines = []
    if shares.goods:
        lines.append(DesiredLine(Role.REFUNDS, shares.goods, source(names.refund_goods)))
    if shares.delivery:
        lines.append(DesiredLine(Role.DELIVERY, shares.delivery, source(names.refund_delivery)))
    if is_ours:
        lines += [
            DesiredLine(Role.TAX, taken, source(names.refund_tax), code)
            for code, taken in rates
            if taken
        ]
    if shares.rounding:
        because = f"{whole} less its lines"
        lines.append(DesiredLine(Role.ROUNDING, shares.rounding, because))
    clearing = amount if is_ours else amount - shares.tax
    if clearing:
        lines.append(DesiredLine(Role.CUSTOMER_PAYMENT, -clearing, whole))
    return tuple(lines)
