"""Evidence: files, and what they belong to."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

KINDS = ("pdf", "png", "jpg", "webp", "xlsx", "docx", "pptx", "ods", "odt", "csv", "txt")


def upgrade() -> None:
    op.create_table(
        "evidence_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(*KINDS, name="filekind", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("is_listed", sa.Boolean(), nullable=False),
        sa.Column("is_for_review", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_evidence_file_sha256_whole")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_evidence_file_has_name")),
        sa.CheckConstraint("size > 0", name=op.f("ck_evidence_file_size_positive")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_evidence_file_version_from_one")),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_evidence_file_organisation_id_organisation"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"],
            ["account.id"],
            name=op.f("fk_evidence_file_uploaded_by_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_file")),
        sa.UniqueConstraint("organisation_id", "year", "sha256", name="uq_evidence_file_content"),
    )
    op.create_table(
        "evidence_use",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=True),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("datapoint", sa.String(length=80), nullable=False),
        sa.Column("line_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "CASE WHEN declaration_id IS NULL THEN 0 ELSE 1 END "
            "+ CASE WHEN datapoint = '' THEN 0 ELSE 1 END "
            "+ CASE WHEN line_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_evidence_use_belongs_to_one_thing"),
        ),
        sa.CheckConstraint(
            "ref = '' OR declaration_id IS NOT NULL", name=op.f("ck_evidence_use_ref_of_declaration")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"],
            ["evidence_file.id"],
            name=op.f("fk_evidence_use_file_id_evidence_file"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name=op.f("fk_evidence_use_declaration_id_declaration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["calculation_line.id"],
            name=op.f("fk_evidence_use_line_id_calculation_line"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_use")),
    )
    op.create_index(op.f("ix_evidence_use_file_id"), "evidence_use", ["file_id"])
    op.create_index(op.f("ix_evidence_use_declaration_id"), "evidence_use", ["declaration_id"])
    op.create_index(op.f("ix_evidence_use_line_id"), "evidence_use", ["line_id"])
    op.create_index("ix_evidence_use_datapoint", "evidence_use", ["datapoint"])
