"""The lines of an order as people see them: kept here once processed, else from the payload."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms.base import Platform, RemoteLine, RemoteOrder
from platforms.errors import OrderUnreadable
from platforms.money import round_to
from webapp.backoffice.goods.meanings import line_key
from webapp.backoffice.orders.payloads import present_payloads
from webapp.backoffice.orders.rules import load_rules
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.orders import ChannelOrder, RetailOrderLine
from webapp.models.sites import Site
from webapp.models.stock import StockItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One line of goods. `stock` is what the whole line takes; () while the listing is unmapped.

    `listing_row_id` is our row of the listing, None when it has none yet.
    """

    listing_id: str | None
    listing_row_id: int | None
    sku: str
    name: str
    quantity: int
    net: Decimal
    tax: Decimal
    stock: tuple[Pieces, ...]
    is_mapped: bool
    is_ignored: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteFacts:
    """What only the payload tells. `digits`: decimals that the order is booked in."""

    digits: int | None = None
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    lines: tuple[LineView, ...] = ()


def kept_lines(session: Session, order_id: int) -> tuple[LineView, ...]:
    """The retail order's lines, each with the mapping that it was read with."""
    rows = session.execute(
        select(RetailOrderLine, Listing.key)
        .join(Listing, Listing.id == RetailOrderLine.listing_id)
        .where(RetailOrderLine.channel_order_id == order_id)
        .order_by(RetailOrderLine.position, RetailOrderLine.id)
    ).all()
    meanings = _meanings(session, (line.mapping_id for line, _ in rows))
    return tuple(
        LineView(
            listing_id=key,
            listing_row_id=line.listing_id,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            net=line.net,
            tax=line.tax,
            stock=_pieces(meanings.components[line.mapping_id], line.quantity),
            is_mapped=line.mapping_id is not None,
            is_ignored=line.mapping_id in meanings.ignored,
        )
        for line, key in rows
    )


def remote_facts(
    session: Session, order: ChannelOrder, site: Site, platforms: Callable[[str], Platform]
) -> RemoteFacts:
    """What the newest payload says, its lines read with the current mappings.

    Empty when the payload makes no sense: such an order is listed, and its timeline says why.
    """
    payload = present_payloads(session, [order.id]).get(order.id)
    if payload is None:
        return RemoteFacts()
    platform = platforms(site.platform)
    rules = load_rules(session, site, platform)
    try:
        remote = platform.read_payload(payload, rules.terms(rules.posting))
    except OrderUnreadable:
        return RemoteFacts()
    return RemoteFacts(
        digits=remote.digits,
        paid_at=remote.paid_at,
        shipped_at=remote.shipped_at,
        lines=_payload_lines(session, site.id, remote),
    )


def _payload_lines(session: Session, site_id: int, remote: RemoteOrder) -> tuple[LineView, ...]:
    keys = {line_key(line) for line in remote.lines}
    rows = session.execute(
        select(Listing.key, Listing.id, Mapping.id)
        .outerjoin(Mapping, (Mapping.listing_id == Listing.id) & Mapping.is_current)
        .where(Listing.site_id == site_id, Listing.key.in_(keys))
    )
    known = {key: (listing_id, mapping_id) for key, listing_id, mapping_id in rows}
    meanings = _meanings(session, (mapping_id for _, mapping_id in known.values()))

    def view(line: RemoteLine) -> LineView:
        listing_id, mapping_id = known.get(line_key(line), (None, None))
        return LineView(
            listing_id=line_key(line),
            listing_row_id=listing_id,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            net=round_to(line.total, remote.digits),
            tax=round_to(line.tax, remote.digits),
            stock=_pieces(meanings.components[mapping_id], line.quantity),
            is_mapped=mapping_id is not None,
            is_ignored=mapping_id in meanings.ignored,
        )

    return tuple(view(line) for line in remote.lines)


@dataclass(frozen=True, slots=True)
class _Meanings:
    components: dict[int | None, list[tuple[str, int]]]
    ignored: frozenset[int | None]


def _meanings(session: Session, mapping_ids: Iterable[int | None]) -> _Meanings:
    wanted = {mapping_id for mapping_id in mapping_ids if mapping_id is not None}
    components: dict[int | None, list[tuple[str, int]]] = defaultdict(list)
    rows = session.execute(
        select(MappingComponent.mapping_id, StockItem.sku, MappingComponent.quantity)
        .join(StockItem, StockItem.id == MappingComponent.stock_item_id)
        .where(MappingComponent.mapping_id.in_(wanted))
        .order_by(StockItem.sku)
    )
    for mapping_id, sku, quantity in rows:
        components[mapping_id].append((sku, quantity))
    ignored = session.scalars(select(Mapping.id).where(Mapping.id.in_(wanted), Mapping.is_ignored))
    return _Meanings(components, frozenset(ignored))


def _pieces(components: list[tuple[str, int]], quantity: int) -> tuple[Pieces, ...]:
    return tuple(Pieces(sku=sku, quantity=each * quantity) for sku, each in components)
