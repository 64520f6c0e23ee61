"""Measures that are the company's and last over the years, instead of rows of a year's self-assessment."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from dnk_tool.store.migrations.event_kinds import allow_event_kinds

revision = "0038"
down_revision = "0037"

MEASURES = sa.text(
    "SELECT declaration.organisation_id, declaration.reporting_year, declaration.deleted_at,"
    " assessment.criterion, assessment.changed_at, measure.declaration_id, measure.text, measure.owner,"
    " measure.due FROM measure"
    " JOIN assessment ON assessment.declaration_id = measure.declaration_id"
    " AND assessment.criterion = measure.criterion"
    " JOIN declaration ON declaration.id = measure.declaration_id"
    " ORDER BY declaration.reporting_year DESC, declaration.id DESC, measure.criterion, measure.position"
).columns(
    deleted_at=sa.DateTime(timezone=True), changed_at=sa.DateTime(timezone=True), due=sa.Date()
)  # fmt: skip


def upgrade() -> None:
    measures = _create_table()
    rows = list(_kept(op.get_bind().execute(MEASURES).mappings().all()))
    if rows:
        op.bulk_insert(measures, rows)
    op.drop_table("measure")
    allow_event_kinds("measure-saved", "measure-removed", "measure-restored", after="assessment-saved")


def _create_table() -> sa.Table:
    table = op.create_table(
        "company_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.Integer()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("owner", sa.String(500), nullable=False),
        sa.Column("due", sa.Date()),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("state", sa.String(30), nullable=False),
        sa.Column("effect", sa.JSON(), nullable=False),
        sa.Column("investment_eur", sa.String(40)),
        sa.Column("from_year", sa.Integer()),
        sa.Column("lifetime", sa.Integer()),
        sa.Column("counts_for", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True)),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Integer()),
        sa.CheckConstraint(
            "state IN ('idea', 'planned', 'running', 'done', 'dropped')",
            name=op.f("ck_company_measure_measurestate"),
        ),
        sa.CheckConstraint("text <> ''", name=op.f("ck_company_measure_has_text")),
        sa.CheckConstraint("version >= 1", name=op.f("ck_company_measure_version_from_one")),
        sa.CheckConstraint(
            "lifetime IS NULL OR lifetime >= 1", name=op.f("ck_company_measure_lifetime_from_one")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name="fk_company_measure_organisation_id_organisation",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["counts_for"], ["cluster.id"], name="fk_company_measure_counts_for_cluster", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"],
            ["account.id"],
            name="fk_company_measure_changed_by_account",
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_company_measure"),
    )
    for column in ("organisation_id", "counts_for"):
        op.create_index(f"ix_company_measure_{column}", "company_measure", [column])
    return table


def _kept(rows: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """The rows of each company's latest declaration, and those of earlier ones whose text is another.

    What only a deleted declaration says is removed, too, and can be restored as it can.
    """
    found: dict[tuple[int, int, str], int] = {}  # by company, criterion and text: the declaration
    for row in sorted(rows, key=lambda row: row["deleted_at"] is not None):
        text = row["text"].strip()
        key = row["organisation_id"], row["criterion"], " ".join(text.split()).casefold()
        if not text or found.setdefault(key, row["declaration_id"]) != row["declaration_id"]:
            continue
        yield {
            "organisation_id": row["organisation_id"],
            "criterion": row["criterion"],
            "text": text,
            "owner": row["owner"],
            "due": row["due"],
            "kind": "",
            "state": "planned" if row["due"] else "idea",
            "effect": {},
            "version": 1,
            "removed_at": _in_utc(row["deleted_at"]),
            "changed_at": _in_utc(row["changed_at"]),
        }


def _in_utc(moment: datetime | None) -> datetime | None:
    """SQLite keeps no zone: what it returns is in UTC."""
    return moment.replace(tzinfo=UTC) if moment is not None and moment.tzinfo is None else moment
