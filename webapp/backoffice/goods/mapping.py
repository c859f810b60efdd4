"""Mappings: sheets in and out, one listing by hand, and all that fit by SKU.

Saving is in `mapping_changes`; here is what people ask for.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.backoffice.files.sheets import Cell, Sheet, SheetProblem
from webapp.backoffice.goods.mapping_changes import (
    apply_standings,
    current_standings,
    lock_site,
)
from webapp.backoffice.goods.mapping_reach import released_orders
from webapp.backoffice.goods.mapping_sheet import (
    COLUMNS,
    KnownItems,
    KnownListings,
    Standing,
    Standings,
    read_mapping,
)
from webapp.models.catalogue import Listing
from webapp.models.sites import Site
from webapp.models.stock import StockItem


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingImport:
    """`rows` counts rows of the sheet; `requeued` orders; the other counts listings.

    `applied` False: a dry run, or there are `errors` and nothing was saved.
    """

    rows: int
    created: int
    changed: int
    unchanged: int
    removed: int
    applied: bool
    requeued: int
    errors: tuple[SheetProblem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingChange:
    """What became of one listing ("created", "changed", "unchanged", "removed")."""

    result: str
    requeued: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoMapping:
    """Unmapped listings: mapped by their SKU, with a SKU that is not unique, without a match."""

    matched: int
    ambiguous: int
    unmatched: int
    requeued: int = 0
    pairs: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # (listing key, SKU)


def import_mapping(
    session: Session,
    site: Site,
    sheet: Sheet,
    *,
    now: datetime,
    actor: str | None,
    from_now: bool = False,
    dry_run: bool = False,
) -> MappingImport:
    """Give each listing that the sheet names exactly the sheet's rows, or nothing at all.

    Listings that it does not name keep their mapping. A change of a mapping that stood
    corrects the orders processed under it, unless `from_now`. Applying it twice changes nothing.
    """
    lock_site(session, site.id)
    wanted = read_mapping(sheet, site.name, known_listings(session, site.id), known_items(session))
    before = current_standings(session, site.id)
    results = Counter(_result(before, key, standing) for key, standing in wanted.standings.items())
    requeued = 0
    is_applied = not (dry_run or wanted.problems)
    if is_applied:
        requeued = apply_standings(
            session,
            site,
            before,
            wanted.standings,
            now=now,
            actor=actor,
            from_now=from_now,
            reason="Ignored by a mapping sheet.",
        )
    elif not wanted.problems:
        requeued = released_orders(
            session, site.id, before, wanted.standings, from_now=from_now
        ).count
    return MappingImport(
        rows=len(sheet.rows),
        created=results["created"],
        changed=results["changed"],
        unchanged=results["unchanged"],
        removed=results["removed"],
        applied=is_applied,
        requeued=requeued,
        errors=tuple(wanted.problems),
    )


def _result(before: Standings, listing_id: int, wanted: Standing | None) -> str:
    stood = before.get(listing_id)
    if wanted is None:
        return "removed" if stood else "unchanged"
    if stood is None:
        return "created"
    return "unchanged" if stood.standing == wanted else "changed"


def export_mapping(session: Session, site: Site) -> Iterator[tuple[Cell, ...]]:
    """Rows of the mapping sheet (`COLUMNS`): every listing, unmapped and gone ones too."""
    skus = {item_id: sku for item_id, sku in session.execute(select(StockItem.id, StockItem.sku))}
    standings = current_standings(session, site.id)
    listings = session.execute(
        select(Listing.id, Listing.key, Listing.sku, Listing.name)
        .where(Listing.site_id == site.id)
        .order_by(Listing.id)
    )
    for listing_id, key, sku, name in listings.all():
        stood = standings.get(listing_id)
        if stood is None or stood.standing.is_ignored:
            yield key, sku, name, "", "", "yes" if stood else "", ""
            continue
        for item_id, quantity in stood.standing.components:
            yield key, sku, name, skus[item_id], quantity, "", stood.standing.max_quantity


def map_listing(
    session: Session,
    listing: Listing,
    components: Sequence[tuple[int, int]] | None,
    *,
    now: datetime,
    actor: str | None,
    ignore_reason: str | None = None,
    max_quantity: int | None = None,
    from_now: bool = False,
) -> MappingChange:
    """Map one listing by hand: components (stock item id, pieces), None to leave it unmapped.

    With `ignore_reason` it is ignored instead. ValueError: a component twice, pieces or a
    maximum that are no whole numbers in range, components and a reason both.
    """
    wanted = _checked(components, ignore_reason, max_quantity)
    site = session.get_one(Site, listing.site_id)
    lock_site(session, site.id)
    before = current_standings(session, site.id, listing_ids=[listing.id])
    requeued = apply_standings(
        session,
        site,
        before,
        {listing.id: wanted},
        now=now,
        actor=actor,
        from_now=from_now,
        reason=ignore_reason or "",
    )
    return MappingChange(result=_result(before, listing.id, wanted), requeued=requeued)


def _checked(
    components: Sequence[tuple[int, int]] | None,
    ignore_reason: str | None,
    max_quantity: int | None,
) -> Standing | None:
    if ignore_reason is not None:
        if components:
            raise ValueError("A listing is either mapped or ignored, not both.")
        if not ignore_reason.strip():
            raise ValueError("Say why the listing is ignored.")
        return Standing(is_ignored=True)
    if max_quantity is not None and max_quantity < 0:
        raise ValueError("The maximum is a whole number from 0.")
    if not components:
        return None
    if len({item_id for item_id, _ in components}) < len(components):
        raise ValueError("A stock item stands in a kit once, with its pieces.")
    if any(pieces < 1 for _, pieces in components):
        raise ValueError("A kit takes whole pieces, 1 or more of each stock item.")
    return Standing(components=tuple(sorted(components)), max_quantity=max_quantity)


def auto_map(
    session: Session, site: Site, *, now: datetime, actor: str | None, dry_run: bool = False
) -> AutoMapping:
    """Map unmapped listings whose SKU is that of exactly one stock item, and of no other listing.

    Case does not matter. Ignored and mapped listings stay as they are; gone ones are left out.
    """
    lock_site(session, site.id)
    before = current_standings(session, site.id)
    listings = session.execute(
        select(Listing.id, Listing.key, Listing.sku).where(
            Listing.site_id == site.id, Listing.is_gone.is_(False)
        )
    ).all()
    items: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for item_id, sku in session.execute(select(StockItem.id, StockItem.sku)):
        items[sku.strip().casefold()].append((item_id, sku))
    shared = Counter(row.sku.strip().casefold() for row in listings)
    wanted: dict[int, Standing | None] = {}
    pairs: list[tuple[str, str]] = []
    ambiguous = unmatched = 0
    for row in listings:
        if row.id in before:
            continue
        folded = row.sku.strip().casefold()
        fitting = items.get(folded, []) if folded else []
        if not fitting:
            unmatched += 1
        elif len(fitting) > 1 or shared[folded] > 1:
            ambiguous += 1
        else:
            wanted[row.id] = Standing(components=((fitting[0][0], 1),))
            pairs.append((row.key, fitting[0][1]))
    requeued = 0
    if not dry_run:
        requeued = apply_standings(session, site, before, wanted, now=now, actor=actor)
    return AutoMapping(
        matched=len(wanted),
        ambiguous=ambiguous,
        unmatched=unmatched,
        requeued=requeued,
        pairs=tuple(pairs),
    )


def known_listings(session: Session, site_id: int) -> KnownListings:
    rows = (
        session.connection()
        .execute(
            select(Listing.id, Listing.key, Listing.sku, Listing.is_gone).where(
                Listing.site_id == site_id
            )
        )
        .all()
    )
    by_key: dict[str, int] = {}
    here: dict[str, list[int]] = defaultdict(list)
    gone: dict[str, list[int]] = defaultdict(list)
    for listing_id, key, sku, is_gone in rows:
        by_key[key] = listing_id
        folded = sku.strip().casefold()
        if folded:
            (gone if is_gone else here)[folded].append(listing_id)
    return KnownListings(by_key=by_key, by_sku={**gone, **here})


def known_items(session: Session) -> KnownItems:
    rows = session.connection().execute(select(StockItem.sku, StockItem.id))
    return KnownItems({sku: item_id for sku, item_id in rows})


__all__ = ["COLUMNS", "AutoMapping", "MappingChange", "MappingImport", "Standing"]
