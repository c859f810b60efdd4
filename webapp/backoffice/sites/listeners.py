"""The sites that a notice may be of, with the keys to tell it from a forgery."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from platforms.base import Platform
from webapp.models.notices import NoticeSubscription
from webapp.models.sites import Site

A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One site. `heard_at`: its last good notice, to the minute; `repr` shows no key."""

    site_id: int
    keys: Mapping[str, str] = field(repr=False)
    is_subscribed: bool
    heard_at: datetime | None

    def is_silent(self, now: datetime) -> bool:
        """Whether its last notice is long enough ago to be noted anew."""
        if not self.is_subscribed:
            return False
        return self.heard_at is None or now - self.heard_at >= A_MINUTE


def listeners(session: Session, platform: Platform, site_id: int | None) -> list[Listener]:
    """Every site of a platform, or the one with this id if it is of that platform.

    The secret that we made up stands among the keys, unless a person gave one.
    """
    query = (
        select(
            Site.id,
            Site.credentials,
            Site.renewed_keys,
            NoticeSubscription.site_id.label("subscribed"),
            NoticeSubscription.secret,
            NoticeSubscription.heard_at,
        )
        .outerjoin(NoticeSubscription, NoticeSubscription.site_id == Site.id)
        .where(Site.platform == platform.name)
        .order_by(Site.id)
    )
    if site_id is not None:
        query = query.where(Site.id == site_id)
    name = platform.notices.own_secret if platform.notices is not None else ""
    found = []
    for row in session.execute(query):
        keys = {**row.credentials, **(row.renewed_keys or {})}
        if name and row.secret and not keys.get(name, "").strip():
            keys[name] = row.secret
        found.append(
            Listener(
                site_id=row.id,
                keys=keys,
                is_subscribed=row.subscribed is not None,
                heard_at=row.heard_at,
            )
        )
    return found
