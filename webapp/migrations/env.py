"""What Alembic runs for each step: on the connection that it is handed, in its transaction."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from webapp.models import all_tables
from webapp.models.types import Instant, Json, Money, Secret


def written(kind: str, value: Any, draft: AutogenContext) -> str | Literal[False]:
    """Our own column types as a drafted step writes them; False: as Alembic would."""
    if kind == "type" and isinstance(value, Instant | Json | Money | Secret):
        name = type(value).__name__
        draft.imports.add(f"from webapp.models.types import {name}")
        return f"{name}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=all_tables(),
    # SQLite's changes of tables roll back too, since webapp.database begins transactions itself.
    transactional_ddl=True,
    render_as_batch=True,
    render_item=written,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
