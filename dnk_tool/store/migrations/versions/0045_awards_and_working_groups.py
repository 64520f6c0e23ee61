"""Awards of a cluster with nominations, jurors and their sheets; and working groups."""

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0045"
down_revision = "0044"

TIME = sa.DateTime(timezone=True)
DELIVERY = ("waiting", "sent", "folder", "unclear", "refused")
REFUSAL = ("address", "domain", "full", "sender", "text", "given-up", "bounced", "other")


def upgrade() -> None:
    _create_award()
    _create_nomination()
    _create_jurors()
    _create_working_groups()
    allow_event_kinds(
        "award-nominated", "award-withdrawn", "juror-invited", "award-decided", after="residue-taken-down"
    )


def _create_award() -> None:
    op.create_table(
        "award",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("nominate_until", sa.Date(), nullable=False),
        sa.Column("judge_until", sa.Date(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("decided_at", TIME, nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'nominating', 'judging', 'decided')", name=op.f("ck_award_awardstate")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_award_has_name")),
        sa.CheckConstraint("judge_until >= nominate_until", name=op.f("ck_award_judged_after_nominations")),
        _reference("award", "cluster_id", "cluster"),
        sa.PrimaryKeyConstraint("id", name="pk_award"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_award_cluster_id", "award", ["cluster_id"])


def _create_nomination() -> None:
    op.create_table(
        "nomination",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("example_id", sa.Integer(), nullable=True),
        sa.Column("example_published_at", TIME, nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("before", "idea", "done", "effort", "advice")
        ),
        sa.Column("is_public", sa.Boolean(), nullable=False),
        sa.Column("agreed_at", TIME, nullable=True),
        sa.Column("prize", sa.String(100), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(example_id IS NULL) = (example_published_at IS NULL)",
            name=op.f("ck_nomination_example_with_publication"),
        ),
        sa.CheckConstraint("prize = '' OR agreed_at IS NOT NULL", name=op.f("ck_nomination_prize_of_agreed")),
        _reference("nomination", "award_id", "award"),
        _reference("nomination", "consent_id", "consent"),
        _reference("nomination", "example_id", "good_example"),
        _reference("nomination", "changed_by", "account", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_nomination"),
        sa.UniqueConstraint("award_id", "consent_id", name="uq_nomination_award_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_nomination_consent_id", "nomination", ["consent_id"])
    op.create_index("ix_nomination_example_id", "nomination", ["example_id"])


def _create_jurors() -> None:
    op.create_table(
        "juror",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("award_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(320), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("invited_at", TIME, nullable=False),
        sa.Column("invited_by", sa.Integer(), nullable=True),
        sa.Column("mail_id", sa.Integer(), nullable=True),
        sa.Column("delivery", sa.String(30), nullable=False),
        sa.Column("refusal", sa.String(30), nullable=True),
        sa.CheckConstraint(_one_of("delivery", DELIVERY), name=op.f("ck_juror_juror_delivery")),
        sa.CheckConstraint(_one_of("refusal", REFUSAL), name=op.f("ck_juror_juror_refusal")),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_juror_email_in_small_letters")),
        sa.CheckConstraint("length(token_hash) = 64", name=op.f("ck_juror_token_hash_whole")),
        _reference("juror", "award_id", "award"),
        _reference("juror", "invited_by", "account", "SET NULL"),
        _reference("juror", "mail_id", "mail", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_juror"),
        sa.UniqueConstraint("award_id", "email", name="uq_juror_award_id"),
        sa.UniqueConstraint("token_hash", name="uq_juror_token_hash"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_juror_email", "juror", ["email"])
    op.create_index("ix_juror_mail_id", "juror", ["mail_id"])
    op.create_table(
        "juror_sheet",
        sa.Column("juror_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("points", sa.JSON(), nullable=False),
        sa.Column("abstains", sa.Boolean(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        _reference("juror_sheet", "juror_id", "juror"),
        _reference("juror_sheet", "nomination_id", "nomination"),
        sa.PrimaryKeyConstraint("juror_id", "nomination_id", name="pk_juror_sheet"),
    )
    op.create_index("ix_juror_sheet_nomination_id", "juror_sheet", ["nomination_id"])


def _create_working_groups() -> None:
    op.create_table(
        "working_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        *(sa.Column(name, sa.JSON(), nullable=False) for name in ("dates", "links", "criteria")),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_working_group_has_name")),
        _reference("working_group", "cluster_id", "cluster"),
        sa.PrimaryKeyConstraint("id", name="pk_working_group"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_working_group_cluster_id", "working_group", ["cluster_id"])
    op.create_table(
        "working_group_member",
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("joined_at", TIME, nullable=False),
        _reference("working_group_member", "group_id", "working_group"),
        _reference("working_group_member", "consent_id", "consent"),
        sa.PrimaryKeyConstraint("group_id", "consent_id", name="pk_working_group_member"),
    )
    op.create_index("ix_working_group_member_consent_id", "working_group_member", ["consent_id"])


def _reference(table: str, column: str, to: str, ondelete: str = "CASCADE") -> sa.ForeignKeyConstraint:
    name = f"fk_{table}_{column}_{to}"
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=name, ondelete=ondelete)


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
