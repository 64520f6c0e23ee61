"""Polls of a cluster: questions with their counts, texts without a sender, and answers of members."""

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0041"
down_revision = "0040"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "poll",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(4), nullable=False),
        sa.Column("question", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(30), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("attribution", sa.String(30), nullable=False),
        sa.Column("section", sa.String(40), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("before_id", sa.Integer(), nullable=True),
        sa.Column("in_report", sa.Boolean(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("opened_at", TIME, nullable=True),
        sa.CheckConstraint("question <> ''", name=op.f("ck_poll_has_question")),
        sa.CheckConstraint("answers >= 0", name=op.f("ck_poll_answers_from_zero")),
        sa.CheckConstraint(
            "state = 'draft' OR opened_at IS NOT NULL", name=op.f("ck_poll_opened_unless_draft")
        ),
        sa.CheckConstraint("kind IN ('single', 'multiple', 'scale', 'text')", name=op.f("ck_poll_pollkind")),
        sa.CheckConstraint("attribution IN ('anonymous', 'named')", name=op.f("ck_poll_attribution")),
        sa.CheckConstraint("state IN ('draft', 'open', 'closed')", name=op.f("ck_poll_pollstate")),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name="fk_poll_cluster_id_cluster", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["before_id"], ["poll.id"], name="fk_poll_before_id_poll", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_poll"),
        sa.UniqueConstraint("code", name="uq_poll_code"),
        sa.UniqueConstraint("before_id", name="uq_poll_before_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_poll_cluster_id", "poll", ["cluster_id"])
    op.create_table(
        "poll_text",
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_poll_text_has_text")),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["poll.id"], name="fk_poll_text_poll_id_poll", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("key", name="pk_poll_text"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_poll_text_poll_id", "poll_text", ["poll_id"])
    op.create_table(
        "poll_ticket",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["poll.id"], name="fk_poll_ticket_poll_id_poll", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_poll_ticket"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_poll_ticket_poll_id", "poll_ticket", ["poll_id"])
    op.create_table(
        "poll_company_answer",
        sa.Column("poll_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("text", sa.String(300), nullable=False),
        sa.Column("is_released", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["poll_id"], ["poll.id"], name="fk_poll_company_answer_poll_id_poll", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"],
            ["consent.id"],
            name="fk_poll_company_answer_consent_id_consent",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("poll_id", "consent_id", name="pk_poll_company_answer"),
    )
    op.create_index("ix_poll_company_answer_consent_id", "poll_company_answer", ["consent_id"])
    allow_event_kinds("poll-opened", "poll-closed", "poll-deleted", after="joint-sum-made")
