"""All suggestions of a site above a score, as a batch that a person confirms.

Equal SKUs are looked up for every unmapped listing; likeness costs some milliseconds each, so
that only so many listings are compared, those that hold up the most money first.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from webapp.backoffice.goods.batch_preview import preview_rows
from webapp.backoffice.goods.batch_rows import ChangeRow
from webapp.backoffice.goods.change_effects import Effects
from webapp.backoffice.goods.mapping_sheet import Standing
from webapp.backoffice.goods.suggestions import SAME_LETTERS, Matcher, Named
from webapp.models.catalogue import Kind, Listing
from webapp.models.orders import OrderNeed
from webapp.models.sites import Site

MOST_LOOKED_UP = 100_000
MOST_COMPARED = 2_000

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionPreview:
    """What confirming would do. `looked_at` of `unmapped` listings were asked for."""

    looked_at: int
    unmapped: int
    changes: tuple[ChangeRow, ...]
    effects: Effects


def preview_suggestions(
    session: Session, site: Site, matcher: Matcher, *, least: int, tell: Tell
) -> SuggestionPreview:
    """The best suggestion of each unmapped listing that scores `least` or more (0 to 100).

    A listing with two suggestions alike to the same degree is left to a person.
    """
    listings = _unmapped(session, site.id)
    most = MOST_LOOKED_UP if least >= SAME_LETTERS else MOST_COMPARED
    wanted: dict[int, Standing | None] = {}
    for place, listing in enumerate(listings[:most]):
        if place % 50 == 0:
            tell(place, min(len(listings), most))
        found = matcher.best_exact(listing)
        if found is None and least < SAME_LETTERS:
            found = matcher.best(listing)
        if found is not None and found.score >= least:
            wanted[listing.id] = Standing(components=((found.stock_item_id, 1),))
    rows, effects = preview_rows(session, site, wanted, numbers={}, reasons={}, from_now=False)
    return SuggestionPreview(
        looked_at=min(len(listings), most),
        unmapped=len(listings),
        changes=tuple(rows),
        effects=effects,
    )


def _unmapped(session: Session, site_id: int) -> Sequence[Named]:
    """Listings that stand for nothing yet and are still in the store, the most waited for first."""
    waits = (
        select(OrderNeed.listing_id, func.count().label("orders"))
        .group_by(OrderNeed.listing_id)
        .subquery()
    )
    rows = session.execute(
        select(Listing.id, Listing.sku, Listing.name)
        .outerjoin(waits, waits.c.listing_id == Listing.id)
        .where(
            Listing.site_id == site_id,
            Listing.kind == Kind.UNMAPPED.value,
            Listing.is_gone.is_(False),
        )
        .order_by(func.coalesce(waits.c.orders, 0).desc(), Listing.id)
        .limit(MOST_LOOKED_UP)
    )
    return [Named(listing_id, sku, name) for listing_id, sku, name in rows]
