"""The chapter payout: what settlement lines settle of their order, and why others wait. Pure.

Computed from the order and its lines alone, never from what was posted before, so that any
order of imports and pulls ends the same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from platforms.base import RemoteOrder, Stage
from platforms.money import ZERO, plain
from webapp.backoffice.books.effects import Chapter, DesiredLine, DesiredPart
from webapp.backoffice.books.posting import desired_parts
from webapp.backoffice.errors import Code, Problem
from webapp.backoffice.sites.settings import PostingSettings, Role

NAMED = 3


class LineKind(StrEnum):
    CHARGE = "charge"
    REFUND = "refund"
    OTHER = "other"  # a dispute, a monthly fee: no charge or refund of an order


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledLine:
    """A settlement line of an order. `fee` is a cost when positive; amounts as the file has them.

    `code` and `message`: why it waits so far; None when it is posted.
    """

    id: int
    key: str
    kind: str
    gross: Decimal
    fee: Decimal
    net: Decimal
    currency: str
    settled_on: date
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
    payout of 100.28 from clearing to bank, and fees of 3.60.

    NeedsPerson: totals_mismatch, when the order itself does not add up.
    """
    if not lines:
        return NOTHING_SETTLED
    charge, refunds = _clearing_amounts(order, settings, zone)
    is_charged = False
    matched: list[SettledLine] = []
    outcome: dict[int, Problem | None] = {}
    for line in by_age(lines):
        problem = own_fault(line, order.currency)
        if problem is None and line.kind == LineKind.CHARGE:
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
        return tuple(parts)
    sale = [part for part in parts if part.chapter == Chapter.SALE]
    others = [part for part in parts if part.chapter not in (Chapter.SALE, Chapter.FEES)]
    return (*sale, settlement.fees, *others, *settlement.payouts)


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
