"""What other rules would do with a site's stored orders, beside what its present ones do.

Saving changes only what comes in and what stock moves; whom a hold rule stops is told of orders
that came in under the rules of their day, as if they were new. Reads only.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms.base import Platform, RemoteOrder
from webapp.backoffice.goods.meanings import Catalogue
from webapp.backoffice.orders.holding import hold_reason
from webapp.backoffice.orders.letting_in import not_wanted, stage_of
from webapp.backoffice.orders.planning import Plan
from webapp.backoffice.orders.rules import TermsBook, load_books, load_rules
from webapp.backoffice.setup.coming_in import ComingIn, coming_in
from webapp.backoffice.setup.recent_orders import newest_orders
from webapp.backoffice.setup.replaying import (
    StoredOrder,
    catalogue_of,
    is_listed,
    replan,
    stored_orders,
)
from webapp.backoffice.setup.setting_changes import GOODS, WANTED
from webapp.backoffice.sites.settings import SiteRules
from webapp.backoffice.states import State
from webapp.models.sites import Site
from webapp.models.stock import StockItem

DAYS = 90
MOST_ORDERS = 2_000
NAMED = 10
HOLDING = frozenset({"automation.hold_when"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Some orders: how many, and the newest few by id and number."""

    orders: int
    newest: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemMoved:
    """Pieces of a stock item that would move (minus: they leave), and be held, beyond now."""

    sku: str
    moved: int
    reserved: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """Present rules beside others. `looked_at` orders of the last `days`; `is_capped`: of more.

    `held_before`, `held_after`: orders that a rule fits. `kept_out`: orders that came in, yet
    would not if they were new; they stay. `comes_in` is None when nothing of it was changed;
    `landing`: the states in which orders that come in would be, of those looked at. `moving`:
    orders whose pieces move or are held otherwise.
    """

    days: int
    looked_at: int
    is_capped: bool
    held_before: Named | None
    held_after: Named | None
    kept_out: Named | None
    comes_in: ComingIn | None
    landing: Mapping[str, int]
    moving: Named | None
    items: tuple[ItemMoved, ...]


def replay(
    session: Session,
    site: Site,
    changed_site: Site,
    platform: Platform,
    changed: Collection[str],
    now: datetime,
) -> Replay:
    """Read and plan the newest stored orders by the site's rules and by the changed ones.

    `changed`: dotted names of the settings that differ, as an applied declaration lists them.
    Only what they concern is looked at. At most `MOST_ORDERS` of the last `DAYS` days.
    """
    before = load_rules(session, site, platform)
    after = load_rules(session, changed_site, platform)
    names = set(changed)
    sees_wanted = bool(names & WANTED)
    sees_goods = bool(names & GOODS) or sees_wanted
    seen = _Seen()
    ids: list[int] = []
    if names & (WANTED | GOODS | HOLDING):
        since = now - timedelta(days=DAYS)
        ids = newest_orders(session, site.id, MOST_ORDERS, since=since)
    books = load_books(session, site.id)
    for batch in stored_orders(session, TermsBook(session, site.id, now), ids):
        orders = _read(batch, platform, before, after)
        pairs = [(order, stored.standing) for stored, order, _ in orders]
        pairs += [(other, stored.standing) for stored, _, other in orders]
        catalogue = catalogue_of(session, site.id, pairs) if sees_goods else None
        for stored, order, other in orders:
            _compare_holding(seen, stored, order, before, after)
            if sees_wanted:
                _compare_wanted(seen, stored, order, other, before, after)
            if catalogue is not None and _all_listed(stored, order, other, catalogue):
                was = replan(stored, order, before, books, catalogue)
                would = replan(stored, other, after, books, catalogue)
                _compare_plans(seen, stored, was, would)
    holds = bool(names & HOLDING)
    return Replay(
        days=DAYS,
        looked_at=len(ids),
        is_capped=len(ids) == MOST_ORDERS,
        held_before=_named(seen.held_before) if holds else None,
        held_after=_named(seen.held_after) if holds else None,
        kept_out=_named(seen.kept_out) if seen.kept_out else None,
        comes_in=coming_in(session, after, platform, now) if sees_wanted else None,
        landing=dict(seen.landing),
        moving=_named(seen.moving) if sees_goods else None,
        items=_items(session, seen),
    )


class _Seen:
    """What the comparison has found so far."""

    def __init__(self) -> None:
        self.held_before: list[tuple[int, str]] = []
        self.held_after: list[tuple[int, str]] = []
        self.kept_out: list[tuple[int, str]] = []
        self.moving: list[tuple[int, str]] = []
        self.landing: Counter[str] = Counter()
        self.moved: Counter[int] = Counter()
        self.reserved: Counter[int] = Counter()


Pair = tuple[StoredOrder, RemoteOrder, RemoteOrder]


def _read(
    batch: Sequence[StoredOrder], platform: Platform, before: SiteRules, after: SiteRules
) -> list[Pair]:
    """Each order as the present rules read it, and as the others do."""
    reads_alike = before.automation.status_as == after.automation.status_as
    found: list[Pair] = []
    for stored in batch:
        order = stored.read(platform, before)
        other = order if reads_alike else stored.read(platform, after)
        if order is not None and other is not None:
            found.append((stored, order, other))
    return found


def _all_listed(
    stored: StoredOrder, order: RemoteOrder, other: RemoteOrder, catalogue: Catalogue
) -> bool:
    return is_listed(order, stored.standing, catalogue) and (
        other is order or is_listed(other, stored.standing, catalogue)
    )


def _compare_holding(
    seen: _Seen, stored: StoredOrder, order: RemoteOrder, before: SiteRules, after: SiteRules
) -> None:
    if stored.row.state == State.SKIPPED:
        return
    name = (stored.row.id, stored.row.number)
    if hold_reason(order, stored.buyer, before.automation.hold_when):
        seen.held_before.append(name)
    if hold_reason(order, stored.buyer, after.automation.hold_when):
        seen.held_after.append(name)


def _compare_wanted(
    seen: _Seen,
    stored: StoredOrder,
    order: RemoteOrder,
    other: RemoteOrder,
    before: SiteRules,
    after: SiteRules,
) -> None:
    if stored.row.state == State.SKIPPED:
        return
    standing = replace(stored.standing, is_asked_for=False)
    was, would = (
        not_wanted(read, stage_of(read, rules.posting, standing), rules, rules.posting, standing)
        for read, rules in ((order, before), (other, after))
    )
    if was is None and would is not None:
        seen.kept_out.append((stored.row.id, stored.row.number))


def _compare_plans(seen: _Seen, stored: StoredOrder, was: Plan, would: Plan) -> None:
    if stored.row.state == State.SKIPPED and would.state is not State.SKIPPED:
        seen.landing[would.state.value] += 1
    moved = Counter(would.moves)
    moved.subtract(was.moves)
    reserved = Counter(would.reserved)
    reserved.subtract(was.reserved)
    if any(moved.values()) or any(reserved.values()):
        seen.moving.append((stored.row.id, stored.row.number))
        for item, pieces in moved.items():
            seen.moved[item] += pieces
        for item, pieces in reserved.items():
            seen.reserved[item] += pieces


def _named(found: Sequence[tuple[int, str]]) -> Named:
    return Named(orders=len(found), newest=tuple(found[:NAMED]))


def _items(session: Session, seen: _Seen) -> tuple[ItemMoved, ...]:
    """The stock items that change, those with the most pieces first."""
    concerned = {
        item
        for item in seen.moved.keys() | seen.reserved.keys()
        if seen.moved[item] or seen.reserved[item]
    }
    ids = sorted(concerned, key=lambda item: -max(abs(seen.moved[item]), abs(seen.reserved[item])))
    skus: dict[int, str] = {}
    for start in range(0, len(ids), MOST_ORDERS):
        rows = session.execute(
            select(StockItem.id, StockItem.sku).where(
                StockItem.id.in_(ids[start : start + MOST_ORDERS])
            )
        )
        skus |= {item: sku for item, sku in rows}
    return tuple(
        ItemMoved(sku=skus[item], moved=seen.moved[item], reserved=seen.reserved[item])
        for item in ids
    )
