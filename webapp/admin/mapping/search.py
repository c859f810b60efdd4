"""Finding listings of a site: unmapped first by the money they hold up, with what they stand for."""

from collections.abc import Mapping as Address
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import case, func, or_, select
from sqlalchemy.orm import Session

from webapp.admin.frame.formatters import CAP
from webapp.admin.frame.paging import PAGE_SIZE, Page, within_cap
from webapp.admin.frame.site_facts import SiteFacts
from webapp.backoffice.goods.availability import Component, ItemStock, Quantity, listing_quantity
from webapp.backoffice.sites.settings import read_automation
from webapp.backoffice.states import State
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.orders import ChannelOrder, OrderNeed
from webapp.models.sites import Site
from webapp.models.stock import StockItem

KINDS = ("unmapped", "mapped", "ignored", "all")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingFilter:
    """What the address asks for. `text` is found in SKU and id by its beginning, in names anywhere."""

    kind: str | None = None
    text: str = ""
    page: int = 1

    def address(self, **changes: Any) -> dict[str, str]:
        asked: dict[str, Any] = {"show": self.kind, "q": self.text or None, **changes}
        return {key: str(value) for key, value in asked.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingRow:
    """A listing with its mapping, and the blocked orders that wait for it with their money.

    `quantity` is what the store should show; None: it is not mapped to stock items.
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
    mapping: Mapping | None
    orders: int
    money: Decimal
    components: tuple[Component, ...]
    quantity: Quantity | None

    @property
    def kind(self) -> str:
        if self.mapping is None:
            return "unmapped"
        return "ignored" if self.mapping.is_ignored else "mapped"

    @property
    def has_drifted(self) -> bool:
        """The store shows another quantity than it should."""
        shown = self.quantity.shown if self.quantity else None
        return shown is not None and self.store_quantity not in (None, shown)


def read_listing_filter(args: Address[str, str]) -> ListingFilter:
    kind, page = args.get("show"), args.get("page", "1")
    return ListingFilter(
        kind=kind if kind in KINDS else None,
        text=args.get("q", "").strip()[:80],
        page=int(page) if page.isdecimal() and 0 < len(page) < 6 else 1,
    )


def kind_counts(session: Session, site_id: int) -> dict[str, int]:
    """A site's listings by kind, gone ones too; all four keys."""
    counts = dict.fromkeys(KINDS, 0)
    kind = case((Mapping.id.is_(None), "unmapped"), (Mapping.is_ignored, "ignored"), else_="mapped")
    rows = session.execute(
        select(kind, func.count())
        .select_from(Listing)
        .outerjoin(Mapping, (Mapping.listing_id == Listing.id) & Mapping.is_current)
        .where(Listing.site_id == site_id)
        .group_by(kind)
    )
    for name, number in rows:
        counts[name] = number
        counts["all"] += number
    return counts


def find_listings(session: Session, site: SiteFacts, asked: ListingFilter) -> Page[ListingRow]:
    """One page: those that hold up the most money first, then unmapped before mapped, by name."""
    held = _held_up(site)
    query = (
        select(Listing, Mapping, held.c.orders, held.c.money)
        .outerjoin(Mapping, (Mapping.listing_id == Listing.id) & Mapping.is_current)
        .outerjoin(held, held.c.listing_id == Listing.id)
        .where(Listing.site_id == site.id, *_conditions(asked))
    )
    capped = query.with_only_columns(Listing.id).limit(CAP + 1).subquery()
    total = session.scalar(select(func.count()).select_from(capped)) or 0
    number = within_cap(asked.page)
    rows = session.execute(
        query.order_by(
            Mapping.id.is_not(None),
            func.coalesce(held.c.money, 0).desc(),
            func.coalesce(held.c.orders, 0).desc(),
            Listing.name,
            Listing.id,
        )
        .offset((number - 1) * PAGE_SIZE)
        .limit(PAGE_SIZE)
    ).all()
    return Page(rows=_with_components(session, site, rows), number=number, total=total)


def find_listing(session: Session, site: SiteFacts, listing_id: int) -> ListingRow | None:
    held = _held_up(site)
    rows = session.execute(
        select(Listing, Mapping, held.c.orders, held.c.money)
        .outerjoin(Mapping, (Mapping.listing_id == Listing.id) & Mapping.is_current)
        .outerjoin(held, held.c.listing_id == Listing.id)
        .where(Listing.site_id == site.id, Listing.id == listing_id)
    ).all()
    found = _with_components(session, site, rows)
    return found[0] if found else None


def _held_up(site: SiteFacts) -> Any:
    """Blocked orders, and their money in the site's currency, by the listing they wait for."""
    return (
        select(
            OrderNeed.listing_id,
            func.count().label("orders"),
            func.sum(ChannelOrder.total).label("money"),
        )
        .join(ChannelOrder, ChannelOrder.id == OrderNeed.channel_order_id)
        .where(
            ChannelOrder.site_id == site.id,
            ChannelOrder.state == State.BLOCKED,
            ChannelOrder.currency == site.currency,
        )
        .group_by(OrderNeed.listing_id)
        .subquery()
    )


def _conditions(asked: ListingFilter) -> list[Any]:
    conditions: list[Any] = []
    if asked.kind == "unmapped":
        conditions.append(Mapping.id.is_(None))
    elif asked.kind == "mapped":
        conditions.append(Mapping.is_ignored.is_(False))
    elif asked.kind == "ignored":
        conditions.append(Mapping.is_ignored.is_(True))
    if asked.text:
        conditions.append(
            or_(
                Listing.key.startswith(asked.text, autoescape=True),
                Listing.sku.istartswith(asked.text, autoescape=True),
                Listing.name.icontains(asked.text, autoescape=True),
            )
        )
    return conditions


def _with_components(
    session: Session, site: SiteFacts, rows: Sequence[Any]
) -> tuple[ListingRow, ...]:
    kits = _components(session, [mapping.id for _, mapping, _, _ in rows if mapping is not None])
    buffer = _buffer(session, site.id)
    return tuple(
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
            mapping=mapping,
            orders=orders or 0,
            money=money or Decimal(0),
            components=kits.get(mapping.id, ()) if mapping else (),
            quantity=_quantity(kits.get(mapping.id, ()), buffer, mapping) if mapping else None,
        )
        for listing, mapping, orders, money in rows
    )


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
