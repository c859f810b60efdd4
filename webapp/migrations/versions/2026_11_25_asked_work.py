"""What people asked the workers for, kept until it is done; pushes that wait for a person."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id, Instant

revision = "0011"
down_revision = "0010"

IS_OPEN = "closed_at IS NULL"


def upgrade() -> None:
    op.create_table(
        "asked_work",
        sa.Column("id", Id, nullable=False),
        sa.Column("site_id", Id, nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("options", sa.String(400), nullable=False),
        sa.Column("actor", sa.String(200), nullable=True),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("code", sa.String(40), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_asked_work_site_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_asked_work"),
    )
    op.create_index(
        "uq_asked_work_open",
        "asked_work",
        ["site_id", "kind", "options"],
        unique=True,
        sqlite_where=sa.text(IS_OPEN),
        postgresql_where=sa.text(IS_OPEN),
    )
    op.create_index("ix_asked_work_closed_at", "asked_work", ["closed_at"])
    op.add_column("sites", sa.Column("push_held_at", Instant(), nullable=True))
    op.add_column("sites", sa.Column("push_held_message", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("sites", "push_held_message")
    op.drop_column("sites", "push_held_at")
    op.drop_table("asked_work")
