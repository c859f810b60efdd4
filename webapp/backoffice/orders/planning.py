"""One order: what it should have caused, and its sync state. Pure; the tests in their order.

A plan holds back entries and moves for money's sake, never a parcel: pieces stay reserved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from platforms.base import RemoteOrder, Stage
from webapp.backoffice.errors import Code, NeedsPerson, Problem
from webapp.backoffice.goods.meanings import Catalogue, LineMeaning, mean_lines
from webapp.backoffice.goods.reserving import (
    NO_PIECES,
    Pieces,
    desired_moves,
    desired_reservations,
    part_moves,
    pieces_of,
)
from webapp.backoffice.orders.entries import (
    NOTHING_BOOKED,
    Booking,
    Books,
    Outcome,
    PlannedEntry,
    book_order,
    shown_at,
    waits_for,
)
from webapp.backoffice.orders.letting_in import (
    costs_all_the_same,
    is_skipped_child,
    may_be_settled,
    not_wanted,
    stage_of,
)
from webapp.backoffice.orders.standing import Standing
from webapp.backoffice.sites.settings import PostingSettings, SiteRules
from webapp.backoffice.states import State


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that one order should change. `moves` are differences, `reserved` the whole.

    `problem` is None unless the state is blocked, retrying or skipped. `needs`: its unmapped
    listings. `retail_status` None: no retail order is made or changed. `moved_at`: when the
    goods moved. `outcome`: settlement line id to why it waits, None when it is posted.
    """

    state: State
    problem: Problem | None
    is_applied: bool
    entries: tuple[PlannedEntry, ...] = ()
    outcome: Outcome = field(default_factory=dict)
    moves: Mapping[int, int] = field(default_factory=dict)
    moved_at: datetime | None = None
    return_reason: str = "return"
    reserved: Mapping[int, int] = field(default_factory=dict)
    lines: tuple[LineMeaning, ...] = ()
    needs: tuple[int, ...] = ()
    retail_status: str | None = None
    hold_reason: str | None = None
    note: str = ""


def plan_order(
    order: RemoteOrder,
    *,
    rules: SiteRules,
    posting: PostingSettings,
    books: Books,
    catalogue: Catalogue,
    standing: Standing,
    hold_reason: str | None,
    read_at: datetime,
) -> Plan:
    """What an order should change now, given what it is here already.

    `posting` are the settings that this order keeps; `hold_reason` why a rule of the site
    would hold it if it begins now. The tests run in the order of POSTING rule *The engine*;
    the first that fails is the state. Raises nothing for what an order may be.
    """
    lines = mean_lines(order.lines, catalogue, standing.kept)
    stage = stage_of(order, posting, standing)
    unwanted = None
    if not standing.has_begun:
        if not costs_all_the_same(order, stage, rules, standing):
            unwanted = not_wanted(order, stage, rules, posting, standing)
        if unwanted is not None and not may_be_settled(order, rules, standing):
            return _skipped(order, stage, unwanted, lines, rules, posting, standing)
    elif stage is Stage.UNKNOWN or (stage is Stage.TRASHED and standing.deletion_choice == "keep"):
        return _left_alone(order, stage, rules, posting, books, standing, lines, read_at)

    problem = _first_problem(order, stage, rules, posting, standing, lines)
    booking = NOTHING_BOOKED
    if problem is None:
        try:
            booking = book_order(order, stage, rules, posting, books, standing, read_at)
        except NeedsPerson as need:
            problem = need.problem
    if unwanted is not None and not booking.entries:
        skipped = _skipped(order, stage, unwanted, lines, rules, posting, standing)
        return replace(skipped, outcome=booking.outcome or skipped.outcome)
    if problem is not None:
        booking = Booking(outcome=waits_for(standing, rules, problem))
    return _with_goods(
        order, stage, rules, posting, standing, lines, problem, booking, hold_reason, read_at
    )


def _first_problem(
    order: RemoteOrder,
    stage: Stage,
    rules: SiteRules,
    posting: PostingSettings,
    standing: Standing,
    lines: tuple[LineMeaning, ...],
) -> Problem | None:
    if order.parent_remote_id and posting.child_orders is None:
        return Problem(code=Code.CHILD_ORDER, facts={"parent": order.parent_remote_id})
    if order.currency != rules.currency and not standing.books_elsewhere:
        return Problem(
            code=Code.CURRENCY_MISMATCH,
            facts={"currency": order.currency, "site_currency": rules.currency},
        )
    if stage is Stage.TRASHED:
        return Problem(code=Code.ORDER_DELETED)
    unmapped = [each.listing.name for each in lines if each.meaning is None]
    if unmapped and stage is Stage.ALIVE:
        names = tuple(dict.fromkeys(unmapped))
        return Problem(code=Code.UNMAPPED_LISTING, facts={"listings": names})
    return None


def _with_goods(
    order: RemoteOrder,
    stage: Stage,
    rules: SiteRules,
    posting: PostingSettings,
    standing: Standing,
    lines: tuple[LineMeaning, ...],
    problem: Problem | None,
    booking: Booking,
    hold_reason: str | None,
    read_at: datetime,
) -> Plan:
    moved = {item: total for item, (total, _) in standing.moved.items()}
    is_alive = stage is Stage.ALIVE
    pieces = pieces_of(order, lines) if is_alive and not _left_before(order, rules) else NO_PIECES
    moves: dict[int, int] = {}
    if problem is None:
        wanted = _wanted_moves(order, stage, rules, posting, standing, lines, pieces, moved)
        moves = {
            item: wanted.get(item, 0) - moved.get(item, 0)
            for item in wanted.keys() | moved.keys()
            if wanted.get(item, 0) != moved.get(item, 0)
        }
        moved = wanted
    is_trashed = stage is Stage.TRASHED
    reserved = standing.reserved if is_trashed else _held(order, stage, pieces, moved)
    status, hold = _retail_status(order, stage, standing, hold_reason)
    is_child = problem is not None and problem.code is Code.CHILD_ORDER
    return Plan(
        state=_state(problem),
        problem=problem,
        is_applied=problem is None,
        entries=booking.entries,
        outcome=booking.outcome,
        moves=moves,
        moved_at=_moved_at(order, rules, standing, read_at) if moves else None,
        return_reason="return" if is_alive else "cancel",
        reserved=reserved,
        lines=lines,
        needs=_unmapped(lines) if is_alive else (),
        # Whether a child order is an order at all is not known yet.
        retail_status=None if is_child else status,
        hold_reason=hold,
    )


def _state(problem: Problem | None) -> State:
    if problem is None:
        return State.SYNCED
    return State.RETRYING if problem.code is Code.ESCROW_NOT_READY else State.BLOCKED


def _wanted_moves(
    order: RemoteOrder,
    stage: Stage,
    rules: SiteRules,
    posting: PostingSettings,
    standing: Standing,
    lines: tuple[LineMeaning, ...],
    pieces: Pieces,
    moved: dict[int, int],
) -> dict[int, int]:
    if stage is not Stage.ALIVE:
        return {} if rules.automation.cancel_restocks else moved
    is_shipped = order.is_shipped or standing.shipped_here_at is not None
    leaves_on_payment = rules.automation.stock_leaves_on == "paid"
    if standing.shipped_parts and pieces.ordered and not leaves_on_payment and not is_shipped:
        return part_moves(pieces, lines, standing.shipped_parts)
    has_left = order.is_paid if leaves_on_payment else is_shipped
    return desired_moves(pieces, has_left=has_left, restock_on_refund=posting.restock_on_refund)


def _moved_at(
    order: RemoteOrder, rules: SiteRules, standing: Standing, read_at: datetime
) -> datetime:
    """When goods moved: on payment or shipping the first time, then when the change showed."""
    left_at = standing.left_here_at
    if standing.moved:
        shown = shown_at(order, standing, read_at)
        return shown if left_at is None else max(shown, left_at)
    if rules.automation.stock_leaves_on == "paid":
        return order.paid_at or order.shipped_at or order.modified_at
    return standing.shipped_here_at or left_at or order.shipped_at or order.modified_at


def _held(
    order: RemoteOrder, stage: Stage, pieces: Pieces, moved: Mapping[int, int]
) -> Mapping[int, int]:
    if stage is not Stage.ALIVE or not order.is_taken:
        return {}
    return desired_reservations(pieces, moved)


def _left_before(order: RemoteOrder, rules: SiteRules) -> bool:
    """It was over before the shelf was counted: the count has it already.

    Over is shipped; or given back whole without ever being shipped (alive, yet the store
    counts nothing of it as taken any more), for then nobody was to pack it either.
    """
    if rules.stock_from is None:
        return False
    over_at = order.shipped_at
    if over_at is None and not order.is_taken and order.refunds:
        over_at = max(refund.created_at for refund in order.refunds)
    return over_at is not None and over_at < rules.stock_from


def _retail_status(
    order: RemoteOrder, stage: Stage, standing: Standing, hold_reason: str | None
) -> tuple[str, str | None]:
    if stage is Stage.DEAD or stage is Stage.AWAITING:
        return "cancelled", None
    if order.is_shipped or standing.shipped_here_at is not None:
        return "complete", None
    if not order.is_taken:
        return "complete", None  # given back whole: nobody is to pack it any more
    hold = standing.hold_reason if standing.has_retail else hold_reason
    if hold and not standing.is_released:
        return "hold", hold
    return ("active" if order.is_paid else "new"), hold


def _unmapped(lines: tuple[LineMeaning, ...]) -> tuple[int, ...]:
    return tuple({each.listing.listing_id for each in lines if each.meaning is None})


def _skipped(
    order: RemoteOrder,
    stage: Stage,
    problem: Problem,
    lines: tuple[LineMeaning, ...],
    rules: SiteRules,
    posting: PostingSettings,
    standing: Standing,
) -> Plan:
    """Not taken in; yet pieces that the store counts as taken are not offered elsewhere."""
    is_ours = order.ordered_at >= rules.orders_from or standing.is_asked_for
    is_child = is_skipped_child(order, posting)
    is_open = stage is Stage.ALIVE or stage is Stage.AWAITING
    holds = is_ours and not is_child and is_open and order.is_taken
    pieces = pieces_of(order, lines) if holds and not _left_before(order, rules) else NO_PIECES
    return Plan(
        state=State.SKIPPED,
        problem=problem,
        is_applied=False,
        outcome=waits_for(standing, rules, problem),
        reserved=desired_reservations(pieces, {}),
        lines=lines,
        needs=_unmapped(lines) if holds else (),
    )


def _left_alone(
    order: RemoteOrder,
    stage: Stage,
    rules: SiteRules,
    posting: PostingSettings,
    books: Books,
    standing: Standing,
    lines: tuple[LineMeaning, ...],
    read_at: datetime,
) -> Plan:
    """What it posted stands, whatever the payload says; only settlement lines still add to it."""
    note = "Deleted in the store; kept as it stands."
    if stage is Stage.UNKNOWN:
        note = f"The store's status “{order.status}” is not known."
    try:
        booking = book_order(
            order, stage, rules, posting, books, standing, read_at, is_left_alone=True
        )
    except NeedsPerson as need:
        booking = Booking(outcome=waits_for(standing, rules, need.problem))
    problem = None
    if stage is Stage.UNKNOWN and standing.applied_modified_at is None:
        # It never went through: called synced, what still holds it back would be out of sight.
        problem = Problem(code=Code.NOT_WANTED, facts={"status": order.status})
    return Plan(
        state=State.SKIPPED if problem else State.SYNCED,
        problem=problem,
        is_applied=False,
        entries=booking.entries,
        outcome=booking.outcome,
        reserved=standing.reserved,
        lines=lines,
        note=note,
    )
