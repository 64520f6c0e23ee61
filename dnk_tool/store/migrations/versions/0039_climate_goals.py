"""A company's climate goal, from which its path follows."""

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.create_table(
        "climate_goal",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("base_year", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(40), nullable=False),
        sa.Column("base_origin", sa.String(30), nullable=False),
        sa.Column("base_reason", sa.Text(), nullable=False),
        sa.Column("target_year", sa.Integer(), nullable=False),
        sa.Column("percent", sa.String(40)),
        sa.Column("amount", sa.String(40)),
        sa.Column("scope2", sa.String(30), nullable=False),
        sa.Column("scope3", sa.JSON(), nullable=False),
        sa.Column("neutral_year", sa.Integer()),
        sa.Column("neutrality", sa.String(30)),
        sa.Column("grid_start", sa.String(40)),
        sa.Column("grid_end", sa.String(40)),
        sa.Column("grid_year", sa.Integer()),
        sa.Column("is_in_declaration", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer()),
        *_checks(),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_climate_goal_organisation_id_organisation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["account.id"], name="fk_climate_goal_changed_by_account", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_climate_goal"),
    )
    allow_event_kinds("climate-goal-saved", after="sign-off-rule-changed")


def _checks() -> list[sa.CheckConstraint]:
    conditions = {
        "baseorigin": "base_origin IN ('figures', 'typed')",
        "scope2method": "scope2 IN ('location', 'market')",
        "neutrality": "neutrality IN ('calculated', 'compensated')",
        "target_after_base": "base_year < target_year",
        "share_or_amount": "(percent IS NULL) <> (amount IS NULL)",
        "neutral_with_meaning": "(neutral_year IS NULL) = (neutrality IS NULL)",
        "grid_whole": (
            "(grid_year IS NULL) = (grid_start IS NULL) AND (grid_year IS NULL) = (grid_end IS NULL)"
        ),
        "version_from_one": "version >= 1",
    }
    return [
        sa.CheckConstraint(condition, name=op.f(f"ck_climate_goal_{name}"))
        for name, condition in conditions.items()
    ]
