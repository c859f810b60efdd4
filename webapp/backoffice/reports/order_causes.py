"""What holds orders up: by site, state and code, with the money in them by currency."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from webapp.backoffice.errors import Code
from webapp.backoffice.states import State
from webapp.models.catalogue import Listing
from webapp.models.orders import IS_HELD_UP, ChannelOrder, OrderNeed
from webapp.models.sites import Site

NEED_A_PERSON = (State.BLOCKED, State.FAILED)
WAITING_FOR_SOMETHING = (State.BLOCKED, State.FAILED, State.RETRYING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Orders of a site that wait for the same reason; `listings` are those they wait for."""

    site_id: int
    site: str
    state: str
    code: str
    orders: int
    money: dict[str, Decimal]
    listings: int = 0


def causes(
    session: Session,
    *,
    sites: Sequence[int] | None = None,
    states: Sequence[str] = WAITING_FOR_SOMETHING,
    code: str | None = None,
) -> list[Cause]:
    """Why orders wait, the cause of the most orders first; [] when none does.

    All of them are counted, in an index that holds no other order.
    """
    names = dict(session.execute(select(Site.id, Site.name).order_by(Site.id)).all())
    walks = [
        _walk(site_id, state, code)
        for site_id in (names if sites is None else sites)
        for state in states
    ]
    if not walks:
        return []
    waiting = union_all(*walks).subquery()
    group = (waiting.c.site_id, waiting.c.state, waiting.c.code, waiting.c.currency)
    rows = session.execute(select(*group, func.count(), func.sum(waiting.c.total)).group_by(*group))
    orders: dict[tuple[int, str, str], int] = defaultdict(int)
    money: dict[tuple[int, str, str], dict[str, Decimal]] = defaultdict(dict)
    for site_id, state, why, currency, number, total in rows:
        key = (site_id, state, why or Code.INTERNAL_ERROR.value)
        orders[key] += number
        sums = money[key]
        sums[currency] = sums.get(currency, Decimal(0)) + (total or Decimal(0))
    waits_for_mapping = any(why == Code.UNMAPPED_LISTING for _, _, why in orders)
    listings = _listings(session) if waits_for_mapping else {}
    found = [
        Cause(
            site_id=site_id,
            site=names[site_id],
            state=state,
            code=why,
            orders=number,
            money=dict(sorted(money[site_id, state, why].items())),
            listings=listings.get(site_id, 0) if why == Code.UNMAPPED_LISTING else 0,
        )
        for (site_id, state, why), number in orders.items()
    ]
    return sorted(found, key=lambda cause: (-cause.orders, cause.site, cause.code))


def by_money(found: Sequence[Cause]) -> list[Cause]:
    """The causes with the most money first, whatever its currency; then those of more orders."""
    return sorted(found, key=lambda cause: (max(cause.money.values()), cause.orders), reverse=True)


def _walk(site_id: int, state: str, code: str | None) -> Any:
    walk = select(
        ChannelOrder.site_id,
        ChannelOrder.state,
        ChannelOrder.code,
        ChannelOrder.currency,
        ChannelOrder.total,
    ).where(ChannelOrder.site_id == site_id, ChannelOrder.state == state, IS_HELD_UP)
    return walk if code is None else walk.where(ChannelOrder.code == code)


def _listings(session: Session) -> dict[int, int]:
    """How many listings of each site orders wait for, each asked for once.

    Step by step through the index from one listing to the next: orders that wait for the same one
    are not looked at.
    """
    first = select(func.min(OrderNeed.listing_id).label("id")).cte("needed", recursive=True)
    following = (
        select(func.min(OrderNeed.listing_id))
        .where(OrderNeed.listing_id > first.c.id)
        .correlate(first)
        .scalar_subquery()
    )
    needed = first.union_all(select(following).where(first.c.id.is_not(None)))
    query = (
        select(Listing.site_id, func.count())
        .join(needed, needed.c.id == Listing.id)
        .group_by(Listing.site_id)
    )
    return {site_id: number for site_id, number in session.execute(query)}
