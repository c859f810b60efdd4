"""The dry run of a push that a person asked the workers for, kept so that it can be looked at.

Looking is not letting go: the site's pushes wait on until a person says so (`let_pushes_go`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.backoffice.goods.pushing import PushFailure, PushPlan, WouldSend, note_dry_run_seen
from webapp.backoffice.people.audit import record_change
from webapp.models.catalogue import Listing
from webapp.models.previews import PushPreview
from webapp.models.sites import Site

# So many lines are kept of a dry run, those that go to 0 first; all of them are counted.
LINES_KEPT = 1_000
FAILURES_KEPT = 200
CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewLine:
    """What a push would set at a listing: `shown` is what the store last told us, None if nothing."""

    listing_id: str
    name: str
    sku: str
    shown: int | None
    wanted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A dry run: `sends` and `failed` count all listings, `lines` and `failures` hold the first.

    `pulled`: orders that were new or changed. `listings`: mapped ones. `emptied`: those in stock
    at the store that would show 0.
    """

    run: int
    at: datetime
    actor: str | None
    pulled: int
    listings: int
    sends: int
    failed: int
    emptied: int
    lines: tuple[PreviewLine, ...]
    failures: tuple[PushFailure, ...]


def keep_preview(
    session: Session,
    site_id: int,
    plan: PushPlan,
    *,
    run_id: int,
    pulled: int,
    actor: str | None,
    now: datetime,
) -> None:
    """Keep what a push would send, in place of the site's dry run before."""
    lines = plan.would_send()
    emptied = [each for each in lines if each.wanted == 0 and (each.shown or 0) > 0]
    row = session.get(PushPreview, site_id) or PushPreview(site_id=site_id)
    row.run_id, row.at, row.actor = run_id, now, actor
    row.pulled, row.listings = pulled, plan.listings
    row.sends, row.failed, row.emptied = len(lines), len(plan.failures), len(emptied)
    row.rows = [
        [each.listing_id, each.sku, each.shown, each.wanted] for each in _most_telling(lines)
    ]
    row.failures = [
        [each.listing_id, each.sku, each.code, each.message]
        for each in plan.failures[:FAILURES_KEPT]
    ]
    session.add(row)


def _most_telling(lines: Sequence[WouldSend]) -> list[WouldSend]:
    """Those that go to 0 first, then by how far the number moves."""
    return sorted(
        lines, key=lambda each: (each.wanted != 0, -abs(each.wanted - (each.shown or 0)))
    )[:LINES_KEPT]


def read_preview(session: Session, site_id: int) -> Preview | None:
    """The site's last dry run that was asked of the workers; None: there is none."""
    row = session.get(PushPreview, site_id)
    if row is None:
        return None
    names = _names(session, site_id, [each[0] for each in row.rows])
    return Preview(
        run=row.run_id,
        at=row.at,
        actor=row.actor,
        pulled=row.pulled,
        listings=row.listings,
        sends=row.sends,
        failed=row.failed,
        emptied=row.emptied,
        lines=tuple(
            PreviewLine(
                listing_id=key, name=names.get(key, ""), sku=sku, shown=shown, wanted=wanted
            )
            for key, sku, shown, wanted in row.rows
        ),
        failures=tuple(
            PushFailure(listing_id=key, sku=sku, code=code, message=message)
            for key, sku, code, message in row.failures
        ),
    )


def _names(session: Session, site_id: int, keys: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start in range(0, len(keys), CHUNK):
        query = select(Listing.key, Listing.name).where(
            Listing.site_id == site_id, Listing.key.in_(keys[start : start + CHUNK])
        )
        found |= {row.key: row.name for row in session.execute(query)}
    return found


def let_pushes_go(session: Session, site: Site, *, now: datetime, actor: str | None) -> None:
    """A person has looked at the dry run: the site's pushes go out from now on, the first at once."""
    note_dry_run_seen(session, site, now)
    if site.push_every is not None:
        site.next_push_at = now
    record_change(
        session,
        now=now,
        actor=actor,
        action="let_pushes_go",
        subject="site",
        subject_id=site.id,
        label=site.name,
    )
