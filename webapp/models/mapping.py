"""Mappings: what each listing stands for, version after version."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant, Json, Money


class Replacement(StrEnum):
    """How a mapping's successor treats the orders that were processed under it."""

    CORRECTION = "correction"  # they move the difference
    FROM_NOW = "from_now"  # they and their refunds keep the old meaning


class Mapping(Base):
    """One version of what a listing stands for: components, or deliberately nothing (ignored).

    Never changed: a new version replaces it. A listing without a current mapping is unmapped.
    """

    __tablename__ = "mappings"
    __table_args__ = (
        Index(
            "uq_mappings_current",
            "listing_id",
            unique=True,
            sqlite_where=text("is_current"),
            postgresql_where=text("is_current"),
        ),
        Index(None, "listing_id"),
        Index(
            "ix_mappings_replaced_by_id",
            "replaced_by_id",
            sqlite_where=text("replaced_by_id IS NOT NULL"),
            postgresql_where=text("replaced_by_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    listing_id: Mapped[int] = mapped_column(ForeignKey("listings.id", ondelete="RESTRICT"))
    is_current: Mapped[bool]
    is_ignored: Mapped[bool] = mapped_column(default=False)
    ignore_reason: Mapped[str] = mapped_column(Text, default="")
    max_quantity: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str | None] = mapped_column(String(200))
    replaced_by_id: Mapped[int | None] = mapped_column(ForeignKey("mappings.id"))
    replaced_how: Mapped[str | None] = mapped_column(String(10))


class MappingComponent(Base):
    """One stock item of a mapping, with the pieces that one sold listing takes."""

    __tablename__ = "mapping_components"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity_positive"),
        Index(None, "stock_item_id"),
    )

    mapping_id: Mapped[int] = mapped_column(
        ForeignKey("mappings.id", ondelete="RESTRICT"), primary_key=True
    )
    stock_item_id: Mapped[int] = mapped_column(
        ForeignKey("stock_items.id", ondelete="RESTRICT"), primary_key=True
    )
    quantity: Mapped[int]


class Source(StrEnum):
    """Where a batch of changed mappings came from."""

    SHEET = "sheet"
    SUGGESTIONS = "suggestions"  # all of a site above a score
    GRID = "grid"  # one row, or the ticked ones


class BatchState(StrEnum):
    READING = "reading"  # being read and previewed
    UNREADABLE = "unreadable"  # the file as a whole; `said` has the reason
    WRONG = "wrong"  # rows with errors: there is nothing to apply
    READY = "ready"  # previewed, waits for a person
    APPLYING = "applying"
    APPLIED = "applied"
    UNDONE = "undone"


class MappingBatch(Base):
    """Mappings that are changed together, and are taken back together.

    Its rows lie in `mapping_batch_pages`. `beat_at`: when whoever works on it last said so; one
    that has been silent for long was interrupted. `money` is that of the unblocked orders in the
    site's currency. `revision` counts the states, so that two people cannot act on the same one.
    """

    __tablename__ = "mapping_batches"
    __table_args__ = (Index(None, "site_id", "source", "id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    site_id: Mapped[int] = mapped_column(ForeignKey("sites.id", ondelete="RESTRICT"))
    source: Mapped[str] = mapped_column(String(12))
    state: Mapped[str] = mapped_column(String(12))
    revision: Mapped[int] = mapped_column(default=1)
    name: Mapped[str] = mapped_column(String(200), default="")
    from_now: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str | None] = mapped_column(String(200))
    beat_at: Mapped[datetime] = mapped_column(Instant)
    done: Mapped[int] = mapped_column(default=0)
    of: Mapped[int] = mapped_column(default=0)
    said: Mapped[str] = mapped_column(Text, default="")
    counts: Mapped[dict[str, int]] = mapped_column(Json, default=dict)
    money: Mapped[Decimal | None] = mapped_column(Money)
    finished_at: Mapped[datetime | None] = mapped_column(Instant)
    applied_at: Mapped[datetime | None] = mapped_column(Instant)
    applied_by: Mapped[str | None] = mapped_column(String(200))
    requeued: Mapped[int] = mapped_column(default=0)
    undone_at: Mapped[datetime | None] = mapped_column(Instant)
    undone_by: Mapped[str | None] = mapped_column(String(200))


class MappingBatchPage(Base):
    """One page of a batch's rows, packed, under each filter that shows it."""

    __tablename__ = "mapping_batch_pages"

    batch_id: Mapped[int] = mapped_column(
        ForeignKey("mapping_batches.id", ondelete="CASCADE"), primary_key=True
    )
    tab: Mapped[str] = mapped_column(String(12), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[bytes] = mapped_column(LargeBinary)
