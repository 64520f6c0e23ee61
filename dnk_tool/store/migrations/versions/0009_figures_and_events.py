"""Where a figure comes from, what was taken over from the year before, and the events of both."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

EVENTS = (
    "created",
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
)


def upgrade() -> None:
    # For a while the first migration made these columns itself: whoever began then has them already.
    if "origin" not in _columns("figure"):
        _tell_where_figures_come_from()
    if "taken_from" not in _columns("answer"):
        with op.batch_alter_table("answer", recreate="always" if _is_sqlite() else "never") as batch_op:
            batch_op.add_column(sa.Column("taken_from", sa.Integer(), nullable=True))
    _know_more_events()


def _is_sqlite() -> bool:
    return bool(op.get_bind().dialect.name == "sqlite")


def _columns(table: str) -> set[str]:
    return {column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)}


def _tell_where_figures_come_from() -> None:
    origin = sa.Enum(
        "", "lines", "sites", name="origin", native_enum=False, create_constraint=True, length=30
    )
    with op.batch_alter_table("figure") as batch_op:
        for name, kind in (("source", sa.String(500)), ("responsible", sa.String(500)), ("origin", origin)):
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=""))
    with op.batch_alter_table("figure") as batch_op:
        for name in ("source", "responsible", "origin"):
            batch_op.alter_column(name, server_default=None)


def _know_more_events() -> None:
    # SQLite builds the table anew and forgets its triggers, which keep what an event says.
    triggers = []
    if _is_sqlite():
        query = "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'event'"
        triggers = list(op.get_bind().scalars(sa.text(query)))
    known = ", ".join(f"'{kind}'" for kind in EVENTS)
    with op.batch_alter_table("event") as batch_op:
        batch_op.drop_constraint("eventkind", type_="check")
        batch_op.create_check_constraint("eventkind", f"kind IN ({known})")
    for trigger in triggers:
        op.execute(trigger)
