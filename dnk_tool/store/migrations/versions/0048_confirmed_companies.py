"""Which companies an operator has confirmed as real firms, and when a cluster asked for that."""

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0048"
down_revision = "0047"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "company_confirmation",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("confirmed_at", TIME, nullable=False),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_company_confirmation_organisation_id_organisation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"],
            ["account.id"],
            name="fk_company_confirmation_confirmed_by_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_company_confirmation"),
    )
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("cluster", recreate="always" if is_sqlite else "never") as cluster:
        cluster.add_column(sa.Column("confirmation_asked_at", TIME, nullable=True))
    allow_event_kinds("company-confirmed", "confirmation-ended", after="award-decided")
