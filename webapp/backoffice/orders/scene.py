"""What all orders of a batch are processed with: the site's rules, wiring and settings."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from platforms.base import Platform
from webapp.backoffice.orders.entries import Books
from webapp.backoffice.orders.rules import TermsBook, load_books, load_rules
from webapp.backoffice.sites.settings import SiteRules
from webapp.models.sites import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What all orders of a batch are processed with."""

    site: Site
    platform: Platform
    rules: SiteRules
    books: Books
    terms: TermsBook
    now: datetime
    actor: str | None
    run_id: int | None


def set_scene(
    session: Session,
    site: Site,
    platform: Platform,
    now: datetime,
    *,
    actor: str | None = None,
    run_id: int | None = None,
) -> Scene:
    """Read the site's rules, wiring and settings as they stand in this transaction."""
    return Scene(
        site=site,
        platform=platform,
        rules=load_rules(session, site, platform),
        books=load_books(session, site.id),
        terms=TermsBook(session, site.id, now),
        now=now,
        actor=actor,
        run_id=run_id,
    )
