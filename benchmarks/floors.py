"""The floors: the same pages fetched, parsed and written with nothing between.

(a) is requests, msgspec (fractions as Decimals, the payload's bytes kept) and executemany of the
sqlite3 module; (d) the same with COPY of psycopg. One transaction a page.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from time import perf_counter
from typing import Any

import msgspec
import psycopg
import requests

from benchmarks.floor_rows import COLUMNS, Numbering, Rows, add_order, no_rows, schema

PAGE = 100
SQLITE_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")
BALANCE = "SELECT count(*) FROM (SELECT entry_id FROM lines GROUP BY entry_id HAVING sum(debit) <> sum(credit)) AS wrong"

_page_decoder = msgspec.json.Decoder(list[msgspec.Raw])
_order_decoder = msgspec.json.Decoder(float_hook=Decimal)


def fetch_and_parse(url: str, orders: int) -> float:
    """Seconds to read all orders and do nothing with them: the floor of an unchanged pull."""
    began = perf_counter()
    found = sum(len(page) for page in _pages(url))
    seconds = perf_counter() - began
    _expect(found, orders, "orders fetched")
    return seconds


def write_sqlite(url: str, orders: int, folder: str) -> float:
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
        for page in _pages(url):
            rows = _rows_of(page, ids)
            connection.execute("BEGIN IMMEDIATE")
            for table, ready in rows.items():
                marks = ", ".join("?" * len(ready[0]))
                connection.executemany(f"INSERT INTO {table} VALUES ({marks})", ready)  # noqa: S608
            connection.execute("COMMIT")
    finally:
        connection.close()  # which brings the log into the file: part of the work
    seconds = perf_counter() - began
    with closing(sqlite3.connect(path)) as written:
        _check(lambda query: written.execute(query).fetchone()[0], orders)
    return seconds


def write_postgres(url: str, orders: int, database: str) -> float:
    """Floor (d): seconds to read all orders and write their rows with COPY."""
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in schema(binary="BYTEA"):
            connection.execute(statement)
        ids = Numbering()
        began = perf_counter()
        for page in _pages(url):
            rows = _rows_of(page, ids)
            with connection.transaction(), connection.cursor() as cursor:
                for table, ready in rows.items():
                    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        for row in ready:
                            copy.write_row(row)
        seconds = perf_counter() - began
        _check(lambda query: _one(connection.execute(query)), orders)
    return seconds


def _pages(url: str) -> Iterator[list[tuple[bytes, dict[str, Any]]]]:
    """All orders, page by page: each as its bytes and decoded."""
    with requests.Session() as session:
        offset = 0
        while True:
            query = {"per_page": str(PAGE), "offset": str(offset)}
            body = session.get(f"{url}/wp-json/wc/v3/orders", params=query, timeout=30).content
            page = [(bytes(raw), _order_decoder.decode(raw)) for raw in _page_decoder.decode(body)]
            if not page:
                return
            yield page
            offset += len(page)


def _rows_of(page: list[tuple[bytes, dict[str, Any]]], ids: Numbering) -> Rows:
    rows = no_rows()
    for payload, order in page:
        add_order(order, payload, ids, rows)
    return rows


def _check(ask: Any, orders: int) -> None:
    """The rows are as many as they should be, and every entry balances."""
    per_order = (1, 1, 3, 3, 2, 8, 1)
    for table, count in zip(COLUMNS, per_order, strict=True):
        _expect(ask(f"SELECT count(*) FROM {table}"), orders * count, table)  # noqa: S608
    _expect(ask(BALANCE), 0, "entries out of balance")


def _one(cursor: Any) -> Any:
    row = cursor.fetchone()
    return row[0]


def _expect(found: int, wanted: int, what: str) -> None:
    if found != wanted:
        raise AssertionError(f"the floor has {found} {what} where {wanted} were expected")
