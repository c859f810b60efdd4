"""The books of an order whose money a marketplace holds: sale, fees, refund, adjustments. Pure.

Its statement, the escrow, names every amount that leads to what the seller gets. Each is posted
for what it is; what does not add up to the store's own figure blocks, so that a new fee is
named instead of hiding in another one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from platforms.base import EscrowAmount, EscrowKind, RemoteEscrow, RemoteOrder, Stage
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
# Where the tax inside the prices is taken out.
CHARGED: Mapping[Chapter, tuple[Role, ...]] = {
    Chapter.SALE: (Role.SALES_REVENUE, Role.DISCOUNT),
    Chapter.FEES: (),
    Chapter.REFUND: (Role.REFUNDS,),
}
MEMOS: Mapping[Chapter, str] = {
    Chapter.SALE: "Sale of order {}",
    Chapter.FEES: "What the marketplace kept of order {}",
    Chapter.REFUND: "Given back for order {} before its payout",
}


@dataclass(slots=True)
class _Sum:
    """What a role of a chapter comes to, debit plus, not yet rounded; and the fields it is of."""

    signed: Decimal
    fields: list[str]


Sums = dict[Chapter, dict[Role, _Sum]]


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
    if not escrow.adjustments:
        return parts
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
    adjusted = ZERO
    if escrow.adjustments:
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
    rate = settings.tax_in_prices
    lines = {
        chapter: _lines(chapter, sums[chapter], rate, order.digits) if chapter in sums else []
        for chapter in chapters
    }
    net = round_to(escrow.net, order.digits)
    owed = {chapter: _owed(lines[chapter]) for chapter in chapters}
    known = sum(owed.values(), ZERO)
    residue = net - known
    if residue:
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
        because = f"{escrow.net_field} less the amounts"
        lines[Chapter.FEES].append(DesiredLine(Role.ROUNDING, -residue, because))
        owed[Chapter.FEES] += residue
    paid_on = local_date(order.paid_at or order.modified_at, zone)
    return tuple(
        DesiredPart(
            chapter,
            "order" if chapter is Chapter.SALE else "escrow",
            None if chapter is Chapter.REFUND else paid_on,
            MEMOS[chapter].format(order.number),
            _with_clearing(chapter, lines[chapter], owed[chapter]),
        )
        for chapter in chapters
    )


def _sums(escrow: RemoteEscrow, settings: PostingSettings) -> Sums:
    amounts: dict[EscrowKind, list[EscrowAmount]] = {}
    for each in escrow.amounts:
        amounts.setdefault(each.kind, []).append(each)
    sums: Sums = {}

    def add(place: tuple[Chapter, Role], amount: Decimal, name: str) -> None:
        chapter, role = place
        of_chapter = sums.setdefault(chapter, {})
        found = of_chapter.get(role)
        if found is None:
            of_chapter[role] = _Sum(-amount, [name])
        else:
            found.signed -= amount
            found.fields.append(name)

    for kind, place in PLACES.items():
        if kind not in amounts:
            continue
        if kind is EscrowKind.SALE_TAX and settings.tax_collected_by == "seller":
            place = (Chapter.FEES, Role.TAX)
        for each in amounts[kind]:
            add(place, each.amount, each.field)
    if not escrow.unknown:
        return sums
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
    chapter: Chapter, sums: dict[Role, _Sum], rate: Decimal, digits: int
) -> list[DesiredLine]:
    """One line a role, each rounded once; tax of this rate inside the price taken out of it."""
    found = {
        role: DesiredLine(role, round_to(each.signed, digits), "; ".join(each.fields))
        for role, each in sums.items()
    }
    if rate:
        _take_out_tax(found, CHARGED[chapter], sums, rate, digits)
    return [line for line in found.values() if line.signed]


def _take_out_tax(
    found: dict[Role, DesiredLine],
    charged: tuple[Role, ...],
    sums: dict[Role, _Sum],
    rate: Decimal,
    digits: int,
) -> None:
    """Move the tax inside what was charged to a line of its own."""
    base = [sums[role] for role in charged if role in sums]
    tax = included_tax(sum((each.signed for each in base), ZERO), rate, digits)
    if not tax:
        return
    names = "; ".join(name for each in base for name in each.fields)
    because = f"{names}: tax of {rate} % inside the price"
    priced = found.get(charged[0], DesiredLine(charged[0], ZERO, names))
    less = f"{priced.because} less tax"
    found[charged[0]] = priced._replace(signed=priced.signed - tax, because=less)
    found[Role.TAX] = DesiredLine(Role.TAX, tax, because)


def _owed(lines: Iterable[DesiredLine]) -> Decimal:
    """What lines bring to clearing; a cost is negative."""
    total = ZERO
    for line in lines:
        total -= line.signed
    return total


def _with_clearing(
    chapter: Chapter, lines: list[DesiredLine], owed: Decimal
) -> tuple[DesiredLine, ...]:
    """The lines with what they bring to clearing, or take from it."""
    if not owed:
        return tuple(lines)
    because = "; ".join([line.because for line in lines])
    clearing = DesiredLine(Role.CUSTOMER_PAYMENT, owed, because)
    return (clearing, *lines) if chapter is Chapter.SALE else (*lines, clearing)


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
