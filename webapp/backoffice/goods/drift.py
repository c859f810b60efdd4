"""Drift: listings whose store shows another quantity than ours, and who set it last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.backoffice.goods.availability import ListingQuantity, site_quantities
from webapp.backoffice.goods.mapping_reach import chunks
from webapp.models.catalogue import Listing
from webapp.models.sites import Site


class SetBy(StrEnum):
    """Who set the quantity that a store shows, as far as can be told."""

    PUSH = "push"  # our last push; ours has changed since, and the next push follows
    STORE = "store"  # it differs from what we set last: a sale not pulled yet, or a person there
    REFUSED = "refused"  # the store did not take our last push
    NOBODY = "nobody"  # we have never set it


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """One listing's drift. `difference` is what the store shows too much (or, negative, too little).

    `shows` None: the store has told no quantity; then `difference` is None too. `at`: when the
    store last told it, or took our push. `said`: the store's own words, where it refused.
    """

    listing: ListingQuantity
    should: int
    shows: int | None
    set_by: SetBy
    at: datetime | None
    said: str

    @property
    def difference(self) -> int | None:
        return None if self.shows is None else self.shows - self.should


@dataclass(frozen=True, slots=True)
class _Told:
    store_quantity_at: datetime | None
    pushed_quantity: int | None
    pushed_at: datetime | None
    push_code: str | None
    push_said: str | None


def site_drift(session: Session, site: Site) -> list[Drift]:
    """The listings of a site that show another quantity than ours, the most surplus first.

    A surplus may be sold though it is not there; too little only loses a sale.
    """
    found = drift_of(session, [each for each in site_quantities(session, site) if each.differs])
    return sorted(found, key=lambda each: (-(each.difference or 0), each.listing.listing_id))


def drift_of(session: Session, quantities: Sequence[ListingQuantity]) -> list[Drift]:
    """Who set what these listings show; those that were never counted are left out."""
    told = _told(session, [each.listing_id for each in quantities])
    found = []
    for each in quantities:
        if each.quantity.shown is None:
            continue
        row = told[each.listing_id]
        set_by = _set_by(each, row)
        found.append(
            Drift(
                listing=each,
                should=each.quantity.shown,
                shows=each.store_quantity,
                set_by=set_by,
                at=row.pushed_at if set_by is SetBy.PUSH else row.store_quantity_at,
                said=(row.push_said or "") if set_by is SetBy.REFUSED else "",
            )
        )
    return found


def _set_by(listing: ListingQuantity, told: _Told) -> SetBy:
    if told.push_code is not None:
        return SetBy.REFUSED
    if told.pushed_at is None:
        return SetBy.NOBODY
    return SetBy.PUSH if listing.store_quantity == told.pushed_quantity else SetBy.STORE


def _told(session: Session, listing_ids: Sequence[int]) -> dict[int, _Told]:
    found = {}
    for chunk in chunks(listing_ids):
        rows = session.execute(
            select(
                Listing.id,
                Listing.store_quantity_at,
                Listing.pushed_quantity,
                Listing.pushed_at,
                Listing.push_code,
                Listing.push_said,
            ).where(Listing.id.in_(chunk))
        )
        for row in rows:
            found[row.id] = _Told(
                row.store_quantity_at,
                row.pushed_quantity,
                row.pushed_at,
                row.push_code,
                row.push_said,
            )
    return found
