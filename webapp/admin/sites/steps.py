"""A new site's way to its first push, as its pages and the first page show it."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.admin.frame.site_facts import SiteFacts
from webapp.backoffice.setup.starting import Progress, Step, progress_of
from webapp.backoffice.sites.asked import AskedKind
from webapp.backoffice.sites.asked_news import AskedNews, news_of
from webapp.models.sites import Site

WATCHED = (AskedKind.CATALOGUE, AskedKind.DRY_RUN)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSteps:
    """`catalogue` and `dry_run`: what became of what was asked for last; None: nothing was."""

    progress: Progress
    catalogue: AskedNews | None
    dry_run: AskedNews | None
    needs_consent: bool

    @property
    def number_done(self) -> int:
        return len(self.progress.done)

    @property
    def number(self) -> int:
        return len(Step)

    @property
    def is_waiting(self) -> bool:
        """Whether workers have something of it, so that the page looks again by itself."""
        return any(each is not None and each.is_open for each in (self.catalogue, self.dry_run))


def steps_of(session: Session, site: SiteFacts) -> SiteSteps:
    """How far a site is, from what is in the database."""
    news = news_of(session, site.id, WATCHED)
    return SiteSteps(
        progress=progress_of(session, session.get_one(Site, site.id)),
        catalogue=news.get(AskedKind.CATALOGUE),
        dry_run=news.get(AskedKind.DRY_RUN),
        needs_consent=site.needs_consent and site.consented_at is None,
    )
