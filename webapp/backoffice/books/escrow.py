"""The books of an order whose money a marketplace holds: sale, fees, refund, adjustments. Pure.

Its statement, the escrow, names every amount that leads to what the seller gets. Each is posted
for what it is; what does not add up to the store's own figure blocks, so that a new fee is
named instead of hiding in another one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from platforms.base import EscrowKind, RemoteEscrow, RemoteOrder, Stage
from platforms.money import ZERO, minor_unit, round_to
from webapp.backoffice.books.adjustments import adjustment_parts, adjustments_by_day
from webapp.backoffice.books.allocation import included_tax
from webapp.backoffice.books.effects import Chapter, DesiredLine, DesiredPart
from webapp.backoffice.books.periods import local_date
from webapp.backoffice.errors import Code, NeedsPerson, Problem
from webapp.backoffice.sites.settings import PostingSettings, Role

# In the order in which a part's lines are shown.
PLACES: Mapping[EscrowKind, tuple[Chapter, Role]] = {
    EscrowKind.DISCOUNT: (Chapter.SALE, Role.DISCOUNT),
    EscrowKind.GOODS: (Chapter.SALE, Role.SALES_REVENUE),
    EscrowKind.DELIVERY: (Chapter.SALE, Role.DELIVERY),
    EscrowKind.FEE: (Chapter.FEES, Role.PLATFORM_FEES),
    EscrowKind.COURIER: (Chapter.FEES, Role.DELIVERY),
    EscrowKind.SALE_TAX: (Chapter.FEES, Role.SALES_REVENUE),
    EscrowKind.WITHHELD_TAX: (Chapter.FEES, Role.TAX),
    EscrowKind.REFUND: (Chapter.REFUND, Role.REFUNDS),
}
# The chapter of a field that a person gave a role to.
DECIDED: Mapping[str, Chapter] = {
    Role.DISCOUNT: Chapter.SALE,
    Role.SALES_REVENUE: Chapter.SALE,
    Role.DELIVERY: Chapter.FEES,
    Role.PLATFORM_FEES: Chapter.FEES,
    Role.TAX: Chapter.FEES,
    Role.REFUNDS: Chapter.REFUND,
}


@dataclass(slots=True)
class _Sum:
    """What a role of a chapter comes to, debit plus, not yet rounded; and the fields it is of."""

    signed: Decimal = ZERO
    fields: list[str] = field(default_factory=list)


Sums = dict[tuple[Chapter, Role], _Sum]


def escrow_parts(
    order: RemoteOrder, settings: PostingSettings, zone: ZoneInfo
) -> tuple[DesiredPart, ...]:
    """All parts of an order whose money comes by an escrow: sale, fees, refund, adjustments.

    Goods of 120.00 less a voucher of 7.50, delivery 4.90 and fees of 20.97 give a sale of
    117.40 and fees of 20.97 on clearing, which then holds the 96.43 of the escrow. Of a
    cancelled order only what it cost stays, paid or not; () where nothing should be posted.

    NeedsPerson: escrow_not_ready, while a paid order has none; totals_mismatch, when the known
    amounts differ from the store's own figure by more than one minor unit a line of goods.
    """
    escrow = order.escrow
    is_dead = order.stage is Stage.DEAD
    if not is_dead and (order.stage is not Stage.ALIVE or not order.is_paid):
        return ()
    if escrow is None:
        if is_dead:
            return ()
        raise NeedsPerson(Problem(code=Code.ESCROW_NOT_READY))
    is_empty = is_dead and not escrow.net
    parts = () if is_empty else _amount_parts(order, escrow, settings, zone)
    _check_adjustments(order, escrow, zone)
    return (*parts, *adjustment_parts(order, escrow, settings, zone))


def settings_for(
    order: RemoteOrder, kept: PostingSettings | None, now: PostingSettings
) -> PostingSettings:
    """The settings that an order posts by: those it keeps, and what was decided for it since.

    `kept` is None for an order without an entry yet.
    """
    if kept is None:
        if not now.escrow_fields:
            return now
        kept = replace(now, escrow_fields=())
    if order.escrow is None:
        return kept
    return kept.decided_for({name for name, _ in order.escrow.unknown}, now)


def costs_when_dead(order: RemoteOrder) -> bool:
    """Whether a cancelled order cost or brought the seller something all the same."""
    escrow = order.escrow
    if order.stage is not Stage.DEAD or escrow is None:
        return False
    return bool(escrow.net) or any(each.amount for each in escrow.adjustments)


def _check_adjustments(order: RemoteOrder, escrow: RemoteEscrow, zone: ZoneInfo) -> None:
    """NeedsPerson: totals_mismatch, when the adjustments are not what the store says they are."""
    digits = order.digits
    by_day = adjustments_by_day(escrow.adjustments, zone, digits)
    adjusted = sum((each.amount for each in by_day), ZERO)
    stated = round_to(escrow.adjustments_total, digits)
    if adjusted != stated:
        raise _mismatch(order, "adjustments", adjusted, stated)
    if escrow.net_adjusted is not None:
        after, said = round_to(escrow.net, digits) + adjusted, round_to(escrow.net_adjusted, digits)
        if after != said:
            raise _mismatch(order, "adjusted", after, said)


def _amount_parts(
    order: RemoteOrder, escrow: RemoteEscrow, settings: PostingSettings, zone: ZoneInfo
) -> tuple[DesiredPart, ...]:
    """Sale, fees and refund as the statement has them; of a cancelled order the fees alone."""
    chapters = (
        (Chapter.FEES,)
        if order.stage is Stage.DEAD
        else (Chapter.SALE, Chapter.FEES, Chapter.REFUND)
    )
    sums = _sums(escrow, settings)
    lines = {chapter: _lines(chapter, sums, settings, order.digits) for chapter in chapters}
    net = round_to(escrow.net, order.digits)
    known = -sum((line.signed for each in lines.values() for line in each), ZERO)
    residue = net - known
    tolerance = minor_unit(order.digits) * max(1, escrow.lines)
    if abs(residue) > tolerance:
        raise _mismatch(
            order,
            "escrow",
            known,
            net,
            tolerance=tolerance,
            field=escrow.net_field,
            unknown=_unmeant(escrow, settings),
        )
    if residue:
        because = f"{escrow.net_field} less the amounts"
        lines[Chapter.FEES].append(DesiredLine(Role.ROUNDING, -residue, because))
    paid_on = local_date(order.paid_at or order.modified_at, zone)
    dates = {Chapter.SALE: paid_on, Chapter.FEES: paid_on, Chapter.REFUND: None}
    return tuple(
        DesiredPart(
            chapter,
            "order" if chapter is Chapter.SALE else "escrow",
            dates[chapter],
            _memo(chapter, order),
            _with_clearing(chapter, lines[chapter]),
        )
        for chapter in chapters
    )


def _sums(escrow: RemoteEscrow, settings: PostingSettings) -> Sums:
    sums: Sums = {}

    def add(place: tuple[Chapter, Role], amount: Decimal, name: str) -> None:
        found = sums.setdefault(place, _Sum())
        found.signed -= amount
        found.fields.append(name)

    for kind, place in PLACES.items():
        if kind is EscrowKind.SALE_TAX and settings.tax_collected_by == "seller":
            place = (Chapter.FEES, Role.TAX)
        for each in escrow.amounts:
            if each.kind is kind:
                add(place, each.amount, each.field)
    decided = {each.field: each for each in settings.escrow_fields}
    for name, amount in escrow.unknown:
        if name in decided:
            role = Role(decided[name].role)
            add((DECIDED[role], role), decided[name].sign * amount, name)
    return sums


def _unmeant(escrow: RemoteEscrow, settings: PostingSettings) -> tuple[tuple[str, Decimal], ...]:
    meant = {each.field for each in settings.escrow_fields}
    return tuple((name, amount) for name, amount in escrow.unknown if name not in meant and amount)


def _lines(
    chapter: Chapter, sums: Sums, settings: PostingSettings, digits: int
) -> list[DesiredLine]:
    """One line a role, each rounded once; tax inside the price taken out of it."""
    found = {
        role: DesiredLine(role, round_to(each.signed, digits), "; ".join(each.fields))
        for (of, role), each in sums.items()
        if of is chapter
    }
    if chapter is Chapter.SALE:
        charged = [Role.SALES_REVENUE, Role.DISCOUNT]
    elif chapter is Chapter.REFUND:
        charged = [Role.REFUNDS]
    else:
        charged = []
    base = [sums[chapter, role] for role in charged if (chapter, role) in sums]
    rate = settings.tax_in_prices
    tax = included_tax(sum((each.signed for each in base), ZERO), rate, digits)
    if tax:
        names = "; ".join(name for each in base for name in each.fields)
        because = f"{names}: tax of {rate} % inside the price"
        priced = found.get(charged[0], DesiredLine(charged[0], ZERO, names))
        less = f"{priced.because} less tax"
        found[charged[0]] = priced._replace(signed=priced.signed - tax, because=less)
        found[Role.TAX] = DesiredLine(Role.TAX, tax, because)
    return [line for line in found.values() if line.signed]


def _with_clearing(chapter: Chapter, lines: Iterable[DesiredLine]) -> tuple[DesiredLine, ...]:
    """The lines with what they bring to clearing, or take from it."""
    lines = tuple(lines)
    clearing = -sum((line.signed for line in lines), ZERO)
    if not clearing:
        return lines
    because = "; ".join(line.because for line in lines)
    owed = DesiredLine(Role.CUSTOMER_PAYMENT, clearing, because)
    return (owed, *lines) if chapter is Chapter.SALE else (*lines, owed)


def _memo(chapter: Chapter, order: RemoteOrder) -> str:
    if chapter is Chapter.SALE:
        return f"Sale of order {order.number}"
    if chapter is Chapter.FEES:
        return f"What the marketplace kept of order {order.number}"
    return f"Given back for order {order.number} before its payout"


def _mismatch(
    order: RemoteOrder,
    what: str,
    known: Decimal,
    stated: Decimal,
    *,
    tolerance: Decimal = ZERO,
    field: str = "",
    unknown: tuple[tuple[str, Decimal], ...] = (),
) -> NeedsPerson:
    return NeedsPerson(
        Problem(
            code=Code.TOTALS_MISMATCH,
            facts={
                "escrow": what,
                "lines": known,
                "stated": stated,
                "tolerance": tolerance,
                "field": field,
                "unknown": unknown,
                "currency": order.currency,
                "digits": order.digits,
            },
        )
    )
