"""The entries that an order lacks: each with its day and its ledgers. Pure.

The order's own parts come from `posting`, what its settlement lines add from `settlement`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from platforms.base import RemoteOrder, Stage
from webapp.backoffice.books.channel_ledgers import Wiring, ledgers_of_order
from webapp.backoffice.books.effects import (
    Chapter,
    DesiredPart,
    PartDifference,
    Posted,
    as_posted,
    difference,
)
from webapp.backoffice.books.periods import local_date, posting_day
from webapp.backoffice.books.posting import desired_parts
from webapp.backoffice.books.settlement import SettledLine, own_fault, settle, with_settlement
from webapp.backoffice.errors import Code, NeedsPerson, Problem
from webapp.backoffice.orders.standing import Standing
from webapp.backoffice.sites.settings import PostingSettings, SiteRules


@dataclass(frozen=True, slots=True)
class Books:
    """What posting needs of the site and its books, beside the rules."""

    wiring: Wiring
    closed_through: date | None


@dataclass(frozen=True, slots=True)
class PlannedEntry:
    """A journal entry to write; amounts signed, one ledger id per line."""

    difference: PartDifference
    posted_on: date
    original_on: date | None
    ledgers: tuple[int, ...]


Outcome = Mapping[int, Problem | None]


@dataclass(frozen=True, slots=True)
class Booking:
    """The entries to write; and of each settlement line why it waits, None when it is posted."""

    entries: tuple[PlannedEntry, ...] = ()
    outcome: Outcome = field(default_factory=dict)


NOTHING_BOOKED = Booking()


def book_order(
    order: RemoteOrder,
    stage: Stage,
    rules: SiteRules,
    posting: PostingSettings,
    books: Books,
    standing: Standing,
    read_at: datetime,
    *,
    is_left_alone: bool = False,
) -> Booking:
    """The entries that an order lacks, with what its settlement lines add.

    What the arriving line lacks is the line's own trouble: the order goes on without it.
    NeedsPerson: what the order lacks.
    """
    if is_left_alone:
        desired = as_posted(standing.posted)
    else:
        desired = _desired(order, stage, rules, posting, books, standing)
    shown_on = local_date(shown_at(order, standing, read_at), rules.zone)

    def with_lines(lines: tuple[SettledLine, ...], arriving: SettledLine | None) -> Booking:
        settlement = settle(order, posting, rules.zone, lines)
        entries = _missing(
            with_settlement(desired, settlement),
            standing.posted,
            books=books,
            payment_method=order.payment_method,
            may_move=posting.closed_period != "block",
            shown_on=shown_on,
            settled_on=arriving.settled_on if arriving is not None else None,
        )
        return Booking(entries, settlement.outcome)

    if standing.arriving is None:
        return with_lines(standing.settled, None)
    why = _cannot_settle(order, posting, standing)
    if why is None:
        try:
            return with_lines((*standing.settled, standing.arriving), standing.arriving)
        except NeedsPerson as need:
            why = need.problem
    without = with_lines(standing.settled, None)
    return Booking(without.entries, {**without.outcome, **waits_for(standing, rules, why)})


def waits_for(standing: Standing, rules: SiteRules, why: Problem) -> Outcome:
    """The arriving line waits: for a fault of its own, else for its order's trouble."""
    line = standing.arriving
    return {} if line is None else {line.id: own_fault(line, rules.currency) or why}


def shown_at(order: RemoteOrder, standing: Standing, read_at: datetime) -> datetime:
    """When a difference came about: the store's modified time if it grew, else our reading.

    Deleted refunds, late fees and deleted orders do not move the store's date.
    """
    before = standing.applied_modified_at
    if standing.is_gone or (before is not None and order.modified_at <= before):
        return read_at
    return order.modified_at


def _desired(
    order: RemoteOrder,
    stage: Stage,
    rules: SiteRules,
    posting: PostingSettings,
    books: Books,
    standing: Standing,
) -> tuple[DesiredPart, ...]:
    if standing.books_elsewhere and not standing.posted.parts:
        return ()
    if stage is not Stage.ALIVE and not (order.has_escrow and stage is order.stage is Stage.DEAD):
        return ()
    try:
        told = order if stage is order.stage else replace(order, stage=stage)
        return desired_parts(told, posting, rules.zone)
    except NeedsPerson:
        # Totals that do not add up are told of only once the ledgers are wired.
        _ledgers((), books, order.payment_method, standing.posted)
        raise


def _cannot_settle(
    order: RemoteOrder, posting: PostingSettings, standing: Standing
) -> Problem | None:
    """Why no line settles this order, which has posted nothing and will not by itself."""
    if standing.posted.parts:
        return None
    if standing.books_elsewhere:
        return Problem(code=Code.NOT_WANTED, facts={"elsewhere": True})
    if order.parent_remote_id and posting.child_orders == "skip":
        return Problem(code=Code.NOT_WANTED, facts={"parent": order.parent_remote_id})
    if standing.is_gone or order.stage is Stage.TRASHED:
        return Problem(code=Code.ORDER_DELETED)
    if order.stage is Stage.UNKNOWN:
        return Problem(code=Code.NOT_WANTED, facts={"status": order.status})
    return None


def _missing(
    desired: Sequence[DesiredPart],
    posted: Posted,
    *,
    books: Books,
    payment_method: str,
    may_move: bool,
    shown_on: date,
    settled_on: date | None = None,
) -> tuple[PlannedEntry, ...]:
    """One entry per part where desired and posted differ.

    A part's first entry has its own date, a difference `shown_on`; what the settlement line of
    `settled_on` caused (fees, differences of payouts) has the line's. A date in a closed period
    moves to the first open day if it `may_move`.

    NeedsPerson: ledger_not_wired; period_closed, when it may not move.
    """
    differences = difference(desired, posted)
    if not differences:
        return ()
    roles = {line.role for part in differences for line in part.lines}
    ledgers = _ledgers(roles, books, payment_method, posted)
    entries = []
    for part in differences:
        wanted = part.first_on or shown_on
        if settled_on is not None and _is_of_line(part):
            wanted = settled_on
        posted_on, original_on = posting_day(wanted, books.closed_through)
        if original_on is not None and not may_move:
            facts = {"date": wanted.isoformat(), "closed": str(books.closed_through)}
            raise NeedsPerson(Problem(code=Code.PERIOD_CLOSED, facts=facts))
        chosen = tuple(ledgers[line.role] for line in part.lines)
        entries.append(PlannedEntry(part, posted_on, original_on, chosen))
    return tuple(entries)


def _is_of_line(part: PartDifference) -> bool:
    """Whether the arriving line dates it: the fee that it settles, and a changed payout."""
    if part.chapter == Chapter.PAYOUT:
        return part.first_on is None
    return (part.chapter, part.part) == (Chapter.FEES, "order")


def _ledgers(
    roles: Iterable[str], books: Books, payment_method: str, posted: Posted
) -> dict[str, int]:
    """The ledger of each role. NeedsPerson: ledger_not_wired."""
    ledgers, missing = ledgers_of_order(roles, books.wiring, payment_method, posted.ledgers)
    if missing:
        raise NeedsPerson(Problem(code=Code.LEDGER_NOT_WIRED, facts={"roles": missing}))
    return ledgers
