"""Large shops put straight into a database, so that screens can be measured: listings and items.

Nothing is processed: the rows are those that pulls would have left.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from webapp.backoffice.goods.listing_words import words_of_listing
from webapp.database import bulk_insert, reserve_ids, utc_now, writing
from webapp.models.base import table_of
from webapp.models.catalogue import Listing, ListingWord, sort_name
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.stock import StockItem

CHUNK = 20_000
# Of a thousand listings so many are unmapped, and so many ignored; the rest is mapped.
UNMAPPED = 100
IGNORED = 10
THINGS = ("mug", "kettle", "towel", "tray", "glass", "jug", "lamp", "basket", "bowl", "apron")
LOOKS = ("batik", "rattan", "enamel", "indigo", "terracotta", "natural", "small", "large", "set")


def many_listings(engine: Engine, site_id: int, number: int) -> None:
    """Listings of a site with names of five words, each with a stock item of its own SKU.

    Nine of ten are mapped, every tenth of those to a kit of two; the rest is ignored or unmapped.
    """
    with writing(engine) as session:
        connection = session.connection()
        first = session.scalar(select(func.count()).select_from(Listing)) or 0
        for start in range(first, first + number, CHUNK):
            places = range(start, min(start + CHUNK, first + number))
            _put(connection, site_id, places)


def sku_of(place: int) -> str:
    return f"SKU-{place:06}"


def name_of(place: int) -> str:
    thing, look = THINGS[place % 10], LOOKS[place // 10 % 9]
    other = LOOKS[place // 90 % 9]
    return f"{thing.title()} {look} {other} no {place:06}"


def kind_of(place: int) -> str:
    within = place % 1_000
    if within < UNMAPPED:
        return "unmapped"
    return "ignored" if within < UNMAPPED + IGNORED else "mapped"


def _put(connection: Connection, site_id: int, places: range) -> None:
    now = utc_now()
    items = reserve_ids(connection, table_of(StockItem), len(places))
    _insert(
        connection,
        StockItem,
        ("id", "sku", "name", "on_hand", "reserved", "counted_at", "created_at"),
        ((key, sku_of(at), name_of(at), 50, 0, now, now) for key, at in _with(items, places)),
    )
    listings = reserve_ids(connection, table_of(Listing), len(places))
    _insert(
        connection,
        Listing,
        (
            *("id", "site_id", "key", "name", "sort_name", "kind", "sku", "status", "price"),
            *("stock_keeping", "store_quantity", "is_gone", "seen_in_catalogue", "first_seen_at"),
        ),
        (
            (
                *(key, site_id, f"{100_000 + at}", name_of(at), sort_name(name_of(at))),
                *(kind_of(at), sku_of(at), "publish", 585_000, "own", 11, False, True, now),
            )
            for key, at in _with(listings, places)
        ),
    )
    _insert(
        connection,
        ListingWord,
        ("listing_id", "word", "site_id"),
        (
            (key, word, site_id)
            for key, at in _with(listings, places)
            for word in words_of_listing(f"{100_000 + at}", sku_of(at), name_of(at))
        ),
    )
    known = [(row, at) for row, at in enumerate(places) if kind_of(at) != "unmapped"]
    mappings = reserve_ids(connection, table_of(Mapping), len(known))
    _insert(
        connection,
        Mapping,
        ("id", "listing_id", "is_current", "is_ignored", "ignore_reason", "created_at"),
        (
            (key, listings[row], True, kind_of(at) == "ignored", "", now)
            for key, (row, at) in zip(mappings, known, strict=True)
        ),
    )
    parts = []
    for key, (row, at) in zip(mappings, known, strict=True):
        if kind_of(at) == "mapped":
            parts.append((key, items[row], 1))
            if at % 10 == 0 and row:
                parts.append((key, items[row - 1], 2))
    _insert(connection, MappingComponent, ("mapping_id", "stock_item_id", "quantity"), iter(parts))


def _with(ids: Any, places: range) -> Iterator[tuple[int, int]]:
    return zip(ids, places, strict=True)


def _insert(
    connection: Connection, model: Any, columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]
) -> None:
    bulk_insert(connection, table_of(model), columns, list(rows))
