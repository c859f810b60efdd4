"""Listings as a catalogue pull finds them: new, changed, as before, gone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from platforms.base import RemoteListing
from platforms.money import round_to
from webapp.backoffice.goods.listing_words import index_changed_listings, index_new_listings
from webapp.backoffice.goods.mapping_reach import chunks
from webapp.database import bulk_insert
from webapp.models.base import table_of
from webapp.models.catalogue import Kind, Listing, sort_name
from webapp.models.types import MONEY_LIMIT, SCALE, scaled

STORED_DIGITS = 4
WATCHED = ("parent_key", "name", "sku", "status", "price", "stock_keeping", "store_quantity")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCounts:
    """`changed`: another name, SKU, price, quantity …, or back in the store."""

    new: int
    changed: int
    unchanged: int


def store_listings(
    session: Session, site_id: int, page: Sequence[RemoteListing], now: datetime
) -> PageCounts:
    """Keep one page of a store's catalogue; each listing's quantity is what the store shows.

    A key that comes twice on the page counts once, as it came last.
    """
    by_key = {each.key[:80]: _values(each) for each in page}
    known = {
        row.key: row
        for row in session.execute(
            select(Listing).where(Listing.site_id == site_id, Listing.key.in_(by_key))
        ).scalars()
    }
    new = {key: values for key, values in by_key.items() if key not in known}
    changed = [
        {
            "listing": known[key].id,
            "new_sort_name": sort_name(values["name"]),
            **{f"new_{name}": values[name] for name in WATCHED},
        }
        for key, values in by_key.items()
        if key in known and _differs(known[key], values)
    ]
    same = {row.id for row in known.values()} - {each["listing"] for each in changed}
    renamed = [
        (known[key].id, key, values["sku"], values["name"])
        for key, values in by_key.items()
        if key in known and (known[key].name, known[key].sku) != (values["name"], values["sku"])
    ]
    _insert(session, site_id, new, now)
    index_new_listings(session, site_id, new)
    table = table_of(Listing)
    if changed:
        session.connection().execute(
            update(table)
            .where(table.c.id == bindparam("listing"))
            .values(
                **{name: bindparam(f"new_{name}") for name in WATCHED},
                sort_name=bindparam("new_sort_name"),
                store_quantity_at=now,
                is_gone=False,
                seen_in_catalogue=True,
            ),
            changed,
        )
    index_changed_listings(session, site_id, renamed)
    if same:
        session.connection().execute(
            update(table).where(table.c.id.in_(same)).values(store_quantity_at=now)
        )
    return PageCounts(new=len(new), changed=len(changed), unchanged=len(same))


def mark_gone(session: Session, site_id: int, seen: Collection[str]) -> int:
    """Listings that a complete catalogue pull did not show are gone; how many just now.

    Their mappings and orders stay; nothing is pushed to them any more.
    """
    kept = frozenset(key[:80] for key in seen)
    rows = session.execute(
        select(Listing.id, Listing.key).where(
            Listing.site_id == site_id, Listing.is_gone.is_(False)
        )
    )
    gone = [listing_id for listing_id, key in rows if key not in kept]
    for chunk in chunks(gone):
        session.execute(update(Listing).where(Listing.id.in_(chunk)).values(is_gone=True))
    return len(gone)


def _values(remote: RemoteListing) -> dict[str, Any]:
    return {
        "parent_key": remote.parent_key[:80] if remote.parent_key else None,
        "name": _storable(remote.name),
        "sku": _storable(remote.sku)[:200],
        "status": _storable(remote.status)[:40],
        "price": _price(remote.price),
        "stock_keeping": remote.stock_keeping.value,
        "store_quantity": remote.quantity,
    }


def _storable(text: str) -> str:
    return text.replace("\0", "")


def _price(price: Decimal | None) -> Decimal | None:
    """The price to show; the books never take it from here, so it may be rounded."""
    if price is None or abs(price) * SCALE >= MONEY_LIMIT:
        return None
    return round_to(price, STORED_DIGITS)


def _differs(row: Listing, values: dict[str, Any]) -> bool:
    return (
        row.is_gone
        or not row.seen_in_catalogue
        or any(getattr(row, name) != values[name] for name in WATCHED)
    )


def _insert(session: Session, site_id: int, new: dict[str, dict[str, Any]], now: datetime) -> None:
    bulk_insert(
        session.connection(),
        table_of(Listing),
        (
            *("site_id", "key", "kind", "sort_name", *WATCHED),
            *("store_quantity_at", "is_gone", "seen_in_catalogue", "first_seen_at"),
        ),
        [
            (
                *(site_id, key, Kind.UNMAPPED.value, sort_name(values["name"])),
                *(
                    scaled(values[name])
                    if name == "price" and values[name] is not None
                    else values[name]
                    for name in WATCHED
                ),
                *(now, False, True, now),
            )
            for key, values in new.items()
        ],
    )
