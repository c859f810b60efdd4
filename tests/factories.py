"""One function per noun, with sensible defaults: a test names only what matters to it.

Functions that take a session store a row and return it with its id; the others make values.
"""

import itertools
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms.base import (
    FieldNames,
    RemoteAddress,
    RemoteBuyer,
    RemoteLine,
    RemoteListing,
    RemoteOrder,
    Stage,
    StockKeeping,
)
from webapp.backoffice.goods.listing_words import words_of_listing
from webapp.backoffice.sites.settings import REQUIRED_ROLES, Role
from webapp.models.catalogue import Kind, Listing, ListingWord
from webapp.models.ledgers import Ledger
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.orders import (
    ChannelOrder,
    OrderBuyer,
    OrderNeed,
    RetailOrder,
    RetailOrderLine,
)
from webapp.models.people import Person
from webapp.models.people import Role as PersonRole
from webapp.models.sites import Site, SiteWiring
from webapp.models.stock import Reservation, StockItem, StockMove

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
ORDERED = datetime(2026, 11, 2, 3, 0, tzinfo=UTC)
_numbers = itertools.count(1001)

CHART = (
    ("1000", "Bank", "asset"),
    ("1150", "Customer payments", "asset"),
    ("2200", "Sales tax", "liability"),
    ("4000", "Sales", "income"),
    ("4200", "Delivery income", "income"),
    ("4900", "Discounts", "income"),
    ("6100", "Platform fees", "expense"),
)
WIRED = {
    Role.PLATFORM_FEES: "6100",
    Role.CUSTOMER_PAYMENT: "1150",
    Role.DELIVERY: "4200",
    Role.SALES_REVENUE: "4000",
    Role.DISCOUNT: "4900",
    Role.TAX: "2200",
}


Row = TypeVar("Row")


def _store(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


# --- people and sites ---------------------------------------------------------------------------


def person(session: Session, *roles: str, email: str | None = None, **given: Any) -> Person:
    """Somebody with these roles. The password is not set: hash one where sign-in matters."""
    rows = []
    for name in roles:
        role = session.scalar(select(PersonRole).where(PersonRole.name == name))
        rows.append(role or _store(session, PersonRole(name=name, permissions=None)))
    number = next(_numbers)
    values = {
        "email": email or f"person{number}@example.com",
        "password": None,
        "active": True,
        "fs_uniquifier": f"uniquifier-{number}",
        "created_at": NOW,
        "roles": rows,
        **given,
    }
    return _store(session, Person(**values))


def site(session: Session, **given: Any) -> Site:
    """A WooCommerce shop in ringgit, seen by a person, importing two statuses."""
    values: dict[str, Any] = {
        "name": f"shop{next(_numbers)}",
        "platform": "woocommerce",
        "url": "http://127.0.0.1:1",
        "currency": "MYR",
        "timezone": "Asia/Kuala_Lumpur",
        "created_at": NOW,
        "credentials": {"consumer_key": "ck_1", "consumer_secret": "cs_1"},
        "facts": {},
        "orders_from": datetime(2026, 1, 1, tzinfo=UTC),
        "stock_from": None,
        "pull_every": 300,
        "push_every": 300,
        "buyer_days": 730,
        "automation": {"import_statuses": ["processing", "completed"]},
        "posting": {},
        "push_seen_at": NOW,
        **given,
    }
    return _store(session, Site(**values))


# --- ledgers ------------------------------------------------------------------------------------


def ledger(session: Session, code: str, type: str = "asset", **given: Any) -> Ledger:
    values: dict[str, Any] = {"name": f"Ledger {code}", "currency": None, "is_active": True}
    return _store(session, Ledger(code=code, type=type, **{**values, **given}))


def chart(session: Session) -> dict[str, Ledger]:
    """A small chart of accounts, by code."""
    return {code: ledger(session, code, type_, name=name) for code, name, type_ in CHART}


def wiring(
    session: Session, site: Site, role: str, ledger: Ledger, payment_method: str = ""
) -> SiteWiring:
    row = SiteWiring(site_id=site.id, role=role, payment_method=payment_method, ledger_id=ledger.id)
    return _store(session, row)


def wired_site(session: Session, **given: Any) -> Site:
    """A site whose six required roles have their ledgers; makes the chart when there is none."""
    ledgers = {row.code: row for row in session.scalars(select(Ledger))} or chart(session)
    made = site(session, **given)
    for role in REQUIRED_ROLES:
        wiring(session, made, role, ledgers[WIRED[role]])
    return made


# --- catalogue, stock and mapping ---------------------------------------------------------------


def stock_item(session: Session, sku: str, on_hand: int = 0, **given: Any) -> StockItem:
    """A counted stock item whose on hand comes from one move. `counted_at=None`: never counted."""
    values: dict[str, Any] = {
        "name": sku.title(),
        "reserved": 0,
        "counted_at": NOW,
        "created_at": NOW,
        **given,
    }
    row = _store(session, StockItem(sku=sku, on_hand=on_hand, **values))
    if on_hand:
        move(session, row, on_hand, reason="count")
    return row


def move(session: Session, item: StockItem, quantity: int, **given: Any) -> StockMove:
    """A move alone: the item's on hand is the caller's to keep."""
    values: dict[str, Any] = {"reason": "count", "at": NOW, **given}
    return _store(session, StockMove(stock_item_id=item.id, quantity=quantity, **values))


def reservation(
    session: Session, order: ChannelOrder, item: StockItem, quantity: int
) -> Reservation:
    """Pieces that an order holds; the item's `reserved` follows."""
    item.reserved += quantity
    row = Reservation(channel_order_id=order.id, stock_item_id=item.id, quantity=quantity)
    return _store(session, row)


def listing(session: Session, site: Site, key: str, **given: Any) -> Listing:
    """A listing that the store keeps the stock of, seen in its catalogue."""
    values: dict[str, Any] = {
        "parent_key": key.partition(":")[0] if ":" in key else None,
        "name": f"Product {key}",
        "sku": f"SKU-{key}",
        "status": "publish",
        "price": Decimal("10.00"),
        "stock_keeping": StockKeeping.OWN.value,
        "store_quantity": None,
        "seen_in_catalogue": True,
        "first_seen_at": NOW,
        **given,
    }
    row = _store(session, Listing(site_id=site.id, key=key, **values))
    session.add_all(
        ListingWord(listing_id=row.id, word=word, site_id=site.id)
        for word in words_of_listing(row.key, row.sku, row.name)
    )
    session.flush()
    return row


def mapping(
    session: Session,
    listing: Listing,
    *components: StockItem | tuple[StockItem, int],
    **given: Any,
) -> Mapping:
    """What a listing stands for; without components it is ignored."""
    values: dict[str, Any] = {
        "is_current": True,
        "is_ignored": not components,
        "ignore_reason": "" if components else "not ours",
        "created_at": NOW,
        **given,
    }
    row = _store(session, Mapping(listing_id=listing.id, **values))
    for component in components:
        item, quantity = component if isinstance(component, tuple) else (component, 1)
        session.add(MappingComponent(mapping_id=row.id, stock_item_id=item.id, quantity=quantity))
    if row.is_current:
        listing.kind = Kind.IGNORED if row.is_ignored else Kind.MAPPED
    session.flush()
    return row


# --- orders -------------------------------------------------------------------------------------


def order(session: Session, site: Site, **given: Any) -> ChannelOrder:
    """A stored order, synced, without a payload or a retail order."""
    number = next(_numbers)
    values: dict[str, Any] = {
        "remote_id": str(number),
        "number": str(number),
        "status": "processing",
        "currency": site.currency,
        "total": Decimal("103.88"),
        "ordered_at": ORDERED,
        "payment_method": "stripe",
        "remote_modified_at": ORDERED,
        "digest": bytes(32),
        "details_digest": bytes(32),
        "version": 1,
        "versions": 1,
        "read_at": NOW,
        "state": "synced",
        **given,
    }
    return _store(session, ChannelOrder(site_id=site.id, **values))


def retail_order(session: Session, order: ChannelOrder, **given: Any) -> RetailOrder:
    values: dict[str, Any] = {"status": "active", "created_at": NOW, "paid_at": ORDERED, **given}
    return _store(session, RetailOrder(channel_order_id=order.id, **values))


def retail_line(
    session: Session,
    order: ChannelOrder,
    listing: Listing,
    quantity: int = 1,
    mapping: Mapping | None = None,
    **given: Any,
) -> RetailOrderLine:
    number = next(_numbers)
    values: dict[str, Any] = {
        "position": number,
        "remote_line_id": str(number),
        "name": listing.name,
        "sku": listing.sku,
        "net": Decimal("90.00"),
        "tax": Decimal("5.40"),
        **given,
    }
    row = RetailOrderLine(
        channel_order_id=order.id,
        listing_id=listing.id,
        mapping_id=mapping.id if mapping else None,
        quantity=quantity,
        **values,
    )
    return _store(session, row)


def need(session: Session, order: ChannelOrder, listing: Listing) -> OrderNeed:
    row = OrderNeed(channel_order_id=order.id, listing_id=listing.id)
    return _store(session, row)


def buyer(session: Session, order: ChannelOrder, **given: Any) -> OrderBuyer:
    """The buyer's row of an order, with the columns named."""
    return _store(session, OrderBuyer(channel_order_id=order.id, **given))


# --- what a store says --------------------------------------------------------------------------


def remote_listing(key: str, **given: Any) -> RemoteListing:
    values: dict[str, Any] = {
        "key": key,
        "parent_key": key.partition(":")[0] if ":" in key else None,
        "name": f"Product {key}",
        "sku": f"SKU-{key}",
        "status": "publish",
        "price": Decimal("10.00"),
        "stock_keeping": StockKeeping.OWN,
        "quantity": 5,
        "modified_at": ORDERED,
        **given,
    }
    return RemoteListing(**values)


def remote_buyer(**given: Any) -> RemoteBuyer:
    values: dict[str, Any] = {
        "email": "siti@example.com",
        "billing": RemoteAddress(
            first_name="Siti",
            last_name="Ahmad",
            street="1 Jalan Besar",
            city="Kuala Lumpur",
            postcode="50000",
            country="MY",
            phone="+60 12-345 6789",
        ),
        **given,
    }
    return RemoteBuyer(**values)


def remote_line(listing_key: str | None = "12", **given: Any) -> RemoteLine:
    """One line of one piece at 50.00 with 3.00 tax."""
    values: dict[str, Any] = {
        "remote_line_id": str(next(_numbers)),
        "listing_key": listing_key,
        "name": "Tee",
        "sku": "TEE",
        "quantity": 1,
        "subtotal": Decimal("50.00"),
        "total": Decimal("50.00"),
        "tax": Decimal("3.00"),
        **given,
    }
    return RemoteLine(**values)


FIELDS = FieldNames(
    total="order.total",
    goods="order.line_items.subtotal",
    goods_discount="order.line_items.subtotal - total",
    surcharge="order.fee_lines.total",
    reduction="order.fee_lines.total",
    delivery="order.shipping_lines.total",
    tax="order.total_tax",
    tax_rate="order.tax_lines[{}].tax_total",
    refund="refund[{}].amount",
    refund_goods="refund[{}].line_items.total",
    refund_delivery="refund[{}].shipping_lines.total",
    refund_tax="refund[{}].total_tax",
)


def remote_order(lines: Sequence[RemoteLine] | None = None, **given: Any) -> RemoteOrder:
    """A paid order that adds up: the total is that of its lines and their tax."""
    lines = tuple(lines) if lines is not None else (remote_line(),)
    number = str(next(_numbers))
    tax = sum((line.tax for line in lines), Decimal(0))
    values: dict[str, Any] = {
        "remote_id": number,
        "number": number,
        "parent_remote_id": None,
        "status": "processing",
        "stage": Stage.ALIVE,
        "is_paid": True,
        "is_taken": True,
        "is_shipped": False,
        "currency": "MYR",
        "digits": 2,
        "ordered_at": ORDERED,
        "modified_at": ORDERED,
        "paid_at": ORDERED,
        "shipped_at": None,
        "payment_method": "stripe",
        "payment_title": "Card",
        "transaction_id": "",
        "total": sum((line.total for line in lines), Decimal(0)) + tax,
        "total_tax": tax,
        "lines": lines,
        "charges": (),
        "deliveries": (),
        "taxes": (),
        "fee": None,
        "refunds": (),
        "fields": FIELDS,
        **given,
    }
    return RemoteOrder(**values)
