"""The floors: the same pages fetched, parsed and written with nothing between.

(a) is requests, msgspec (fractions as Decimals, the payload's bytes kept) and executemany of the
sqlite3 module; (d) the same with COPY of psycopg. One transaction a page.
"""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg

from benchmarks.floor_rows import COLUMNS, Numbering, Rows, no_rows, schema

SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")
BALANCE = "SELECT count(*) FROM (SELECT entry_id FROM lines GROUP BY entry_id HAVING sum(debit) <> sum(credit)) AS wrong"

Page = list[tuple[bytes, dict[str, Any]]]
"""Orders, each as the bytes that are kept and decoded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """How a store's orders are walked and made into rows, at the least.

    `pages` reads all that a new order needs, `known` what tells that nothing has changed.
    `per_order`: rows of each table that one order comes to.
    """

    pages: Callable[[str], Iterator[Page]]
    known: Callable[[str], Iterator[Page]]
    add: Callable[[dict[str, Any], bytes, Numbering, Rows], None]
    per_order: tuple[int, ...]


def fetch_and_parse(source: Source, url: str, orders: int) -> float:
    """Seconds to read all orders and do nothing with them: the floor of an unchanged pull."""
    began = perf_counter()
    found = sum(len(page) for page in source.known(url))
    seconds = perf_counter() - began
    _expect(found, orders, "orders fetched")
    return seconds


def write_sqlite(source: Source, url: str, orders: int, folder: str) -> float:
    """Floor (a): seconds to read all orders and write their rows with executemany."""
    path = Path(folder) / "floor.sqlite3"
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        for pragma in SQLITE_PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        for statement in schema(binary="BLOB"):
            connection.execute(statement)
        ids = Numbering()
        began = perf_counter()
        for page in source.pages(url):
            rows = _rows_of(source, page, ids)
            connection.execute("BEGIN IMMEDIATE")
            for table, ready in rows.items():
                marks = ", ".join("?" * len(ready[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", ready)  # noqa: S608
            connection.execute("COMMIT")
    finally:
        connection.close()  # which brings the log into the file: part of the work
    seconds = perf_counter() - began
    with closing(sqlite3.connect(path)) as written:
        _check(source, lambda query: written.execute(query).fetchone()[0], orders)
    return seconds


def write_postgres(source: Source, url: str, orders: int, database: str) -> float:
    """Floor (d): seconds to read all orders and write their rows with COPY."""
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in schema(binary="BYTEA"):
            connection.execute(statement)
        ids = Numbering()
        began = perf_counter()
        for page in source.pages(url):
            rows = _rows_of(source, page, ids)
            with connection.transaction(), connection.cursor() as cursor:
                for table, ready in rows.items():
                    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        for row in ready:
                            copy.write_row(row)
        seconds = perf_counter() - began
        _check(source, lambda query: _one(connection.execute(query)), orders)
    return seconds


def _rows_of(source: Source, page: Page, ids: Numbering) -> Rows:
    rows = no_rows()
    for payload, order in page:
        source.add(order, payload, ids, rows)
    return rows


def _check(source: Source, ask: Any, orders: int) -> None:
    """The rows are as many as they should be, and every entry balances."""
    for table, count in zip(COLUMNS, source.per_order, strict=True):
        _expect(ask(f"SELECT count(*) FROM {table}"), orders * count, table)  # noqa: S608
    _expect(ask(BALANCE), 0, "entries out of balance")


def _one(cursor: Any) -> Any:
    row = cursor.fetchone()
    return row[0]


def _expect(found: int, wanted: int, what: str) -> None:
    if found != wanted:
        raise AssertionError(f"the floor has {found} {what} where {wanted} were expected")
