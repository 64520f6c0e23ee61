"""How a company's declarations look, and the look that each version was finished with."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "logo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_logo_sha256_whole")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_logo_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_logo")),
        sa.UniqueConstraint("organisation_id", "sha256", name="uq_logo_content"),
    )
    op.create_table(
        "look",
        sa.Column("organisation_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accent", sa.String(length=7), nullable=False),
        sa.Column("logo_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("length(accent) IN (0, 7)", name=op.f("ck_look_accent_whole")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_look_version_from_one")),
        sa.ForeignKeyConstraint(
            ["logo_id"], ["logo.id"], name=op.f("fk_look_logo_id_logo"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_look_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_look")),
    )
    op.create_table(
        "version_look",
        sa.Column("snapshot_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("accent", sa.String(length=7), nullable=False),
        sa.Column("logo_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(accent) IN (0, 7)", name=op.f("ck_version_look_accent_whole")),
        sa.ForeignKeyConstraint(
            ["logo_id"], ["logo.id"], name=op.f("fk_version_look_logo_id_logo"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["snapshot_id"],
            ["snapshot.id"],
            name=op.f("fk_version_look_snapshot_id_snapshot"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("snapshot_id", name=op.f("pk_version_look")),
    )
    op.create_index(op.f("ix_version_look_logo_id"), "version_look", ["logo_id"], unique=False)
