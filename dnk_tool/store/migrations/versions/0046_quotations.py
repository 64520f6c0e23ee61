"""What other companies of the installation may read of a publication as examples."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"


def upgrade() -> None:
    # Nobody was asked about what is published already: it stays out until its company allows it.
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    with op.batch_alter_table("publication", recreate="always" if is_sqlite else "never") as publication:
        publication.add_column(sa.Column("quotable_refs", sa.Text(), nullable=True))
