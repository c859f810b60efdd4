"""Rows of the grid as JSON: ready words, so that the script only builds nodes of them."""

from typing import Any

from webapp.admin.frame.formatters import instant, money, plural, quantity
from webapp.admin.frame.site_facts import SiteFacts
from webapp.admin.mapping.held_up import AllHeld
from webapp.admin.mapping.rows import SHOWN_STATUS, ListingRow


def row_json(row: ListingRow, site: SiteFacts) -> dict[str, Any]:
    """One listing. `mark` goes back with a change, to tell whether it still stands so."""
    about = [row.key]
    if row.price is not None:
        about.append(money(row.price, site.currency))
    if row.status not in (SHOWN_STATUS, ""):
        about.append(f"{row.status} in the store")
    if row.is_gone:
        about.append("gone from the store")
    mapping = row.mapping
    is_shown = row.kind != "ignored" and not row.is_gone
    return {
        "id": row.id,
        "name": row.name,
        "about": " · ".join(about),
        "sku": row.sku,
        "kind": row.kind,
        "orders": row.orders,
        "money": money(row.money, site.currency) if row.orders else "",
        "parts": [{"sku": each.item.sku, "pieces": each.pieces} for each in row.components],
        "remark": row.remark,
        "ours": quantity(row.quantity.shown) if row.quantity else "",
        "shows": shown_in_store(row) if is_shown else "",
        "drifted": row.has_drifted,
        "maximum": None if mapping is None else mapping.max_quantity,
        "ignored": ignored_words(row, site),
        "reason": mapping.ignore_reason if mapping is not None else "",
        "mark": row.mark,
    }


def shown_in_store(row: ListingRow) -> str:
    return "not counted there" if row.stock_keeping == "none" else quantity(row.store_quantity)


def ignored_words(row: ListingRow, site: SiteFacts) -> str:
    """Who ignored a listing, when and why; "" for one that is not ignored."""
    mapping = row.mapping
    if mapping is None or not mapping.is_ignored:
        return ""
    who = f"{mapping.created_by}, " if mapping.created_by else ""
    why = f": “{mapping.ignore_reason}”" if mapping.ignore_reason else ""
    return f"{who}{instant(mapping.created_at, site.timezone)}{why}"


def held_words(held: AllHeld, site: SiteFacts) -> str:
    """What the unmapped listings hold up, as a sentence; "" for nothing."""
    if not held.orders:
        return ""
    listings = len(held.by_listing)
    hold = "holds" if listings == 1 else "hold"
    worth = money(held.money, site.currency)
    return f"{plural(listings, 'listing')} {hold} up {plural(held.orders, 'order')} worth {worth}"
