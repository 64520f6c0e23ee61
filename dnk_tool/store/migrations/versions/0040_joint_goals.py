"""The joint goal of a cluster, the sums of its members' measures, and what each company gave to them."""

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0040"
down_revision = "0039"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "joint_goal",
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("from_year", sa.Integer(), nullable=False),
        sa.Column("until_year", sa.Integer(), nullable=False),
        sa.Column("kwh", sa.String(40), nullable=True),
        sa.Column("t_co2e", sa.String(40), nullable=True),
        sa.Column("cost_eur", sa.String(40), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.Column("changed_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("from_year <= until_year", name=op.f("ck_joint_goal_years_in_order")),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name="fk_joint_goal_cluster_id_cluster", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["account.id"], name="fk_joint_goal_changed_by_account", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("cluster_id", name="pk_joint_goal"),
    )
    op.create_table(
        "joint_sum",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_at", TIME, nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cluster_id"], ["cluster.id"], name="fk_joint_sum_cluster_id_cluster", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name="fk_joint_sum_made_by_account", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_joint_sum"),
        sa.UniqueConstraint("cluster_id", "number", name="uq_joint_sum_cluster_id"),
    )
    op.create_table(
        "joint_sum_company",
        sa.Column("joint_sum_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("savings", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["joint_sum_id"],
            ["joint_sum.id"],
            name="fk_joint_sum_company_joint_sum_id_joint_sum",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_joint_sum_company_organisation_id_organisation",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("joint_sum_id", "organisation_id", name="pk_joint_sum_company"),
    )
    op.create_index("ix_joint_sum_company_organisation_id", "joint_sum_company", ["organisation_id"])
    allow_event_kinds("joint-goal-saved", "joint-sum-made", after="release-withdrawn")
