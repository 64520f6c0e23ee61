"""Residues that members of a cluster offer and search, who asked whom, and what was reported."""

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0043"
down_revision = "0042"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "residue_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("tonnes", sa.String(40), nullable=False),
        sa.Column("form", sa.String(200), nullable=False),
        sa.Column("available_from", sa.Date(), nullable=True),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("shown_at", TIME, nullable=True),
        sa.Column("passed_on_tonnes", sa.String(40), nullable=True),
        sa.Column("passed_on_year", sa.Integer(), nullable=True),
        sa.Column("taken_down_at", TIME, nullable=True),
        sa.Column("taken_down_reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("kind IN ('offer', 'search')", name="noticekind"),
        sa.CheckConstraint("title <> ''", name=op.f("ck_residue_notice_has_title")),
        sa.CheckConstraint(
            "(taken_down_at IS NULL) = (taken_down_reason = '')",
            name=op.f("ck_residue_notice_taken_down_with_reason"),
        ),
        sa.CheckConstraint(
            "(passed_on_tonnes IS NULL) = (passed_on_year IS NULL)",
            name=op.f("ck_residue_notice_passed_on_with_tonnes_and_year"),
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name="fk_residue_notice_consent_id_consent", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["account.id"], name="fk_residue_notice_changed_by_account", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_residue_notice"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_residue_notice_consent_id", "residue_notice", ["consent_id"])
    _create_inquiry()
    op.create_table(
        "residue_report",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reported_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["notice_id"],
            ["residue_notice.id"],
            name="fk_residue_report_notice_id_residue_notice",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name="fk_residue_report_consent_id_consent", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("notice_id", "consent_id", name="pk_residue_report"),
    )
    op.create_index("ix_residue_report_consent_id", "residue_report", ["consent_id"])
    allow_event_kinds(
        "residue-shown",
        "residue-removed",
        "residue-passed-on",
        "residue-asked",
        "residue-contact",
        "residue-taken-down",
        after="poll-deleted",
    )


def _create_inquiry() -> None:
    op.create_table(
        "residue_inquiry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("own_notice_id", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("asker_agreed_at", TIME, nullable=True),
        sa.Column("asker_agreed_by", sa.Integer(), nullable=True),
        sa.Column("owner_agreed_at", TIME, nullable=True),
        sa.Column("owner_agreed_by", sa.Integer(), nullable=True),
        sa.Column("declined_at", TIME, nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column],
                ["residue_notice.id"],
                name=f"fk_residue_inquiry_{column}_residue_notice",
                ondelete="CASCADE",
            )
            for column in ("notice_id", "own_notice_id")
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name="fk_residue_inquiry_consent_id_consent", ondelete="CASCADE"
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["account.id"], name=f"fk_residue_inquiry_{column}_account", ondelete="SET NULL"
            )
            for column in ("asker_agreed_by", "owner_agreed_by")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_residue_inquiry"),
        sa.UniqueConstraint("notice_id", "consent_id", name="uq_residue_inquiry_notice_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_residue_inquiry_consent_id", "residue_inquiry", ["consent_id"])
    op.create_index("ix_residue_inquiry_own_notice_id", "residue_inquiry", ["own_notice_id"])
