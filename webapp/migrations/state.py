"""Where a database stands in its story. Light: asked by every command, without Alembic."""

from sqlalchemy import Column as TableColumn
from sqlalchemy import Engine, MetaData, String, Table, inspect, select

from webapp.database import reading
from webapp.migrations import HEAD

VERSIONS = Table(
    "alembic_version", MetaData(), TableColumn("version_num", String(32), primary_key=True)
)


def migrated_to(engine: Engine) -> str | None:
    """The step that a database was migrated to; None: it has none of our tables."""
    with reading(engine) as session:
        if not inspect(session.connection()).has_table(VERSIONS.name):
            return None
        return session.scalar(select(VERSIONS.c.version_num))


def is_newer(step: str) -> bool:
    """Whether a database at this step is from a newer Tillbridge than this one."""
    return not step.isdigit() or int(step) > int(HEAD)
