"""`init`: from nothing to a home that works; again, and nothing changes."""

import stat
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.cli.conftest import Run
from webapp.config import read_config
from webapp.database import make_engine, reading
from webapp.migrations import HEAD, running
from webapp.models.people import Person


def test_a_new_home_gets_tables_keys_and_a_chart(run: Run, home: Path) -> None:
    said = run("init", "--json")

    assert said.status == 0
    assert said.json["created"] is True
    assert said.json["migrated_to"] == HEAD
    assert said.json["admin"] is None
    for key in ("secret_key", "encryption_keys"):
        assert stat.S_IMODE((home / key).stat().st_mode) == 0o600
    assert len(run("ledger", "list", "--json").json["ledgers"]) >= 8


def test_running_it_again_changes_nothing(ready: Run, home: Path) -> None:
    keys = (home / "encryption_keys").read_text()
    ledgers = ready("ledger", "list", "--json").json

    said = ready("init", "--json")

    assert said.json["created"] is False
    assert (home / "encryption_keys").read_text() == keys
    assert ready("ledger", "list", "--json").json == ledgers


def test_the_first_admin_comes_from_the_environment_once(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLBRIDGE_ADMIN_EMAIL", "Aina@Shop.example")
    monkeypatch.setenv("TILLBRIDGE_ADMIN_PASSWORD", "a long enough one")

    first, second = run("init", "--json"), run("init", "--json")

    assert first.json["admin"] == second.json["admin"] == "aina@shop.example"
    with reading(make_engine(read_config().database_url)) as session:
        assert session.scalars(select(Person.email)).all() == ["aina@shop.example"]


def test_without_an_admin_it_says_how_to_make_one(run: Run) -> None:
    assert "bin/tillbridge user add" in run("init").out


def test_a_password_that_is_too_short_is_said_before_anything_is_made(
    run: Run, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TILLBRIDGE_ADMIN_EMAIL", "aina@shop.example")
    monkeypatch.setenv("TILLBRIDGE_ADMIN_PASSWORD", "short")

    said = run("init")

    assert said.status == 1
    assert "too short" in said.err
    assert not home.exists()


def test_with_a_database_of_its_own_the_keys_must_be_given(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/none")

    said = run("init", "--json")

    assert said.status == 1
    assert said.json["error"]["code"] == "configuration"
    assert "TILLBRIDGE_ENCRYPTION_KEYS" in said.json["error"]["message"]


def test_a_database_that_is_not_there_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, encryption_keys: tuple[str, ...]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://nobody:secret@127.0.0.1:1/none")
    monkeypatch.setenv("TILLBRIDGE_SECRET_KEY", "x" * 40)
    monkeypatch.setenv("TILLBRIDGE_ENCRYPTION_KEYS", encryption_keys[0])

    said = run("init", "--json")

    assert said.status == 1
    assert said.json["error"]["code"] == "database_unreachable"
    assert "secret" not in said.out + said.err


def test_postgresql_is_initialised_like_sqlite(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    empty_postgres_url: str,
    encryption_keys: tuple[str, ...],
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_postgres_url)
    monkeypatch.setenv("TILLBRIDGE_SECRET_KEY", "x" * 40)
    monkeypatch.setenv("TILLBRIDGE_ENCRYPTION_KEYS", encryption_keys[0])

    first, second = run("init", "--json"), run("init", "--json")

    assert (first.json["created"], second.json["created"]) == (True, False)
    assert run("site", "list", "--json").json == {"sites": []}


@pytest.mark.parametrize(
    "words",
    [("orders", "main"), ("books", "trial-balance"), ("site", "list"), ("pull", "main"), ("web",)],
)
def test_every_other_command_refuses_a_home_without_tables(
    run: Run, home: Path, words: tuple[str, ...]
) -> None:
    said = run(*words, "--json")

    assert said.status == 1
    assert said.json["error"]["next"] == "Run: bin/tillbridge init"
    assert not home.exists()


def test_a_database_of_an_older_version_is_refused_and_init_mends_it(ready: Run) -> None:
    engine = make_engine(read_config().database_url)
    running.downgrade(engine, "0003")
    engine.dispose()

    refused = ready("orders", "main", "--json")
    mended = ready("init", "--json")

    assert refused.json["error"]["code"] == "not_migrated"
    assert (mended.json["created"], mended.json["migrated_to"]) == (False, HEAD)
    assert ready("site", "list").status == 0
