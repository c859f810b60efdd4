"""Orders become effects: gather, plan, compare, write. One bad order never stops the rest.

Each order is read and planned in a `try` of its own, which costs nothing. A batch is written
in bulk; only when that fails is it written again with a savepoint per order, so that the bad
one is named and the rest land.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from platforms.base import FetchedOrder, RemoteAddress, RemoteBuyer
from platforms.errors import OrderUnreadable
from webapp.backoffice.books import settlement_lines
from webapp.backoffice.books.escrow import settings_for
from webapp.backoffice.errors import Code, Problem
from webapp.backoffice.goods.meanings import Catalogue
from webapp.backoffice.orders import gathering, intake, listed
from webapp.backoffice.orders.batch_writing import write_candidates
from webapp.backoffice.orders.candidates import Candidate, Failure, NewVersion, traced
from webapp.backoffice.orders.holding import hold_reason
from webapp.backoffice.orders.older_versions import keep_older
from webapp.backoffice.orders.payloads import UNREADABLE, present_payloads
from webapp.backoffice.orders.planning import plan_order
from webapp.backoffice.orders.scene import Scene
from webapp.backoffice.sites.backoff import next_attempt
from webapp.backoffice.states import State, no_counts
from webapp.database import reserve_ids
from webapp.models.base import table_of
from webapp.models.orders import IS_WAITING, ChannelOrder, OrderBuyer

REFUSED_ROWS = (IntegrityError, DataError, ValueError, TypeError, OverflowError)

log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class PageOutcome:
    """Counts of one page. `states`: the orders that this page processed."""

    fetched: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    states: dict[str, int] = field(default_factory=no_counts)


def process_page(
    session: Session, scene: Scene, fetched: Sequence[FetchedOrder], *, is_asked_for: bool = False
) -> PageOutcome:
    """Store a page and process what is new or changed, in the caller's transaction.

    Details must have been read already where `intake.wants_details` asked for them.
    `is_asked_for`: a person asked for these orders, so the site's start date does not count.
    """
    page = intake.sort_page(session, scene.site.id, fetched)
    outcome = PageOutcome(
        fetched=len(fetched),
        new=len(page.new),
        changed=len(page.changed),
        unchanged=len(page.unchanged) + len(page.older),
    )
    read = [(each, None) for each in page.new] + page.changed
    again = []
    for each, row in page.unchanged if is_asked_for else ():
        if row.code == Code.STORE_BAD_RESPONSE:
            read.append((each, row))  # nothing readable of it is stored
        elif not row.is_asked_for:
            again.append(row)
    candidates = [_fetched(scene, each, row, is_asked_for) for each, row in read]
    candidates += [_stored(scene, row, is_asked_for=True) for row in again]
    intake.note_unchanged(session, page)
    keep_older(session, page, scene.platform, scene.rules.terms(scene.rules.posting), scene.now)
    _process(session, scene, candidates, present_payloads(session, [row.id for row in again]))
    for candidate in candidates:
        outcome.states[candidate.state] += 1
    return outcome


def process_stored(session: Session, scene: Scene, order_ids: Sequence[int]) -> list[Candidate]:
    """Plan orders again from their stored payloads and apply the difference."""
    rows = gathering.orders_by_id(session, order_ids)
    payloads = present_payloads(session, [row.id for row in rows])
    candidates = [_stored(scene, row, is_asked_for=row.is_asked_for) for row in rows]
    _process(session, scene, candidates, payloads)
    return candidates


def waiting_orders(
    session: Session, site_id: int, now: datetime, limit: int, *, was_escrow_asked: bool = False
) -> list[int]:
    """Ids of orders that are pending, due again, or whose next attempt has come.

    An order that waits for its escrow has no use of an attempt before the store was asked.
    """
    may_retry = (ChannelOrder.state == State.RETRYING) & (ChannelOrder.next_attempt_at <= now)
    if not was_escrow_asked:
        may_retry &= ChannelOrder.code.is_distinct_from(Code.ESCROW_NOT_READY.value)
    is_ready = (ChannelOrder.state == State.PENDING) | may_retry | ChannelOrder.is_due
    return list(
        session.scalars(
            select(ChannelOrder.id)
            .where(ChannelOrder.site_id == site_id, IS_WAITING, is_ready)
            .order_by(ChannelOrder.id)
            .limit(limit)
        )
    )


def _fetched(
    scene: Scene, each: FetchedOrder, row: gathering.KnownOrder | None, is_asked_for: bool
) -> Candidate:
    return Candidate(
        remote_id=each.remote_id,
        modified_at=each.modified_at,
        read_at=scene.now,
        posting=scene.rules.posting,
        known=row,
        order_id=row.id if row is not None else 0,
        fetched=each,
        is_asked_for=is_asked_for,
    )


def _stored(scene: Scene, row: gathering.KnownOrder, *, is_asked_for: bool) -> Candidate:
    return Candidate(
        remote_id=row.remote_id,
        modified_at=row.remote_modified_at,
        read_at=row.gone_at or row.read_at,
        posting=scene.rules.posting,
        known=row,
        order_id=row.id,
        is_asked_for=is_asked_for,
    )


# --- one batch ----------------------------------------------------------------------------------


def _process(
    session: Session, scene: Scene, candidates: list[Candidate], payloads: dict[int, bytes]
) -> None:
    if candidates:
        _apply(session, scene, candidates, payloads)
        _settle(session, scene, candidates)


def _settle(session: Session, scene: Scene, candidates: list[Candidate]) -> None:
    """Try the settlement lines that wait for these orders, oldest first.

    In waves of at most one line an order, so that each dates the difference that it causes.
    """
    names = {
        each.order_id: (each.order.number, each.order.remote_id, each.order.transaction_id)
        if each.order is not None
        else (each.remote_id,)
        for each in candidates
    }
    waiting = settlement_lines.waiting_lines(session, scene.site.id, names)
    while waiting:
        wave = {order_id: lines.pop(0) for order_id, lines in waiting.items()}
        waiting = {order_id: lines for order_id, lines in waiting.items() if lines}
        rows = gathering.orders_by_id(session, list(wave))
        settling = [_stored(scene, row, is_asked_for=row.is_asked_for) for row in rows]
        for each in settling:
            each.arriving = wave[each.order_id]
        _apply(session, scene, settling, present_payloads(session, list(wave)))


def _apply(
    session: Session, scene: Scene, candidates: list[Candidate], payloads: dict[int, bytes]
) -> None:
    _gather_standings(session, scene, candidates)
    buyers = _buyers_for_holding(session, scene, candidates)
    for each in candidates:
        _attempt(each, scene, lambda each: _read(each, scene, payloads))
    readable = [each for each in candidates if each.order is not None]
    catalogue = listed.catalogue_for(
        session,
        scene.site.id,
        [(each.order, each.standing) for each in readable if each.order is not None],
        scene.now,
    )
    for each in readable:
        _attempt(each, scene, lambda each: _plan(each, scene, catalogue, buyers))
    fresh = [each for each in candidates if each.known is None]
    ids = reserve_ids(session.connection(), table_of(ChannelOrder), len(fresh))
    for each, order_id in zip(fresh, ids, strict=True):
        each.order_id = order_id
    write_candidates(session, scene, candidates)


def _gather_standings(session: Session, scene: Scene, candidates: list[Candidate]) -> None:
    known = [each for each in candidates if each.known is not None]
    rows = [each.known for each in known if each.known is not None]
    standings = gathering.standings(session, rows)
    numbers = {row.posting_terms_id for row in rows if row.posting_terms_id is not None}
    kept = scene.terms.settings(numbers) if numbers else {}
    for each, row in zip(known, rows, strict=True):
        each.standing = standings[row.id]
        if each.fetched is not None and each.standing.is_gone:
            each.standing = replace(each.standing, is_gone=False)  # the store has just served it
        if each.arriving is not None:
            each.standing = replace(each.standing, arriving=each.arriving)
        if row.posting_terms_id is not None:
            each.kept = each.posting = kept[row.posting_terms_id]
    for each in candidates:
        if each.is_asked_for and not each.standing.is_asked_for:
            each.standing = replace(each.standing, is_asked_for=True)


def _buyers_for_holding(
    session: Session, scene: Scene, candidates: list[Candidate]
) -> dict[int, RemoteBuyer]:
    """What the site's hold rules may ask of stored buyers, where they are asked at all."""
    if not scene.rules.automation.hold_when:
        return {}
    ids = [each.order_id for each in candidates if each.fetched is None]
    rows = session.execute(
        select(OrderBuyer.channel_order_id, OrderBuyer.country, OrderBuyer.note).where(
            OrderBuyer.channel_order_id.in_(ids)
        )
    )
    return {
        order_id: RemoteBuyer(note=note, shipping=RemoteAddress(country=country))
        for order_id, country, note in rows
    }


def _read(each: Candidate, scene: Scene, payloads: dict[int, bytes]) -> None:
    terms = scene.rules.terms(each.posting)
    if each.fetched is not None:
        opened = scene.platform.open_order(each.fetched, terms)
        each.order = opened.order
        each.version = NewVersion(
            each.fetched.digest, each.fetched.details_digest, opened.payload, opened.buyer
        )
    else:
        each.order = scene.platform.read_payload(payloads[each.order_id], terms)


def _plan(
    each: Candidate,
    scene: Scene,
    catalogue: Catalogue,
    buyers: dict[int, RemoteBuyer],
) -> None:
    order = each.order
    assert order is not None
    if order.has_escrow:
        each.posting = settings_for(order, each.kept, scene.rules.posting)
    hold_when = scene.rules.automation.hold_when
    buyer = each.version.buyer if each.version is not None else buyers.get(each.order_id)
    reason = None
    if hold_when and not each.standing.has_retail:
        reason = hold_reason(order, buyer, hold_when)
    each.plan = plan_order(
        order,
        rules=scene.rules,
        posting=each.posting,
        books=scene.books,
        catalogue=catalogue,
        standing=each.standing,
        hold_reason=reason,
        read_at=each.read_at,
    )
    if each.plan.state is State.RETRYING:
        each.next_attempt_at = next_attempt(
            scene.now,
            attempt=each.attempts,
            limit=scene.rules.attempt_limit,
            spread=each.order_id,
        )
        if each.next_attempt_at is None:
            each.plan = replace(each.plan, state=State.FAILED)


def _attempt(each: Candidate, scene: Scene, step: Callable[[Candidate], None]) -> None:
    """Run one step of one order; what goes wrong is that order's own."""
    try:
        step(each)
    except OrderUnreadable as fault:
        problem = Problem(code=Code.STORE_BAD_RESPONSE, facts={"said": fault.sentence})
        each.failure = Failure(state=State.FAILED, problem=problem, detail=fault.said)
    except Exception as fault:
        # The one place that isolates an order: what went wrong is recorded on it.
        log.exception("order %s could not be planned", each.remote_id, exc_info=False)
        problem = Problem(code=Code.INTERNAL_ERROR)
        each.failure = Failure(state=State.FAILED, problem=problem, detail=traced(fault))
    if each.failure is not None and each.version is None and each.fetched is not None:
        each.version = NewVersion(
            each.fetched.digest, each.fetched.details_digest, UNREADABLE, None
        )
