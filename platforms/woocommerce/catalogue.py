"""What a shop sells: simple products and variations, each a listing.

Source: GET /wc/v3/products, GET /wc/v3/variations (WooCommerce 10.3 and later) and
GET /wc/v3/products/<id>/variations. A variable product is sold only as its variations.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from html import unescape

import msgspec

from platforms.base import RemoteListing, StockKeeping, StoreFacts
from platforms.money import decode_json
from platforms.payload_fields import MOST_PIECES, Row, as_amount, as_id, is_number, objects, text
from platforms.woocommerce.answers import NoRoute
from platforms.woocommerce.client import Client
from platforms.woocommerce.fields import name, utc_instant
from platforms.woocommerce.paging import walk_by_id

log = logging.getLogger(__name__)

FIELDS = (
    "id,parent_id,type,name,sku,status,price,manage_stock,stock_quantity,variations,attributes,"
    "date_modified_gmt"
)
# Sold elsewhere, or only a bracket around other products: there is no stock of their own.
WITHOUT_STOCK = frozenset({"grouped", "external"})


def catalogue(client: Client, facts: StoreFacts) -> Iterator[tuple[RemoteListing, ...]]:
    """Every listing, page by page. A listing's key is "<product>" or "<product>:<variation>".

    Products in the trash are not in it. A variation's name is its parent's with its options.
    """
    parents: dict[str, str] = {}
    reads_shop_list = bool(facts.has_variation_list)
    for page in walk_by_id(client, "products", {"_fields": FIELDS, "status": "any"}):
        products = _rows(page)
        variable = {text(row, "id"): name(row, "name") for row in products if is_variable(row)}
        parents.update(variable)
        listings = [_product(row) for row in products if not is_variable(row)]
        if not reads_shop_list:
            for parent in variable:
                listings += _variations_of(client, parent, variable)
        if listings:
            yield tuple(listings)
    if parents and reads_shop_list:
        yield from _all_variations(client, parents)


def _rows(page: Sequence[bytes]) -> list[Row]:
    """The products of a page. What is none, or has no number, is nothing that could be sold."""
    found = []
    for body in page:
        try:
            row = decode_json(body)
        except (msgspec.DecodeError, UnicodeDecodeError, ArithmeticError, RecursionError):
            row = None
        if isinstance(row, dict) and is_number(as_id(row.get("id")) or ""):
            found.append(row)
        else:
            log.warning("the store listed a product that makes no sense; it was left out")
    return found


def is_variable(product: Row) -> bool:
    """Whether a product is sold as variations. Plugins have types of their own for it."""
    return text(product, "type").startswith("variable") or bool(product.get("variations"))


def _variations_of(
    client: Client, parent: str, names: Mapping[str, str]
) -> Iterator[RemoteListing]:
    path = f"products/{parent}/variations"
    for page in walk_by_id(client, path, {"_fields": FIELDS}):
        for row in _rows(page):
            yield _variation(row, parent, names[parent])


def _all_variations(
    client: Client, names: Mapping[str, str]
) -> Iterator[tuple[RemoteListing, ...]]:
    try:
        for page in walk_by_id(client, "variations", {"_fields": FIELDS, "status": "any"}):
            listings = []
            for row in _rows(page):
                parent = text(row, "parent_id")
                # Of a parent in the trash, or one made since its page was read.
                if parent in names:
                    listings.append(_variation(row, parent, names[parent]))
            if listings:
                yield tuple(listings)
    except NoRoute:
        # The shop went back to an older WooCommerce.
        for parent in names:
            found = tuple(_variations_of(client, parent, names))
            if found:
                yield found


def _product(row: Row) -> RemoteListing:
    has_stock = text(row, "type") not in WITHOUT_STOCK
    return _listing(row, key=text(row, "id"), parent=None, title=name(row, "name"), has=has_stock)


def _variation(row: Row, parent: str, parent_name: str) -> RemoteListing:
    options = ", ".join(
        unescape(str(attribute.get("option")))
        for attribute in objects(row, "attributes")
        if attribute.get("option")
    )
    title = f"{parent_name} – {options or name(row, 'name') or text(row, 'id')}"
    return _listing(row, key=f"{parent}:{text(row, 'id')}", parent=parent, title=title, has=True)


def _listing(row: Row, *, key: str, parent: str | None, title: str, has: bool) -> RemoteListing:
    price = row.get("price")
    return RemoteListing(
        key=key,
        parent_key=parent,
        name=title,
        sku=text(row, "sku"),
        status=text(row, "status"),
        price=None if price in (None, "") else as_amount(price),
        stock_keeping=stock_keeping(row) if has else StockKeeping.NONE,
        quantity=shown_quantity(row) if has else None,
        modified_at=_modified_at(row),
    )


def _modified_at(row: Row) -> datetime | None:
    """Only told: nothing depends on it, so one that makes no sense counts as none."""
    try:
        return utc_instant(text(row, "date_modified_gmt"))
    except ValueError:
        return None


def stock_keeping(row: Row) -> StockKeeping:
    """Who keeps the quantity: `manage_stock` is true, false, or "parent" on a variation."""
    kept = row.get("manage_stock")
    if kept == "parent":
        return StockKeeping.PARENT
    return StockKeeping.OWN if kept is True else StockKeeping.NONE


def shown_quantity(row: Row) -> int | None:
    """Whole pieces that the shop shows; None where it counts none. A fraction is cut down."""
    value = row.get("stock_quantity")
    found = None if value in (None, "") else as_amount(value)
    return None if found is None or abs(found) >= MOST_PIECES else int(found // 1)
