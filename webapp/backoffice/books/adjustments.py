"""Later corrections of a marketplace's escrow: what each posts, and what it settles. Pure.

Several on one day for one reason are one part, added up: that is all by which the marketplace
tells them apart.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from platforms.base import EscrowAdjustment, RemoteEscrow, RemoteOrder
from platforms.money import ZERO, round_to
from webapp.backoffice.books.allocation import included_tax
from webapp.backoffice.books.effects import Chapter, DesiredLine, DesiredPart
from webapp.backoffice.books.periods import local_date
from webapp.backoffice.sites.settings import PostingSettings, Role

REFUND_WORDS = ("return", "refund")
LONGEST_REASON = 100
KEPT_OF_LONG = 83


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One day's adjustments for one reason, added up, at the minor unit; plus is for the seller."""

    day: date
    reason: str
    amount: Decimal

    @property
    def part(self) -> str:
        return f"adj:{self.day.isoformat()}:{self.reason}"

    @property
    def source(self) -> str:
        return f"adjustment[{self.day.isoformat()} {self.reason}].amount"


def adjustments_by_day(
    adjustments: Iterable[EscrowAdjustment], zone: ZoneInfo, digits: int
) -> tuple[Adjustment, ...]:
    """Adjustments by the site's day and their reason, in that order, whatever order they came in."""
    sums: dict[tuple[date, str], Decimal] = {}
    for each in adjustments:
        key = local_date(each.at, zone), _reason(each.reason)
        sums[key] = sums.get(key, ZERO) + each.amount
    return tuple(
        Adjustment(day, reason, round_to(amount, digits))
        for (day, reason), amount in sorted(sums.items())
    )


def adjustment_parts(
    order: RemoteOrder, escrow: RemoteEscrow, settings: PostingSettings, zone: ZoneInfo
) -> tuple[DesiredPart, ...]:
    """One part for each adjustment: in the chapter refund when its reason tells of one, else fees."""
    words = (*REFUND_WORDS, *(word.casefold() for word in settings.refund_words))
    parts = []
    for each in adjustments_by_day(escrow.adjustments, zone, order.digits):
        is_refund = any(word in each.reason.casefold() for word in words)
        chapter = Chapter.REFUND if is_refund else Chapter.FEES
        memo = f"Adjustment of order {order.number}: {each.reason}"
        lines = _lines(each, settings, order.digits, is_refund=is_refund)
        parts.append(DesiredPart(chapter, each.part, each.day, memo, lines))
    return tuple(parts)


def settled_adjustments(
    order: RemoteOrder, escrow: RemoteEscrow, zone: ZoneInfo, *, after: datetime
) -> tuple[DesiredPart, ...]:
    """Payouts of the adjustments that came after the escrow was paid out, each on its own day."""
    parts = []
    late = (each for each in escrow.adjustments if each.at > after)
    for each in adjustments_by_day(late, zone, order.digits):
        memo = f"Adjustment of order {order.number}, settled at once: {each.reason}"
        lines = (
            DesiredLine(Role.BANK, each.amount, each.source),
            DesiredLine(Role.CUSTOMER_PAYMENT, -each.amount, each.source),
        )
        settled = lines if each.amount else ()
        parts.append(DesiredPart(Chapter.PAYOUT, each.part, each.day, memo, settled))
    return tuple(parts)


def _lines(
    each: Adjustment, settings: PostingSettings, digits: int, *, is_refund: bool
) -> tuple[DesiredLine, ...]:
    if not each.amount:
        return ()
    owed = DesiredLine(Role.CUSTOMER_PAYMENT, each.amount, each.source)
    if not is_refund:
        return (DesiredLine(Role.PLATFORM_FEES, -each.amount, each.source), owed)
    rate = settings.tax_in_prices
    tax = included_tax(-each.amount, rate, digits)
    if not tax:
        return (DesiredLine(Role.REFUNDS, -each.amount, each.source), owed)
    because = f"{each.source}: tax of {rate} % inside it"
    return (
        DesiredLine(Role.REFUNDS, -each.amount - tax, f"{each.source} less tax"),
        DesiredLine(Role.TAX, tax, because),
        owed,
    )


def _reason(said: str) -> str:
    """The reason as part of a key: one line of printable text, no longer than the key takes."""
    text = " ".join("".join(each if each.isprintable() else " " for each in said).split())
    if len(text) <= LONGEST_REASON:
        return text
    return f"{text[:KEPT_OF_LONG]}~{hashlib.sha256(text.encode()).hexdigest()[:16]}"
