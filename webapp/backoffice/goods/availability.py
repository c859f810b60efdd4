"""How many pieces each listing should show: on hand, less reserved, over its components."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.backoffice.sites.settings import read_automation
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping as MappingRow
from webapp.models.mapping import MappingComponent
from webapp.models.sites import Site
from webapp.models.stock import StockItem


@dataclass(frozen=True, slots=True)
class ItemStock:
    """A stock item's pieces. `is_counted` False: never counted nor received, so unknown."""

    sku: str
    on_hand: int
    reserved: int
    is_counted: bool

    @property
    def available(self) -> int:
        return self.on_hand - self.reserved


@dataclass(frozen=True, slots=True)
class Component:
    """A stock item of a listing, and the pieces that one sold listing takes."""

    item: ItemStock
    pieces: int


@dataclass(frozen=True, slots=True)
class Quantity:
    """What a listing should show, and why: None with the SKUs that were never counted.

    `limited_by` is the SKU of the component that runs out first; "" where the listing's
    maximum, or zero, is what limits it.
    """

    shown: int | None
    limited_by: str = ""
    uncounted: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingQuantity:
    """A mapped listing that the store still has, what it last showed, and what it should show."""

    listing_id: int
    key: str
    sku: str
    name: str
    stock_keeping: str
    store_quantity: int | None
    quantity: Quantity

    @property
    def differs(self) -> bool:
        """Drift: the store shows another quantity than ours (or has told none yet)."""
        return self.quantity.shown is not None and self.quantity.shown != self.store_quantity


def listing_quantity(
    components: Sequence[Component], *, buffer: int = 0, maximum: int | None = None
) -> Quantity:
    """Pieces of a listing that may be sold: the scarcest component decides.

    min of floor(available ÷ pieces), less the site's buffer, at most `maximum`, never below 0.
    A kit of 2 TEE (9 available) and 1 CAP (3 available) with buffer 1 gives 2, limited by CAP.
    """
    uncounted = tuple(each.item.sku for each in components if not each.item.is_counted)
    if uncounted:
        return Quantity(None, uncounted=uncounted)
    scarcest = min(components, key=lambda each: each.item.available // each.pieces)
    whole = scarcest.item.available // scarcest.pieces - buffer
    if maximum is not None and whole > maximum:
        return Quantity(maximum)
    return Quantity(max(whole, 0), limited_by=scarcest.item.sku)


def site_quantities(session: Session, site: Site) -> list[ListingQuantity]:
    """Every mapped listing of a site that its store still has, in the order of its id.

    Ignored, unmapped and gone listings are not in it.
    """
    buffers = {site.id: read_automation(site.automation).stock_buffer}
    return [quantity for _, quantity in _quantities(session, buffers, Listing.site_id == site.id)]


def quantities_of_item(session: Session, item_id: int) -> list[tuple[str, ListingQuantity]]:
    """The listings of all sites that a stock item is in, each with its site's name."""
    sites = session.execute(select(Site.id, Site.name, Site.automation)).all()
    buffers = {site_id: read_automation(stored).stock_buffer for site_id, _, stored in sites}
    names = {site_id: name for site_id, name, _ in sites}
    mapped_to_it = (
        select(MappingRow.listing_id)
        .join(MappingComponent, MappingComponent.mapping_id == MappingRow.id)
        .where(MappingComponent.stock_item_id == item_id, MappingRow.is_current)
    )
    found = _quantities(session, buffers, Listing.id.in_(mapped_to_it))
    return sorted(
        ((names[site_id], quantity) for site_id, quantity in found),
        key=lambda pair: (pair[0], pair[1].listing_id),
    )


def _quantities(
    session: Session, buffers: Mapping[int, int], which: object
) -> Iterator[tuple[int, ListingQuantity]]:
    rows = session.execute(
        select(
            Listing.id,
            Listing.site_id,
            Listing.key,
            Listing.sku,
            Listing.name,
            Listing.stock_keeping,
            Listing.store_quantity,
            MappingRow.max_quantity,
            MappingComponent.quantity,
            StockItem.sku,
            StockItem.on_hand,
            StockItem.reserved,
            StockItem.counted_at,
        )
        .join(MappingRow, MappingRow.listing_id == Listing.id)
        .join(MappingComponent, MappingComponent.mapping_id == MappingRow.id)
        .join(StockItem, StockItem.id == MappingComponent.stock_item_id)
        .where(which, MappingRow.is_current, Listing.is_gone.is_(False))  # type: ignore[arg-type]
        .order_by(Listing.id, StockItem.id)
    ).all()
    kits: dict[int, list[Component]] = {}
    listings = {}
    for row in rows:
        pieces, sku, on_hand, reserved, counted_at = row[8:]
        item = ItemStock(sku, on_hand, reserved, counted_at is not None)
        kits.setdefault(row[0], []).append(Component(item, pieces))
        listings[row[0]] = row
    for listing_id, components in kits.items():
        _, site_id, key, sku, name, keeping, store_quantity, maximum = listings[listing_id][:8]
        yield (
            site_id,
            ListingQuantity(
                listing_id=listing_id,
                key=key,
                sku=sku,
                name=name,
                stock_keeping=keeping,
                store_quantity=store_quantity,
                quantity=listing_quantity(components, buffer=buffers[site_id], maximum=maximum),
            ),
        )
