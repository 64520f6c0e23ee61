"""Whether a declaration takes the flow of material in."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"


def upgrade() -> None:
    op.add_column(
        "declaration", sa.Column("has_material_flow", sa.Boolean(), nullable=False, server_default=sa.false())
    )
