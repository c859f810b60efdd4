"""The engine: one behaviour on SQLite and PostgreSQL, and the one door for bulk writes."""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.exc import DataError, IntegrityError
from sqlalchemy.orm import Session

from webapp.models.types import instant_text

SQLITE_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=NORMAL",
    "foreign_keys=ON",
    "busy_timeout=10000",
    "cache_size=-64000",
    # 80 MB of log before it is copied into the file: copying waits for the disk, and pages of
    # indexes that change again and again are copied once.
    "wal_autocheckpoint=20000",
)


# So long a PostgreSQL server that does not answer is waited for; an address may say otherwise.
CONNECT_SECONDS = 10


@event.listens_for(Engine, "connect")
def _prepare_sqlite(connection: Any, record: object) -> None:
    if isinstance(connection, sqlite3.Connection):
        # Left alone, sqlite3 begins late and two writers read the same last piece.
        connection.isolation_level = None
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        writes = connection.get_execution_options().get("write", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def make_engine(url: str) -> Engine:
    """The engine of a database address. Nothing is opened until it is used.

    What a statement was given stays out of its faults: it may be a buyer's.
    """
    if url.startswith("sqlite"):
        return create_engine(url, hide_parameters=True)
    patience = {} if "connect_timeout" in url else {"connect_timeout": CONNECT_SECONDS}
    return create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=patience)


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A session in one transaction: committed at the end, rolled back on any exception."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session that only reads: it never waits for a writer on SQLite."""
    with Session(engine.execution_options(write=False), expire_on_commit=False) as session:
        yield session


def reserve_ids(connection: Connection, table: Table, count: int) -> Sequence[int]:
    """Ids for new rows of a table, ascending, so that their children need no round trip.

    Inside a write transaction only: on SQLite the block is the ids after the largest, which
    BEGIN IMMEDIATE keeps for us; on PostgreSQL the sequence is drawn from.
    """
    if not count:
        return range(0)
    key = table.primary_key.columns.values()[0]
    if connection.dialect.name == "sqlite":
        query = f"SELECT max({key.name}) FROM {table.name}"  # noqa: S608 - our own names
        largest = connection.exec_driver_sql(query).scalar() or 0
        return range(largest + 1, largest + 1 + count)
    return connection.scalars(
        text("SELECT nextval(:sequence) FROM generate_series(1, :count) ORDER BY 1"),
        {"sequence": f"{table.name}_{key.name}_seq", "count": count},
    ).all()


def bulk_insert(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert many rows past the column types: money comes scaled (`types.scaled`), JSON as text.

    Instants (aware) and dates are put into the database's form here.
    """
    if connection.dialect.name == "sqlite":
        rows = [tuple(map(_sqlite_value, row)) for row in rows]
    insert_ready(connection, table, columns, rows)


def insert_ready(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert many rows that are already in the driver's form (`instant_form`, `date_form`).

    COPY on PostgreSQL, executemany on SQLite; in the connection's own transaction.
    """
    if not rows:
        return
    names = ", ".join(columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({names}) VALUES ({marks})",  # noqa: S608 - our own names
            list(rows),
        )
        return
    import psycopg  # takes long to load, and SQLite does without

    statement = f"COPY {table.name} ({names}) FROM STDIN"
    driver: Any = connection.connection.driver_connection
    try:
        with driver.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.IntegrityError as fault:
        raise IntegrityError(statement, None, fault) from fault
    except psycopg.DataError as fault:
        raise DataError(statement, None, fault) from fault


def add_to_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Sequence[tuple[int, ...]]
) -> None:
    """Add whole numbers to columns of many rows; each of `rows` is one number a column, and an id."""
    if not rows:
        return
    mark = "?" if connection.dialect.name == "sqlite" else "%s"
    added = ", ".join(f"{column} = {column} + {mark}" for column in columns)
    connection.exec_driver_sql(
        f"UPDATE {table.name} SET {added} WHERE id = {mark}",  # noqa: S608 - our own names
        list(rows),
    )


def instant_form(connection: Connection) -> Callable[[datetime | None], Any]:
    """How the driver wants an instant: text on SQLite, as it is on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        return _instant_or_none
    return lambda value: value


# An order's few instants stand in many of its rows.
@lru_cache(maxsize=1024)
def _instant_or_none(value: datetime | None) -> str | None:
    return None if value is None else instant_text(value)


def date_form(connection: Connection) -> Callable[[date | None], Any]:
    """How the driver wants a date: text on SQLite, as it is on PostgreSQL."""
    if connection.dialect.name == "sqlite":
        return lambda value: None if value is None else value.isoformat()
    return lambda value: value


def _sqlite_value(value: Any) -> Any:
    if type(value) is datetime:
        return instant_text(value)
    if type(value) is date:
        return value.isoformat()
    return value


def utc_now() -> datetime:
    """The present instant. Rules never call it: they are handed `now`."""
    return datetime.now(UTC)
