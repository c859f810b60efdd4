"""What a person changes in the grid: a few listings at once, kept as a batch for its Undo."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.backoffice.goods.batch_preview import told
from webapp.backoffice.goods.batch_rows import ChangeRow, Tab, tab_of
from webapp.backoffice.goods.batches import begin, keep_changes
from webapp.backoffice.goods.mapping_changes import apply_standings, current_standings, lock_site
from webapp.backoffice.goods.mapping_sheet import Standing, Standings
from webapp.models.catalogue import Listing
from webapp.models.mapping import BatchState, Source
from webapp.models.sites import Site
from webapp.models.stock import StockItem


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """`batch_id` takes the change back; None: nothing changed. `requeued` counts orders."""

    batch_id: int | None
    changed: int
    requeued: int


class MappedMeanwhile(Exception):
    """Listings (ids) that stand for another mapping than the page showed. Nothing was saved."""

    def __init__(self, listing_ids: list[int]) -> None:
        super().__init__(f"{len(listing_ids)} listings were changed meanwhile")
        self.listing_ids = listing_ids


def change_listings(
    session: Session,
    site: Site,
    wanted: Mapping[int, Standing | None],
    *,
    seen: Mapping[int, int | None],
    reason: str,
    from_now: bool,
    now: datetime,
    actor: str | None,
) -> Saved:
    """Map, ignore or unmap listings of a site, as one change.

    `seen`: the mapping (id, None for none) that the person saw on each. `reason` is why ignored
    ones are. MappedMeanwhile: somebody else changed one of them since.
    """
    lock_site(session, site.id)
    before = current_standings(session, site.id, listing_ids=list(wanted))
    stands = {key: before[key].mapping_id if key in before else None for key in wanted}
    other = [key for key in wanted if key in seen and seen[key] != stands[key]]
    if other:
        raise MappedMeanwhile(other)
    requeued = apply_standings(
        session, site, before, wanted, now=now, actor=actor, from_now=from_now, reason=reason
    )
    skus = _skus(session, before, wanted)
    labels = {
        row.id: row
        for row in session.execute(
            select(Listing.id, Listing.key, Listing.name).where(Listing.id.in_(wanted))
        )
    }
    rows = [
        ChangeRow(
            listing_id=key,
            key=labels[key].key,
            name=labels[key].name,
            tab=tab_of(before[key].standing if key in before else None, standing),
            before=told(before[key].standing, skus, before[key].ignore_reason)
            if key in before
            else None,
            after=told(standing, skus, reason) if standing else None,
        )
        for key, standing in wanted.items()
    ]
    changed = [row for row in rows if row.tab is not Tab.SAME]
    if not changed:
        return Saved(batch_id=None, changed=0, requeued=0)
    batch = begin(
        session,
        site.id,
        Source.GRID,
        name=changed[0].name,
        from_now=from_now,
        now=now,
        actor=actor,
        state=BatchState.APPLIED,
    )
    batch.applied_at, batch.applied_by, batch.requeued = now, actor, requeued
    batch.counts = keep_changes(session, batch.id, changed, None)
    return Saved(batch_id=batch.id, changed=len(changed), requeued=requeued)


def _skus(
    session: Session, before: Standings, wanted: Mapping[int, Standing | None]
) -> dict[int, str]:
    named = [stood.standing for stood in before.values()]
    named += [standing for standing in wanted.values() if standing is not None]
    items = {item for standing in named for item, _ in standing.components}
    rows = session.execute(select(StockItem.id, StockItem.sku).where(StockItem.id.in_(items)))
    return {item_id: sku for item_id, sku in rows}
