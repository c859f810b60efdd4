"""What was changed on a site: shown at the foot of its own pages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.models.audit import AuditEntry
from webapp.models.sites import Site

SHOWN = 8
LOOKED_AT = 200
# What the entry itself says well enough.
WITHOUT_PARTS = ("create_site", "pause_site", "resume_site")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """One entry; `parts` are a setting's name, and how it stood before and after."""

    at: datetime
    actor: str | None
    action: str
    parts: tuple[tuple[str, Any, Any], ...]


def site_trail(session: Session, site_id: int) -> list[TrailEntry]:
    """The newest changes of a site, newest first."""
    return [
        TrailEntry(
            at=row.at,
            actor=row.actor,
            action=row.action,
            parts=() if row.action in WITHOUT_PARTS else _parts(row.before, row.after),
        )
        for row in _newest(session, site_id, SHOWN)
    ]


def keys_given(session: Session, site_id: int) -> dict[str, datetime]:
    """When each key that the site has was given by a person; never the key itself."""
    site = session.get_one(Site, site_id)
    given = {name: site.created_at for name, value in site.credentials.items() if value}
    for row in reversed(_newest(session, site_id, LOOKED_AT)):
        if isinstance(row.after, Mapping):
            given |= {name: row.at for name in given if f"credentials.{name}" in row.after}
    return given


def _newest(session: Session, site_id: int, most: int) -> list[AuditEntry]:
    query = select(AuditEntry).where(AuditEntry.subject == "site", AuditEntry.subject_id == site_id)
    return list(session.scalars(query.order_by(AuditEntry.id.desc()).limit(most)))


def _parts(before: Any, after: Any) -> tuple[tuple[str, Any, Any], ...]:
    if not isinstance(after, Mapping):
        return ()
    stood = before if isinstance(before, Mapping) else {}
    return tuple((name, stood.get(name), value) for name, value in after.items())
