"""A site's rules, wiring and posting settings, as they stand in the database."""

from dataclasses import asdict
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from platforms.base import Platform
from webapp.backoffice.books.channel_ledgers import Wiring
from webapp.backoffice.orders.entries import Books
from webapp.backoffice.sites.settings import (
    PostingSettings,
    SiteRules,
    kept_posting,
    read_automation,
    read_posting,
)
from webapp.models.ledgers import PeriodClosing
from webapp.models.sites import PostingTerms, Site, SiteWiring

# Asked for every page, so made once.
_WIRING = select(SiteWiring.role, SiteWiring.payment_method, SiteWiring.ledger_id).where(
    SiteWiring.site_id == bindparam("site_id")
)
_CLOSED_THROUGH = select(PeriodClosing.closed_through).order_by(PeriodClosing.id.desc()).limit(1)
_TERMS_NUMBER = select(PostingTerms.id).where(
    PostingTerms.site_id == bindparam("site_id"), PostingTerms.body == bindparam("body")
)


def load_rules(session: Session, site: Site, platform: Platform) -> SiteRules:
    """The rules of a site as its settings stand now."""
    automation = read_automation(site.automation)
    let_in = platform.statuses_let_in(sorted(automation.import_statuses))
    return SiteRules(
        site_id=site.id,
        currency=site.currency,
        zone=ZoneInfo(site.timezone),
        orders_from=site.orders_from,
        stock_from=site.stock_from,
        attempt_limit=site.attempt_limit,
        automation=automation,
        posting=read_posting(site.posting),
        digits=(site.facts or {}).get("digits"),
        statuses_let_in=let_in
        | {own for own, row in automation.status_as.items() if row in let_in},
    )


def load_books(session: Session, site_id: int) -> Books:
    """The site's wiring, and through when the books are closed."""
    connection = session.connection()
    rows = connection.execute(_WIRING, {"site_id": site_id})
    closed = connection.scalar(_CLOSED_THROUGH)
    return Books(Wiring({(role, method): ledger for role, method, ledger in rows}), closed)


class TermsBook:
    """The posting settings that orders keep, numbered: each set is stored once per site."""

    def __init__(self, session: Session, site_id: int, now: datetime) -> None:
        self._session = session
        self._site_id = site_id
        self._now = now

    def number(self, settings: PostingSettings) -> int:
        """The number of these settings, stored now if they are new."""
        body = asdict(settings)
        found = self._session.connection().scalar(
            _TERMS_NUMBER, {"site_id": self._site_id, "body": body}
        )
        if found is None:
            found = self._session.scalar(
                insert(PostingTerms)
                .values(site_id=self._site_id, body=body, since_at=self._now)
                .returning(PostingTerms.id)
            )
        return int(found or 0)

    def settings(self, numbers: set[int]) -> dict[int, PostingSettings]:
        """The settings kept under these numbers."""
        rows = self._session.execute(
            select(PostingTerms.id, PostingTerms.body).where(PostingTerms.id.in_(numbers))
        )
        return {number: kept_posting(body) for number, body in rows}
