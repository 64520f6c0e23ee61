"""The checklist of a review, and approvals that are withdrawn with a reason."""

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0036"
down_revision = "0035"

STANDS = sa.text("withdrawn_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "review_check",
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("point", sa.String(30), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Integer()),
        sa.CheckConstraint(
            "point IN ('consistency', 'coherence', 'ease-of-understanding', 'formal-completeness')",
            name=op.f("ck_review_check_point"),
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name="fk_review_check_declaration_id_declaration",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["checked_by"], ["account.id"], name="fk_review_check_checked_by_account", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("declaration_id", "version", "point", name="pk_review_check"),
    )
    with op.batch_alter_table("approval") as approval:
        approval.drop_constraint("uq_approval_version", type_="unique")
        approval.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True)))
        approval.add_column(sa.Column("withdrawn_by", sa.Integer()))
        approval.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        approval.create_foreign_key(
            "fk_approval_withdrawn_by_account", "account", ["withdrawn_by"], ["id"], ondelete="SET NULL"
        )
        approval.create_check_constraint("withdrawn_with_reason", "(withdrawn_at IS NULL) = (reason = '')")
    with op.batch_alter_table("approval") as approval:
        approval.alter_column("reason", server_default=None)
    op.create_index(
        "uq_approval_version",
        "approval",
        ["declaration_id", "version"],
        unique=True,
        sqlite_where=STANDS,
        postgresql_where=STANDS,
    )
    allow_event_kinds("approval-withdrawn", after="approved")
