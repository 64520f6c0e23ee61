"""What a member allows on top of its membership, notes and attendance; a cluster that is handed over."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"

CHOICES = ("profile", "support", "earlier-version", "measures", "examples", "residues")


def upgrade() -> None:
    known = ", ".join(f"'{choice}'" for choice in CHOICES)
    with op.batch_alter_table("consent") as batch_op:
        batch_op.add_column(sa.Column("left_edition", sa.String(40), nullable=False, server_default=""))
    with op.batch_alter_table("consent") as batch_op:
        batch_op.alter_column("left_edition", server_default=None)
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.add_column(sa.Column("hands_over", sa.Boolean(), nullable=False, server_default=sa.false()))
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.alter_column("hands_over", server_default=None)
    op.create_table(
        "consent_choice",
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(30), nullable=False),
        sa.PrimaryKeyConstraint("consent_id", "choice", name="pk_consent_choice"),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name="fk_consent_choice_consent_id_consent", ondelete="CASCADE"
        ),
        sa.CheckConstraint(f"choice IN ({known})", name="consentchoice"),
    )
    op.create_table(
        "member_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("author_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_member_note"),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name="fk_member_note_consent_id_consent", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["author_id"], ["account.id"], name="fk_member_note_author_id_account", ondelete="SET NULL"
        ),
        sa.CheckConstraint("text <> ''", name="has_text"),
    )
    op.create_table(
        "attendance",
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("attendance", sa.String(30), nullable=False),
        sa.PrimaryKeyConstraint("milestone_id", "consent_id", name="pk_attendance"),
        sa.ForeignKeyConstraint(
            ["milestone_id"],
            ["milestone.id"],
            name="fk_attendance_milestone_id_milestone",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["consent.id"], name="fk_attendance_consent_id_consent", ondelete="CASCADE"
        ),
        sa.CheckConstraint("attendance IN ('came', 'excused', 'absent')", name="attendance"),
    )
    op.create_index("ix_attendance_consent_id", "attendance", ["consent_id"])
    for column in ("consent_id", "author_id"):
        op.create_index(f"ix_member_note_{column}", "member_note", [column])
