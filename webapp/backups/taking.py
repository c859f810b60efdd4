"""A backup is taken: every table as of one moment, while everything runs.

The database is read in one transaction that sees nothing of what is written meanwhile. Rows go
straight into the file, so that a large shop needs no more memory than a small one.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import msgspec
from sqlalchemy import Connection, Engine, Table, select

from webapp import VERSION
from webapp.backups import manifest as manifests
from webapp.backups.counting import count
from webapp.backups.manifest import BackupKeys, Manifest, StoredColumn, StoredTable
from webapp.backups.neutral import kinds_of, stored_tables, to_neutral
from webapp.migrations.state import VERSIONS
from webapp.models.types import instant_text

Progress = Callable[[int, int | None, str], None]

BATCH = 1000
# Payloads are compressed already: a higher level takes time and gains nothing.
LEVEL = 1
EARLIEST = (1980, 1, 1, 0, 0, 0)


def take_backup(
    engine: Engine,
    file: BinaryIO,
    *,
    keys: BackupKeys | None,
    now: datetime,
    progress: Progress,
) -> Manifest | None:
    """Write the whole database into a file that is open for writing; what it says of itself.

    A ZIP: a line of JSON for each row, a file for each table, a manifest with counts and
    digests; the keys only where they are given. None: the database has no tables of ours.
    """
    with _one_moment(engine) as connection:
        found = {table.name: table for table in stored_tables(connection)}
        if "sites" not in found:
            return None
        step = connection.scalar(select(VERSIONS.c.version_num))
        with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL) as archive:
            tables: list[StoredTable] = []
            for table in found.values():
                tables.append(_write_table(connection, archive, table))
                progress(sum(each.rows for each in tables), None, "rows put by")
            if keys is not None:
                archive.writestr(_entry(manifests.KEYS), msgspec.json.encode(keys))
            manifest = Manifest(
                format=manifests.FORMAT,
                layout=manifests.LAYOUT,
                version=VERSION,
                made_at=instant_text(now),
                database=connection.dialect.name,
                step=str(step),
                has_keys=keys is not None,
                counts=count(connection, found),
                tables=tuple(tables),
            ).sealed()
            archive.writestr(_entry(manifests.MANIFEST), manifests.written(manifest))
    return manifest


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """A transaction that only reads, and in which nothing changes.

    SQLite's begins with its first statement and sees the database of then; a writer goes on.
    """
    level = {} if engine.dialect.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    with (
        engine.execution_options(write=False, **level).connect() as connection,
        connection.begin(),
    ):
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        yield connection


def _write_table(connection: Connection, archive: ZipFile, table: Table) -> StoredTable:
    kinds = kinds_of(table)
    entry = f"tables/{table.name}.jsonl"
    forms = to_neutral(connection.dialect.name, kinds)
    encode = msgspec.json.Encoder().encode_lines
    hashed = sha256()
    rows = 0
    with archive.open(_entry(entry), "w", force_zip64=True) as out:
        for batch in _batches(connection, table):
            if forms:
                for row in batch:
                    for place, form in forms:
                        if row[place] is not None:
                            row[place] = form(row[place])
            lines = encode(batch)
            hashed.update(lines)
            out.write(lines)
            rows += len(batch)
    columns = tuple(StoredColumn(name=name, kind=kind) for name, kind in kinds.items())
    return StoredTable(
        name=str(table.name), entry=entry, columns=columns, rows=rows, digest=hashed.hexdigest()
    )


def _batches(connection: Connection, table: Table) -> Iterator[list[list[Any]]]:
    """A table's rows in the order of its key, past the column types."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    order = ", ".join(f'"{column.name}"' for column in table.primary_key)
    query = f'SELECT {names} FROM "{table.name}"'  # noqa: S608 - the database's own names
    if order:
        query += f" ORDER BY {order}"
    rows = (_copied if connection.dialect.name == "postgresql" else _selected)(connection, query)
    while batch := [list(row) for row in islice(rows, BATCH)]:
        yield batch


def _selected(connection: Connection, query: str) -> Iterator[Sequence[Any]]:
    return iter(connection.exec_driver_sql(query, execution_options={"yield_per": BATCH}))


def _copied(connection: Connection, query: str) -> Iterator[Sequence[Any]]:
    """By COPY: the server sends what was read, and keeps nothing for us."""
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        cursor.execute(f"{query} LIMIT 0")
        types = [column.type_code for column in cursor.description]
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as copy:
            copy.set_types(types)
            yield from copy.rows()


def _entry(name: str) -> ZipInfo:
    """An entry without a time of its own, so that equal databases make equal files."""
    info = ZipInfo(name, EARLIEST)
    info.compress_type = ZIP_DEFLATED
    info.external_attr = 0o600 << 16
    return info
