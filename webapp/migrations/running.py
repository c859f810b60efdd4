"""Move a database along its story, forward or back, in one transaction."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

# Any number, but always the same one: two `init` on one PostgreSQL take turns.
TURN = 7_413_201


class UnknownStep(Exception):
    """The database stands at a step that this version does not have."""


def upgrade(engine: Engine, to: str = "head") -> None:
    """Forward to a step; nothing happens if it is there already. All of it or none of it.

    UnknownStep: the database is from a newer version.
    """
    with engine.begin() as connection:
        take_turns(connection)
        upgrade_within(connection, to)


def upgrade_within(connection: Connection, to: str = "head") -> None:
    """Forward to a step as part of a transaction. UnknownStep: this version has no such step."""
    try:
        command.upgrade(alembic_config(connection), to)
    except CommandError as fault:
        raise UnknownStep(str(fault)) from fault


def downgrade(engine: Engine, to: str) -> None:
    """Back to a step; "base" takes everything away."""
    with engine.begin() as connection:
        take_turns(connection)
        downgrade_within(connection, to)


def downgrade_within(connection: Connection, to: str) -> None:
    """Back to a step as part of a transaction."""
    try:
        command.downgrade(alembic_config(connection), to)
    except CommandError as fault:
        raise UnknownStep(str(fault)) from fault


def alembic_config(connection: Connection | None = None) -> Config:
    """Alembic's configuration, without a file: only our folder and the connection."""
    config = Config()
    folder = str(Path(__file__).parent).replace("%", "%%")
    config.set_main_option("script_location", folder)
    config.set_main_option("path_separator", "os")
    config.set_main_option("file_template", "%%(year)d_%%(month).2d_%%(day).2d_%%(slug)s")
    config.attributes["connection"] = connection
    return config


def take_turns(connection: Connection) -> None:
    """Wait until nobody else makes or moves this database's tables; until the transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": TURN})
