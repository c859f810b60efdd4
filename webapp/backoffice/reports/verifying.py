"""Books verified: what every stored order should have caused, recomputed and compared."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, defer

from platforms.base import Platform
from platforms.errors import OrderUnreadable
from platforms.money import plain
from webapp.backoffice.books.escrow import settings_for
from webapp.backoffice.orders import gathering, listed
from webapp.backoffice.orders.candidates import Candidate
from webapp.backoffice.orders.payloads import present_payloads
from webapp.backoffice.orders.planning import Plan, plan_order
from webapp.backoffice.orders.scene import Scene, set_scene
from webapp.backoffice.states import State
from webapp.database import utc_now
from webapp.models.journal import JournalEntry, JournalLine
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site
from webapp.models.stock import Reservation, StockItem, StockMove

BATCH = 500


@dataclass(frozen=True, slots=True)
class Drift:
    """An order (or stock item) whose effects are not what they should be; in words."""

    site: str
    number: str
    difference: str


@dataclass(slots=True, kw_only=True)
class VerifyReport:
    """`unbalanced`, `duplicates`: ids of entries. `drifted`: what does not agree."""

    entries: int = 0
    unbalanced: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    orders: int = 0
    drifted: list[Drift] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.unbalanced or self.duplicates or self.drifted)


def verify_books(
    session: Session,
    platform_named: Callable[[str], Platform],
    progress: Callable[[int, int | None, str], None],
) -> VerifyReport:
    """Check every entry's balance, every part's numbering, every order's effects, every counter.

    Reads only. Synced orders must have caused exactly what their stored payload asks for;
    skipped ones nothing; the others (blocked, waiting, due to be planned again) keep what
    earlier versions posted. In a fresh session all is read as of one moment, so that workers
    may go on meanwhile.
    """
    _as_of_one_moment(session)
    report = VerifyReport(entries=session.scalar(select(func.count(JournalEntry.id))) or 0)
    report.unbalanced = _unbalanced(session)
    report.duplicates = _duplicates(session)
    total = session.scalar(select(func.count(ChannelOrder.id))) or 0
    # Their secrets are left where they are: who verifies needs no keys.
    sites = select(Site).options(defer(Site.credentials), defer(Site.renewed_keys))
    for site in session.scalars(sites.order_by(Site.id)).all():
        scene = set_scene(session, site, platform_named(site.platform), utc_now())
        for rows in _batches(session, site.id):
            report.orders += len(rows)
            report.drifted += _drifted(session, scene, rows)
            progress(report.orders, total, "orders verified")
    report.drifted += _counters(session)
    return report


def _as_of_one_moment(session: Session) -> None:
    """SQLite reads so by itself; PostgreSQL when it is asked to before the first statement."""
    if session.get_bind().dialect.name == "postgresql" and not session.in_transaction():
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def _unbalanced(session: Session) -> list[int]:
    debit, credit = func.sum(JournalLine.debit), func.sum(JournalLine.credit)
    return list(
        session.scalars(
            select(JournalLine.entry_id)
            .group_by(JournalLine.entry_id)
            .having(debit != credit)
            .order_by(JournalLine.entry_id)
        )
    )


def _duplicates(session: Session) -> list[int]:
    """Entries that share their order, chapter, part and number; and parts with a gap."""
    key = (JournalEntry.channel_order_id, JournalEntry.chapter, JournalEntry.part)
    return list(
        session.scalars(
            select(func.max(JournalEntry.id))
            .group_by(*key)
            .having(func.max(JournalEntry.seq) != func.count(JournalEntry.id))
        )
    )


def _batches(session: Session, site_id: int) -> Iterator[list[Any]]:
    last = 0
    while True:
        rows = session.execute(
            select(*gathering.ORDER_COLUMNS, ChannelOrder.is_due)
            .where(ChannelOrder.site_id == site_id, ChannelOrder.id > last)
            .order_by(ChannelOrder.id)
            .limit(BATCH)
        ).all()
        if not rows:
            return
        last = rows[-1].id
        yield list(rows)


def _drifted(session: Session, scene: Scene, rows: list[Any]) -> list[Drift]:
    settled = [row for row in rows if row.state in (State.SYNCED, State.SKIPPED) and not row.is_due]
    standings = gathering.standings(session, settled)
    payloads = present_payloads(session, [row.id for row in settled])
    numbers = {row.posting_terms_id for row in settled if row.posting_terms_id is not None}
    kept = scene.terms.settings(numbers) if numbers else {}
    found = []
    read = []
    for row in settled:
        keeps = kept.get(row.posting_terms_id)
        terms = scene.rules.terms(keeps or scene.rules.posting)
        try:
            order = scene.platform.read_payload(payloads[row.id], terms)
        except OrderUnreadable as fault:
            found.append(Drift(scene.site.name, row.number, fault.sentence))
            continue
        read.append(
            Candidate(
                remote_id=row.remote_id,
                modified_at=row.remote_modified_at,
                read_at=row.read_at,
                posting=settings_for(order, keeps, scene.rules.posting),
                kept=keeps,
                known=row,
                order=order,
                standing=standings[row.id],
                order_id=row.id,
            )
        )
    pairs = [(each.order, each.standing) for each in read if each.order is not None]
    catalogue = listed.stored_catalogue_for(session, scene.site.id, pairs)
    for each, (order, standing) in zip(read, pairs, strict=True):
        plan = plan_order(
            order,
            rules=scene.rules,
            posting=each.posting,
            books=scene.books,
            catalogue=catalogue,
            standing=standing,
            hold_reason=None,
            read_at=each.read_at,
        )
        difference = _difference(each, plan)
        if difference:
            found.append(Drift(scene.site.name, order.number, difference))
    return found


def _difference(each: Candidate, plan: Plan) -> str:
    """What the plan would still change, in words; "" when nothing."""
    said = []
    digits = each.order.digits if each.order is not None else 2
    for entry in plan.entries:
        part = entry.difference
        lines = ", ".join(f"{line.role} {plain(line.signed, digits)}" for line in part.lines)
        said.append(f"{part.chapter} {part.part}: {lines}")
    said += [f"stock item {item}: {moved:+d} pieces" for item, moved in plan.moves.items()]
    if dict(plan.reserved) != dict(each.standing.reserved):
        said.append(f"reserved {dict(each.standing.reserved)}, should be {dict(plan.reserved)}")
    if each.known is not None and plan.state != each.known.state and not said:
        said.append(f"state {each.known.state}, should be {plan.state}")
    return "; ".join(said)


def _counters(session: Session) -> list[Drift]:
    """Stock items whose counters are not the sums of their moves and reservations."""
    moved = dict(
        session.execute(
            select(StockMove.stock_item_id, func.sum(StockMove.quantity)).group_by(
                StockMove.stock_item_id
            )
        ).all()
    )
    held = dict(
        session.execute(
            select(Reservation.stock_item_id, func.sum(Reservation.quantity)).group_by(
                Reservation.stock_item_id
            )
        ).all()
    )
    found = []
    for item in session.execute(
        select(StockItem.id, StockItem.sku, StockItem.on_hand, StockItem.reserved)
    ):
        on_hand, reserved = int(moved.get(item.id, 0)), int(held.get(item.id, 0))
        if (item.on_hand, item.reserved) != (on_hand, reserved):
            said = f"on hand {item.on_hand}, moves say {on_hand}; reserved {item.reserved}, "
            found.append(Drift("", item.sku, f"{said}reservations say {reserved}"))
    return found
