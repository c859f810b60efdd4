"""A database is made of a backup: all of it or none, on either kind of database.

The file is read twice: first to the end, with its digests, before anything is changed; then into
the tables, in one transaction. A backup of an older version goes into that version's tables, and
these are brought up to date, just as the database itself would have been.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile
from zlib import error as InflateError

import msgspec
from sqlalchemy import Connection, Engine, Table, delete, inspect, update

from webapp.backups import manifest as manifests
from webapp.backups.counting import count
from webapp.backups.manifest import BackupKeys, BackupUnreadable, Manifest, StoredTable
from webapp.backups.neutral import stored_tables, to_driver
from webapp.migrations import running
from webapp.migrations.state import VERSIONS
from webapp.models.base import table_of
from webapp.models.schedule import Heartbeat, Worker
from webapp.models.sites import Site

Progress = Callable[[int, int | None, str], None]

BATCH = 1000
CHUNK = 1024 * 1024
# Where one of these holds a row, somebody works with this database already.
TAKEN = ("channel_orders", "stock_items", "sites")


class HoldsSomething(Exception):
    """The database is in use already: nothing was changed. `tables` are those with rows."""

    def __init__(self, tables: Sequence[str]) -> None:
        super().__init__(", ".join(tables))
        self.tables = tuple(tables)


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was read to its end and is whole."""

    manifest: Manifest
    keys: BackupKeys | None
    archive: ZipFile


@contextmanager
def opened(path: Path, progress: Progress) -> Iterator[Backup]:
    """A backup, with every digest checked. BackupUnreadable: see there. OSError: no such file."""
    try:
        archive = ZipFile(path)
    except BadZipFile as fault:
        raise BackupUnreadable("The file is no backup of Tillbridge, or is cut short.") from fault
    with archive:
        yield _whole(archive, progress)


def _whole(archive: ZipFile, progress: Progress) -> Backup:
    if manifests.MANIFEST not in archive.namelist():
        raise BackupUnreadable("The file is no backup of Tillbridge.")
    try:
        manifest = manifests.read(archive.read(manifests.MANIFEST))
        _check(archive, manifest, progress)
        keys = _keys(archive) if manifest.has_keys else None
    except KeyError as fault:
        raise BackupUnreadable("The backup is damaged: a part of it is missing.") from fault
    except (BadZipFile, InflateError, EOFError) as fault:
        raise BackupUnreadable("The backup is damaged: it cannot be unpacked.") from fault
    return Backup(manifest, keys, archive)


def _keys(archive: ZipFile) -> BackupKeys:
    try:
        return msgspec.json.decode(archive.read(manifests.KEYS), type=BackupKeys)
    except msgspec.MsgspecError as fault:
        raise BackupUnreadable("The backup is damaged: its keys cannot be read.") from fault


def _check(archive: ZipFile, manifest: Manifest, progress: Progress) -> None:
    total = sum(table.rows for table in manifest.tables)
    done = 0
    for table in manifest.tables:
        hashed = sha256()
        with archive.open(table.entry) as file:
            while chunk := file.read(CHUNK):
                hashed.update(chunk)
        if hashed.hexdigest() != table.digest:
            raise BackupUnreadable(f"The backup is damaged: the rows of {table.name} were changed.")
        done += table.rows
        progress(done, total, "rows checked")


def restore_backup(engine: Engine, backup: Backup, *, now: datetime, progress: Progress) -> None:
    """Put a backup into an empty database, or one that was only initialised, and make it safe.

    No site pushes afterwards until a person has seen its dry run, since the stock in a backup is
    old; every site that pulls by itself is due for it at `now`; leases and signs of life are
    gone. People and ledgers of the database give way to those
    of the backup.

    HoldsSomething: there are orders, stock items or sites. UnknownStep: the backup is from a newer
    version. BackupUnreadable: what came out is not what went in. Nothing is changed by any.
    """
    with engine.begin() as connection:
        running.take_turns(connection)
        _empty(connection)
        running.upgrade_within(connection, backup.manifest.step)
        _fill(connection, backup, progress)
        _compare(connection, backup.manifest)
        running.upgrade_within(connection)
        _make_safe(connection, now)


def _empty(connection: Connection) -> None:
    there = set(inspect(connection).get_table_names())
    if VERSIONS.name not in there:
        return
    taken = [
        name
        for name in TAKEN
        if name in there and connection.exec_driver_sql(f"SELECT 1 FROM {name} LIMIT 1").first()  # noqa: S608
    ]
    if taken:
        raise HoldsSomething(taken)
    running.downgrade_within(connection, "base")


def _fill(connection: Connection, backup: Backup, progress: Progress) -> None:
    if connection.dialect.name == "sqlite":
        # A mapping names the one that replaced it, which comes later in the file.
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
    tables = {table.name: table for table in stored_tables(connection)}
    total = sum(table.rows for table in backup.manifest.tables)
    done = 0
    for stored in backup.manifest.tables:
        table = tables.get(stored.name)
        if table is None:
            raise BackupUnreadable(
                f"The backup has a table {stored.name} that its version has not."
            )
        if {column.name for column in stored.columns} - {column.name for column in table.columns}:
            raise BackupUnreadable(f"The backup's {stored.name} is not of the version it names.")
        put = _copy if connection.dialect.name == "postgresql" else _insert
        for rows in put(connection, table, stored, backup.archive):
            progress(done + rows, total, "rows restored")
        done += stored.rows
        _go_on_counting(connection, table)


def _rows(stored: StoredTable, archive: ZipFile) -> Iterator[list[Any]]:
    forms = to_driver(stored.kinds())
    decode = msgspec.json.Decoder(list[Any]).decode
    with archive.open(stored.entry) as file:
        for line in file:
            row = decode(line)
            for place, form in forms:
                if row[place] is not None:
                    row[place] = form(row[place])
            yield row


def _names(stored: StoredTable) -> str:
    return ", ".join(f'"{column.name}"' for column in stored.columns)


def _insert(
    connection: Connection, table: Table, stored: StoredTable, archive: ZipFile
) -> Iterator[int]:
    marks = ", ".join("?" * len(stored.columns))
    query = f'INSERT INTO "{table.name}" ({_names(stored)}) VALUES ({marks})'  # noqa: S608
    rows = _rows(stored, archive)
    done = 0
    while batch := [tuple(row) for row in islice(rows, BATCH)]:
        connection.exec_driver_sql(query, batch)
        done += len(batch)
        yield done


def _copy(
    connection: Connection, table: Table, stored: StoredTable, archive: ZipFile
) -> Iterator[int]:
    """One statement a table: what its rows refer to among themselves is looked at when it ends."""
    driver: Any = connection.connection.driver_connection
    done = 0
    with (
        driver.cursor() as cursor,
        cursor.copy(f'COPY "{table.name}" ({_names(stored)}) FROM STDIN') as copy,
    ):
        for done, row in enumerate(_rows(stored, archive), start=1):
            copy.write_row(row)
            if done % BATCH == 0:
                yield done
    yield done


def _go_on_counting(connection: Connection, table: Table) -> None:
    """New rows are numbered after the restored ones; SQLite does so by itself."""
    if connection.dialect.name != "postgresql" or len(table.primary_key) != 1:
        return
    (key,) = table.primary_key.columns.values()
    sequence = connection.exec_driver_sql(
        "SELECT pg_get_serial_sequence(%s, %s)", (table.name, key.name)
    ).scalar()
    if sequence is not None:
        connection.exec_driver_sql(
            f'SELECT setval(%s, max("{key.name}")) FROM "{table.name}"',  # noqa: S608
            (sequence,),
        )


def _compare(connection: Connection, manifest: Manifest) -> None:
    if count(connection, set(manifests.names(manifest.tables))) != manifest.counts:
        raise BackupUnreadable(
            "The backup is damaged: its orders and entries are not those it names."
        )


def _make_safe(connection: Connection, now: datetime) -> None:
    """Old stock goes to no store, and nobody holds what the processes of then held."""
    sites = table_of(Site)
    connection.execute(
        update(sites).values(
            push_seen_at=None, lease_until=None, lease_holder=None, key_lease_until=None
        )
    )
    connection.execute(
        update(sites).where(sites.c.pull_every.is_not(None)).values(next_pull_at=now)
    )
    for gone in (Worker, Heartbeat):
        connection.execute(delete(gone))
