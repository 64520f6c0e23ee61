"""What public lists are searched by, which clusters want one, and what search engines may show."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

SIZES = ("micro", "small", "medium", "large")
SMALLER_THAN = ((10, "micro"), (50, "small"), (250, "medium"))
TEXTS = (("company", 500), ("search_name", 500), ("sector", 80), ("indicator_set", 80))
FOLDS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e"})


def upgrade() -> None:
    for table, column in (("organisation", "is_findable"), ("cluster", "has_public_list")):
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column(column, sa.Boolean(), nullable=False, server_default=sa.false()))
        with op.batch_alter_table(table) as batch_op:
            batch_op.alter_column(column, server_default=None)
    _let_publications_be_searched()
    _say_what_is_published()


def _let_publications_be_searched() -> None:
    size = sa.Enum(*SIZES, name="companysize", native_enum=False, create_constraint=True, length=30)
    with op.batch_alter_table("publication") as batch_op:
        for name, length in TEXTS:
            batch_op.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("reporting_year", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("size", size, nullable=True))
    with op.batch_alter_table("publication") as batch_op:
        for name in (*(name for name, _length in TEXTS), "reporting_year"):
            batch_op.alter_column(name, server_default=None)
        for name in ("search_name", "reporting_year", "sector", "published_at"):
            batch_op.create_index(batch_op.f(f"ix_publication_{name}"), [name], unique=False)


def _say_what_is_published() -> None:
    """What stands in the published version, not what the company says of itself today."""
    connection = op.get_bind()
    rows = connection.execute(
        sa.text(
            "SELECT publication.id, snapshot.content FROM publication JOIN snapshot"
            " ON snapshot.declaration_id = publication.declaration_id"
            " AND snapshot.version = publication.version"
        )
    ).all()
    for number, content in rows:
        document = json.loads(bytes(content))
        company = document["organisation"]
        connection.execute(
            sa.text(
                "UPDATE publication SET company = :company, search_name = :search_name, sector = :sector,"
                " indicator_set = :indicator_set, reporting_year = :year, size = :size WHERE id = :id"
            ),
            {
                "company": company["name"],
                "search_name": " ".join(company["name"].lower().translate(FOLDS).split())[:500],
                "sector": company.get("sector", ""),
                "indicator_set": document["indicator_set"],
                "year": document["reporting_year"],
                "size": _size(company.get("employees")),
                "id": number,
            },
        )


def _size(employees: int | None) -> str | None:
    if employees is None:
        return None
    return next((name for most, name in SMALLER_THAN if employees < most), "large")
