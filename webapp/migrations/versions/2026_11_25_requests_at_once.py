"""How many of a site's requests may be on their way at once."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column(
        "sites", sa.Column("requests_at_once", sa.Integer(), nullable=False, server_default="2")
    )


def downgrade() -> None:
    op.drop_column("sites", "requests_at_once")
