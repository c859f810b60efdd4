"""The audit trail: who changed what, from what to what."""

from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from webapp.models.audit import AuditEntry


def record_change(
    session: Session,
    *,
    now: datetime,
    actor: str | None,
    action: str,
    subject: str,
    subject_id: int | None = None,
    label: str = "",
    before: Any = None,
    after: Any = None,
) -> None:
    """Write one entry, in the transaction of the change itself.

    `subject` names the kind of thing ("site", "listing", "channel_order", "person"), `label` what
    people call it. Secrets and buyer data are never handed in.
    """
    session.execute(
        insert(AuditEntry).values(
            at=now,
            actor=actor,
            action=action,
            subject=subject,
            subject_id=subject_id,
            label=label[:300],
            before=before,
            after=after,
        )
    )
