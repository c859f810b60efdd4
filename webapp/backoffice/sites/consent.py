"""A shop's consent, without which nothing of its store may be read: given, ended, withdrawn."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.orm import Session

from platforms.base import StoreFacts
from webapp.backoffice.errors import Code
from webapp.models.sites import Site

WARNED_BEFORE = timedelta(days=30)
STOPPED = (
    "The shop's owner has withdrawn the consent, so nothing of this store may be read any more, "
    "and its buyers' data was emptied. To go on, have the owner authorise it again on the "
    "site's page."
)


def consent_given(session: Session, site_id: int, now: datetime) -> None:
    """A new consent: what stopped the site may be over, and its facts are to be learnt anew.

    Notices of a withdrawal before it are of no account any more.
    """
    session.execute(
        update(Site)
        .where(Site.id == site_id)
        .values(
            consented_at=now,
            facts={},
            stopped_at=None,
            stopped_code=None,
            stopped_message=None,
        )
    )


def consent_withdrawn(session: Session, site_id: int, at: datetime, now: datetime) -> bool:
    """Stop a site whose consent was withdrawn at `at`; False: it was given again since."""
    site = session.get_one(Site, site_id, with_for_update=True)
    if site.consented_at is not None and at <= site.consented_at:
        return False
    site.stopped_at, site.stopped_message = now, STOPPED
    site.stopped_code = Code.STORE_REFUSED_CREDENTIALS.value
    for direction in ("pull", "push"):
        following: datetime | None = getattr(site, f"next_{direction}_at")
        if following is not None:
            setattr(site, f"next_{direction}_at", min(following, now))
    return True


def keep_facts(session: Session, site_id: int, facts: StoreFacts) -> None:
    """What the store says about itself, kept with the site."""
    session.execute(update(Site).where(Site.id == site_id).values(facts=asdict(facts)))


def consent_until(facts: Mapping[str, object] | None) -> datetime | None:
    """When a site's consent ends, of the facts kept with it; None: not known, or never."""
    told = (facts or {}).get("consent_until")
    if not isinstance(told, str) or not told:
        return None
    try:
        until = datetime.fromisoformat(told)
    except ValueError:
        return None
    return until.replace(tzinfo=UTC) if until.tzinfo is None else until.astimezone(UTC)


def ends_soon(until: datetime | None, now: datetime) -> bool:
    """Whether a consent is to be renewed now."""
    return until is not None and until - now <= WARNED_BEFORE
