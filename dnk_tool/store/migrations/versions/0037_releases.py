"""Releases: what a cluster says of its members' figures of a year, and which companies are in each."""

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0037"
down_revision = "0036"

OPEN = sa.text("state <> 'made'")
TIME = sa.DateTime(timezone=True)
STATES = ("ordered", "prepared", "made", "refused")


def upgrade() -> None:
    op.create_table(
        "release",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("reporting_year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="releasestate", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("content", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("inputs", sa.String(length=64), nullable=False),
        sa.Column("companies", sa.Integer(), nullable=False),
        sa.Column("refusal", sa.String(length=30), nullable=False),
        sa.Column("ordered_at", TIME, nullable=False),
        sa.Column("made_at", TIME, nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", TIME, nullable=True),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("(state = 'made') = (made_at IS NOT NULL)", name=op.f("ck_release_made_once")),
        sa.CheckConstraint(
            "(state IN ('prepared', 'made')) = (content IS NOT NULL)",
            name=op.f("ck_release_content_when_prepared"),
        ),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (reason = '')", name=op.f("ck_release_withdrawn_with_reason")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_release_number_from_one")),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name="fk_release_cluster_id_cluster", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name="fk_release_made_by_account", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["account.id"], name="fk_release_withdrawn_by_account", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_release"),
        sa.UniqueConstraint("cluster_id", "reporting_year", "number", name="uq_release_number"),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "uq_release_open",
        "release",
        ["cluster_id", "reporting_year"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )

    op.create_table(
        "release_company",
        sa.Column("release_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entry", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name="fk_release_company_declaration_id_declaration",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_release_company_organisation_id_organisation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["release_id"], ["release.id"], name="fk_release_company_release_id_release", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("release_id", "organisation_id", name="pk_release_company"),
    )
    op.create_index("ix_release_company_declaration_id", "release_company", ["declaration_id"])
    op.create_index("ix_release_company_organisation_id", "release_company", ["organisation_id"])

    allow_event_kinds("release-made", "release-withdrawn", after="message-sent")
