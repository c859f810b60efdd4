"""What unmapped listings hold up: the blocked orders that wait for them, and their money.

Only the needs of blocked orders are read, never the orders at large. Where thousands are blocked
that still takes a while, so the answer is kept for a moment, or until a mapping is changed here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from time import monotonic

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from platforms.money import ZERO
from webapp.admin.frame.session import backing
from webapp.admin.frame.site_facts import SiteFacts
from webapp.backoffice.states import State
from webapp.models.catalogue import Listing
from webapp.models.orders import ChannelOrder, OrderNeed

LONG = 0.02
KEEP_SECONDS = 10
_kept: dict[int, tuple[Engine, float, "AllHeld"]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """Blocked orders that name one listing, and their money in the site's currency."""

    kind: str
    orders: int = 0
    money: Decimal = ZERO


@dataclass(frozen=True, slots=True, kw_only=True)
class AllHeld:
    """Everything that a site's listings hold up; an order that names two counts once here."""

    by_listing: Mapping[int, Held]
    orders: int
    money: Decimal

    def ids(self, kind: str) -> list[int]:
        """The listings of a kind ("all" for every one), those with the most money first."""
        found = [(key, held) for key, held in self.by_listing.items() if kind in ("all", held.kind)]
        found.sort(key=lambda pair: (-pair[1].money, -pair[1].orders, pair[0]))
        return [key for key, _ in found]


def held_up(session: Session, site: SiteFacts) -> AllHeld:
    """What the listings of a site hold up: as it is now, or was some seconds ago."""
    engine = backing().engine
    kept = _kept.get(site.id)
    if kept is not None and kept[0] is engine and monotonic() < kept[1]:
        return kept[2]
    began = monotonic()
    found = read_held_up(session, site)
    if monotonic() - began > LONG:
        _kept[site.id] = (engine, monotonic() + KEEP_SECONDS, found)
    return found


def forget_held_up() -> None:
    """A mapping was changed: what orders wait for is read anew."""
    _kept.clear()


def read_held_up(session: Session, site: SiteFacts) -> AllHeld:
    """What the listings of a site hold up now."""
    waiting = (
        ChannelOrder.site_id == site.id,
        ChannelOrder.state == State.BLOCKED,
        ChannelOrder.currency == site.currency,
    )
    rows = session.execute(
        select(OrderNeed.listing_id, Listing.kind, func.count(), func.sum(ChannelOrder.total))
        .join(ChannelOrder, ChannelOrder.id == OrderNeed.channel_order_id)
        .join(Listing, Listing.id == OrderNeed.listing_id)
        .where(*waiting)
        .group_by(OrderNeed.listing_id, Listing.kind)
    )
    held = {
        listing_id: Held(kind=kind, orders=orders, money=money or ZERO)
        for listing_id, kind, orders, money in rows
    }
    if not held:
        return AllHeld(by_listing={}, orders=0, money=ZERO)
    needed = select(OrderNeed.channel_order_id).distinct().subquery()
    orders, money = session.execute(
        select(func.count(), func.sum(ChannelOrder.total))
        .select_from(needed)
        .join(ChannelOrder, ChannelOrder.id == needed.c.channel_order_id)
        .where(*waiting)
    ).one()
    return AllHeld(by_listing=held, orders=orders, money=money or ZERO)
