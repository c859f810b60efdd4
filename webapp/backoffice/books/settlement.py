"""The chapter payout: what settlement lines settle of their order, and why others wait. Pure.

Computed from the order and its lines alone, never from what was posted before, so that any
order of imports and pulls ends the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from platforms.base import RemoteOrder, Stage
from platforms.money import ZERO, minor_unit, plain, round_to
from webapp.backoffice.books.adjustments import adjustments_by_day, settled_adjustments
from webapp.backoffice.books.effects import Chapter, DesiredLine, DesiredPart
from webapp.backoffice.books.posting import desired_parts
from webapp.backoffice.errors import Code, Problem
from webapp.backoffice.sites.settings import PostingSettings, Role

NAMED = 3


class LineKind(StrEnum):
    CHARGE = "charge"
    REFUND = "refund"
    RELEASE = "release"  # a marketplace paid out what an order's escrow came to
    OTHER = "other"  # a dispute, a monthly fee: no charge or refund of an order


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledLine:
    """A settlement line of an order. `fee` is a cost when positive; amounts as the file has them.

    `settled_at`: the moment, where the store tells one. `code` and `message`: why it waits so
    far; None when it is posted.
    """

    id: int
    key: str
    kind: str
    gross: Decimal
    fee: Decimal
    net: Decimal
    currency: str
    settled_on: date
    settled_at: datetime | None = None
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Settlement:
    """What an order's lines come to.

    `fees` replaces the fee that the order itself tells of; None while no line matched.
    `outcome`: line id to why it waits, None for the lines that matched.
    """

    fees: DesiredPart | None = None
    payouts: tuple[DesiredPart, ...] = ()
    outcome: Mapping[int, Problem | None] = field(default_factory=dict)


NOTHING_SETTLED = Settlement()


def by_age(lines: Iterable[SettledLine]) -> list[SettledLine]:
    """The order in which lines are applied: by date, then key."""
    return sorted(lines, key=lambda line: (line.settled_on, line.key))


def settle(
    order: RemoteOrder,
    settings: PostingSettings,
    zone: ZoneInfo,
    lines: Sequence[SettledLine],
) -> Settlement:
    """Match lines to what the order says was charged and given back (POSTING rule *Payouts*).

    A charge matches when its gross is the sale's clearing amount and no charge matched before;
    a refund the earliest refund still open whose clearing amount it is. An order that is not
    paid, or was cancelled, is read as if it stood. Charged 103.88 with a fee of 3.60 gives a
    payout of 100.28 from clearing to bank, and fees of 3.60. An order with an escrow is settled
    by what the marketplace released, see `_released`.

    NeedsPerson: totals_mismatch, when the order itself does not add up.
    """
    if not lines:
        return NOTHING_SETTLED
    if order.has_escrow:
        return _released(order, zone, lines)
    charge, refunds = _clearing_amounts(order, settings, zone)
    is_charged = False
    matched: list[SettledLine] = []
    outcome: dict[int, Problem | None] = {}
    for line in by_age(lines):
        problem = own_fault(line, order.currency)
        if problem is None and line.kind == LineKind.RELEASE:
            problem = Problem(code=Code.NOT_AN_ORDER_LINE)
        elif problem is None and line.kind == LineKind.CHARGE:
            if line.gross == charge and not is_charged:
                is_charged = True
            else:
                expected = plain(charge, order.digits)
                problem = _mismatch(order, line, expected, is_taken=line.gross == charge)
        elif problem is None:
            if line.gross in refunds:
                refunds.remove(line.gross)
            else:
                expected = ", ".join(plain(amount, order.digits) for amount in refunds)
                problem = _mismatch(order, line, expected, is_taken=False)
        outcome[line.id] = problem
        if problem is None:
            matched.append(line)
    if not matched:
        return Settlement(outcome=outcome)
    return Settlement(
        fees=_fees(order, matched),
        payouts=tuple(_payout(order, line) for line in matched),
        outcome=outcome,
    )


def with_settlement(
    parts: Sequence[DesiredPart], settlement: Settlement
) -> tuple[DesiredPart, ...]:
    """An order's parts with its payouts, and the fees that its lines settle in place of its own."""
    if settlement.fees is None:
        return (*parts, *settlement.payouts)
    sale = [part for part in parts if part.chapter == Chapter.SALE]
    others = [part for part in parts if part.chapter not in (Chapter.SALE, Chapter.FEES)]
    return (*sale, settlement.fees, *others, *settlement.payouts)


def _released(order: RemoteOrder, zone: ZoneInfo, lines: Sequence[SettledLine]) -> Settlement:
    """Match the one payout of an order's escrow (POSTING rule *Payout*).

    It matches when it is, to one minor unit, the escrow with the adjustments made until then;
    that unit goes to rounding. Adjustments made later settle by themselves, each on its day.
    Like a charge, a payout that a newer version no longer explains is taken back and waits: the
    worklist then says what was paid and what the escrow comes to, and clearing holds the latter.
    """
    matched: SettledLine | None = None
    outcome: dict[int, Problem | None] = {}
    for line in by_age(lines):
        problem = own_fault(line, order.currency) or _not_released(order, zone, line, matched)
        outcome[line.id] = problem
        if problem is None:
            matched = line
    if matched is None or order.escrow is None:
        return Settlement(outcome=outcome)
    late = settled_adjustments(order, order.escrow, zone, after=_moment(matched))
    return Settlement(payouts=(_release(order, zone, matched), *late), outcome=outcome)


def _not_released(
    order: RemoteOrder, zone: ZoneInfo, line: SettledLine, matched: SettledLine | None
) -> Problem | None:
    if line.kind != LineKind.RELEASE:
        facts = {"kind": line.kind, "gross": line.gross, "expected": "", "by_escrow": True}
        return Problem(code=Code.PAYOUT_MISMATCH, facts=facts)
    if order.escrow is None:
        return Problem(code=Code.ESCROW_NOT_READY)
    expected = _escrow_at(order, zone, _moment(line))
    if matched is None and abs(line.net - expected) <= minor_unit(order.digits):
        return None
    told = plain(expected, order.digits)
    return _mismatch(order, line, told, is_taken=matched is not None)


def _escrow_at(order: RemoteOrder, zone: ZoneInfo, moment: datetime) -> Decimal:
    """What the escrow came to, with the adjustments made until then."""
    assert order.escrow is not None
    digits = order.digits
    early = (each for each in order.escrow.adjustments if each.at <= moment)
    adjusted = (each.amount for each in adjustments_by_day(early, zone, digits))
    return round_to(order.escrow.net, digits) + sum(adjusted, ZERO)


def _moment(line: SettledLine) -> datetime:
    return line.settled_at or datetime.max.replace(tzinfo=UTC)


def _release(order: RemoteOrder, zone: ZoneInfo, line: SettledLine) -> DesiredPart:
    owed = _escrow_at(order, zone, _moment(line))
    source = f"settlement[{line.key}].net"
    lines = (
        DesiredLine(Role.BANK, line.net, source),
        DesiredLine(Role.CUSTOMER_PAYMENT, -owed, source),
        DesiredLine(Role.ROUNDING, owed - line.net, f"{source} less the escrow"),
    )
    memo = f"Payout of order {order.number}, released by the marketplace"
    shown = tuple(each for each in lines if each.signed)
    return DesiredPart(Chapter.PAYOUT, "release", line.settled_on, memo, shown)


def _clearing_amounts(
    order: RemoteOrder, settings: PostingSettings, zone: ZoneInfo
) -> tuple[Decimal, list[Decimal]]:
    """What the sale brings to clearing, and what each refund takes from it, earliest first."""
    charge = ZERO
    refunds = []
    for part in desired_parts(replace(order, stage=Stage.ALIVE, is_paid=True), settings, zone):
        amount = sum(
            (line.signed for line in part.lines if line.role == Role.CUSTOMER_PAYMENT), ZERO
        )
        if part.chapter == Chapter.SALE:
            charge = amount
        elif part.chapter == Chapter.REFUND:
            refunds.append(amount)
    return charge, refunds


def own_fault(line: SettledLine, currency: str) -> Problem | None:
    """What keeps a line waiting whatever its order says; the first reason that holds."""
    if line.gross - line.fee != line.net:
        facts = {name: format(getattr(line, name), "f") for name in ("gross", "fee", "net")}
        return Problem(code=Code.BAD_LINE, facts=facts)
    if line.currency != currency:
        return Problem(
            code=Code.CURRENCY_MISMATCH,
            facts={"what": "line", "currency": line.currency, "site_currency": currency},
        )
    if line.kind == LineKind.OTHER:
        return Problem(code=Code.NOT_AN_ORDER_LINE)
    return None


def _mismatch(order: RemoteOrder, line: SettledLine, expected: str, *, is_taken: bool) -> Problem:
    facts = {
        "kind": line.kind,
        "gross": plain(line.gross, order.digits),
        "expected": expected,
        "is_taken": is_taken,
    }
    return Problem(code=Code.PAYOUT_MISMATCH, facts=facts)


def _payout(order: RemoteOrder, line: SettledLine) -> DesiredPart:
    source = f"settlement[{line.key}].net"
    lines = (
        DesiredLine(Role.BANK, line.net, source),
        DesiredLine(Role.CUSTOMER_PAYMENT, -line.net, source),
    )
    memo = f"Payout of order {order.number}: {line.kind} {line.key}"
    return DesiredPart(Chapter.PAYOUT, line.key, line.settled_on, memo, lines if line.net else ())


def _fees(order: RemoteOrder, matched: Sequence[SettledLine]) -> DesiredPart:
    fee = sum((line.fee for line in matched), ZERO)
    charged = [line.key for line in matched if line.fee]
    source = " + ".join(f"settlement[{key}].fee" for key in charged[:NAMED])
    if len(charged) > NAMED:
        source = f"{source} and {len(charged) - NAMED} more"
    lines = (
        DesiredLine(Role.PLATFORM_FEES, fee, source),
        DesiredLine(Role.CUSTOMER_PAYMENT, -fee, source),
    )
    memo = f"Gateway fee of order {order.number}, as settled"
    settled_on = matched[0].settled_on
    return DesiredPart(Chapter.FEES, "order", settled_on, memo, lines if fee else ())
