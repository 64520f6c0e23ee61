"""Companies and clusters that the operator archived or deleted, and the events of both."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

EVENTS = (
    "created",
    "declaration-deleted",
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


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("organisation", "cluster"):
        with op.batch_alter_table(table, recreate="always" if is_sqlite else "never") as batch_op:
            batch_op.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
            if table == "organisation":
                batch_op.add_column(sa.Column("exported_at", sa.DateTime(timezone=True), nullable=True))
                batch_op.add_column(sa.Column("asked_to_close_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "deletion",
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("kind", "number", "deleted_at", name=op.f("pk_deletion")),
    )
    op.create_table(
        "gone_page",
        sa.Column("slug_sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("slug_sha256", name=op.f("pk_gone_page")),
    )
    _know_more_events(is_sqlite)


def _know_more_events(is_sqlite: bool) -> None:
    # SQLite builds the table anew and forgets its triggers, which keep what an event says.
    triggers = []
    if is_sqlite:
        query = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'"
        triggers = list(op.get_bind().scalars(sa.text(query)))
    known = ", ".join(f"'{kind}'" for kind in EVENTS)
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_constraint("eventkind", type_="check")
        batch_op.create_check_constraint("eventkind", f"kind IN ({known})")
    for trigger in triggers:
        op.execute(trigger)
