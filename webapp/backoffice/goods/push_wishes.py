"""A sale in one store makes the listings of others show too much: their pushes are wished for."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from webapp.models.base import table_of
from webapp.models.catalogue import Listing
from webapp.models.mapping import Mapping, MappingComponent
from webapp.models.schedule import PushWish
from webapp.models.sites import Site

CHUNK = 500

_SITES = table_of(Site)
_WISHES = table_of(PushWish)

# Every page that moves stock asks this, so it is made once.
_PUSHED = select(_SITES.c.id).where(
    _SITES.c.push_every.is_not(None),
    _SITES.c.push_seen_at.is_not(None),
    _SITES.c.enabled,
    _SITES.c.stopped_at.is_(None),
)
_SHOWN = (
    select(Listing.site_id, MappingComponent.stock_item_id, func.count())
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


def wish_pushes(session: Session, site_id: int, item_ids: Collection[int], now: datetime) -> None:
    """Stock items changed by orders of one site: the sites that show them should hear of it soon.

    The site itself knows of its own sale, so it is told only where one item stands behind
    several of its listings, as with kits. Sites that never push by themselves, wait for a
    person's dry run, are paused or stopped, are left out: their next push covers it all.
    """
    if not item_ids:
        return
    connection = session.connection()
    sites = list(connection.scalars(_PUSHED))
    if not sites:
        return
    shown = connection.execute(_SHOWN, {"items": list(item_ids), "sites": sites})
    wanted = {shower for shower, _, listings in shown if shower != site_id or listings > 1}
    if wanted:
        connection.execute(
            insert(_WISHES), [{"site_id": each, "at": now} for each in sorted(wanted)]
        )


def wishes_of(session: Session, site_id: int) -> list[int]:
    """The numbers of a site's wishes, to be read before its quantities are."""
    return list(session.scalars(select(PushWish.id).where(PushWish.site_id == site_id)))


def grant_wishes(session: Session, wishes: Sequence[int]) -> None:
    """A push went out: these wishes stood before it read the quantities, so they are met."""
    for start in range(0, len(wishes), CHUNK):
        chunk = wishes[start : start + CHUNK]
        session.execute(delete(PushWish).where(PushWish.id.in_(chunk)))
