"""Mappings: what each listing stands for, version after version."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.models.base import Base
from webapp.models.types import Id, Instant


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
