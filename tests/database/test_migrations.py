"""The database's story, told forward, back and forward again on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, delete, inspect, text, update
from sqlalchemy.exc import DBAPIError

from tests import factories as make
from webapp.database import make_engine, writing
from webapp.migrations import HEAD, running
from webapp.migrations.state import migrated_to
from webapp.models import all_tables
from webapp.models.stock import StockMove


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    url = (
        f"sqlite:///{tmp_path / 'empty.sqlite3'}"
        if request.param == "sqlite"
        else request.getfixturevalue("empty_postgres_url")
    )
    engine = make_engine(url)
    yield engine
    engine.dispose()


def _tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def test_migrations_up_down_and_up_give_what_the_models_say(empty_engine: Engine) -> None:
    running.upgrade(empty_engine)
    running.downgrade(empty_engine, "base")
    assert _tables(empty_engine) == set()

    running.upgrade(empty_engine)

    with empty_engine.connect() as connection:
        compared = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(compared, all_tables()) == []


def test_every_step_can_be_taken_back_alone(empty_engine: Engine) -> None:
    steps = [
        step.revision
        for step in ScriptDirectory.from_config(running.alembic_config()).walk_revisions()
    ]

    running.upgrade(empty_engine)
    for step in steps[1:]:
        running.downgrade(empty_engine, step)
        assert migrated_to(empty_engine) == step


def test_the_head_that_commands_compare_with_is_the_newest_step() -> None:
    assert ScriptDirectory.from_config(running.alembic_config()).get_current_head() == HEAD


def test_a_step_that_fails_leaves_the_database_where_it_was(empty_engine: Engine) -> None:
    running.upgrade(empty_engine, "0003")
    with empty_engine.begin() as connection:
        connection.execute(text("CREATE TABLE oversells (id INTEGER)"))

    with pytest.raises(DBAPIError):
        running.upgrade(empty_engine)

    assert migrated_to(empty_engine) == "0003"
    assert "stock_moves" not in _tables(empty_engine)


def test_constraints_have_names_that_stay(empty_engine: Engine) -> None:
    running.upgrade(empty_engine)

    unique = inspect(empty_engine).get_unique_constraints("channel_orders")
    assert [found["name"] for found in unique] == ["uq_channel_orders_site_id_remote_id"]


@pytest.mark.parametrize("act", ["update", "delete"])
def test_the_database_refuses_to_change_what_was_moved_or_posted(
    empty_engine: Engine, act: str
) -> None:
    running.upgrade(empty_engine)
    with writing(empty_engine) as session:
        make.stock_item(session, "TEE", 5)

    change = update(StockMove).values(quantity=6) if act == "update" else delete(StockMove)
    with pytest.raises(DBAPIError, match="append-only"), writing(empty_engine) as session:
        session.execute(change)


@pytest.mark.parametrize("table", ["journal_entries", "journal_lines", "stock_moves"])
@pytest.mark.parametrize("act", ["update", "delete"])
def test_each_append_only_table_has_its_guard(empty_engine: Engine, table: str, act: str) -> None:
    running.upgrade(empty_engine)

    name = f"{table}_refuse_{act}"
    query = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = :name",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE tgname = :name",
    }[empty_engine.dialect.name]
    with empty_engine.connect() as connection:
        assert connection.scalar(text(query), {"name": name}) == 1
