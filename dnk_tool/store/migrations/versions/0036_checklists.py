"""The checklist of a review, and approvals that are withdrawn with a reason."""

import re

import sqlalchemy as sa
from alembic import op

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
    _know_the_withdrawal()


def _know_the_withdrawal() -> None:
    """Let the log have one more kind of event, besides all that it knows by now."""
    connection = op.get_bind()
    (known,) = (
        check["sqltext"]
        for check in sa.inspect(connection).get_check_constraints("event")
        if (check["name"] or "").endswith("eventkind")
    )
    kinds = re.findall(r"'([a-z-]+)'", known)
    kinds.insert(kinds.index("approved") + 1, "approval-withdrawn")
    # SQLite builds the table anew and forgets its triggers, which keep what an event says.
    triggers = []
    if connection.dialect.name == "sqlite":
        query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'")
        triggers = list(connection.scalars(query))
    with op.batch_alter_table("event") as event:
        event.drop_constraint("eventkind", type_="check")
        event.create_check_constraint("eventkind", "kind IN ({})".format(", ".join(f"'{k}'" for k in kinds)))
    for trigger in triggers:
        op.execute(trigger)
