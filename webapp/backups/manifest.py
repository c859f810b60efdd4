"""What a backup says about itself: where it comes from, and what must be in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

import msgspec

from webapp.backups.neutral import Kind

FORMAT = "tillbridge-backup"
LAYOUT = 1
MANIFEST = "manifest.json"
KEYS = "keys.json"


class BackupUnreadable(Exception):
    """The file is no backup, is damaged, or is from a version that we do not know. In a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredColumn:
    name: str
    kind: Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredTable:
    """A table: its rows stand in `entry`, one JSON list a line, and have this SHA-256."""

    name: str
    entry: str
    columns: tuple[StoredColumn, ...]
    rows: int
    digest: str

    def kinds(self) -> dict[str, Kind]:
        return {column.name: column.kind for column in self.columns}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What a person recognises a database by. Sums of all currencies, in ten-thousandths."""

    orders: int
    entries: int
    debit: int
    credit: int
    on_hand: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupKeys:
    """The keys of the home that the backup is from: only in a backup that was asked for them."""

    secret_key: str
    encryption_keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """`step`: where the database stood in its story. `digest` is over all else in here."""

    format: str
    layout: int
    version: str
    made_at: str
    database: str
    step: str
    has_keys: bool
    counts: Counts
    tables: tuple[StoredTable, ...]
    digest: str = ""

    def sealed(self) -> "Manifest":
        return replace(self, digest=self._digest())

    @property
    def is_whole(self) -> bool:
        return self.digest == self._digest()

    def _digest(self) -> str:
        return sha256(msgspec.json.encode(replace(self, digest=""))).hexdigest()


def written(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def read(text: bytes) -> Manifest:
    """BackupUnreadable: it is not ours, is of a newer layout, or was changed since."""
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.MsgspecError as fault:
        raise BackupUnreadable("The file is no backup of Tillbridge.") from fault
    if manifest.format != FORMAT:
        raise BackupUnreadable("The file is no backup of Tillbridge.")
    if manifest.layout > LAYOUT:
        raise BackupUnreadable(
            f"The backup was made by a newer Tillbridge ({manifest.version}); this one cannot read it."
        )
    if not manifest.is_whole:
        raise BackupUnreadable("The backup is damaged: what it says about itself was changed.")
    return manifest


def names(tables: Sequence[StoredTable]) -> list[str]:
    return [table.name for table in tables]
