"""Listings as a person sees them in a row: what each stands for, holds up, and should show."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.admin.frame.meanwhile import mark
from webapp.admin.frame.site_facts import SiteFacts
from webapp.admin.mapping.held_up import AllHeld, Held, held_up
from webapp.backoffice.goods.availability import Component, ItemStock, Quantity, listing_quantity
from webapp.backoffice.sites.settings import read_automation
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.sites import Site
from webapp.models.stock import StockItem

SHOWN_STATUS = "publish"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRow:
    """A listing with its mapping, and the blocked orders that wait for it with their money.

    `quantity` is what the store should show; None: it is not mapped to stock items. `mark` is
    that of what it stands for now, for forms.
    """

    id: int
    key: str
    name: str
    sku: str
    status: str
    price: Decimal | None
    is_gone: bool
    store_quantity: int | None
    stock_keeping: str
    kind: str
    mapping: Mapping | None
    orders: int
    money: Decimal
    components: tuple[Component, ...]
    quantity: Quantity | None

    @property
    def mark(self) -> str:
        return mark(self.mapping.id if self.mapping else None)

    @property
    def has_drifted(self) -> bool:
        """The store shows another quantity than it should."""
        shown = self.quantity.shown if self.quantity else None
        return shown is not None and self.store_quantity not in (None, shown)

    @property
    def remark(self) -> str:
        """What decides its quantity, where that is worth a word."""
        if self.quantity is None:
            return ""
        if self.quantity.uncounted:
            return f"never counted: {', '.join(self.quantity.uncounted)}"
        if len(self.components) > 1 and self.quantity.limited_by:
            return f"kit: {self.quantity.limited_by} is the bottleneck"
        return ""


def find_row(session: Session, site: SiteFacts, listing_id: int) -> ListingRow | None:
    """One listing of a site; None: the site has no such listing."""
    rows = read_rows(session, site, [listing_id], held_up(session, site))
    return rows[0] if rows else None


def read_rows(
    session: Session, site: SiteFacts, ids: Sequence[int], held: AllHeld
) -> tuple[ListingRow, ...]:
    """These listings of a site, in the order of their ids as given; unknown ones are left out."""
    found = {
        listing.id: (listing, mapping)
        for listing, mapping in session.execute(
            select(Listing, Mapping)
            .outerjoin(Mapping, (Mapping.listing_id == Listing.id) & Mapping.is_current)
            .where(Listing.site_id == site.id, Listing.id.in_(ids))
        )
    }
    kits = _components(session, [each.id for _, each in found.values() if each is not None])
    buffer = _buffer(session, site.id)
    rows = []
    for key in ids:
        if key not in found:
            continue
        listing, mapping = found[key]
        holds = held.by_listing.get(key, Held(kind=listing.kind))
        parts = kits.get(mapping.id, ()) if mapping else ()
        rows.append(
            ListingRow(
                id=listing.id,
                key=listing.key,
                name=listing.name,
                sku=listing.sku,
                status=listing.status,
                price=listing.price,
                is_gone=listing.is_gone,
                store_quantity=listing.store_quantity,
                stock_keeping=listing.stock_keeping,
                kind=listing.kind,
                mapping=mapping,
                orders=holds.orders,
                money=holds.money,
                components=parts,
                quantity=_quantity(parts, buffer, mapping) if mapping else None,
            )
        )
    return tuple(rows)


def _components(session: Session, mapping_ids: Sequence[int]) -> dict[int, tuple[Component, ...]]:
    rows = session.execute(
        select(
            MappingComponent.mapping_id,
            MappingComponent.quantity,
            StockItem.sku,
            StockItem.on_hand,
            StockItem.reserved,
            StockItem.counted_at,
        )
        .join(StockItem, StockItem.id == MappingComponent.stock_item_id)
        .where(MappingComponent.mapping_id.in_(mapping_ids))
        .order_by(StockItem.sku)
    )
    kits: dict[int, tuple[Component, ...]] = {}
    for mapping_id, pieces, sku, on_hand, reserved, counted_at in rows:
        item = ItemStock(sku, on_hand, reserved, counted_at is not None)
        kits[mapping_id] = (*kits.get(mapping_id, ()), Component(item, pieces))
    return kits


def _quantity(components: tuple[Component, ...], buffer: int, mapping: Mapping) -> Quantity | None:
    if not components:
        return None
    return listing_quantity(components, buffer=buffer, maximum=mapping.max_quantity)


def _buffer(session: Session, site_id: int) -> int:
    stored = session.scalar(select(Site.automation).where(Site.id == site_id))
    return read_automation(stored or {}).stock_buffer
