"""The last connection test of a site, and what the last dry run of its push would have set."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id, Instant, Json

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "connection_tests",
        sa.Column("site_id", Id, autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("is_ok", sa.Boolean(), nullable=False),
        sa.Column("checks", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_connection_tests_site_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("site_id", name="pk_connection_tests"),
    )
    op.create_table(
        "push_previews",
        sa.Column("site_id", Id, autoincrement=False, nullable=False),
        sa.Column("run_id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=True),
        sa.Column("pulled", sa.Integer(), nullable=False),
        sa.Column("listings", sa.Integer(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("emptied", sa.Integer(), nullable=False),
        sa.Column("rows", Json(), nullable=False),
        sa.Column("failures", Json(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site_id"], ["sites.id"], name="fk_push_previews_site_id", ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("site_id", name="pk_push_previews"),
    )


def downgrade() -> None:
    for table in ("push_previews", "connection_tests"):
        op.drop_table(table)
