"""Which edition of the consent's text each company agreed to, and when it was asked for a newer one."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("consent") as batch_op:
        batch_op.add_column(sa.Column("edition", sa.String(40), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("consent") as batch_op:
        batch_op.alter_column("edition", server_default=None)
    _take_from_the_trail()


def _take_from_the_trail() -> None:
    """What was agreed to stood only in the entry of the joining; where none is kept, nothing is assumed."""
    connection = op.get_bind()
    entries = connection.execute(
        sa.text(
            "SELECT consent.id, event.detail FROM consent JOIN event"
            " ON event.organisation_id = consent.organisation_id AND event.cluster_id = consent.cluster_id"
            " WHERE event.kind = 'consent-granted' AND event.happened_at = consent.granted_at"
        )
    ).all()
    for number, detail in entries:
        read: dict[str, Any] = json.loads(detail) if isinstance(detail, str) else detail
        if edition := read.get("wording"):
            connection.execute(
                sa.text("UPDATE consent SET edition = :edition WHERE id = :id"),
                {"edition": edition[:40], "id": number},
            )
