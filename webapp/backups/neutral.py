"""Rows as a backup holds them: the same for SQLite and PostgreSQL, whatever version made them.

What a column holds is read off the database itself and not off the models, so that a database of
an older version can be put by before it is brought up to date.
"""

from base64 import b64decode
from collections.abc import Callable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, Connection, Date, DateTime, LargeBinary, MetaData, String, Table

from webapp.migrations.state import VERSIONS
from webapp.models.types import Instant, instant_text

Form = Callable[[Any], Any]

# What the instants of SQLite are kept as: text of one width, which no other column has.
INSTANT_WIDTH = Instant.WIDTH


class Kind(StrEnum):
    """What a column of a backup holds; in JSON: instants and dates as text, bytes in base64."""

    PLAIN = "plain"  # whole numbers and text, as they are
    TRUTH = "truth"
    INSTANT = "instant"
    DATE = "date"
    BYTES = "bytes"


def stored_tables(connection: Connection) -> list[Table]:
    """The tables that a database has, each after those that it refers to."""
    found = MetaData()
    found.reflect(bind=connection)
    return [table for table in found.sorted_tables if table.name != VERSIONS.name]


def kinds_of(table: Table) -> dict[str, Kind]:
    """What each column of a table holds, by its name, in the table's order."""
    return {str(column.name): _kind(column.type) for column in table.columns}


def _kind(found: object) -> Kind:
    match found:
        case Boolean():
            return Kind.TRUTH
        case DateTime():
            return Kind.INSTANT
        case Date():
            return Kind.DATE
        case LargeBinary():
            return Kind.BYTES
        case String() if found.length == INSTANT_WIDTH:
            return Kind.INSTANT
        case _:
            return Kind.PLAIN


def to_neutral(dialect: str, kinds: Mapping[str, Kind]) -> list[tuple[int, Form]]:
    """By place, how a driver's value becomes neutral; places that are neutral already are left out."""
    forms = _FROM_SQLITE if dialect == "sqlite" else _FROM_POSTGRESQL
    return [(place, forms[kind]) for place, kind in enumerate(kinds.values()) if kind in forms]


def to_driver(kinds: Mapping[str, Kind]) -> list[tuple[int, Form]]:
    """By place, how a neutral value becomes one that either driver takes."""
    return [(place, b64decode) for place, kind in enumerate(kinds.values()) if kind is Kind.BYTES]


def _instant(value: datetime) -> str:
    return instant_text(value)


def _day(value: date) -> str:
    return value.isoformat()


_FROM_SQLITE: dict[Kind, Form] = {Kind.TRUTH: bool}
_FROM_POSTGRESQL: dict[Kind, Form] = {Kind.INSTANT: _instant, Kind.DATE: _day}
