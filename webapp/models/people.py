"""People who sign in, and what they may do."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.models.base import Base
from webapp.models.types import Id, Instant


class RoleName(StrEnum):
    BOOKKEEPER = "bookkeeper"
    MERCHANDISER = "merchandiser"
    OPERATOR = "operator"
    ADMIN = "admin"


person_roles = Table(
    "person_roles",
    Base.metadata,
    Column("person_id", ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    Column("role_id", ForeignKey("roles.id", ondelete="CASCADE"), primary_key=True),
)


class Role(Base):
    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(40), unique=True)
    permissions: Mapped[str | None] = mapped_column(String(200))


class Person(Base):
    """Who signs in. `fs_uniquifier` ends all sessions when it changes (a new password)."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(Instant)
    roles: Mapped[list[Any]] = relationship(Role, secondary=person_roles)
