"""What the lines of a batch of orders stand for: their listings with the mappings, read at once.

The statement that every page asks is made once, of the plain tables: to build it anew, or to
have the ORM look at each row, costs more than the database takes to answer it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from platforms.base import RemoteLine, RemoteOrder
from webapp.backoffice.goods.listing_words import index_new_listings
from webapp.backoffice.goods.meanings import Catalogue, KeptLine, KnownListing, Meaning, line_key
from webapp.backoffice.orders.standing import Standing
from webapp.models.base import table_of
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping, MappingComponent, Replacement

_LISTINGS = table_of(Listing)
_MAPPINGS = table_of(Mapping)
_COMPONENTS = table_of(MappingComponent)
# A row for each component of the current mapping; one without it for what is ignored or unmapped.
_LISTED = (
    select(
        _LISTINGS.c.id,
        _LISTINGS.c.key,
        _LISTINGS.c.name,
        _MAPPINGS.c.id,
        _MAPPINGS.c.is_ignored,
        _COMPONENTS.c.stock_item_id,
        _COMPONENTS.c.quantity,
    )
    .outerjoin(_MAPPINGS, (_MAPPINGS.c.listing_id == _LISTINGS.c.id) & _MAPPINGS.c.is_current)
    .outerjoin(_COMPONENTS, _COMPONENTS.c.mapping_id == _MAPPINGS.c.id)
    .where(_LISTINGS.c.site_id == bindparam("site_id"))
)
_LISTED_BY_KEY = _LISTED.where(_LISTINGS.c.key.in_(bindparam("wanted", expanding=True)))
_LISTED_BY_ID = _LISTED.where(_LISTINGS.c.id.in_(bindparam("wanted", expanding=True)))


Read = Iterable[tuple[RemoteOrder, Standing]]


def catalogue_for(session: Session, site_id: int, orders: Read, now: datetime) -> Catalogue:
    """The listings and mappings of these orders' lines; listings never seen before are added."""
    return _catalogue(session, site_id, orders, now)


def stored_catalogue_for(session: Session, site_id: int, orders: Read) -> Catalogue:
    """The same of orders that were processed before, so that every listing is there."""
    return _catalogue(session, site_id, orders, None)


def _catalogue(session: Session, site_id: int, orders: Read, now: datetime | None) -> Catalogue:
    kept: list[KeptLine] = []
    lines: dict[str, RemoteLine] = {}
    for order, standing in orders:
        kept += standing.kept.values()
        for line in order.lines:
            if line.listing_key is not None or line.remote_line_id not in standing.kept:
                lines[line_key(line)] = line
    found = _Listed(session, site_id)
    found.read(_LISTED_BY_KEY, lines)
    found.read(_LISTED_BY_ID, {line.listing_id for line in kept} - found.by_id.keys())
    missing = [line for key, line in lines.items() if key not in found.by_key]
    if missing and now is not None:
        _add_listings(session, site_id, missing, now)
        found.read(_LISTED_BY_KEY, [line_key(line) for line in missing])
    earlier = {line.mapping_id for line in kept if line.mapping_id is not None}
    return Catalogue(
        by_key=found.by_key,
        by_id=found.by_id,
        meanings=found.meanings | _meanings(session, earlier - found.meanings.keys()),
    )


class _Listed:
    """Listings as they are read, with the current mapping of each and its components."""

    def __init__(self, session: Session, site_id: int) -> None:
        self._session = session
        self._site_id = site_id
        self.by_key: dict[str, KnownListing] = {}
        self.by_id: dict[int, KnownListing] = {}
        self.meanings: dict[int, Meaning] = {}

    def read(self, statement: Any, wanted: Collection[Any]) -> None:
        if not wanted:
            return
        components: dict[int, list[tuple[int, int]]] = {}
        ignored: dict[int, bool] = {}
        rows = (
            self._session.connection()
            .execute(statement, {"site_id": self._site_id, "wanted": list(wanted)})
            .all()
        )
        for listing_id, key, name, mapping_id, is_ignored, item, quantity in rows:
            if mapping_id is not None:
                ignored[mapping_id] = is_ignored
                found = components.setdefault(mapping_id, [])
                if item is not None:
                    found.append((item, quantity))
            self.by_id[listing_id] = self.by_key[key] = KnownListing(
                listing_id, name or key, mapping_id
            )
        for mapping_id, found in components.items():
            self.meanings[mapping_id] = Meaning(mapping_id, ignored[mapping_id], tuple(found))


def _add_listings(session: Session, site_id: int, lines: list[RemoteLine], now: datetime) -> None:
    session.execute(
        insert(Listing),
        [
            {
                "site_id": site_id,
                "key": line_key(line),
                "name": line.name.replace("\0", ""),
                "sku": line.sku.replace("\0", "")[:200],
                "is_gone": line.listing_key is None,
                "first_seen_at": now,
                "stock_keeping": "none" if line.listing_key is None else "own",
            }
            for line in lines
        ],
    )
    index_new_listings(session, site_id, [line_key(line) for line in lines])


def _meanings(session: Session, mapping_ids: set[int]) -> dict[int, Meaning]:
    """These mappings of earlier processing, and those that corrected them."""
    found: dict[int, Meaning] = {}
    wanted = set(mapping_ids)
    while wanted:
        components: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for mapping_id, item, quantity in session.execute(
            select(
                MappingComponent.mapping_id,
                MappingComponent.stock_item_id,
                MappingComponent.quantity,
            ).where(MappingComponent.mapping_id.in_(wanted))
        ):
            components[mapping_id].append((item, quantity))
        for row in session.execute(
            select(
                Mapping.id, Mapping.is_ignored, Mapping.replaced_by_id, Mapping.replaced_how
            ).where(Mapping.id.in_(wanted))
        ):
            corrected = row.replaced_by_id if row.replaced_how == Replacement.CORRECTION else None
            found[row.id] = Meaning(row.id, row.is_ignored, tuple(components[row.id]), corrected)
        wanted = {
            meaning.corrected_by for meaning in found.values() if meaning.corrected_by is not None
        } - found.keys()
    return found
