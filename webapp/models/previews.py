"""What people look at before a store is trusted: its connection's last test, its last dry run."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant, Json


class ConnectionTest(Base):
    """The last connection test of a site, one row a site; `checks` in the order they ran."""

    __tablename__ = "connection_tests"

    site_id: Mapped[int] = mapped_column(
        Id, ForeignKey("sites.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str | None] = mapped_column(String(200))
    milliseconds: Mapped[int]
    is_ok: Mapped[bool]
    checks: Mapped[list[dict[str, Any]]] = mapped_column(Json)


class PushPreview(Base):
    """What the last dry run of a site's push, asked of the workers, would have set.

    One row a site. `rows` and `failures` hold the first ones only; `sends` and `failed` count all.
    """

    __tablename__ = "push_previews"

    site_id: Mapped[int] = mapped_column(
        Id, ForeignKey("sites.id", ondelete="RESTRICT"), primary_key=True, autoincrement=False
    )
    run_id: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str | None] = mapped_column(String(200))
    pulled: Mapped[int]
    listings: Mapped[int]
    sends: Mapped[int]
    failed: Mapped[int]
    emptied: Mapped[int]
    rows: Mapped[list[Any]] = mapped_column(Json)
    failures: Mapped[list[Any]] = mapped_column(Json)
