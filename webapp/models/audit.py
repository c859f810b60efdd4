"""Who changed what, from what to what."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant, Json


class AuditEntry(Base):
    """A change of a mapping, wiring or setting. Secrets and buyer data are never in it."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "subject", "subject_id", "id"), Index(None, "at", "id"))

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str | None] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None] = mapped_column(Id)
    label: Mapped[str] = mapped_column(String(300), default="")
    before: Mapped[Any] = mapped_column(Json, nullable=True)
    after: Mapped[Any] = mapped_column(Json, nullable=True)
