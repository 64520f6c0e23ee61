"""Stored figures that stay though they would be calculated otherwise today; the GWP set of an inventory."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "figure_decision",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("datapoint", sa.String(length=80), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(fingerprint) = 64", name=op.f("ck_figure_decision_fingerprint_whole")),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["account.id"],
            name=op.f("fk_figure_decision_changed_by_account"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_figure_decision_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", "year", "datapoint", name=op.f("pk_figure_decision")),
    )
    with op.batch_alter_table("declaration") as batch_op:
        batch_op.add_column(sa.Column("gwp_set", sa.String(length=3), nullable=False, server_default=""))
        batch_op.create_check_constraint("gwp_set_known", "gwp_set IN ('', 'AR4', 'AR5', 'AR6')")
