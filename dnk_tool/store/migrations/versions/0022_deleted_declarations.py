"""Deleted declarations that can be restored: since when, and a year that is free for another meanwhile."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"

EVENTS = (
    "created",
    "declaration-deleted",
    "declaration-restored",
    "imported",
    "settings-changed",
    "section-saved",
    "answer-restored",
    "assessment-saved",
    "figure-saved",
    "figures-imported",
    "line-saved",
    "line-removed",
    "line-restored",
    "evidence-added",
    "evidence-changed",
    "evidence-removed",
    "warning-explained",
    "answers-taken-over",
    "goal-reviewed",
    "self-check-saved",
    "sign-off-asked",
    "sign-off-declined",
    "submitted",
    "finished",
    "recalled",
    "changes-requested",
    "approved",
    "reopened",
    "published",
    "unpublished",
    "verdict-given",
    "remark-written",
    "remark-resolved",
    "contribution-asked",
    "contribution-answered",
    "contribution-revoked",
    "profile-changed",
    "sign-off-rule-changed",
    "member-invited",
    "member-joined",
    "member-changed",
    "member-removed",
    "invitation-revoked",
    "consent-granted",
    "consent-changed",
    "consent-withdrawn",
    "cluster-created",
    "cluster-changed",
    "company-invited",
    "deadline-set",
    "message-sent",
    "archived",
    "archive-ended",
)

DELETED, PRESENT = sa.text("deleted_at IS NOT NULL"), sa.text("deleted_at IS NULL")


def upgrade() -> None:
    with op.batch_alter_table("declaration") as batch_op:
        batch_op.add_column(sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.drop_constraint("uq_declaration_year", type_="unique")
        batch_op.alter_column("gwp_set", server_default="")  # SQLite reads it back in brackets
    op.create_index(
        "uq_declaration_year",
        "declaration",
        ["organisation_id", "edition", "reporting_year"],
        unique=True,
        sqlite_where=PRESENT,
        postgresql_where=PRESENT,
    )
    op.create_index(
        "ix_declaration_deleted",
        "declaration",
        ["organisation_id"],
        sqlite_where=DELETED,
        postgresql_where=DELETED,
    )
    _know_more_events()


def _know_more_events() -> None:
    # SQLite builds the table anew and forgets its triggers, which keep what an event says.
    triggers = []
    if op.get_bind().dialect.name == "sqlite":
        query = sa.text("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'")
        triggers = list(op.get_bind().scalars(query))
    known = ", ".join(f"'{kind}'" for kind in EVENTS)
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_constraint("eventkind", type_="check")
        batch_op.create_check_constraint("eventkind", f"kind IN ({known})")
    for trigger in triggers:
        op.execute(trigger)
