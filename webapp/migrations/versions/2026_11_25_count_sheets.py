"""Counted sheets that were uploaded, kept until a person has seen what they would post."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id, Instant

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_table(
        "count_sheets",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=True),
        sa.Column("counted_at", Instant(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_count_sheets"),
    )


def downgrade() -> None:
    op.drop_table("count_sheets")
