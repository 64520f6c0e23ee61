"""Drafts of remarks, and the ends of rounds. What was written before has been read by its audience.

The id of a deleted draft is never given again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade() -> None:
    with op.batch_alter_table("remark") as remark:
        remark.add_column(sa.Column("published_at", sa.DateTime(timezone=True)))
        remark.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        remark.add_column(sa.Column("is_autosaved", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE remark SET published_at = written_at")
    with op.batch_alter_table("remark", table_kwargs={"sqlite_autoincrement": True}) as remark:
        remark.alter_column("number", server_default=None)
        remark.alter_column("is_autosaved", server_default=None)
        remark.create_check_constraint("number_from_one", "number >= 1")
    op.create_table(
        "review_round",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("answer_until", sa.Date(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name="fk_review_round_declaration_id_declaration",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"],
            ["account.id"],
            name="fk_review_round_requested_by_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_round"),
        sa.UniqueConstraint("declaration_id", "version", name="uq_review_round_version"),
    )
