"""A site paused and resumed by a person: its settings, its watermark and its mapping stay."""

from datetime import datetime

from sqlalchemy.orm import Session

from webapp.backoffice.people.audit import record_change
from webapp.models.sites import Site


def set_enabled(
    session: Session, site: Site, enabled: bool, *, now: datetime, actor: str | None
) -> bool:
    """Pause a site, or have it go on; False: it was so already.

    While paused nothing of its store is asked by itself. What goes on again is due at once, and
    the next pull begins where the last one ended.
    """
    if site.enabled == enabled:
        return False
    site.enabled = enabled
    if enabled:
        site.next_pull_at = None if site.pull_every is None else now
        site.next_push_at = None if site.push_every is None else now
    record_change(
        session,
        now=now,
        actor=actor,
        action="resume_site" if enabled else "pause_site",
        subject="site",
        subject_id=site.id,
        label=site.name,
        before={"enabled": not enabled},
        after={"enabled": enabled},
    )
    return True
