"""Sites as screens need them: without their credentials, each with the colour that it keeps."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, g
from sqlalchemy import func, literal, select, union_all
from sqlalchemy.orm import Session

from platforms import registry
from webapp.admin.frame.formatters import CAP
from webapp.admin.frame.session import reading
from webapp.backoffice.sites.consent import consent_until, ends_soon
from webapp.backoffice.states import State
from webapp.database import utc_now
from webapp.models.catalogue import Kind, Listing
from webapp.models.orders import ChannelOrder
from webapp.models.sites import Site, SyncRun

COLOURS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteFacts:
    """One site. `colour` counts from 1 in the order of connecting; past the fourth it is None."""

    id: int
    name: str
    platform: str
    url: str
    currency: str
    timezone: str
    enabled: bool
    colour: int | None
    pull_every: int | None
    push_every: int | None
    last_pull_at: datetime | None
    last_push_at: datetime | None
    next_pull_at: datetime | None
    next_push_at: datetime | None
    push_seen_at: datetime | None
    push_held_at: datetime | None
    push_held_message: str | None
    stopped_at: datetime | None
    stopped_code: str | None
    stopped_message: str | None
    consented_at: datetime | None
    facts: dict[str, Any]

    @property
    def needs_consent(self) -> bool:
        """Whether its store is entered by its owner's consent, on the store's own page."""
        return registry.get(self.platform).consent is not None

    @property
    def has_payouts(self) -> bool:
        return registry.get(self.platform).has_payouts

    @property
    def consent_until(self) -> datetime | None:
        return consent_until(self.facts)

    @property
    def consent_ends_soon(self) -> bool:
        return self.needs_consent and ends_soon(self.consent_until, utc_now())

    @property
    def consent_is_over(self) -> bool:
        until = self.consent_until
        return until is not None and until <= utc_now()

    @property
    def platform_label(self) -> str:
        return registry.get(self.platform).label

    @property
    def host(self) -> str:
        return self.url.split("://", 1)[-1].rstrip("/")

    @property
    def health(self) -> str:
        """stopped, not started, paused or running: the word of the site's badge."""
        if self.stopped_at is not None:
            return "stopped"
        if not self.is_started:
            return "not started"
        return "running" if self.enabled else "paused"

    @property
    def is_started(self) -> bool:
        """Whether it runs, or has run: a site made in the admin stands still until it is started."""
        has_pushed = self.push_seen_at is not None or self.last_push_at is not None
        return self.enabled or has_pushed


def all_sites() -> tuple[SiteFacts, ...]:
    """Every site, in the order of connecting; read once a request."""
    if "sites" not in g:
        g.sites = _read_sites(reading())
    known: tuple[SiteFacts, ...] = g.sites
    return known


def site_by_id(site_id: int) -> SiteFacts | None:
    return next((site for site in all_sites() if site.id == site_id), None)


def known_site(site_id: int) -> SiteFacts:
    """The site of an address; 404 where there is none."""
    site = site_by_id(site_id)
    if site is None:
        abort(404)
    return site


def site_by_name(name: str) -> SiteFacts | None:
    return next((site for site in all_sites() if site.name == name), None)


def _read_sites(session: Session) -> tuple[SiteFacts, ...]:
    names = [name for name in SiteFacts.__slots__ if name != "colour"]
    rows = session.execute(select(*(getattr(Site, name) for name in names)).order_by(Site.id))
    return tuple(
        SiteFacts(**row._mapping, colour=place if place <= COLOURS else None)
        for place, row in enumerate(rows, start=1)
    )


def state_counts(session: Session, site_ids: list[int]) -> dict[int, dict[str, int]]:
    """Orders by site and state, each count stopping one above the cap. One query."""
    counts = {site_id: dict.fromkeys((state.value for state in State), 0) for site_id in site_ids}
    if not site_ids:
        return counts
    parts = []
    for site_id in site_ids:
        for state in State:
            capped = (
                select(ChannelOrder.id)
                .where(ChannelOrder.site_id == site_id, ChannelOrder.state == state.value)
                .limit(CAP + 1)
                .subquery()
            )
            total = select(func.count()).select_from(capped).scalar_subquery()
            parts.append(select(literal(site_id), literal(state.value), total))
    for site_id, state_name, total in session.execute(union_all(*parts)):
        counts[site_id][state_name] = total
    return counts


def listing_counts(session: Session, site_id: int) -> dict[str, int]:
    """A site's listings: all, mapped (or ignored), unmapped. Gone ones count while orders need them."""
    counts = dict.fromkeys(("all", "mapped", "unmapped"), 0)
    query = select(Listing.kind, func.count()).where(Listing.site_id == site_id)
    for kind, total in session.execute(query.group_by(Listing.kind)):
        counts["unmapped" if kind == Kind.UNMAPPED else "mapped"] += total
        counts["all"] += total
    return counts


def last_runs(session: Session, site_id: int) -> dict[str, Any]:
    """The newest run of each kind: pull, push, sweep, catalogue."""
    newest = select(func.max(SyncRun.id)).where(SyncRun.site_id == site_id).group_by(SyncRun.kind)
    runs = session.scalars(select(SyncRun).where(SyncRun.id.in_(newest)))
    return {run.kind: run for run in runs}
