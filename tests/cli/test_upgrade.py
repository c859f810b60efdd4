"""A database of another version: refused in a sentence, brought up to date, its books verified."""

import pytest
from sqlalchemy import Engine, select, text

from platforms.sandbox.woocommerce import open_sandbox
from tests.cli.conftest import Run
from tests.pull.shops import connected
from tests.stores import verified
from webapp.database import reading, writing
from webapp.migrations import HEAD, running
from webapp.models.journal import JournalEntry
from webapp.models.ledgers import Ledger
from webapp.models.sites import Site


@pytest.fixture
def older(home_engine: Engine) -> Engine:
    """A shop with posted orders, at an older step."""
    with writing(home_engine) as session:
        for row in session.scalars(select(Ledger)):
            session.delete(row)
    with open_sandbox(orders=8) as sandbox:
        connected(home_engine, sandbox).pull()
    assert verified(home_engine).is_clean
    return home_engine


def at_step(engine: Engine, step: str) -> None:
    running.downgrade(engine, step)


def test_an_upgrade_verifies_the_books(ready: Run, older: Engine) -> None:
    at_step(older, "0007")

    said = ready("init", "--json")

    assert said.status == 0
    assert said.json["migrated_to"] == HEAD
    assert said.json["verified"]["orders"] == 8
    assert said.json["verified"]["drifted"] == []
    assert ready("init", "--json").json["verified"] is None


def test_an_upgrade_shows_what_new_rules_would_change_and_posts_nothing(
    ready: Run, older: Engine
) -> None:
    with writing(older) as session:
        # As if this version had another rule for when stock leaves.
        site = session.scalars(select(Site)).one()
        site.automation = {**site.automation, "stock_leaves_on": "shipped"}
    entries = count_entries(older)
    at_step(older, "0007")

    said = ready("init")

    assert said.status == 0
    assert "would come out otherwise" in said.err
    assert "Nothing was posted" in said.err
    assert count_entries(older) == entries


def test_an_upgrade_that_finds_an_entry_out_of_balance_needs_attention(
    ready: Run, older: Engine
) -> None:
    with writing(older) as session:
        session.execute(text("DROP TRIGGER journal_lines_refuse_update"))
        session.execute(text("UPDATE journal_lines SET debit = debit + 1 WHERE debit > 0"))
    with writing(older) as session:
        session.execute(
            text(
                "CREATE TRIGGER journal_lines_refuse_update BEFORE UPDATE ON journal_lines "
                "BEGIN SELECT RAISE(ABORT, 'append-only'); END"
            )
        )
    at_step(older, "0007")

    said = ready("init", "--json")

    assert said.status == 1
    assert said.json["verified"]["unbalanced"] > 0


@pytest.mark.parametrize(("step", "code"), [("0007", "not_migrated"), ("9999", "database_newer")])
@pytest.mark.parametrize("words", [("site", "list"), ("web", "--port", "0"), ("books", "verify")])
def test_no_command_works_on_another_versions_database(
    ready: Run, home_engine: Engine, words: tuple[str, ...], step: str, code: str
) -> None:
    if step == "9999":
        with home_engine.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    else:
        at_step(home_engine, step)

    said = ready(*words, "--json")

    assert (said.status, said.json["error"]["code"]) == (1, code)
    assert step in said.json["error"]["message"]


def count_entries(engine: Engine) -> int:
    with reading(engine) as session:
        return len(session.scalars(select(JournalEntry.id)).all())
