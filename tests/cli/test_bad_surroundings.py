"""What surrounds a command is wrong: the environment, the home, the disk, the streams."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from tests.cli.conftest import Run
from webapp.cli.whole_files import write_whole
from webapp.config import read_config
from webapp.database import make_engine, writing
from webapp.models.people import Person

CHECKOUT = Path(__file__).parent.parent.parent
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.is_char_device(), reason="no /dev/full here")


@pytest.mark.parametrize(
    "url",
    ["nonsense", "mysql://u:SECRETPW@h/db", "http://u:SECRETPW@h/", "postgresql://h:port/db"],
)
def test_a_database_address_that_is_none_is_said_without_its_password(
    ready: Run, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    config = read_config()
    monkeypatch.setenv("TILLBRIDGE_SECRET_KEY", config.secret_key)
    monkeypatch.setenv("TILLBRIDGE_ENCRYPTION_KEYS", config.encryption_keys[0])
    monkeypatch.setenv("DATABASE_URL", url)

    said = ready("site", "list", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "configuration")
    assert "DATABASE_URL" in said.json["error"]["message"]
    assert "SECRETPW" not in said.out + said.err


@pytest.mark.parametrize("name", ["a?x=1", "50%20#", "tab\there", "Käse"])
def test_a_home_may_be_called_anything(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("TILLBRIDGE_HOME", str(tmp_path / name))

    made = run("init")

    assert made.status == 0
    assert (tmp_path / name / "tillbridge.sqlite3").is_file()
    assert [found.name for found in tmp_path.iterdir()] == [name]


def test_the_home_of_nobody_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TILLBRIDGE_HOME", "~nobody-of-this-name/x")

    said = run("site", "list", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "configuration")


def test_a_database_of_a_newer_version_is_left_alone_by_init(ready: Run, home: Path) -> None:
    with sqlite3.connect(home / "tillbridge.sqlite3") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999_later'")

    said = ready("init", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "database_newer")
    assert "backup" in said.json["error"]["next"]


@pytest.mark.parametrize("written", [b"", b"\xff\xfe", b"not a key\n"])
def test_a_damaged_key_file_is_a_sentence(ready: Run, home: Path, written: bytes) -> None:
    (home / "encryption_keys").write_bytes(written)

    said = ready("site", "list", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "configuration")


def test_a_folder_in_the_databases_place_is_no_unreachable_server(ready: Run, home: Path) -> None:
    (home / "tillbridge.sqlite3").unlink()
    (home / "tillbridge.sqlite3").mkdir()

    said = ready("site", "list", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "database_unusable")


@pytest.mark.parametrize(
    ("email", "password", "code"),
    [("boss", "12345678", "email_refused"), ("a@b.example", "x" * 600, "password_too_long")],
)
def test_a_first_admin_who_cannot_be_is_said_before_anything_is_made(
    run: Run,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    email: str,
    password: str,
    code: str,
) -> None:
    monkeypatch.setenv("TILLBRIDGE_ADMIN_EMAIL", email)
    monkeypatch.setenv("TILLBRIDGE_ADMIN_PASSWORD", password)

    said = run("init", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, code)
    assert password not in said.out
    assert not home.exists()


def test_a_fault_of_the_database_does_not_repeat_what_was_written(ready: Run) -> None:
    engine = make_engine(read_config().database_url)
    with pytest.raises(Exception, match="NOT NULL") as raised, writing(engine) as session:
        session.add(Person(email="buyer@shop.example", password="hash", active=True))
    engine.dispose()

    assert "buyer@shop.example" not in str(raised.value)


# --- streams and files --------------------------------------------------------------------------


def _shell(line: str, home: Path) -> subprocess.CompletedProcess[str]:
    program = f"'{sys.executable}' -P -m webapp.cli"
    return subprocess.run(
        ["sh", "-c", line.replace("TB", program)],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT), "TILLBRIDGE_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("TB site list >&-", 0),
        ("TB site list --json >&-", 0),
        ("TB orders nowhere --json >&- 2>&-", 1),
        ("TB orders nowhere 2>&-", 1),
    ],
)
def test_closed_streams_are_no_fault(ready: Run, home: Path, line: str, status: int) -> None:
    done = _shell(line, home)

    assert (done.returncode, done.stderr) == (status, "")


@needs_full
@pytest.mark.parametrize("words", ["site list", "site list --json", "help"])
def test_a_full_disk_behind_stdout_is_one_sentence(ready: Run, home: Path, words: str) -> None:
    done = _shell(f"TB {words} >/dev/full", home)

    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


@needs_full
def test_a_full_disk_is_said(ready: Run, tmp_path: Path) -> None:
    # By a link: whatever goes wrong here, the machine keeps its device.
    (tmp_path / "books.csv").symlink_to(FULL)

    said = ready("books", "export", "--format", "csv", str(tmp_path / "books.csv"), "--json")

    # Nothing was posted, but the heading does not fit either.
    assert (said.status, said.json["error"]["code"]) == (1, "disk_full")


def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    write_whole(tmp_path / "pipe", ("text", b"bytes"))

    assert os.read(reader, 100) == b"textbytes"
    assert (tmp_path / "pipe").is_fifo()
    os.close(reader)


def test_what_stood_under_a_name_stands_when_writing_fails(tmp_path: Path) -> None:
    path = tmp_path / "sheet.csv"
    path.write_text("before")

    def pieces() -> list[str]:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        write_whole(path, (piece for _ in (1,) for piece in pieces()))

    assert path.read_text() == "before"
    assert [found.name for found in tmp_path.iterdir()] == ["sheet.csv"]


def test_a_link_is_written_through(tmp_path: Path) -> None:
    (tmp_path / "target").write_text("before")
    (tmp_path / "link").symlink_to(tmp_path / "target")

    write_whole(tmp_path / "link", ("after",))

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_text() == "after"


def test_a_file_in_no_folder_is_named_as_it_was_given(ready: Run) -> None:
    said = ready("books", "export", "--format", "csv", "/nowhere/books.csv", "--json")

    assert said.json["error"]["message"] == "There is no /nowhere/books.csv."
    assert said.json["error"]["next"]


# --- hosts --------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["300.1.1.1", "203.0.113.7"])
def test_a_host_that_is_not_this_machine_is_said(ready: Run, host: str) -> None:
    said = ready("web", "--host", host, "--port", "0", "--json")

    assert (said.status, said.json["error"]["code"]) == (1, "address_unusable")


def test_bytes_that_are_no_text_are_wrong_usage(ready: Run, home: Path) -> None:
    done = _shell("TB order main \"$(printf '\\377')\" --json", home)

    assert done.returncode == 2
    assert msgspec.json.decode(done.stdout)["error"]["code"] == "usage"
