"""Whether a declaration takes the flow of material in."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    with op.batch_alter_table("declaration") as declaration:
        declaration.add_column(
            sa.Column("has_material_flow", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("declaration") as declaration:
        declaration.alter_column("has_material_flow", server_default=None)
        declaration.alter_column("gwp_set", server_default="")  # SQLite reads it back in brackets
