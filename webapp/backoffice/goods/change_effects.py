"""What a change of mappings would do: the orders it lets go, and what the store would show then.

Nothing is written. The quantities already count what the unblocked orders take, and what
corrected ones give back and take anew; pieces that a refund gave back are not looked at.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from platforms.base import StockKeeping
from platforms.money import ZERO
from webapp.backoffice.goods.availability import Component, ItemStock, Quantity, listing_quantity
from webapp.backoffice.goods.mapping_reach import (
    CHUNK,
    ReleasedOrders,
    chunks,
    released_orders,
    with_corrected,
)
from webapp.backoffice.goods.mapping_sheet import Standing, Standings
from webapp.backoffice.sites.settings import read_automation
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping as MappingRow
from webapp.models.orders import ChannelOrder, OrderNeed, RetailOrder, RetailOrderLine
from webapp.models.sites import Site
from webapp.models.stock import StockItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the store shows, and what it should show afterwards: None where nothing is pushed."""

    shown: int | None
    wanted: int | None
    why: str = ""

    @property
    def differs(self) -> bool:
        return self.wanted is not None and self.wanted != self.shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """`money` is that of unblocked orders in the site's currency; `by_listing` counts an order
    under each changed listing that it names. `requantified`: listings that would show another
    quantity, those that only share a stock item too.
    """

    orders: int
    money: Decimal
    corrected: int
    by_listing: Mapping[int, tuple[int, Decimal]]
    shown: Mapping[int, Shown]
    requantified: int


def foresee(
    session: Session,
    site: Site,
    before: Standings,
    changes: Mapping[int, Standing | None],
    *,
    from_now: bool,
) -> Effects:
    """What would come of `changes`; `before` is what all listings of the site stand for now."""
    released = released_orders(session, site.id, before, changes, from_now=from_now)
    by_listing, orders, money = _let_go(session, site, released.unblocked, changes)
    taken = _taken(session, site, before, changes, released)
    shown, requantified = _quantities(session, site, before, changes, taken)
    return Effects(
        orders=orders,
        money=money,
        corrected=len(released.corrected),
        by_listing=by_listing,
        shown=shown,
        requantified=requantified,
    )


def _let_go(
    session: Session, site: Site, unblocked: Iterable[int], changes: Mapping[int, object]
) -> tuple[dict[int, tuple[int, Decimal]], int, Decimal]:
    by_listing: dict[int, tuple[int, Decimal]] = {}
    totals: dict[int, Decimal] = {}
    for chunk in chunks(unblocked):
        rows = session.execute(
            select(ChannelOrder.id, OrderNeed.listing_id, ChannelOrder.currency, ChannelOrder.total)
            .join(OrderNeed, OrderNeed.channel_order_id == ChannelOrder.id)
            .where(ChannelOrder.id.in_(chunk))
        )
        for order_id, listing_id, currency, total in rows:
            amount = total if currency == site.currency and total is not None else ZERO
            totals[order_id] = amount
            if listing_id in changes:
                count, sum_ = by_listing.get(listing_id, (0, ZERO))
                by_listing[listing_id] = (count + 1, sum_ + amount)
    return by_listing, len(totals), sum(totals.values(), ZERO)


# --- pieces -------------------------------------------------------------------------------------


def _taken(
    session: Session,
    site: Site,
    before: Standings,
    changes: Mapping[int, Standing | None],
    released: ReleasedOrders,
) -> dict[int, int]:
    """Pieces by stock item that orders would take, less those that they would give back."""
    taken: dict[int, int] = defaultdict(int)
    for listing_id, pieces in _unread_lines(session, site, (*released.unblocked, *released.due)):
        for item, count in _components(changes.get(listing_id)):
            taken[item] += pieces * count
    if released.corrected:
        for listing_id, pieces in _read_lines(session, site, before, changes):
            for item, count in before[listing_id].standing.components:
                taken[item] -= pieces * count
            for item, count in _components(changes[listing_id]):
                taken[item] += pieces * count
    return {item: count for item, count in taken.items() if count}


def _components(standing: Standing | None) -> tuple[tuple[int, int], ...]:
    return standing.components if standing is not None else ()


def _unread_lines(
    session: Session, site: Site, order_ids: Iterable[int]
) -> Iterator[tuple[int, int]]:
    """Listing and pieces of lines that no mapping was known for, in these orders."""
    for chunk in chunks(order_ids):
        rows = session.execute(
            select(RetailOrderLine.listing_id, RetailOrderLine.quantity)
            .outerjoin(
                RetailOrder, RetailOrder.channel_order_id == RetailOrderLine.channel_order_id
            )
            .where(
                RetailOrderLine.channel_order_id.in_(chunk),
                RetailOrderLine.mapping_id.is_(None),
                *_still_here(site),
            )
        )
        yield from ((row.listing_id, row.quantity) for row in rows)


def _read_lines(
    session: Session, site: Site, before: Standings, changes: Mapping[int, Standing | None]
) -> Iterator[tuple[int, int]]:
    """Listing and pieces of lines that were read with a mapping that gets another meaning."""
    replaced = [
        before[key].mapping_id
        for key, standing in changes.items()
        if key in before
        and standing is not None
        and not standing.means_the_same(before[key].standing)
    ]
    reached = with_corrected(session, replaced)
    query = (
        select(RetailOrderLine.mapping_id, func.sum(RetailOrderLine.quantity))
        .join(RetailOrder, RetailOrder.channel_order_id == RetailOrderLine.channel_order_id)
        .where(RetailOrder.status != "cancelled", *_still_here(site))
        .group_by(RetailOrderLine.mapping_id)
    )
    # Many are looked for in one walk through all lines, as no index leads to any.
    if len(reached) <= CHUNK:
        query = query.where(RetailOrderLine.mapping_id.in_(reached))
    sold = {key: int(pieces) for key, pieces in session.connection().execute(query)}
    for chunk in chunks(key for key in reached if key in sold):
        listings = session.execute(
            select(MappingRow.id, MappingRow.listing_id).where(MappingRow.id.in_(chunk))
        )
        yield from ((listing_id, sold[key]) for key, listing_id in listings)


def _still_here(site: Site) -> tuple[ColumnElement[bool], ...]:
    """Not shipped before the shelf was counted: those pieces are in the count already."""
    if site.stock_from is None:
        return ()
    return (RetailOrder.shipped_at.is_(None) | (RetailOrder.shipped_at >= site.stock_from),)


# --- quantities ---------------------------------------------------------------------------------


def _quantities(
    session: Session,
    site: Site,
    before: Standings,
    changes: Mapping[int, Standing | None],
    taken: Mapping[int, int],
) -> tuple[dict[int, Shown], int]:
    buffer = read_automation(site.automation).stock_buffer
    connection = session.connection()
    found = connection.execute(
        select(
            StockItem.id,
            StockItem.sku,
            StockItem.on_hand,
            StockItem.reserved,
            StockItem.counted_at.is_not(None),
        )
    )
    items = {
        key: ItemStock(sku, on_hand, reserved, bool(is_counted))
        for key, sku, on_hand, reserved, is_counted in found
    }
    after = {**items, **{key: _without(items[key], taken[key]) for key in taken}}
    listings = connection.execute(
        select(Listing.id, Listing.store_quantity, Listing.stock_keeping, Listing.is_gone).where(
            Listing.site_id == site.id
        )
    )
    shown: dict[int, Shown] = {}
    requantified = 0
    for listing_id, store_quantity, keeping, is_gone in listings.all():
        if listing_id in changes:
            would = _shown(changes[listing_id], after, buffer, store_quantity, items, taken)
            if is_gone or keeping != StockKeeping.OWN:
                would = Shown(shown=store_quantity, wanted=None, why="the store does not count it")
            shown[listing_id] = would
            requantified += would.differs
        elif listing_id in before and not is_gone and keeping == StockKeeping.OWN:
            standing = before[listing_id].standing
            if any(item in taken for item, _ in standing.components):
                now = _quantity(standing, items, buffer).shown
                requantified += _quantity(standing, after, buffer).shown != now
    return shown, requantified


def _without(item: ItemStock, pieces: int) -> ItemStock:
    if not pieces:
        return item
    return ItemStock(item.sku, item.on_hand, item.reserved + pieces, item.is_counted)


def _quantity(standing: Standing, items: Mapping[int, ItemStock], buffer: int) -> Quantity:
    components = [Component(items[item], pieces) for item, pieces in standing.components]
    if not components:
        return Quantity(None)
    return listing_quantity(components, buffer=buffer, maximum=standing.max_quantity)


def _shown(
    standing: Standing | None,
    after: Mapping[int, ItemStock],
    buffer: int,
    store_quantity: int | None,
    items: Mapping[int, ItemStock],
    taken: Mapping[int, int],
) -> Shown:
    if standing is None or standing.is_ignored:
        return Shown(shown=store_quantity, wanted=None)
    quantity = _quantity(standing, after, buffer)
    if quantity.shown is None:
        why = f"never counted: {', '.join(quantity.uncounted)}"
        return Shown(shown=store_quantity, wanted=None, why=why)
    scarce = [item for item, _ in standing.components if after[item].sku == quantity.limited_by]
    why = ""
    for item in scarce:
        if after[item].available < 0:
            why = f"{after[item].sku} is oversold"
        elif taken.get(item, 0) > 0:
            why = f"{items[item].available:,} free, {taken[item]:,} in these orders"
        elif len(standing.components) > 1:
            why = f"{after[item].sku} is the bottleneck"
    return Shown(shown=store_quantity, wanted=quantity.shown, why=why)
