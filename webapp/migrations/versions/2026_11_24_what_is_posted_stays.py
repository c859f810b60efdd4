"""Journal entries, journal lines and stock moves are never edited or deleted: the database refuses."""

from alembic import op

revision = "0006"
down_revision = "0005"

APPEND_ONLY = ("journal_entries", "journal_lines", "stock_moves")
REFUSAL = "is append-only: a change is a new row"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '% {REFUSAL}', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            op.execute(_trigger(table, act))


def downgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    for table in APPEND_ONLY:
        for act in ("update", "delete"):
            on = f" ON {table}" if is_postgresql else ""
            op.execute(f"DROP TRIGGER {table}_refuse_{act}{on}")
    if is_postgresql:
        op.execute("DROP FUNCTION refuse_change()")


def _trigger(table: str, act: str) -> str:
    name = f"{table}_refuse_{act}"
    if op.get_bind().dialect.name == "postgresql":
        return (
            f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    return (
        f"CREATE TRIGGER {name} BEFORE {act.upper()} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} {REFUSAL}'); END"
    )
