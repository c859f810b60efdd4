"""Sites: the stores we are connected to, with their settings, schedule and lease."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant, Json, Secret


class Site(Base):
    """One store on one platform.

    `automation` and `posting` hold what `backoffice.settings` reads into frozen values.
    `pull_watermark` is the store's time, never ours; it moves last. `credentials` are what a
    person gave, `renewed_keys` what the store renewed since and we keep; who renews them holds
    the key lease. `codes_seen` are digests of the consent codes that were declared: each is a
    new authorisation once. `consented_at` is when we were last let in. After a fault nothing is
    asked of the store by itself before `quiet_until`.
    """

    __tablename__ = "sites"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    platform: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(String(500))
    currency: Mapped[str] = mapped_column(String(3))
    timezone: Mapped[str] = mapped_column(String(64))
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Instant)

    credentials: Mapped[dict[str, str]] = mapped_column(Secret)
    renewed_keys: Mapped[dict[str, str] | None] = mapped_column(Secret)
    consented_at: Mapped[datetime | None] = mapped_column(Instant)
    codes_seen: Mapped[list[str] | None] = mapped_column(Json)
    key_lease_no: Mapped[int] = mapped_column(default=0, server_default="0")
    key_lease_until: Mapped[datetime | None] = mapped_column(Instant)
    facts: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)

    orders_from: Mapped[datetime] = mapped_column(Instant)
    stock_from: Mapped[datetime | None] = mapped_column(Instant)
    pull_every: Mapped[int | None]
    push_every: Mapped[int | None]
    requests_at_once: Mapped[int] = mapped_column(default=2, server_default="2")
    attempt_limit: Mapped[int] = mapped_column(default=8)
    buyer_days: Mapped[int]
    automation: Mapped[dict[str, Any]] = mapped_column(Json)
    posting: Mapped[dict[str, Any]] = mapped_column(Json)

    pull_watermark: Mapped[datetime | None] = mapped_column(Instant)
    last_pull_at: Mapped[datetime | None] = mapped_column(Instant)
    last_push_at: Mapped[datetime | None] = mapped_column(Instant)
    last_sweep_at: Mapped[datetime | None] = mapped_column(Instant)
    last_catalogue_at: Mapped[datetime | None] = mapped_column(Instant)
    payouts_watermark: Mapped[datetime | None] = mapped_column(Instant)
    last_payouts_at: Mapped[datetime | None] = mapped_column(Instant)
    next_pull_at: Mapped[datetime | None] = mapped_column(Instant)
    next_push_at: Mapped[datetime | None] = mapped_column(Instant)
    quiet_until: Mapped[datetime | None] = mapped_column(Instant)
    # Notices wait until then, after a fault of the store.
    next_notices_at: Mapped[datetime | None] = mapped_column(Instant)

    lease_no: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(Instant)
    lease_holder: Mapped[str | None] = mapped_column(String(200))

    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    stopped_code: Mapped[str | None] = mapped_column(String(40))
    stopped_message: Mapped[str | None] = mapped_column(Text)
    push_seen_at: Mapped[datetime | None] = mapped_column(Instant)
    push_held_at: Mapped[datetime | None] = mapped_column(Instant)
    push_held_message: Mapped[str | None] = mapped_column(Text)


class SiteWiring(Base):
    """A channel ledger: the ledger of one role, for all payment methods ('') or for one."""

    __tablename__ = "site_wirings"
    __table_args__ = (UniqueConstraint("site_id", "role", "payment_method"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    role: Mapped[str] = mapped_column(String(40))
    payment_method: Mapped[str] = mapped_column(String(80), default="")
    ledger_id: Mapped[int] = mapped_column(ForeignKey("ledgers.id", ondelete="RESTRICT"))


class PostingTerms(Base):
    """Posting settings of a site as they stood; an order keeps those of its first entry."""

    __tablename__ = "posting_terms"
    __table_args__ = (UniqueConstraint("site_id", "body"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    body: Mapped[dict[str, Any]] = mapped_column(Json)
    since_at: Mapped[datetime] = mapped_column(Instant)


class SyncRun(Base):
    """One pull, push, sweep or catalogue pull, with its counts."""

    __tablename__ = "sync_runs"
    __table_args__ = (Index(None, "site_id", "kind", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    kind: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime] = mapped_column(Instant)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    requests: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    code: Mapped[str | None] = mapped_column(String(40))
    message: Mapped[str | None] = mapped_column(Text)
    actor: Mapped[str | None] = mapped_column(String(200))
