"""The cohort of an invitation, the cohort that each person looks at, and reminders of milestones."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0028"


def upgrade() -> None:
    with op.batch_alter_table("invitation") as batch_op:
        batch_op.add_column(sa.Column("cohort_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            "fk_invitation_cohort_id_cohort", "cohort", ["cohort_id"], ["id"], ondelete="SET NULL"
        )
    op.create_index("ix_invitation_cohort_id", "invitation", ["cohort_id"])
    op.create_table(
        "cohort_view",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("cluster_id", sa.Integer(), nullable=False),
        sa.Column("reporting_year", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"],
                [f"{table}.id"],
                name=f"fk_cohort_view_{table}_id_{table}",
                ondelete="CASCADE",
            )
            for table in ("account", "cluster", "cohort")
        ),
        sa.PrimaryKeyConstraint("account_id", "cluster_id", name="pk_cohort_view"),
    )
    op.create_index("ix_cohort_view_cluster_id", "cohort_view", ["cluster_id"])
    op.create_index("ix_cohort_view_cohort_id", "cohort_view", ["cohort_id"])
    op.create_table(
        "milestone_reminder",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("milestone_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("days_before", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.ForeignKeyConstraint(
                [f"{table}_id"],
                [f"{table}.id"],
                name=f"fk_milestone_reminder_{table}_id_{table}",
                ondelete="CASCADE",
            )
            for table in ("account", "organisation", "milestone")
        ),
        sa.PrimaryKeyConstraint(
            "account_id",
            "organisation_id",
            "milestone_id",
            "day",
            "days_before",
            name="pk_milestone_reminder",
        ),
    )
    op.create_index("ix_milestone_reminder_milestone_id", "milestone_reminder", ["milestone_id"])
