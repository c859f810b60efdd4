"""Finding orders: what the address asks for, one page of it, how many there are, and why they wait.

Every query walks an index that ends like the sort: one short walk for each site and state, joined.
Counts stop at the cap, so a million orders cost what ten thousand do.
"""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select, union_all
from sqlalchemy.orm import Session

from webapp.admin.frame.formatters import CAP
from webapp.admin.frame.paging import PAGE_SIZE, Page, within_cap
from webapp.admin.frame.site_facts import SiteFacts, site_by_name
from webapp.backoffice.errors import Code
from webapp.backoffice.states import State
from webapp.models.orders import ChannelOrder, OrderBuyer, OrderNeed

NEED_A_PERSON = (State.BLOCKED, State.FAILED)
ROW = (
    ChannelOrder.id,
    ChannelOrder.site_id,
    ChannelOrder.number,
    ChannelOrder.status,
    ChannelOrder.state,
    ChannelOrder.code,
    ChannelOrder.message,
    ChannelOrder.currency,
    ChannelOrder.total,
    ChannelOrder.ordered_at,
    ChannelOrder.attempts,
    ChannelOrder.next_attempt_at,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFilter:
    """What the address of the list asks for. None: not asked. Dates are days in the site's zone."""

    site: SiteFacts | None = None
    state: State | None = None
    code: Code | None = None
    status: str | None = None
    number: str | None = None
    placed_from: date | None = None
    placed_to: date | None = None

    def address(self, **changes: Any) -> dict[str, str]:
        """The filter as the query of an address, with some of it changed; None takes one out."""
        asked: dict[str, Any] = {
            "site": self.site.name if self.site else None,
            "state": self.state,
            "code": self.code,
            "status": self.status,
            "q": self.number,
            "from": self.placed_from,
            "to": self.placed_to,
            **changes,
        }
        return {key: str(value) for key, value in asked.items() if value is not None}

    @property
    def zone(self) -> str:
        return self.site.timezone if self.site else "UTC"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Orders of one site that wait for the same reason, in one currency."""

    site_id: int
    state: str
    code: str
    currency: str
    orders: int
    money: Decimal
    listings: int = 0


def read_filter(args: Mapping[str, str]) -> tuple[OrderFilter, list[str]]:
    """The filter of an address, and a sentence for each part of it that makes no sense."""
    faults: list[str] = []
    site = site_by_name(args["site"]) if args.get("site") else None
    if args.get("site") and site is None:
        faults.append(f"There is no site “{args['site']}”.")
    return (
        OrderFilter(
            site=site,
            state=_one_of(State, args.get("state"), "state", faults),
            code=_one_of(Code, args.get("code"), "cause", faults),
            status=args.get("status", "").strip() or None,
            number=args.get("q", "").strip().lstrip("#")[:80] or None,
            placed_from=_day(args.get("from"), faults),
            placed_to=_day(args.get("to"), faults),
        ),
        faults,
    )


def find_orders(session: Session, asked: OrderFilter, sites: Sequence[int], page: int) -> Page[Any]:
    """One page, the newest first; pages end at the cap."""
    page = within_cap(page)
    reach = page * PAGE_SIZE
    matches = _matches(asked, sites, ROW, reach).subquery()
    query = (
        select(matches)
        .order_by(matches.c.ordered_at.desc(), matches.c.id.desc())
        .offset(reach - PAGE_SIZE)
        .limit(PAGE_SIZE)
    )
    return Page(
        rows=session.execute(query).all(), number=page, total=count_orders(session, asked, sites)
    )


def count_orders(session: Session, asked: OrderFilter, sites: Sequence[int]) -> int:
    """How many orders match; one above the cap when there are more."""
    ids = _matches(asked, sites, (ChannelOrder.id,), CAP + 1).subquery()
    return min(session.scalar(select(func.count()).select_from(ids)) or 0, CAP + 1)


def order_ids(session: Session, asked: OrderFilter, sites: Sequence[int], limit: int) -> list[int]:
    """Ids of the matching orders, the oldest first, at most `limit` of them."""
    found = _matches(asked, sites, (ChannelOrder.id, ChannelOrder.ordered_at), limit).subquery()
    return list(session.scalars(select(found.c.id).order_by(found.c.ordered_at, found.c.id)))


def buyer_names(session: Session, ids: Sequence[int]) -> dict[int, str]:
    query = select(OrderBuyer.channel_order_id, OrderBuyer.name).where(
        OrderBuyer.channel_order_id.in_(ids)
    )
    return {order_id: name for order_id, name in session.execute(query)}


def causes(session: Session, sites: Sequence[int], states: Sequence[State]) -> list[Cause]:
    """Why orders wait, the most money first within a currency, then by number of orders."""
    if not sites:
        return []
    columns = (
        ChannelOrder.id,
        ChannelOrder.site_id,
        ChannelOrder.state,
        ChannelOrder.code,
        ChannelOrder.currency,
        ChannelOrder.total,
    )
    parts = [
        _walk(columns, OrderFilter(state=state), site_id, CAP + 1)
        for site_id in sites
        for state in states
    ]
    waiting = union_all(*parts).subquery()
    group = (waiting.c.site_id, waiting.c.state, waiting.c.code, waiting.c.currency)
    rows = session.execute(select(*group, func.count(), func.sum(waiting.c.total)).group_by(*group))
    listings = _unmapped_listings(session, sites)
    found = [
        Cause(
            site_id=site_id,
            state=state,
            code=code or Code.INTERNAL_ERROR,
            currency=currency,
            orders=orders,
            money=money or Decimal(0),
            listings=listings.get(site_id, 0) if code == Code.UNMAPPED_LISTING else 0,
        )
        for site_id, state, code, currency, orders, money in rows
    ]
    return sorted(found, key=lambda each: (each.money, each.orders), reverse=True)


def _unmapped_listings(session: Session, sites: Sequence[int]) -> dict[int, int]:
    query = (
        select(ChannelOrder.site_id, func.count(OrderNeed.listing_id.distinct()))
        .join(ChannelOrder, ChannelOrder.id == OrderNeed.channel_order_id)
        .where(
            ChannelOrder.site_id.in_(sites),
            ChannelOrder.state == State.BLOCKED,
            ChannelOrder.code == Code.UNMAPPED_LISTING,
        )
        .group_by(ChannelOrder.site_id)
    )
    return {site_id: listings for site_id, listings in session.execute(query)}


def _matches(asked: OrderFilter, sites: Sequence[int], columns: Any, reach: int) -> Any:
    """The newest `reach` matching orders of each walk, not yet sorted together."""
    chosen = [asked.site.id] if asked.site else list(sites)
    if not chosen:
        return select(*columns).where(ChannelOrder.id < 0)
    if asked.number:
        return union_all(*(_by_number(columns, asked, site_id) for site_id in chosen))
    if asked.site is None and asked.state is None and asked.code is None:
        return (
            select(*columns)
            .where(*_conditions(asked))
            .order_by(ChannelOrder.ordered_at.desc(), ChannelOrder.id.desc())
            .limit(reach)
        )
    states = [asked.state] if asked.state else _states_with(asked.code)
    return union_all(
        *(
            _walk(columns, replace(asked, state=state), site_id, reach)
            for site_id in chosen
            for state in states
        )
    )


def _states_with(code: Code | None) -> Sequence[State]:
    """The states that an order with this code can be in; without one, all of them."""
    if code is None:
        return list(State)
    if code is Code.NOT_WANTED:
        return [State.SKIPPED]
    return [State.BLOCKED, State.FAILED, State.RETRYING, State.PENDING]


def _walk(columns: Any, asked: OrderFilter, site_id: int, reach: int) -> Select[Any]:
    walk = (
        select(*columns)
        .where(ChannelOrder.site_id == site_id, *_conditions(asked))
        .order_by(ChannelOrder.ordered_at.desc(), ChannelOrder.id.desc())
        .limit(reach)
    )
    return select(walk.subquery())


def _by_number(columns: Any, asked: OrderFilter, site_id: int) -> Select[Any]:
    assert asked.number is not None  # noqa: S101 - the caller asked for a number
    start = asked.number
    end = start + chr(sys.maxunicode)  # nothing sorts behind it on either database
    walk = (
        select(*columns)
        .where(
            ChannelOrder.site_id == site_id,
            ChannelOrder.number >= start,
            ChannelOrder.number < end,
            *_conditions(asked),
        )
        .order_by(ChannelOrder.number)
        .limit(CAP + 1)
    )
    return select(walk.subquery())


def _conditions(asked: OrderFilter) -> list[Any]:
    conditions: list[Any] = []
    if asked.state:
        conditions.append(ChannelOrder.state == asked.state.value)
    if asked.code:
        conditions.append(ChannelOrder.code == asked.code.value)
    if asked.status:
        conditions.append(ChannelOrder.status == asked.status)
    if asked.placed_from:
        conditions.append(ChannelOrder.ordered_at >= _midnight(asked.placed_from, asked.zone))
    if asked.placed_to:
        end = _midnight(asked.placed_to + timedelta(days=1), asked.zone)
        conditions.append(ChannelOrder.ordered_at < end)
    return conditions


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time.min, ZoneInfo(zone)).astimezone(UTC)


def _one_of(kind: Any, text: str | None, what: str, faults: list[str]) -> Any:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        faults.append(f"There is no {what} “{text}”; there is: {', '.join(kind)}.")
        return None


def _day(text: str | None, faults: list[str]) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < 9999:
        faults.append(f"“{text}” is not a day; write 2026-11-24.")
        return None
    return day
