"""Orders by what people call them: how the number begins, the buyer, a SKU. Indexed columns only."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, exists, select, union
from sqlalchemy.orm import Session

from webapp.backoffice.people.buyers import buyers_called
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.orders import ChannelOrder, OrderNeed, RetailOrderLine
from webapp.models.sites import Site
from webapp.models.stock import Reservation, StockItem, StockMove

# Of each place that is looked into: nobody reads on after so many.
FOUND_AT_MOST = 1_000
MOST_LISTINGS = 50
# One past every letter that an order number holds: "10" up to "10" + this is all that begins so.
LAST = "\U0010ffff"


def orders_called(session: Session, text: str, *, sees_buyers: bool) -> Any:
    """A query of the ids of orders that `text` may mean, at most a thousand of each meaning.

    How the number begins; a SKU in full, of a listing or a stock item; with
    `sees_buyers` how a word of the buyer's name, the e-mail or the phone number begins.
    """
    found = [_by_number(session, text), *_by_sku(session, text)]
    if sees_buyers:
        found += [each.limit(FOUND_AT_MOST) for each in buyers_called(text)]
    return union(*(select(each.subquery()) for each in found))


def _by_number(session: Session, text: str) -> Select[Any]:
    """One walk for each site: their index begins with it."""
    sites = session.scalars(select(Site.id)).all()
    return (
        select(ChannelOrder.id)
        .where(
            ChannelOrder.site_id.in_(sites),
            ChannelOrder.number >= text,
            ChannelOrder.number < text + LAST,
        )
        .limit(FOUND_AT_MOST)
    )


def _by_sku(session: Session, text: str) -> list[Select[Any]]:
    """Orders that wait for a listing of this SKU, or that moved or hold pieces of it."""
    spellings = tuple(dict.fromkeys((text, text.upper(), text.lower())))
    listings = session.scalars(
        select(Listing.id)
        .where(Listing.site_id.in_(select(Site.id)), Listing.sku.in_(spellings))
        .limit(MOST_LISTINGS)
    ).all()
    items = session.scalars(select(StockItem.id).where(StockItem.sku.in_(spellings))).all()
    found: list[Select[Any]] = []
    if items:
        found += [_moved(items), _reserved(items)]
    if listings:
        waiting = select(OrderNeed.channel_order_id).where(OrderNeed.listing_id.in_(listings))
        found.append(waiting.limit(FOUND_AT_MOST))
        meant = session.scalars(
            select(MappingComponent.stock_item_id)
            .join(Mapping, Mapping.id == MappingComponent.mapping_id)
            .where(Mapping.listing_id.in_(listings))
            .distinct()
        ).all()
        if meant:
            found += [
                query.where(_has_line(column, listings))
                for query, column in (
                    (_moved(meant), StockMove.channel_order_id),
                    (_reserved(meant), Reservation.channel_order_id),
                )
            ]
    return found


def _moved(items: Sequence[int]) -> Select[Any]:
    return (
        select(StockMove.channel_order_id)
        .where(StockMove.stock_item_id.in_(items), StockMove.channel_order_id.is_not(None))
        .order_by(StockMove.id.desc())
        .limit(FOUND_AT_MOST)
    )


def _reserved(items: Sequence[int]) -> Select[Any]:
    return (
        select(Reservation.channel_order_id)
        .where(Reservation.stock_item_id.in_(items))
        .limit(FOUND_AT_MOST)
    )


def _has_line(column: Any, listings: Sequence[int]) -> Any:
    return exists().where(
        RetailOrderLine.channel_order_id == column, RetailOrderLine.listing_id.in_(listings)
    )
