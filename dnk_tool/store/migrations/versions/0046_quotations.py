"""Whether other companies of the installation may read sections of a publication as examples."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    # Nobody was asked about what is published already: it stays out until its company allows it.
    with op.batch_alter_table("publication") as publication:
        publication.add_column(
            sa.Column("is_quotable", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("publication") as publication:
        publication.alter_column("is_quotable", server_default=None)
