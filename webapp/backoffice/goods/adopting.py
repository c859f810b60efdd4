"""A store's own numbers taken over as the opening count, and a stock item as people ask for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from webapp.backoffice.goods.availability import quantities_of_item
from webapp.backoffice.goods.mapping_reach import chunks
from webapp.backoffice.goods.push_wishes import wish_pushes
from webapp.database import bulk_insert
from webapp.models.base import table_of
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.sites import Site
from webapp.models.stock import StockItem, StockMove


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A listing whose number was not taken over, and why."""

    listing_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockAdoption:
    """`rows` counts mapped listings; `moved` and `unchanged` count stock items."""

    rows: int
    moved: int
    unchanged: int
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedQuantity:
    """What a listing of this stock item should show; None: never counted."""

    site: str
    listing_id: str
    quantity: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StockView:
    sku: str
    name: str
    on_hand: int
    reserved: int
    available: int
    is_counted: bool
    listings: tuple[ListedQuantity, ...]


def adopt_stock(
    session: Session, site: Site, *, now: datetime, actor: str | None, dry_run: bool = False
) -> StockAdoption:
    """Set on hand so that available equals what the store shows, as its catalogue last told.

    Only for listings that stand for one piece of one stock item. Kits, listings that the store
    does not count, and stock items whose listings show different numbers are skipped, each
    with its reason. Doing it again changes nothing.
    """
    listings = _mapped_listings(session, site)
    skipped: list[Skipped] = []
    shown: dict[int, dict[str, int]] = {}
    for key, (quantity, components) in listings.items():
        if len(components) != 1 or components[0][1] != 1:
            reason = "It is a kit: its pieces are not known from its quantity."
            skipped.append(Skipped(listing_id=key, reason=reason))
        elif quantity is None:
            reason = "The store does not count it, or its catalogue was not pulled yet."
            skipped.append(Skipped(listing_id=key, reason=reason))
        else:
            shown.setdefault(components[0][0], {})[key] = quantity
    wanted: dict[int, int] = {}
    for item_id, by_listing in shown.items():
        if len(set(by_listing.values())) == 1:
            wanted[item_id] = next(iter(by_listing.values()))
            continue
        reason = "Its stock item is sold in several listings that show different numbers."
        skipped += [Skipped(listing_id=key, reason=reason) for key in by_listing]
    moves, uncounted = _differences(session, wanted)
    if not dry_run:
        _write(session, moves, uncounted, now=now, actor=actor)
    return StockAdoption(
        rows=len(listings),
        moved=len(moves),
        unchanged=len(wanted) - len(moves),
        skipped=tuple(skipped),
    )


def _mapped_listings(
    session: Session, site: Site
) -> dict[str, tuple[int | None, list[tuple[int, int]]]]:
    rows = session.execute(
        select(
            Listing.key,
            Listing.store_quantity,
            MappingComponent.stock_item_id,
            MappingComponent.quantity,
        )
        .join(Mapping, Mapping.listing_id == Listing.id)
        .join(MappingComponent, MappingComponent.mapping_id == Mapping.id)
        .where(Listing.site_id == site.id, Mapping.is_current, Listing.is_gone.is_(False))
        .order_by(Listing.id, MappingComponent.stock_item_id)
    )
    found: dict[str, tuple[int | None, list[tuple[int, int]]]] = {}
    for key, quantity, item_id, pieces in rows:
        found.setdefault(key, (quantity, []))[1].append((item_id, pieces))
    return found


def _differences(session: Session, wanted: dict[int, int]) -> tuple[dict[int, int], list[int]]:
    moves: dict[int, int] = {}
    uncounted: list[int] = []
    for chunk in chunks(sorted(wanted)):
        for item_id, on_hand, reserved, counted_at in session.execute(
            select(StockItem.id, StockItem.on_hand, StockItem.reserved, StockItem.counted_at)
            .where(StockItem.id.in_(chunk))
            .order_by(StockItem.id)
            .with_for_update(key_share=True)
        ):
            difference = wanted[item_id] - (on_hand - reserved)
            if difference:
                moves[item_id] = difference
            if counted_at is None:
                uncounted.append(item_id)
    return moves, uncounted


def _write(
    session: Session,
    moves: dict[int, int],
    uncounted: list[int],
    *,
    now: datetime,
    actor: str | None,
) -> None:
    items = table_of(StockItem)
    changed = sorted(set(moves) | set(uncounted))
    wish_pushes(session, None, changed, now)
    if changed:
        session.connection().execute(
            update(items)
            .where(items.c.id == bindparam("item"))
            .values(on_hand=items.c.on_hand + bindparam("moved"), counted_at=bindparam("at")),
            [{"item": item_id, "moved": moves.get(item_id, 0), "at": now} for item_id in changed],
        )
    bulk_insert(
        session.connection(),
        table_of(StockMove),
        ("stock_item_id", "quantity", "reason", "at", "actor"),
        [(item_id, quantity, "adopt", now, actor) for item_id, quantity in moves.items()],
    )


def show_stock(session: Session, sku: str) -> StockView | None:
    """A stock item with what each of its listings should show; None: there is no such SKU.

    Another case of the SKU finds it too, where only one item differs in case alone.
    """
    item = session.scalar(select(StockItem).where(StockItem.sku == sku))
    if item is None:
        folded = sku.casefold()
        alike = [
            item_id
            for item_id, other in session.execute(select(StockItem.id, StockItem.sku))
            if other.casefold() == folded
        ]
        if len(alike) != 1:
            return None
        item = session.get_one(StockItem, alike[0])
    return StockView(
        sku=item.sku,
        name=item.name,
        on_hand=item.on_hand,
        reserved=item.reserved,
        available=item.on_hand - item.reserved,
        is_counted=item.counted_at is not None,
        listings=tuple(
            ListedQuantity(site=site, listing_id=quantity.key, quantity=quantity.quantity.shown)
            for site, quantity in quantities_of_item(session, item.id)
        ),
    )
