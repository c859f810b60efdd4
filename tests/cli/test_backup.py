"""`backup` and `restore`: what they answer, who may read the file, and the keys."""

import stat
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from tests import factories as make
from tests.cli.conftest import Run
from webapp.config import read_config, unlock
from webapp.database import reading, writing
from webapp.migrations import running
from webapp.models.sites import Site

Move = Callable[[str], Path]


@pytest.fixture
def move(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Move:
    """Go on in another home."""

    def moved(name: str) -> Path:
        monkeypatch.setenv("TILLBRIDGE_HOME", str(tmp_path / name))
        return tmp_path / name

    return moved


def a_site_with_an_order(engine: Engine) -> None:
    with writing(engine) as session:
        make.order(session, make.wired_site(session, name="main"), state="failed")


def test_a_backup_moves_a_home_with_its_keys(
    ready: Run, home_engine: Engine, tmp_path: Path, move: Move
) -> None:
    with writing(home_engine) as session:
        make.site(session, name="main")
    file = tmp_path / "shop.backup"

    put_by = ready("backup", file, "--with-keys", "--json")
    elsewhere = move("elsewhere")
    put_back = ready("restore", file, "--json")

    assert (put_by.status, put_back.status) == (0, 0)
    assert put_by.json == {"bytes": file.stat().st_size, "orders": 0, "entries": 0}
    assert {key: put_back.json[key] for key in put_by.json} == put_by.json
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    for key in ("secret_key", "encryption_keys"):
        assert stat.S_IMODE((elsewhere / key).stat().st_mode) == 0o600
    unlock(read_config())
    with reading(home_engine) as session:
        assert session.query(Site).one().credentials["consumer_key"] == "ck_1"
    assert ready("site", "list", "--json").json["sites"][0]["name"] == "main"


def test_a_backup_without_keys_holds_none_and_says_so(
    ready: Run, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "shop.backup"

    said = ready("backup", file)

    with ZipFile(file) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
    for key in ("secret_key", "encryption_keys"):
        assert (home / key).read_bytes().strip() not in everything
    assert "holds no keys" in said.out
    assert "holds this home's keys" in ready("backup", file, "--with-keys").out


def test_without_the_keys_a_restored_home_names_the_variable(
    ready: Run, home_engine: Engine, tmp_path: Path, move: Move
) -> None:
    with writing(home_engine) as session:
        make.site(session, name="main")
    ready("backup", tmp_path / "shop.backup")
    move("elsewhere")

    said = ready("restore", tmp_path / "shop.backup")

    assert said.status == 1
    assert "TILLBRIDGE_ENCRYPTION_KEYS" in said.err
    assert "main" in said.err
    assert "Traceback" not in said.err


def test_keys_of_a_backup_join_those_of_a_home_that_has_its_own(
    ready: Run, home: Path, home_engine: Engine, tmp_path: Path, move: Move
) -> None:
    with writing(home_engine) as session:
        make.site(session, name="main")
    ready("backup", tmp_path / "shop.backup", "--with-keys")
    old = (home / "encryption_keys").read_text().strip()
    elsewhere = move("elsewhere")
    ready("init")
    own = (elsewhere / "encryption_keys").read_text().strip()

    assert ready("restore", tmp_path / "shop.backup").status == 0

    assert (elsewhere / "encryption_keys").read_text().strip() == f"{own},{old}"
    assert ready("site", "list").status == 0


def test_keys_of_the_environment_are_left_as_they_are(
    ready: Run, home_engine: Engine, tmp_path: Path, move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(home_engine) as session:
        make.site(session, name="main")
    ready("backup", tmp_path / "shop.backup", "--with-keys")
    elsewhere = move("elsewhere")
    monkeypatch.setenv("TILLBRIDGE_ENCRYPTION_KEYS", Fernet.generate_key().decode())
    monkeypatch.setenv("TILLBRIDGE_SECRET_KEY", "of the environment")

    said = ready("restore", tmp_path / "shop.backup")

    assert said.status == 1
    assert "TILLBRIDGE_ENCRYPTION_KEYS" in said.err
    assert not (elsewhere / "encryption_keys").exists()


def test_a_home_in_use_is_not_replaced(ready: Run, home_engine: Engine, tmp_path: Path) -> None:
    a_site_with_an_order(home_engine)
    ready("backup", tmp_path / "shop.backup")

    said = ready("restore", tmp_path / "shop.backup", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "holds_something")
    assert "orders" in said.json["error"]["message"]


def test_a_restored_home_verifies_its_books_and_says_what_comes_next(
    ready: Run, tmp_path: Path, move: Move
) -> None:
    ready("backup", tmp_path / "shop.backup", "--with-keys")
    move("elsewhere")

    said = ready("restore", tmp_path / "shop.backup")

    assert said.status == 0
    assert "The books hold" in said.out
    assert "push NAME --dry-run" in said.out


@pytest.mark.parametrize("place", ["a folder", "/dev/stdout", "/dev/null"])
def test_what_is_no_file_is_not_written_over(ready: Run, tmp_path: Path, place: str) -> None:
    (tmp_path / "a folder").mkdir()
    target = Path(place) if place.startswith("/") else tmp_path / place

    said = ready("backup", target, "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "file_unusable")


def test_a_link_to_the_last_backup_stays_a_link(ready: Run, tmp_path: Path) -> None:
    link, file = tmp_path / "newest.backup", tmp_path / "monday.backup"
    file.write_bytes(b"")
    link.symlink_to(file)

    ready("backup", link)

    assert link.is_symlink()
    assert file.stat().st_size > 0


def test_bad_keys_are_said_before_anything_is_restored(
    ready: Run, tmp_path: Path, move: Move, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready("backup", tmp_path / "shop.backup")
    elsewhere = move("elsewhere")
    monkeypatch.setenv("TILLBRIDGE_ENCRYPTION_KEYS", "no key")
    monkeypatch.setenv("TILLBRIDGE_SECRET_KEY", "of the environment")

    said = ready("restore", tmp_path / "shop.backup", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "configuration")
    assert not elsewhere.exists()


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("restore", "nowhere.backup"), "file_not_found"),
        (("restore", "wrong.backup"), "backup_unreadable"),
        (("backup", "no/such/folder/shop.backup"), "file_not_found"),
    ],
)
def test_wrong_files_are_sentences(
    ready: Run, tmp_path: Path, words: tuple[str, str], code: str
) -> None:
    (tmp_path / "wrong.backup").write_text("no backup")

    said = ready(words[0], tmp_path / words[1], "--json")

    assert (said.status, said.json["error"]["code"]) == (1, code)


def test_a_failed_backup_leaves_the_one_before(ready: Run, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "shop.backup"
    ready("backup", file)
    before = file.read_bytes()
    (home / "tillbridge.sqlite3").write_bytes(b"this is no database at all" * 100)

    assert ready("backup", file).status == 1

    assert file.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".shop")] == []


def test_without_tables_there_is_nothing_to_put_by(run: Run, home: Path, tmp_path: Path) -> None:
    said = run("backup", tmp_path / "shop.backup", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "not_initialised")
    assert not (home / "tillbridge.sqlite3").exists()


def test_an_older_home_can_be_put_by_before_it_is_brought_up_to_date(
    ready: Run, home_engine: Engine, tmp_path: Path
) -> None:
    running.downgrade(home_engine, "0006")

    refused = ready("site", "list", "--json")
    said = ready("backup", tmp_path / "old.backup", "--json")

    assert refused.json["error"]["code"] == "not_migrated"
    assert "backup" in refused.json["error"]["next"]
    assert said.status == 0
