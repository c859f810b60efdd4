"""A sale, a count or a mapping makes listings show too much or too little: their pushes are wished for."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from webapp.models.base import table_of
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.schedule import PushWish
from webapp.models.sites import Site

CHUNK = 500
# A store's clock may be so far behind ours.
CLOCKS_APART = timedelta(seconds=5)

_SITES = table_of(Site)
_WISHES = table_of(PushWish)

# Every page that moves stock asks this, so it is made once.
_PUSHED = select(_SITES.c.id).where(
    _SITES.c.push_every.is_not(None),
    _SITES.c.push_seen_at.is_not(None),
    _SITES.c.push_held_at.is_(None),
    _SITES.c.enabled,
    _SITES.c.stopped_at.is_(None),
)
_SHOWN = (
    select(
        Listing.site_id,
        MappingComponent.stock_item_id,
        func.count(),
        func.max(Listing.pushed_at),
    )
    .join(Mapping, Mapping.id == MappingComponent.mapping_id)
    .join(Listing, Listing.id == Mapping.listing_id)
    .where(
        MappingComponent.stock_item_id.in_(bindparam("items", expanding=True)),
        Mapping.is_current,
        Listing.is_gone.is_(False),
        Listing.site_id.in_(bindparam("sites", expanding=True)),
    )
    .group_by(Listing.site_id, MappingComponent.stock_item_id)
)


def wish_pushes(
    session: Session,
    site_id: int | None,
    item_ids: Collection[int],
    now: datetime,
    *,
    changed_since: datetime | None = None,
) -> None:
    """Stock items changed, by orders of one site or (None) otherwise: who shows them hears of it soon.

    The site itself knows of its own sale, so it is told only where one item stands behind
    several of its listings, as with kits, or where we set its quantity at or after
    `changed_since` (the store's time): then our push has gone over a sale that it did not know.
    Sites that never push by themselves, wait for a
    person's dry run, are paused or stopped, are left out: their next push covers it all.
    """
    if not item_ids:
        return
    connection = session.connection()
    sites = list(connection.scalars(_PUSHED))
    if not sites:
        return
    shown = connection.execute(_SHOWN, {"items": list(item_ids), "sites": sites})
    wanted = {
        shower
        for shower, _, listings, pushed_at in shown
        if shower != site_id or listings > 1 or _went_over(pushed_at, changed_since)
    }
    if wanted:
        connection.execute(
            insert(_WISHES), [{"site_id": each, "at": now} for each in sorted(wanted)]
        )


def wish_push_of(session: Session, site_id: int, now: datetime) -> None:
    """One site's listings should show other quantities: by their mapping, or by a setting."""
    connection = session.connection()
    if connection.scalar(_PUSHED.where(_SITES.c.id == site_id)) is not None:
        connection.execute(insert(_WISHES), [{"site_id": site_id, "at": now}])


def wishes_of(session: Session, site_id: int) -> list[int]:
    """The numbers of a site's wishes, to be read before its quantities are."""
    return list(session.scalars(select(PushWish.id).where(PushWish.site_id == site_id)))


def _went_over(pushed_at: datetime | None, changed_since: datetime | None) -> bool:
    if pushed_at is None or changed_since is None:
        return False
    return pushed_at >= changed_since - CLOCKS_APART


def grant_wishes(session: Session, wishes: Sequence[int]) -> None:
    """A push went out: these wishes stood before it read the quantities, so they are met."""
    for start in range(0, len(wishes), CHUNK):
        chunk = wishes[start : start + CHUNK]
        session.execute(delete(PushWish).where(PushWish.id.in_(chunk)))
