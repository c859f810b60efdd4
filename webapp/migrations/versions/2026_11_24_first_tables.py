"""People, sites and their wiring, the chart of accounts, runs, the audit trail."""

import sqlalchemy as sa
from alembic import op

from webapp.models.types import Id, Instant, Json, Secret

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "roles",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("permissions", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_roles"),
        sa.UniqueConstraint("name", name="uq_roles_name"),
    )

    op.create_table(
        "people",
        sa.Column("id", Id, nullable=False),
        sa.Column("email", sa.String(255), nullable=False),
        sa.Column("password", sa.String(255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(64), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("email", name="uq_people_email"),
        sa.UniqueConstraint("fs_uniquifier", name="uq_people_fs_uniquifier"),
    )

    op.create_table(
        "person_roles",
        sa.Column(
            "person_id",
            Id,
            sa.ForeignKey("people.id", name="fk_person_roles_person_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column(
            "role_id",
            Id,
            sa.ForeignKey("roles.id", name="fk_person_roles_role_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("person_id", "role_id", name="pk_person_roles"),
    )

    op.create_table(
        "ledgers",
        sa.Column("id", Id, nullable=False),
        sa.Column("code", sa.String(40), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("type", sa.String(10), nullable=False),
        sa.Column("currency", sa.String(3), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_ledgers"),
        sa.UniqueConstraint("code", name="uq_ledgers_code"),
    )

    op.create_table(
        "period_closings",
        sa.Column("id", Id, nullable=False),
        sa.Column("closed_through", sa.Date(), nullable=True),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_period_closings"),
    )

    op.create_table(
        "sites",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("platform", sa.String(40), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("timezone", sa.String(64), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("credentials", Secret(), nullable=False),
        sa.Column("facts", Json(), nullable=False),
        sa.Column("orders_from", Instant(), nullable=False),
        sa.Column("stock_from", Instant(), nullable=True),
        sa.Column("pull_every", sa.Integer(), nullable=True),
        sa.Column("push_every", sa.Integer(), nullable=True),
        sa.Column("attempt_limit", sa.Integer(), nullable=False),
        sa.Column("buyer_days", sa.Integer(), nullable=False),
        sa.Column("automation", Json(), nullable=False),
        sa.Column("posting", Json(), nullable=False),
        sa.Column("pull_watermark", Instant(), nullable=True),
        sa.Column("last_pull_at", Instant(), nullable=True),
        sa.Column("last_push_at", Instant(), nullable=True),
        sa.Column("last_sweep_at", Instant(), nullable=True),
        sa.Column("next_pull_at", Instant(), nullable=True),
        sa.Column("next_push_at", Instant(), nullable=True),
        sa.Column("lease_no", sa.Integer(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("lease_holder", sa.String(200), nullable=True),
        sa.Column("stopped_at", Instant(), nullable=True),
        sa.Column("stopped_code", sa.String(40), nullable=True),
        sa.Column("stopped_message", sa.Text(), nullable=True),
        sa.Column("push_seen_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sites"),
        sa.UniqueConstraint("name", name="uq_sites_name"),
    )

    op.create_table(
        "site_wirings",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "site_id",
            Id,
            sa.ForeignKey("sites.id", name="fk_site_wirings_site_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("payment_method", sa.String(80), nullable=False),
        sa.Column(
            "ledger_id",
            Id,
            sa.ForeignKey("ledgers.id", name="fk_site_wirings_ledger_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_site_wirings"),
        sa.UniqueConstraint(
            "site_id", "role", "payment_method", name="uq_site_wirings_site_id_role_payment_method"
        ),
    )

    op.create_table(
        "posting_terms",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "site_id",
            Id,
            sa.ForeignKey("sites.id", name="fk_posting_terms_site_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.Column("body", Json(), nullable=False),
        sa.Column("since_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_posting_terms"),
        sa.UniqueConstraint("site_id", "body", name="uq_posting_terms_site_id_body"),
    )

    op.create_table(
        "sync_runs",
        sa.Column("id", Id, nullable=False),
        sa.Column(
            "site_id",
            Id,
            sa.ForeignKey("sites.id", name="fk_sync_runs_site_id", ondelete="RESTRICT"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.Column("counts", Json(), nullable=False),
        sa.Column("code", sa.String(40), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("actor", sa.String(200), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sync_runs"),
    )
    op.create_index(
        "ix_sync_runs_site_id_kind_id", "sync_runs", ["site_id", "kind", "id"], unique=False
    )

    op.create_table(
        "audit_entries",
        sa.Column("id", Id, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=True),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(40), nullable=False),
        sa.Column("subject_id", Id, nullable=True),
        sa.Column("label", sa.String(300), nullable=False),
        sa.Column("before", Json(), nullable=True),
        sa.Column("after", Json(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entries"),
    )
    op.create_index("ix_audit_entries_at_id", "audit_entries", ["at", "id"], unique=False)
    op.create_index(
        "ix_audit_entries_subject_subject_id_id",
        "audit_entries",
        ["subject", "subject_id", "id"],
        unique=False,
    )


def downgrade() -> None:
    op.drop_table("audit_entries")
    op.drop_table("sync_runs")
    op.drop_table("posting_terms")
    op.drop_table("site_wirings")
    op.drop_table("sites")
    op.drop_table("period_closings")
    op.drop_table("ledgers")
    op.drop_table("person_roles")
    op.drop_table("people")
    op.drop_table("roles")
