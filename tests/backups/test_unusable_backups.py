"""What is no whole backup changes nothing; an older one is brought up to date."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import Engine, inspect

from tests import factories as make
from tests.backups.copies import Make, all_rows, backed_up, restored
from webapp.backups import manifest as manifests
from webapp.backups.manifest import BackupUnreadable
from webapp.backups.restoring import HoldsSomething
from webapp.database import writing
from webapp.migrations import HEAD, running
from webapp.migrations.state import migrated_to


@pytest.fixture
def backup(make_database: Make, tmp_path: Path) -> Path:
    """A small shop's backup."""
    engine = make_database("sqlite")
    with writing(engine) as session:
        make.order(session, make.wired_site(session))
    backed_up(engine, tmp_path / "shop.backup")
    return tmp_path / "shop.backup"


def rewritten(path: Path, change: Callable[[str, bytes], bytes | None]) -> None:
    """Each part of a backup put through `change`; None leaves it out."""
    with ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with ZipFile(path, "w") as archive:
        for name, body in parts.items():
            changed = change(name, body)
            if changed is not None:
                archive.writestr(name, changed)


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def turned_over(path: Path) -> None:
    with ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda info: info.compress_size)
    body = bytearray(path.read_bytes())
    body[largest.header_offset + largest.compress_size // 2] ^= 0xFF
    path.write_bytes(bytes(body))


def no_backup(path: Path) -> None:
    path.write_text("sku,name,on_hand\n")


def another_archive(path: Path) -> None:
    with ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "hello")


def a_row_changed(path: Path) -> None:
    rewritten(
        path, lambda name, body: body.replace(b'"MYR"', b'"SGD"') if "orders" in name else body
    )


def a_table_gone(path: Path) -> None:
    rewritten(path, lambda name, body: None if "ledgers" in name else body)


def a_count_changed(path: Path) -> None:
    rewritten(
        path,
        lambda name, body: (
            body.replace(b'"orders": 1', b'"orders": 2') if name == manifests.MANIFEST else body
        ),
    )


def newer_layout(path: Path) -> None:
    def change(name: str, body: bytes) -> bytes:
        if name != manifests.MANIFEST:
            return body
        found = manifests.read(body)
        return manifests.written(replace(found, layout=manifests.LAYOUT + 1).sealed())

    rewritten(path, change)


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_short, "cut short"),
        (turned_over, "damaged"),
        (no_backup, "no backup"),
        (another_archive, "no backup"),
        (a_row_changed, "rows of channel_orders were changed"),
        (a_table_gone, "a part of it is missing"),
        (a_count_changed, "damaged"),
        (newer_layout, "newer Tillbridge"),
    ],
)
def test_what_is_no_whole_backup_is_refused_before_anything_is_made(
    backup: Path, make_database: Make, damage: Callable[[Path], None], said: str
) -> None:
    damage(backup)
    target = make_database("sqlite", empty=True)

    with pytest.raises(BackupUnreadable, match=said):
        restored(backup, target)

    assert inspect(target).get_table_names() == []


def test_a_backup_that_does_not_hold_what_it_names_leaves_the_database_as_it_was(
    backup: Path, database: Engine
) -> None:
    def one_order_more(name: str, body: bytes) -> bytes:
        if name != manifests.MANIFEST:
            return body
        found = manifests.read(body)
        counts = replace(found.counts, orders=found.counts.orders + 1)
        return manifests.written(replace(found, counts=counts).sealed())

    rewritten(backup, one_order_more)
    before = all_rows(database)

    with pytest.raises(BackupUnreadable, match="not those it names"):
        restored(backup, database)

    assert all_rows(database) == before
    assert migrated_to(database) == HEAD


@pytest.mark.parametrize("held", ["order", "stock item", "site"])
def test_a_database_in_use_is_not_replaced(backup: Path, database: Engine, held: str) -> None:
    with writing(database) as session:
        match held:
            case "order":
                make.order(session, make.site(session))
            case "stock item":
                make.stock_item(session, "TEE", 5)
            case _:
                make.site(session)
    before = all_rows(database)

    with pytest.raises(HoldsSomething):
        restored(backup, database)

    assert all_rows(database) == before


def test_a_backup_of_an_older_version_is_brought_up_to_date(
    make_database: Make, database: Engine, tmp_path: Path
) -> None:
    old = make_database(database.dialect.name, empty=True)
    running.upgrade(old, "0006")
    with old.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO ledgers (code, name, type, is_active) VALUES ('1000', 'Bank', 'asset', true)"
        )

    manifest = backed_up(old, tmp_path / "old.backup")
    copy = restored(tmp_path / "old.backup", database)

    assert manifest.step == "0006"
    assert migrated_to(copy) == HEAD
    assert [row["name"] for row in all_rows(copy)["ledgers"]] == ["Bank"]
